// Unusual deliveries: slow senders, senders that disconnect, and bodies of any content.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { bodyOf, clientOf, secrets, sign, sources } from "./fixtures.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

describe("a gate with unusual deliveries", () => {
  let gate;
  let post;
  let idsOnQueue;
  before(async () => {
    gate = await startWorkerd({ sources, secrets, settings: { body_seconds: 1 } });
    ({ post, idsOnQueue } = clientOf(gate));
  });
  after(() => gate.stop());
  beforeEach(() => {
    gate.sink.messages.length = 0;
  });

  // Threat model: F9.
  it("stores an event once or not at all, whenever its sender disconnects", async () => {
    for (let after = 0; after <= 50; after += 2) {
      const id = `evt_disconnected_${after}`;
      await post(id, { signal: AbortSignal.timeout(after) }).catch(() => {});
      const { status } = await (await post(id)).json();
      assert.ok(["accepted", "duplicate"].includes(status), status);
    }
    await waitUntil(
      () => idsOnQueue().size === 26,
      () => `${idsOnQueue().size}`,
    );
    assert.equal(gate.sink.messages.length, 26);
  });

  // Threat model: F13.
  it("answers 408 to senders that send a byte at a time, and serves others meanwhile", async () => {
    const body = bodyOf("evt_slow");
    const head = Object.entries({ ...sign("stripe", body), "content-length": body.length });
    // More than the gate keeps pending at a time.
    const slow = Array.from({ length: 100 }, () => sendSlowly(gate.port, head, body));
    for (let count = 0; count < 20; count += 1) {
      assert.equal((await post(`evt_fast_${count}`)).status, 200);
    }
    for (const answer of await Promise.all(slow)) assert.match(answer, /^HTTP\/1.1 408/);
    assert.equal((await (await post("evt_slow")).json()).status, "accepted");
  });

  for (const [name, content, headers] of [
    ["gzip", gzipSync("{}"), { "content-encoding": "gzip" }],
    ["a wrong type", Buffer.from("{}"), { "content-type": "image/png" }],
    ["a wrong charset", Buffer.from("{ }"), { "content-type": "application/json; charset=utf-16" }],
    ["invalid UTF-8", Buffer.from([0xff, 0xc0, 0x80, 0x00]), {}],
    ["a byte order mark", Buffer.from("\ufeff{}"), {}],
    ["an empty body", Buffer.alloc(0), {}],
  ]) {
    // Threat model, F15.
    it(`passes on the exact bytes that were signed: ${name}`, async () => {
      const response = await fetch(`${gate.url}/in/github`, {
        method: "POST",
        body: content,
        headers: { ...sign("github", content), ...headers },
      });
      assert.equal(response.status, 200);
      const { id } = await response.json();
      await waitUntil(() => idsOnQueue().has(id), gate.output);
      const message = gate.sink.messages.find((message) => message.id === id);
      assert.ok(Buffer.from(message.data_base64, "base64").equals(content));
    });
  }

  // Threat model: F15.
  it("accepts a body in chunks of one byte", async () => {
    const body = bodyOf("evt_chunked");
    const stream = new ReadableStream({
      async pull(controller) {
        for (const letter of body) {
          controller.enqueue(Buffer.from(letter));
          await sleep(1);
        }
        controller.close();
      },
    });
    const response = await post("evt_chunked", { body: stream, duplex: "half" });
    assert.equal(response.status, 200);
  });

  // Threat model: A-08.
  it("rejects a header that is longer than any sender's", async () => {
    const body = bodyOf("evt_long_header");
    const { "stripe-signature": signature } = sign("stripe", body);
    for (const header of [`${signature},${"v0=00,".repeat(2000)}`, "x".repeat(20_000)]) {
      const response = await post("evt_long_header", { headers: { "stripe-signature": header } });
      assert.equal(response.status, 401);
    }
  });

  // Threat model: F22.
  it("accepts events while the log is not read", async () => {
    gate.closeOutput();
    const ids = Array.from({ length: 300 }, (_, index) => `evt_unlogged_${index}`);
    for (const id of ids) assert.equal((await post(id)).status, 200);
    await waitUntil(
      () => ids.every((id) => idsOnQueue().has(id)),
      () => `${idsOnQueue().size}`,
    );
  });
});

/** Sends a request whose body arrives a byte at a time. Returns the answer. */
function sendSlowly(port, headers, body) {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", async () => {
      socket.write(`POST /in/stripe HTTP/1.1\r\nhost: gate\r\n${lines}\r\n`);
      for (const letter of body.slice(0, -1)) {
        if (answer !== "" || socket.destroyed) break;
        socket.write(letter);
        await sleep(100);
      }
      socket.end();
    });
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", (error) => (answer === "" ? reject(error) : resolve(answer)));
  });
}
