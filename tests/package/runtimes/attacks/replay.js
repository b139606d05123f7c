// Attacks with deliveries that were genuine once. The package keeps no record; what it owes to whoever does is an id
// that a replay cannot change and a forgery cannot claim.

import { equal, ok } from "../harness.js";
import {
  makeToken,
  names,
  sampleBody,
  seconds,
  senders,
  signingBody,
  signingTime,
  usualClaims,
  withHeader,
} from "../senders.js";

const UNSIGNED = {
  github: ["x-github-delivery", "x-github-event"],
  shopify: ["x-shopify-webhook-id", "x-shopify-topic"],
};

/** Where a delivery might get an id from if nobody looked closely. */
const TEMPTING = [
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

export function replayAttacks(test, { sign, genuine, refused, unreadable }) {
  for (const name of names) {
    test(`A-24 ${name}: an exact replay has the id of the original`, () => {
      const delivery = sign(name);
      const { id } = genuine(name, delivery);
      ok(typeof id === "string" && id !== "", "there is no id");
      for (const after of [0, 1, 59]) {
        equal(genuine(name, delivery, { now: seconds(after) }).id, id);
      }
      equal(genuine(name, structuredClone(delivery), { keys: senders[name].keys }).id, id);
    });

    test(`A-25 ${name}: no header that is not signed changes the id`, () => {
      const delivery = sign(name);
      const { id, type } = genuine(name, delivery);
      const { idHeader } = senders[name];
      const tempting = [...TEMPTING, ...(UNSIGNED[name] ?? [])];
      for (const header of tempting.filter((candidate) => candidate !== idHeader)) {
        const event = genuine(name, withHeader(delivery, header, "another-1"));
        equal(event.id, id, `the id with ${header}`);
        equal(event.type, type, `the type with ${header}`);
        const isShown = UNSIGNED[name]?.includes(header) ?? false;
        equal(Object.values(event.unsigned).includes("another-1"), isShown, `${header} shown`);
      }
    });

    test(`A-26 ${name}: a forged delivery with a known id is refused, and the genuine one still passes`, () => {
      const [, other] = senders[name].keys;
      const delivery = sign(name);
      const { id } = genuine(name, delivery);
      refused(name, sign(name, { key: other }), "signature_mismatch");
      equal(genuine(name, delivery).id, id);
    });
  }

  for (const name of signingBody) {
    test(`A-26 ${name}: the headers of a genuine delivery do not vouch for another body with its id`, () => {
      const delivery = sign(name);
      const poisoned = { ...delivery, body: sampleBody(name, { amount: 1_000_000 }) };
      refused(name, poisoned, "signature_mismatch");
    });

    test(`A-24 ${name}: other content is another event`, () => {
      const body = sampleBody(name, { id: "evt_2", event_id: "Ev2" });
      const [first, second] = [sign(name), sign(name, { id: "msg_2", body })];
      ok(genuine(name, first).id !== genuine(name, second).id, "two events have one id");
    });
  }

  for (const name of signingTime) {
    test(`A-24 ${name}: a retry that is signed anew keeps its id`, () => {
      const first = genuine(name, sign(name));
      const retry = genuine(name, sign(name, { at: seconds(60) }), { now: seconds(60) });
      equal(retry.id, first.id, "the id");
      equal(retry.signedAt, seconds(60), "the signed time");
    });
  }

  for (const name of ["github", "shopify"]) {
    test(`A-25 ${name}: id and type that nobody signed are shown apart`, () => {
      const [idHeader, typeHeader] = UNSIGNED[name];
      const { headers, body } = sign(name);
      const event = genuine(name, {
        headers: { ...headers, [idHeader]: "d-1", [typeHeader]: "orders/create" },
        body,
      });
      equal(event.unsigned, { id: "d-1", type: "orders/create" });
      equal(event.type, undefined, "the type");
      ok(event.id.startsWith("sha256:"), `the id is ${event.id}`);
      equal(genuine(name, { headers, body }).unsigned, { id: undefined, type: undefined });
    });
  }

  test("A-25 subscribeflow: the three spellings of one tag give one event", async () => {
    const delivery = sign("subscribeflow");
    const { id } = genuine("subscribeflow", delivery);
    const hex = delivery.headers["x-subscribeflow-signature"].slice("sha256=".length);
    const bytes = hex.match(/../g).map((pair) => Number.parseInt(pair, 16));
    for (const value of [hex, btoa(String.fromCharCode(...bytes))]) {
      equal(
        genuine("subscribeflow", withHeader(delivery, "x-subscribeflow-signature", value)).id,
        id,
      );
    }
  });

  test("A-25 flash: one token is one event, whatever the body and the spelling of its header", async () => {
    const token = await makeToken({ alg: "HS256", typ: "JWT" }, usualClaims());
    const body = sampleBody("flash");
    const { id } = genuine("flash", { headers: { authorization: `Bearer ${token}` }, body });
    for (const value of [token, `bearer ${token}`, `BEARER ${token}`]) {
      equal(genuine("flash", { headers: { authorization: value }, body }).id, id);
    }
    const other = sampleBody("flash", { extra: "by somebody else" });
    equal(genuine("flash", { headers: { authorization: token }, body: other }).id, id);
    const next = await makeToken({ alg: "HS256", typ: "JWT" }, usualClaims({ jti: "2" }));
    ok(
      genuine("flash", { headers: { authorization: next }, body }).id !== id,
      "two tokens, one id",
    );
  });

  test("A-26 an id in the body does not count where it cannot be read", () => {
    for (const name of ["stripe", "subscribeflow"]) {
      for (const body of [
        '{"type":"a"}',
        '{"id":7}',
        '{"id":""}',
        '{"id":null}',
        '{"data":{"id":"x"}}',
        "[]",
      ]) {
        unreadable(name, sign(name, { body }), "missing_id");
      }
    }
    ok(
      genuine("slack", sign("slack", { body: '{"event_id":7}' })).id.startsWith("sha256:"),
      "slack",
    );
  });

  test("A-24 an id is read to the letter, whatever letters it has", () => {
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
        const event = genuine(name, sign(name, { body }));
        equal([event.id, event.type], [id, "a.b"], `${name}: id and type`);
      }
    }
  });
}
