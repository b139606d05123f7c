// Replays of genuine deliveries. The package stores nothing. It gives each event an id for the receiver to store: a
// replay must not change this id, and a forgery must not claim it.

import { equal, ok } from "../harness.js";
import {
  bodySigners,
  makeToken,
  sampleBody,
  seconds,
  senderNames,
  senders,
  timeSigners,
  usualClaims,
  withHeader,
} from "../senders.js";

const UNSIGNED = {
  github: ["x-github-delivery", "x-github-event"],
  shopify: ["x-shopify-webhook-id", "x-shopify-topic"],
};

/** Unsigned headers that look as if they held the id. */
const ID_LIKE_HEADERS = [
  "webhook-id",
  "svix-id",
  "x-request-id",
  "x-github-delivery",
  "x-shopify-webhook-id",
  "x-shopify-event-id",
  "x-subscribeflow-event-id",
  "idempotency-key",
  "cf-ray",
];

export function replayAttacks(test, { sign, expectEvent, expectRejection, expectDecodeError }) {
  for (const name of senderNames) {
    // Threat model: A-24.
    test(`${name}: an exact replay has the id of the original`, () => {
      const delivery = sign(name);
      const { id } = expectEvent(name, delivery);
      ok(typeof id === "string" && id !== "", "there is no id");
      for (const after of [0, 1, 59]) {
        equal(expectEvent(name, delivery, { now: seconds(after) }).id, id);
      }
      equal(expectEvent(name, structuredClone(delivery), { keys: senders[name].keys }).id, id);
    });

    // Threat model: A-25.
    test(`${name}: an unsigned header does not change the id`, () => {
      const delivery = sign(name);
      const { id, type } = expectEvent(name, delivery);
      const { idHeader } = senders[name];
      const unsigned = [...ID_LIKE_HEADERS, ...(UNSIGNED[name] ?? [])];
      for (const header of unsigned.filter((candidate) => candidate !== idHeader)) {
        const event = expectEvent(name, withHeader(delivery, header, "another-1"));
        equal(event.id, id, `the id with ${header}`);
        equal(event.type, type, `the type with ${header}`);
        const isShown = UNSIGNED[name]?.includes(header) ?? false;
        equal(Object.values(event.unsigned).includes("another-1"), isShown, `${header} shown`);
      }
    });

    // Threat model: A-26.
    test(`${name}: a forged delivery with a known id is rejected, and the genuine one still verifies`, () => {
      const [, other] = senders[name].keys;
      const delivery = sign(name);
      const { id } = expectEvent(name, delivery);
      expectRejection(name, sign(name, { key: other }), "signature_mismatch");
      equal(expectEvent(name, delivery).id, id);
    });
  }

  for (const name of bodySigners) {
    // Threat model: A-26.
    test(`${name}: the headers of a genuine delivery do not verify a different body with the same id`, () => {
      const delivery = sign(name);
      const poisoned = { ...delivery, body: sampleBody(name, { amount: 1_000_000 }) };
      expectRejection(name, poisoned, "signature_mismatch");
    });

    // Threat model: A-24.
    test(`${name}: different content has a different id`, () => {
      const body = sampleBody(name, { id: "evt_2", event_id: "Ev2" });
      const [first, second] = [sign(name), sign(name, { id: "msg_2", body })];
      ok(expectEvent(name, first).id !== expectEvent(name, second).id, "two events have one id");
    });
  }

  for (const name of timeSigners) {
    // Threat model: A-24.
    test(`${name}: a retry with a new signature keeps its id`, () => {
      const first = expectEvent(name, sign(name));
      const retry = expectEvent(name, sign(name, { at: seconds(60) }), { now: seconds(60) });
      equal(retry.id, first.id, "the id");
      equal(retry.signedAt, seconds(60), "the signed time");
    });
  }

  for (const name of ["github", "shopify"]) {
    // Threat model: A-25.
    test(`${name}: an unsigned id and type are reported separately`, () => {
      const [idHeader, typeHeader] = UNSIGNED[name];
      const { headers, body } = sign(name);
      const event = expectEvent(name, {
        headers: { ...headers, [idHeader]: "d-1", [typeHeader]: "orders/create" },
        body,
      });
      equal(event.unsigned, { id: "d-1", type: "orders/create" });
      equal(event.type, undefined, "the type");
      ok(event.id.startsWith("sha256:"), `the id is ${event.id}`);
      equal(expectEvent(name, { headers, body }).unsigned, { id: undefined, type: undefined });
    });
  }

  // Threat model: A-25.
  test("subscribeflow: the three spellings of one signature give the same id", async () => {
    const delivery = sign("subscribeflow");
    const { id } = expectEvent("subscribeflow", delivery);
    const hex = delivery.headers["x-subscribeflow-signature"].slice("sha256=".length);
    const bytes = hex.match(/../g).map((pair) => Number.parseInt(pair, 16));
    for (const value of [hex, btoa(String.fromCharCode(...bytes))]) {
      equal(
        expectEvent("subscribeflow", withHeader(delivery, "x-subscribeflow-signature", value)).id,
        id,
      );
    }
  });

  // Threat model: A-25.
  test("flash: a token has one id, regardless of the body and of the spelling of its header", async () => {
    const token = await makeToken({ alg: "HS256", typ: "JWT" }, usualClaims());
    const body = sampleBody("flash");
    const { id } = expectEvent("flash", { headers: { authorization: `Bearer ${token}` }, body });
    for (const value of [token, `bearer ${token}`, `BEARER ${token}`]) {
      equal(expectEvent("flash", { headers: { authorization: value }, body }).id, id);
    }
    const other = sampleBody("flash", { extra: "not signed" });
    equal(expectEvent("flash", { headers: { authorization: token }, body: other }).id, id);
    const next = await makeToken({ alg: "HS256", typ: "JWT" }, usualClaims({ jti: "2" }));
    ok(
      expectEvent("flash", { headers: { authorization: next }, body }).id !== id,
      "two tokens, one id",
    );
  });

  // Threat model: A-26.
  test("a missing or malformed id in the body is an error, or is replaced by a digest", () => {
    for (const name of ["stripe", "subscribeflow"]) {
      for (const body of [
        '{"type":"a"}',
        '{"id":7}',
        '{"id":""}',
        '{"id":null}',
        '{"data":{"id":"x"}}',
        "[]",
      ]) {
        expectDecodeError(name, sign(name, { body }), "missing_id");
      }
    }
    ok(
      expectEvent("slack", sign("slack", { body: '{"event_id":7}' })).id.startsWith("sha256:"),
      "slack",
    );
  });

  // Threat model: A-24.
  test("an id is read exactly as it is written, whatever characters it has", () => {
    for (const id of [
      "\ufeffevt_1",
      "evt\u0000",
      "\u00e9\u{1f600}",
      "sha256:00",
      "__proto__",
      "a\nb",
      " evt_1 ",
    ]) {
      const body = JSON.stringify({ id, event_id: id, type: "a.b" });
      for (const name of ["stripe", "subscribeflow", "slack"]) {
        const event = expectEvent(name, sign(name, { body }));
        equal([event.id, event.type], [id, "a.b"], `${name}: id and type`);
      }
    }
  });
}
