// Bodies that are too large for a queue message: they are in R2, and the message names them.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { Signer } from "countersign";
import { readMessage } from "countersign/queue";
import { startWorkerd, waitUntil } from "./workerd.mjs";

const SECRET = "a secret in text";
const sources = { github: { scheme: "github", keys: ["SECRET"] } };
const sign = (body) => new Signer("github", SECRET).sign({ body });
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
let bodies = 0;
/** A body of this length that differs from all before. */
const createBody = (length) => {
  bodies += 1;
  return Buffer.from(`${bodies}`.padEnd(length, "é").slice(0, length), "latin1");
};
const MB = 1024 * 1024;

describe("a gate with a bucket", () => {
  let gate;
  before(async () => {
    gate = await startWorkerd({ sources, secrets: { SECRET }, bucket: true, handler: true });
  });
  after(() => gate.stop());
  beforeEach(() => {
    gate.sink.messages.length = 0;
    gate.bucket.answer = "store";
    gate.bucket.objects.clear();
    gate.handler.events.length = 0;
  });
  const post = (body) =>
    fetch(`${gate.url}/in/github`, { method: "POST", body, headers: sign(body) });

  for (const length of [88_000, 119_999, 120_001, 128_001, MB, 25 * MB]) {
    // Threat model: F11.
    it(`accepts ${length} bytes, and the handler receives them`, async () => {
      const body = createBody(length);
      const response = await post(body);
      assert.equal(response.status, 200, await response.text());
      const [message] = await gate.messages(1);
      const isLarge = length > 88_000;
      assert.equal(gate.bucket.objects.size, isLarge ? 1 : 0);
      assert.equal(message.envelope, isLarge ? 2 : 1);
      assert.ok(JSON.stringify(message).length <= 120_000);
      if (isLarge) {
        assert.equal(message.datasize, length);
        assert.equal(message.dataref, `${sha256(`/in/github ${message.id}`)}/${sha256(body)}`);
        assert.throws(() => readMessage(message), TypeError);
        assert.throws(() => readMessage(message, body.subarray(1)), TypeError);
      }
      const { event } = readMessage(message, gate.bucket.objects.get(message.dataref));
      assert.ok(body.equals(event.body));
      const { explicitAcks } = await gate.consume([message]);
      assert.deepEqual(explicitAcks, ["message-0"]);
      assert.equal(gate.handler.events.length, 1);
      assert.ok(body.equals(gate.handler.events[0].body));
    });
  }

  // Threat model: F11.
  it("answers 413 to one byte more than 25 MB", async () => {
    assert.equal((await post(createBody(25 * MB + 1))).status, 413);
    assert.equal(gate.bucket.objects.size, 0);
  });

  for (const answer of ["reject", "hang"]) {
    // Threat model: F11.
    it(`answers 503 and stores nothing if R2 is in mode "${answer}"`, async () => {
      gate.bucket.answer = answer;
      const body = createBody(200_000);
      const response = await post(body);
      assert.equal(response.status, 503);
      assert.match(response.headers.get("retry-after"), /^\d+$/);
      gate.bucket.answer = "store";
      const retry = await post(body);
      assert.equal((await retry.json()).status, "accepted");
      assert.equal((await gate.messages(1)).length, 1);
    });
  }

  it("gives a message back whose body is missing or changed, and acts once it is there", async () => {
    const body = createBody(200_000);
    await post(body);
    const [message] = await gate.messages(1);
    const changed = Buffer.from(body).fill("x", 7, 8);
    for (const stored of [undefined, changed]) {
      gate.bucket.objects.clear();
      if (stored !== undefined) gate.bucket.objects.set(message.dataref, stored);
      const { retryMessages } = await gate.consume([message]);
      assert.equal(retryMessages.length, 1);
      assert.equal(gate.handler.events.length, 0);
    }
    gate.bucket.objects.set(message.dataref, body);
    await gate.consume([message]);
    assert.equal(gate.handler.events.length, 1);
  });

  // Threat model: F13, F14.
  it("accepts short bodies while long ones arrive slowly", async () => {
    const body = createBody(22 * MB);
    const lines = Object.entries({ ...sign(body), "content-length": body.length });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const slow = Array.from({ length: 3 }, () => connect(gate.port, "127.0.0.1"));
    try {
      const sent = slow.map(
        (socket) =>
          new Promise((resolve) => {
            socket.on("error", resolve);
            socket.on("data", resolve);
            socket.write(`POST /in/github HTTP/1.1\r\nhost: gate\r\n${head}\r\n`);
            socket.write(body.subarray(0, 20 * MB), () => setTimeout(resolve, 500));
          }),
      );
      await Promise.all(sent);
      assert.equal((await post(createBody(1000))).status, 200);
    } finally {
      for (const socket of slow) socket.destroy();
    }
  });

  // Threat model: F14.
  it("accepts as many long bodies at once as its budget allows, and survives the others", async () => {
    const ten = Array.from({ length: 20 }, () => createBody(10 * MB));
    const responses = await Promise.all(ten.map((body) => post(body).catch(() => undefined)));
    const statuses = responses.map((response) => response?.status);
    const accepted = statuses.filter((status) => status === 200).length;
    assert.ok(accepted >= 1, `${statuses}`);
    // A client may see an answer during its upload as a broken connection.
    assert.ok(
      statuses.every((status) => [200, 503, undefined].includes(status)),
      `${statuses}`,
    );
    await gate.messages(accepted);
    // The whole budget is free again.
    const after = createBody(25 * MB);
    assert.equal((await post(after)).status, 200);
    await waitUntil(
      () => gate.sink.messages.length === accepted + 1,
      () => `${gate.sink.messages.length} of ${accepted + 1}`,
    );
    assert.ok(!/panicked|RuntimeError/.test(gate.output()), gate.output());
  });
});
