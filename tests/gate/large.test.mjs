// Bodies that are too long for a queue message: they stand in the bucket, and the message names them.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { Signer } from "countersign";
import { readMessage } from "countersign/queue";
import { startWorkerd, until } from "./workerd.mjs";

const SECRET = "a secret in text";
const sources = { github: { scheme: "github", keys: ["SECRET"] } };
const sign = (body) => new Signer("github", SECRET).sign({ body });
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
/** A body like no other. */
let bodies = 0;
const bodyOf = (length) => {
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
    it(`F11: takes ${length} bytes, and the consumer gets them back`, async () => {
      const body = bodyOf(length);
      const response = await post(body);
      assert.equal(response.status, 202, await response.text());
      const [message] = await gate.messages(1);
      const isLong = length > 88_000;
      assert.equal(gate.bucket.objects.size, isLong ? 1 : 0);
      assert.equal(message.envelope, isLong ? 2 : 1);
      assert.ok(JSON.stringify(message).length <= 120_000);
      if (isLong) {
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

  it("F11: refuses a byte more than 25 MB", async () => {
    assert.equal((await post(bodyOf(25 * MB + 1))).status, 413);
    assert.equal(gate.bucket.objects.size, 0);
  });

  for (const answer of ["refuse", "hang"]) {
    it(`F11: answers 503 and takes nothing when R2 is down: "${answer}"`, async () => {
      gate.bucket.answer = answer;
      const body = bodyOf(200_000);
      const response = await post(body);
      assert.equal(response.status, 503);
      assert.match(response.headers.get("retry-after"), /^\d+$/);
      gate.bucket.answer = "store";
      const again = await post(body);
      assert.equal((await again.json()).status, "accepted");
      assert.equal((await gate.messages(1)).length, 1);
    });
  }

  it("gives a message back whose body cannot be had, and acts when it can", async () => {
    const body = bodyOf(200_000);
    await post(body);
    const [message] = await gate.messages(1);
    const changed = Buffer.from(body).fill("x", 7, 8);
    for (const there of [undefined, changed]) {
      gate.bucket.objects.clear();
      if (there !== undefined) gate.bucket.objects.set(message.dataref, there);
      const { retryMessages } = await gate.consume([message]);
      assert.equal(retryMessages.length, 1);
      assert.equal(gate.handler.events.length, 0);
    }
    gate.bucket.objects.set(message.dataref, body);
    await gate.consume([message]);
    assert.equal(gate.handler.events.length, 1);
  });

  it("F13 F14: long bodies that come slowly leave room for short ones", async () => {
    const body = bodyOf(22 * MB);
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
      assert.equal((await post(bodyOf(1000))).status, 202);
    } finally {
      for (const socket of slow) socket.destroy();
    }
  });

  it("F14: of many long bodies at once it takes what it has room for, and lives on", async () => {
    const ten = Array.from({ length: 20 }, () => bodyOf(10 * MB));
    const responses = await Promise.all(ten.map((body) => post(body).catch(() => undefined)));
    const statuses = responses.map((response) => response?.status);
    const taken = statuses.filter((status) => status === 202).length;
    assert.ok(taken >= 1, `${statuses}`);
    // A refusal may come while the body is still on its way, which a client may see as a broken connection.
    assert.ok(
      statuses.every((status) => [202, 503, undefined].includes(status)),
      `${statuses}`,
    );
    await gate.messages(taken);
    // All room is free again.
    const after = bodyOf(25 * MB);
    assert.equal((await post(after)).status, 202);
    await until(
      () => gate.sink.messages.length === taken + 1,
      () => `${gate.sink.messages.length} of ${taken + 1}`,
    );
    assert.ok(!/panicked|RuntimeError/.test(gate.output()), gate.output());
  });
});
