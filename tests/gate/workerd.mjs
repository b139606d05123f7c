// Starts the built gate in workerd, with servers of this test in place of its queue, its bucket and its handler. A test
// sees exactly what they received, and can make each of them fail.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startBucket, startHandler, startHarness, startQueue } from "./servers.mjs";

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

  /** @param {object} [options] @param {boolean} [options.withFaults] which build to start */
  async function start({ withFaults = faults } = {}) {
    for (const file of ["entry.js", "index.js", "index_bg.wasm"])
      copyFileSync(join(withFaults ? BUILD_WITH_FAULTS : BUILD, file), join(folder, file));
    const log = quiet ? openSync(join(folder, "log"), "a") : "pipe";
    const stdio = ["ignore", log, log];
    child = spawn(WORKERD, ["serve", "--experimental", "gate.capnp"], { cwd: folder, stdio });
    if (typeof log === "number") {
      closeSync(log);
      return waitUntilHealthy(url, child, () => output);
    }
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

  // The gate must not outlive the test process, however that ends.
  process.once("exit", () => child.kill("SIGKILL"));
  process.once("SIGTERM", () => process.exit(143));
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
    /** Stops the process for a while, as an overloaded machine would. */
    async freeze(millis) {
      child.kill("SIGSTOP");
      await sleep(millis);
      child.kill("SIGCONT");
    },
    /** Starts the gate again, with the disk that the last process left. `withFaults` chooses another build. */
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
