// Starts the built gate in workerd, with servers of this test in place of its queue, its bucket and its handler. A test
// sees exactly what they received, and can make each of them fail.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const WORKERD = join(root, "node_modules/.bin/workerd");
/** A folder with other builds, `gate` and `gate-with-faults`: the test of the tests uses broken ones. */
const BUILDS = process.env.COUNTERSIGN_GATE_BUILDS;
const BUILD = BUILDS ? join(BUILDS, "gate") : join(root, "worker/build");
const BUILD_WITH_FAULTS = join(BUILDS ?? join(root, "target"), "gate-with-faults");
const TIMEOUT_MS = 20_000;

const QUEUE_WORKER = `
export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === "/scheduled") {
      return Response.json(await env.GATE.scheduled({ cron: "*/5 * * * *" }));
    }
    const messages = (await request.json()).map(({ seconds, ...message }) => {
      return { ...message, timestamp: new Date(Date.now() - 1000 * seconds) };
    });
    const queue = new URL(request.url).pathname.slice(1);
    return Response.json(await env.GATE.queue(queue, messages));
  },
};
`;

/**
 * Starts the gate and waits until it answers.
 * @param {object} options
 * @param {unknown} [options.sources] the table of sources; undefined leaves the binding out
 * @param {Record<string, string>} [options.secrets]
 * @param {Record<string, unknown>} [options.settings] the table `[vars.GATE]`
 * @param {boolean} [options.outbox] whether the outbox is bound
 * @param {boolean} [options.bucket] whether a bucket is bound
 * @param {boolean} [options.handler] whether a handler is bound
 * @param {boolean} [options.faults] whether to start the build with fault injection
 * @param {(point: string) => void | Promise<void>} [options.harness]
 *   called at each crash point with its name; the gate goes on when it returns. Only with `faults`
 * @param {string} [options.main] the source of a JavaScript module that wraps the gate, `./index.js`
 * @param {boolean} [options.quiet] whether the log goes to a file, so that reading it takes no time
 * @param {number} [options.internet] the port of a server that receives every request to another host
 */
export async function startWorkerd({ sources, secrets = {}, settings, main, ...parts }) {
  const {
    outbox = true,
    bucket = false,
    handler = false,
    faults = false,
    harness,
    quiet = false,
    internet,
  } = parts;
  const sink = await startQueue();
  const bucketServer = await startBucket();
  const handlerServer = await startHandler();
  const harnessServer = await startHarness(harness ?? (() => {}));
  const folder = mkdtempSync(join(tmpdir(), "countersign-gate-"));
  const port = await findFreePort();
  const queuePort = await findFreePort();
  for (const file of ["entry.js", "index.js", "index_bg.wasm"])
    copyFileSync(join(faults ? BUILD_WITH_FAULTS : BUILD, file), join(folder, file));
  mkdirSync(join(folder, "disk"));
  if (main !== undefined) writeFileSync(join(folder, "main.js"), main);
  const ports = { port, queuePort, sinkPort: sink.port, internet };
  if (bucket) ports.bucketPort = bucketServer.port;
  if (handler) ports.handlerPort = handlerServer.port;
  if (harness !== undefined) ports.harnessPort = harnessServer.port;
  const hasMain = main !== undefined;
  writeFileSync(
    join(folder, "gate.capnp"),
    buildConfig({ ...ports, sources, settings, secrets, outbox, hasMain }),
  );
  const url = `http://127.0.0.1:${port}`;
  let output = "";
  let child;

  async function start() {
    const log = quiet ? openSync(join(folder, "log"), "a") : "pipe";
    const stdio = ["ignore", log, log];
    child = spawn(WORKERD, ["serve", "--experimental", "gate.capnp"], { cwd: folder, stdio });
    if (quiet) return waitUntilHealthy(url, child, () => output);
    const append = (chunk) => {
      output += chunk;
    };
    child.stdout.on("data", append);
    child.stderr.on("data", append);
    await waitUntilHealthy(url, child, () => output);
  }

  /** Kills the process at once, as a crash would. */
  async function kill() {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  // The gate must not outlive the test process.
  process.once("exit", () => child.kill("SIGKILL"));
  await start();
  return {
    url,
    port,
    /** The id of the current process. */
    pid: () => child.pid,
    /** The queue: `messages` has what it accepted, and `answer` decides what it does with a request. */
    sink,
    /** R2: `objects` has the bodies by name, and `answer` decides what it does with a request. */
    bucket: bucketServer,
    /** The handler: `events` has the requests that it received. */
    handler: handlerServer,
    /** The folder of the Durable Objects. */
    disk: join(folder, "disk"),
    /** Stops reading the log, like a log collector that is down. */
    closeOutput() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    /** The log so far. */
    output: () => output,
    /**
     * Delivers messages to the gate's consumer, as a queue does, and returns its answer for each.
     * @param {unknown[]} bodies
     * @param {string} [queue] the name of the queue
     * @param {object} [options]
     * @param {(index: number) => string} [options.idOf] the queue's id of each message
     * @param {number} [options.seconds] how long the messages have been on the queue
     */
    async consume(bodies, queue = "countersign-events", { idOf, seconds = 0 } = {}) {
      const messages = bodies.map((body, index) => {
        return { id: idOf?.(index) ?? `message-${index}`, body, attempts: 1, seconds };
      });
      const response = await fetch(`http://127.0.0.1:${queuePort}/${queue}`, {
        method: "POST",
        body: JSON.stringify(messages),
      });
      assert.equal(response.status, 200, await response.clone().text());
      return response.json();
    },
    /** Runs the gate's Cron Trigger, and returns its outcome. */
    async schedule() {
      const response = await fetch(`http://127.0.0.1:${queuePort}/scheduled`);
      assert.equal(response.status, 200, await response.clone().text());
      return (await response.json()).outcome;
    },
    /** Waits until the queue has at least `count` messages, and returns all. */
    async messages(count) {
      await waitUntil(
        () => sink.messages.length >= count,
        () => `${sink.messages.length} messages\n${output}`,
      );
      return sink.messages;
    },
    kill,
    /** Starts the gate again, with the disk that the last process left. */
    restart: start,
    async stop() {
      await kill();
      await Promise.all(
        [sink, bucketServer, handlerServer, harnessServer].map((server) => server.stop()),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a queue that speaks workerd's protocol. `answer` decides what it does with messages. */
async function startQueue() {
  const sink = {
    batches: 0,
    messages: [],
    answer: "store",
    /** A promise for which its answer waits once it has the messages. */
    pause: undefined,
    /** Which messages it always rejects, together with their batch. */
    isPoison: () => false,
    /** The messages that it accepts per second if `answer` is `throttle`. */
    bucket: createTokenBucket(500),
    port: 0,
    stop: async () => {},
  };
  const server = createServer(async (request, response) => {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // The gate was killed during the request, so the queue accepts nothing.
      return;
    }
    sink.batches += 1;
    const reject = (code) => response.writeHead(500, { "CF-Queues-Error-Code": code }).end();
    if (sink.answer === "reject") {
      reject("10250");
      return;
    }
    const messages = readMessages(request, Buffer.concat(chunks));
    if (messages.some(sink.isPoison)) {
      reject("10204");
      return;
    }
    if (sink.answer === "throttle" && !sink.bucket.take(messages.length)) {
      reject("10250");
      return;
    }
    if (sink.answer === "hang up") {
      request.socket.destroy();
      return;
    }
    if (sink.answer === "hang") return;
    sink.messages.push(...messages);
    await sink.pause;
    if (sink.answer === "store and hang up") {
      request.socket.destroy();
      return;
    }
    response
      .writeHead(200, { "content-type": "application/json" })
      .end('{"metadata":{"metrics":{}}}');
  });
  return listen(server, sink);
}

/** Creates a token bucket that refills with `perSecond` tokens per second. */
function createTokenBucket(perSecond) {
  let level = perSecond;
  let filledAt = Date.now();
  return {
    take(count) {
      const now = Date.now();
      level = Math.min(perSecond, level + ((now - filledAt) * perSecond) / 1000);
      filledAt = now;
      if (level < count) return false;
      level -= count;
      return true;
    },
  };
}

/** Starts a bucket that speaks workerd's protocol. `answer` is `store`, `reject` or `hang`. */
async function startBucket() {
  const bucket = { objects: new Map(), answer: "store", port: 0, stop: async () => {} };
  const server = createServer(async (request, response) => {
    const sent = await readBytes(request);
    if (sent === undefined || bucket.answer === "hang") return;
    if (bucket.answer === "reject") {
      const error = JSON.stringify({ version: 1, v4code: 10001, message: "internal error" });
      response.writeHead(500, { "cf-r2-error": error }).end();
      return;
    }
    const size = Number(request.headers["cf-r2-metadata-size"] ?? 0);
    const asked = JSON.parse(request.headers["cf-r2-request"] ?? sent.subarray(0, size).toString());
    if (asked.method === "delete") {
      for (const name of asked.objects ?? [asked.object]) bucket.objects.delete(name);
      response.writeHead(200).end();
      return;
    }
    if (asked.method === "put") bucket.objects.set(asked.object, sent.subarray(size));
    const value = bucket.objects.get(asked.object);
    if (value === undefined) {
      const error = JSON.stringify({ version: 1, v4code: 10007, message: "no such key" });
      response.writeHead(404, { "cf-r2-error": error }).end();
      return;
    }
    const facts = { name: asked.object, version: "1", etag: "e", size: `${value.length}` };
    const metadata = Buffer.from(JSON.stringify({ ...facts, uploaded: `${Date.now()}` }));
    response.writeHead(200, { "cf-r2-metadata-size": `${metadata.length}` });
    response.end(asked.method === "get" ? Buffer.concat([metadata, value]) : metadata);
  });
  return listen(server, bucket);
}

/**
 * Starts a handler. It records each event, waits for the promise `pause`, and answers with the status `answer`. If `answer`
 * is a function, it is called with the response instead.
 */
async function startHandler() {
  const handler = { events: [], answer: 204, pause: undefined, port: 0, stop: async () => {} };
  const server = createServer(async (request, response) => {
    const body = await readBytes(request);
    if (body === undefined) return;
    handler.events.push({ headers: request.headers, body });
    await handler.pause;
    if (typeof handler.answer === "function") handler.answer(response);
    else if (handler.answer === "hang up") request.socket.destroy();
    else response.writeHead(handler.answer).end();
  });
  return listen(server, handler);
}

/** Starts the server that the gate calls at each crash point. */
async function startHarness(onReached) {
  const server = createServer(async (request, response) => {
    await onReached(request.url.slice(1));
    response.end();
  });
  return listen(server, { port: 0, stop: async () => {} });
}

/** Reads the body of a request; undefined if the process that sent it was killed meanwhile. */
async function readBytes(request) {
  const chunks = [];
  await request.forEach((chunk) => void chunks.push(chunk)).catch(() => {});
  return request.complete ? Buffer.concat(chunks) : undefined;
}

/** Starts a server on a free port, and adds `port` and `stop` to the object that describes it. */
async function listen(server, description) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  description.port = server.address().port;
  description.stop = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
  return description;
}

/** Reads the messages in a request of workerd, a single one or a batch. */
function readMessages(request, body) {
  if (request.url.endsWith("/message")) {
    assert.equal(request.headers["x-msg-fmt"], "json");
    return [JSON.parse(body.toString())];
  }
  const { messages } = JSON.parse(body.toString());
  return messages.map(({ body, contentType }) => {
    assert.equal(contentType, "json");
    return JSON.parse(Buffer.from(body, "base64").toString());
  });
}

function buildConfig({
  port,
  queuePort,
  sinkPort,
  bucketPort,
  handlerPort,
  harnessPort,
  internet,
  ...rest
}) {
  const { sources, settings, secrets, outbox, hasMain } = rest;
  const bindings = [`(name = "EVENTS", queue = "sink")`];
  const external = (name, port) =>
    `(name = "${name}", external = (address = "127.0.0.1:${port}", http = ())),`;
  const services = [external("sink", sinkPort)];
  if (bucketPort !== undefined) {
    bindings.push(`(name = "BODIES", r2Bucket = "bucket")`);
    services.push(external("bucket", bucketPort));
  }
  if (handlerPort !== undefined) {
    bindings.push(`(name = "HANDLER", service = "handler")`);
    services.push(external("handler", handlerPort));
  }
  if (harnessPort !== undefined) {
    bindings.push(`(name = "HARNESS", service = "harness")`);
    services.push(external("harness", harnessPort));
  }
  if (outbox) bindings.push(`(name = "OUTBOX", durableObjectNamespace = "Outbox")`);
  if (sources !== undefined)
    bindings.push(`(name = "SOURCES", json = ${quote(JSON.stringify(sources))})`);
  if (settings !== undefined)
    bindings.push(`(name = "GATE", json = ${quote(JSON.stringify(settings))})`);
  for (const [name, value] of Object.entries(secrets)) {
    bindings.push(`(name = ${quote(name)}, text = ${quote(value)})`);
  }
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "gate", worker = .gate),
    (name = "queue", worker = .queue),
    (name = "disk", disk = (path = "disk", writable = true)),
    ${services.join("\n    ")}
    (name = "internet", external = (address = "127.0.0.1:${internet ?? sinkPort}", http = (forwardedProtoHeader = "x-forwarded-proto"))),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:${port}", http = (), service = "gate"),
    (name = "queue", address = "127.0.0.1:${queuePort}", http = (), service = "queue"),
  ],
);
# Calls the consumer as a queue does, and the Cron Trigger as the platform does.
const queue :Workerd.Worker = (
  modules = [(name = "queue.js", esModule = ${quote(QUEUE_WORKER)})],
  compatibilityDate = "2026-10-01",
  compatibilityFlags = ["service_binding_extra_handlers"],
  bindings = [(name = "GATE", service = "gate")],
);
const gate :Workerd.Worker = (
  modules = [
    ${hasMain ? `(name = "main.js", esModule = embed "main.js"),` : ""}
    (name = "entry.js", esModule = embed "entry.js"),
    (name = "index.js", esModule = embed "index.js"),
    (name = "index_bg.wasm", wasm = embed "index_bg.wasm"),
  ],
  compatibilityDate = "2026-10-01",
  compatibilityFlags = ["no_nodejs_global_timers"],
  durableObjectNamespaces = [(className = "Outbox", uniqueKey = "outbox", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),
  globalOutbound = "internet",
  bindings = [${bindings.join(", ")}],
);
`;
}

/** Formats a text literal of Cap'n Proto, which understands the escapes of JSON. */
function quote(value) {
  return JSON.stringify(value);
}

async function findFreePort() {
  const server = createNetServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function waitUntilHealthy(url, child, output) {
  await waitUntil(async () => {
    if (child.exitCode !== null) throw new Error(`workerd ended:\n${output()}`);
    const response = await fetch(`${url}/healthz`).catch(() => undefined);
    return response?.ok;
  }, output);
}

/**
 * Waits until a condition is true, and fails after a time limit.
 * @param {() => unknown} condition
 * @param {() => string} describe what the error message shows the end of
 * @param {number} [timeout] in milliseconds
 */
export async function waitUntil(condition, describe, timeout = TIMEOUT_MS) {
  const deadline = Date.now() + timeout;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`the condition did not become true:\n${describe().slice(-4000)}`);
    }
    await sleep(20);
  }
}
