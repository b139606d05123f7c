// `countersign/queue` reads the gate's queue messages into the same events that `verify` returns.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import { Signer, schemes, Verifier } from "countersign";
import { readMessage } from "countersign/queue";
import { samples } from "../../scripts/samples.mjs";
import { startWorkerd } from "./workerd.mjs";

/** The schemes of the sources in wrangler.toml. They accept any body and one of the two keys below. */
const testedSchemes = schemes.filter(({ name }) => name in samples);

const BASE64_KEY = `whsec_${Buffer.from("countersign-sample-key-1").toString("base64")}`;
const usesBase64 = (name) => ["standard", "svix", "flexprice", "resend"].includes(name);
const keyOf = (name) => (usesBase64(name) ? BASE64_KEY : "a secret in text");

describe("countersign/queue", () => {
  let gate;
  before(async () => {
    gate = await startWorkerd({
      sources: Object.fromEntries(
        testedSchemes.map(({ name, authenticated }) => [
          `from-${name}`,
          {
            scheme: name,
            keys: [usesBase64(name) ? "BASE64" : "TEXT"],
            ...(authenticated === "sender" && { accept_unbound: true }),
          },
        ]),
      ),
      secrets: { BASE64: keyOf("standard"), TEXT: keyOf("stripe") },
    });
  });
  after(() => gate.stop());

  for (const { name } of testedSchemes) {
    it(`returns the same event as verify: ${name}`, async () => {
      gate.sink.messages.length = 0;
      const body = `{"id":"evt_${name}", "type":"a.b","event_type":"a.b","n":12345678901234567890}\n`;
      const headers = new Signer(name, keyOf(name)).sign({ body });
      const url = `${gate.url}/in/from-${name}`;
      const response = await fetch(url, { method: "POST", body, headers });
      assert.equal(response.status, 200);
      const [message] = await gate.messages(1);
      const keys = { id: usesBase64(name) ? "BASE64" : "TEXT", key: keyOf(name) };
      const expected = new Verifier(name, keys).verify({ headers, body });
      for (const form of [message, JSON.stringify(message)]) {
        const { event, source, key, receivedAt } = readMessage(form);
        assert.deepEqual(event.toJSON(), expected.toJSON());
        assert.equal(event.text(), body);
        assert.deepEqual(event.json(), expected.json());
        assert.equal(source, `from-${name}`);
        assert.equal(key, `/in/from-${name} ${expected.id}`);
        assert.ok(Math.abs(receivedAt.getTime() - Date.now()) < 60_000);
      }
    });
  }
});

const message = {
  specversion: "1.0",
  envelope: 1,
  id: "evt_1",
  source: "/in/stripe",
  type: "a.b",
  time: "2026-01-01T00:00:00.000Z",
  scheme: "stripe",
  keyid: "STRIPE_SECRET",
  authenticated: "content",
  data_base64: Buffer.from('{"a":1,"a":2}').toString("base64"),
};

describe("readMessage", () => {
  // Threat model: A-33.
  it("reads the body as strictly as verify", () => {
    const signed = readMessage(message).event;
    assert.throws(() => signed.json({ strict: true }), { code: "duplicate_key" });
    assert.deepEqual(signed.json(), { a: 2 });
    const unsigned = readMessage({ ...message, authenticated: "sender" }).event;
    assert.throws(() => unsigned.json(), { code: "duplicate_key" });
    const { event } = readMessage({ ...message, data_base64: "/w==" });
    assert.deepEqual([...event.body], [0xff]);
    assert.throws(() => event.text(), { code: "not_text" });
  });

  it("rejects everything that is not a message of a known version", () => {
    const { id: _, ...withoutId } = message;
    const others = [
      ...[undefined, null, 1, "", "{", "[]", [], {}, withoutId],
      { ...message, envelope: 2 },
      { ...message, envelope: 2, dataref: "a/b" },
      { ...message, envelope: 3, dataref: "a/b", datasize: 1 },
      { ...message, replay: "1" },
      { ...message, envelope: "1" },
      { ...message, data_base64: "*" },
      { ...message, data_base64: undefined },
      { ...message, authenticated: "perhaps" },
    ];
    for (const other of others) {
      assert.throws(() => readMessage(other), { name: "DecodeError", code: "not_json" });
    }
  });

  it("accepts a body from the bucket as any kind of bytes, and checks its length", () => {
    const { data_base64: _, ...head } = message;
    const pointer = { ...head, envelope: 2, dataref: "a/b", datasize: 2 };
    for (const body of [Buffer.from("{}"), new Uint8Array([123, 125]).buffer]) {
      assert.equal(readMessage(pointer, body).event.text(), "{}");
    }
    for (const body of [undefined, Buffer.from("{ }"), Buffer.alloc(0)]) {
      assert.throws(() => readMessage(pointer, body), TypeError);
    }
  });

  it("works with require", () => {
    const { readMessage: required } = createRequire(import.meta.url)("countersign/queue");
    assert.equal(required(message).event.id, "evt_1");
    const { event } = required(message);
    assert.throws(() => event.json({ strict: true }), { code: "duplicate_key" });
  });
});
