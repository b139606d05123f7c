// The built gate in raw workerd, its queue bound to a sink of ours: what the queue got is known exactly, and the queue
// can be made to fail.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const WORKERD = join(root, "node_modules/.bin/workerd");
const BUILD = join(root, "worker/build");
const PATIENCE_MS = 20_000;

const QUEUE_WORKER = `
export default {
  async fetch(request, env) {
    const timestamp = new Date();
    const messages = (await request.json()).map((message) => ({ ...message, timestamp }));
    return Response.json(await env.GATE.queue("countersign-events", messages));
  },
};
`;

/**
 * Starts the gate.
 * @param {object} options
 * @param {unknown} [options.sources] the table of sources; none at all if undefined
 * @param {Record<string, string>} [options.secrets]
 * @param {boolean} [options.outbox] whether the gate has its outbox
 * @param {number} [options.outside] the port of a server that stands for all others in the world
 */
export async function startWorkerd({ sources, secrets = {}, outbox = true, outside }) {
  const sink = await startSink();
  const folder = mkdtempSync(join(tmpdir(), "countersign-gate-"));
  const port = await freePort();
  const queuePort = await freePort();
  for (const file of ["index.js", "index_bg.wasm"])
    copyFileSync(join(BUILD, file), join(folder, file));
  mkdirSync(join(folder, "disk"));
  const settings = { port, queuePort, sinkPort: sink.port, sources, secrets, outbox, outside };
  writeFileSync(join(folder, "gate.capnp"), config(settings));
  const url = `http://127.0.0.1:${port}`;
  let output = "";
  let child;

  async function start() {
    child = spawn(WORKERD, ["serve", "--experimental", "gate.capnp"], { cwd: folder });
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    await untilHealthy(url, child, () => output);
  }

  /** Ends the process as a crash would: at once, wherever it is. */
  async function kill() {
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  await start();
  // Whatever ends the test, no gate is left behind.
  process.once("exit", () => child.kill("SIGKILL"));
  return {
    url,
    port,
    sink,
    /** Everything the gate wrote so far. */
    output: () => output,
    /**
     * Hands messages to the gate's consumer, as a queue would, and gives what it answered for each.
     * @param {unknown[]} bodies
     */
    async consume(bodies) {
      const messages = bodies.map((body, index) => ({ id: `message-${index}`, body, attempts: 1 }));
      const response = await fetch(`http://127.0.0.1:${queuePort}`, {
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
      await sink.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A queue as workerd speaks to one. `sink.answer` decides what becomes of a message. */
async function startSink() {
  const sink = { messages: [], answer: "store", port: 0, stop: async () => {} };
  const server = createServer(async (request, response) => {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // The gate was killed in the middle of it: the queue has nothing then.
      return;
    }
    if (sink.answer === "refuse") {
      response.writeHead(500, { "CF-Queues-Error-Code": "10250" }).end();
      return;
    }
    const messages = readMessages(request, Buffer.concat(chunks));
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
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  sink.port = server.address().port;
  sink.stop = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
  return sink;
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

function config({ port, queuePort, sinkPort, sources, secrets, outbox, outside }) {
  const bindings = [`(name = "EVENTS", queue = "sink")`];
  if (outbox) bindings.push(`(name = "OUTBOX", durableObjectNamespace = "Outbox")`);
  if (sources !== undefined)
    bindings.push(`(name = "SOURCES", json = ${text(JSON.stringify(sources))})`);
  for (const [name, value] of Object.entries(secrets)) {
    bindings.push(`(name = ${text(name)}, text = ${text(value)})`);
  }
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "gate", worker = .gate),
    (name = "queue", worker = .queue),
    (name = "disk", disk = (path = "disk", writable = true)),
    (name = "sink", external = (address = "127.0.0.1:${sinkPort}", http = ())),
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
    (name = "index.js", esModule = embed "index.js"),
    (name = "index_bg.wasm", wasm = embed "index_bg.wasm"),
  ],
  compatibilityDate = "2026-10-01",
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

/** Waits for something to become true. */
export async function until(isTrue, whatThereIs) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`it did not come true:\n${whatThereIs()}`);
    await sleep(20);
  }
}
