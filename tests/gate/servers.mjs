// Servers in place of the gate's queue, bucket and handler, and the harness that the gate calls at crash points. Each records
// what it receives, and a test decides what it answers.

import assert from "node:assert/strict";
import { createServer } from "node:http";

/**
 * Starts a queue that speaks workerd's protocol. `answer` decides what it does with a batch: `store`, `reject`, `throttle`,
 * `hang up`, `hang`, `store and hang up` or `store and hang`.
 */
export async function startQueue() {
  const sink = {
    batches: 0,
    messages: [],
    answer: "store",
    /** Keeps the messages of a batch. The response is the one that will tell the gate so, unless the answer is lost. */
    store: (messages, _response) => {
      sink.messages.push(...messages);
    },
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
    sink.store(messages, response);
    await sink.pause;
    if (sink.answer === "store and hang") return;
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
export async function startBucket() {
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
 * is a function, it is called with the response instead. A test may replace `receive`, which does all of this.
 */
export async function startHandler() {
  const handler = {
    events: [],
    answer: 204,
    pause: undefined,
    async receive(request, body, response) {
      handler.events.push({ headers: request.headers, body });
      await handler.pause;
      if (typeof handler.answer === "function") handler.answer(response);
      else if (handler.answer === "hang up") request.socket.destroy();
      else response.writeHead(handler.answer).end();
    },
    port: 0,
    stop: async () => {},
  };
  const server = createServer(async (request, response) => {
    const body = await readBytes(request);
    if (body !== undefined) await handler.receive(request, body, response);
  });
  return listen(server, handler);
}

/** Starts the server that the gate calls at each crash point. */
export async function startHarness(onReached) {
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
