// The built gate in raw workerd, its queue bound to a sink of ours: what the queue got is known exactly, and the queue
// can be made to fail.

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
const BUILD = join(root, "worker/build");
const BUILD_WITH_FAULTS = join(root, "target/gate-with-faults");
const PATIENCE_MS = 20_000;

const QUEUE_WORKER = `
export default {
  async fetch(request, env) {
    const messages = (await request.json()).map(({ seconds, ...message }) => {
      return { ...message, timestamp: new Date(Date.now() - 1000 * seconds) };
    });
    const queue = new URL(request.url).pathname.slice(1);
    return Response.json(await env.GATE.queue(queue, messages));
  },
};
`;

/**
 * Starts the gate.
 * @param {object} options
 * @param {unknown} [options.sources] the table of sources; none at all if undefined
 * @param {Record<string, string>} [options.secrets]
 * @param {Record<string, unknown>} [options.settings] the table of the gate's own settings
 * @param {boolean} [options.outbox] whether the gate has its outbox
 * @param {boolean} [options.bucket] whether it has a bucket for long bodies
 * @param {boolean} [options.handler] whether its consumer has a handler
 * @param {boolean} [options.faults] whether it is the build that can be made to fail
 * @param {(point: string) => void | Promise<void>} [options.harness]
 *   called at every named point on the way of an event, which goes on when it returns; only in that build
 * @param {string} [options.main] a module in JavaScript to stand before the gate, `./index.js`
 * @param {boolean} [options.quiet] whether what it writes goes to a file that nobody reads, so that readers take no time
 * @param {number} [options.outside] the port of a server that stands for all others in the world
 */
export async function startWorkerd({ sources, secrets = {}, settings, main, ...parts }) {
  const {
    outbox = true,
    bucket = false,
    handler = false,
    faults = false,
    harness,
    quiet = false,
    outside,
  } = parts;
  const sink = await startSink();
  const objects = await startBucket();
  const handled = await startHandler();
  const points = await startHarness(harness ?? (() => {}));
  const folder = mkdtempSync(join(tmpdir(), "countersign-gate-"));
  const port = await freePort();
  const queuePort = await freePort();
  for (const file of ["entry.js", "index.js", "index_bg.wasm"])
    copyFileSync(join(faults ? BUILD_WITH_FAULTS : BUILD, file), join(folder, file));
  mkdirSync(join(folder, "disk"));
  if (main !== undefined) writeFileSync(join(folder, "main.js"), main);
  const ports = { port, queuePort, sinkPort: sink.port, outside };
  if (bucket) ports.bucketPort = objects.port;
  if (handler) ports.handlerPort = handled.port;
  if (harness !== undefined) ports.harnessPort = points.port;
  const hasMain = main !== undefined;
  writeFileSync(
    join(folder, "gate.capnp"),
    config({ ...ports, sources, settings, secrets, outbox, hasMain }),
  );
  const url = `http://127.0.0.1:${port}`;
  let output = "";
  let child;

  async function start() {
    const log = quiet ? openSync(join(folder, "log"), "a") : "pipe";
    const stdio = ["ignore", log, log];
    child = spawn(WORKERD, ["serve", "--experimental", "gate.capnp"], { cwd: folder, stdio });
    if (quiet) return untilHealthy(url, child, () => output);
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    await untilHealthy(url, child, () => output);
  }

  /** Ends the process as a crash would: at once, wherever it is. */
  async function kill() {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  // Whatever ends the test, no gate is left behind.
  process.once("exit", () => child.kill("SIGKILL"));
  await start();
  return {
    url,
    port,
    /** The process that runs now. */
    pid: () => child.pid,
    sink,
    /** What stands in for R2: `objects` by name, and `answer` decides what becomes of a request. */
    bucket: objects,
    /** What stands in for the handler: what it was handed is in `events`. */
    handler: handled,
    /** Where its Durable Objects are. */
    disk: join(folder, "disk"),
    /** Stops reading what it writes, as a log that is down does. */
    closeOutput() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    /** Everything the gate wrote so far. */
    output: () => output,
    /**
     * Hands messages to the gate's consumer, as a queue would, and gives what it answered for each.
     * @param {unknown[]} bodies
     * @param {string} [queue] the name of the queue
     * @param {object} [options]
     * @param {(index: number) => string} [options.idOf] the queue's id of each message
     * @param {number} [options.seconds] how long the queue has had them
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
    /** Waits until the queue has so many messages, and gives them. */
    async messages(count) {
      await until(
        () => sink.messages.length >= count,
        () => `${sink.messages.length} messages\n${output}`,
      );
      return sink.messages;
    },
    kill,
    /** Starts it again, on what is left on its disk. */
    restart: start,
    async stop() {
      await kill();
      await Promise.all([sink, objects, handled, points].map((server) => server.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A queue as workerd speaks to one. `sink.answer` decides what becomes of a message. */
async function startSink() {
  const sink = {
    batches: 0,
    messages: [],
    answer: "store",
    /** Messages that it never takes, nor a batch with one of them. */
    isPoison: () => false,
    /** How many messages it takes in a second, where `answer` is `throttle`. */
    bucket: tokenBucket(500),
    port: 0,
    stop: async () => {},
  };
  const server = createServer(async (request, response) => {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // The gate was killed in the middle of it: the queue has nothing then.
      return;
    }
    sink.batches += 1;
    const refuse = (code) => response.writeHead(500, { "CF-Queues-Error-Code": code }).end();
    if (sink.answer === "refuse") {
      refuse("10250");
      return;
    }
    const messages = readMessages(request, Buffer.concat(chunks));
    if (messages.some(sink.isPoison)) {
      refuse("10204");
      return;
    }
    if (sink.answer === "throttle" && !sink.bucket.take(messages.length)) {
      refuse("10250");
      return;
    }
    if (sink.answer === "hang up") {
      request.socket.destroy();
      return;
    }
    if (sink.answer === "hang") return;
    sink.messages.push(...messages);
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

/** Lets through so many in a second. */
function tokenBucket(perSecond) {
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

/** A bucket as workerd speaks to one. `answer` is `store`, `refuse` or `hang`. */
async function startBucket() {
  const bucket = { objects: new Map(), answer: "store", port: 0, stop: async () => {} };
  const server = createServer(async (request, response) => {
    const sent = await bytesOf(request);
    if (sent === undefined || bucket.answer === "hang") return;
    if (bucket.answer === "refuse") {
      const error = JSON.stringify({ version: 1, v4code: 10001, message: "We are sorry" });
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

/** A handler of events. `answer` is the status that it answers with, after it has acted and `pause` is over. */
async function startHandler() {
  const handler = { events: [], answer: 204, pause: undefined, port: 0, stop: async () => {} };
  const server = createServer(async (request, response) => {
    const body = await bytesOf(request);
    if (body === undefined) return;
    handler.events.push({ headers: request.headers, body });
    await handler.pause;
    if (handler.answer === "hang up") request.socket.destroy();
    else response.writeHead(handler.answer).end();
  });
  return listen(server, handler);
}

/** What is asked at every named point of a gate that can be made to fail. */
async function startHarness(reached) {
  const server = createServer(async (request, response) => {
    await reached(request.url.slice(1));
    response.end();
  });
  return listen(server, { port: 0, stop: async () => {} });
}

/** The whole body of a request, or nothing if whoever sent it was killed in the middle of it. */
async function bytesOf(request) {
  const chunks = [];
  await request.forEach((chunk) => void chunks.push(chunk)).catch(() => {});
  return request.complete ? Buffer.concat(chunks) : undefined;
}

async function listen(server, what) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  what.port = server.address().port;
  what.stop = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
  return what;
}

/** The messages that workerd hands to a queue, one or a batch. */
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

function config({
  port,
  queuePort,
  sinkPort,
  bucketPort,
  handlerPort,
  harnessPort,
  outside,
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
    bindings.push(`(name = "SOURCES", json = ${text(JSON.stringify(sources))})`);
  if (settings !== undefined)
    bindings.push(`(name = "GATE", json = ${text(JSON.stringify(settings))})`);
  for (const [name, value] of Object.entries(secrets)) {
    bindings.push(`(name = ${text(name)}, text = ${text(value)})`);
  }
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "gate", worker = .gate),
    (name = "queue", worker = .queue),
    (name = "disk", disk = (path = "disk", writable = true)),
    ${services.join("\n    ")}
    (name = "outside", external = (address = "127.0.0.1:${outside ?? sinkPort}", http = (forwardedProtoHeader = "x-forwarded-proto"))),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:${port}", http = (), service = "gate"),
    (name = "queue", address = "127.0.0.1:${queuePort}", http = (), service = "queue"),
  ],
);
# Stands in for the queue's way of calling its consumer.
const queue :Workerd.Worker = (
  modules = [(name = "queue.js", esModule = ${text(QUEUE_WORKER)})],
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
  globalOutbound = "outside",
  bindings = [${bindings.join(", ")}],
);
`;
}

/** A text literal of Cap'n Proto; the escapes of JSON are among its own. */
function text(value) {
  return JSON.stringify(value);
}

async function freePort() {
  const server = createNetServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilHealthy(url, child, output) {
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`workerd ended:\n${output()}`);
    const response = await fetch(`${url}/healthz`).catch(() => undefined);
    return response?.ok;
  }, output);
}

/** Waits for something to become true; else it fails with the end of what there is. */
export async function until(isTrue, whatThereIs, patience = PATIENCE_MS) {
  const deadline = Date.now() + patience;
  while (!(await isTrue())) {
    if (Date.now() > deadline) {
      throw new Error(`it did not come true:\n${whatThereIs().slice(-4000)}`);
    }
    await sleep(20);
  }
}
