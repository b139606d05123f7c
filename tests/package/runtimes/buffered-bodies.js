// If the id is a digest of the body, it is computed when it is first read. It must belong to the body that was verified,
// even if the caller has changed the array since. `text` and `json` read the verified body too; `body` is the array
// that the caller passed.

import { encode, sha256, utf8 } from "./bytes.js";
import { equal, ok, print } from "./harness.js";
import { NOW } from "./senders.js";

const KEY = "k".repeat(40);

/** Bodies that can be buffered as text, and bodies that cannot. */
const BODIES = {
  empty: [],
  ASCII: utf8('{"a":1}'),
  "text beyond ASCII": utf8('{"a":"grün 🦀"}'),
  "a byte order mark": [0xef, 0xbb, 0xbf, ...utf8('{"a":1}')],
  "the replacement character": utf8('{"a":"\uFFFD"}'),
  "a truncated character": [...utf8('{"a":"'), 0xc3],
  "not UTF-8": [0xff, 0x00, 0xfe],
  large: utf8(JSON.stringify({ a: "x".repeat(200_000) })),
};

export function bufferedBodies(test, { Verifier, Signer }) {
  const deliveryOf = (body) => {
    const bytes = Uint8Array.from(body);
    const headers = new Signer("github", KEY).sign({ body: bytes }, NOW);
    return { headers, body: bytes };
  };
  const idOf = async (body) => `sha256:${encode("hex", await sha256(Uint8Array.from(body)))}`;

  for (const hostHashFrom of [0, Number.POSITIVE_INFINITY]) {
    const verifier = new Verifier("github", KEY, { hostHashFrom });
    const from = `hostHashFrom ${hostHashFrom}`;

    for (const [name, body] of Object.entries(BODIES)) {
      test(`the id is the digest of the verified body: ${name}, ${from}`, async () => {
        const id = await idOf(body);
        const delivery = deliveryOf(body);
        equal(verifier.verify(delivery, NOW).id, id, "read at once");

        const event = verifier.verify(delivery, NOW);
        verifier.verify(deliveryOf(utf8("another body")), NOW);
        equal(event.id, id, "read after another delivery");
        equal(event.body, delivery.body, "the body is the array that was passed");

        const changed = verifier.verify(delivery, NOW);
        delivery.body.fill(0x7b);
        verifier.verify(deliveryOf(utf8("a third body")), NOW);
        equal(changed.id, id, "read after the array was changed");
        equal(changed.id, id, "read again");
      });
    }

    if (globalThis.SharedArrayBuffer !== undefined) {
      test(`a body in a SharedArrayBuffer has the digest as its id, ${from}`, async () => {
        const { headers, body } = deliveryOf(utf8('{"a":"grün"}'));
        const shared = new Uint8Array(new SharedArrayBuffer(body.length));
        shared.set(body);
        const event = verifier.verify({ headers, body: shared }, NOW);
        equal(event.id, await idOf(body));
        equal(event.json(), { a: "grün" });
      });
    }
  }

  const verifier = new Verifier("github", KEY);

  test("text and json read the verified body if the id is a digest", () => {
    const interruptions = [
      () => {},
      // After this, the core's memory holds a different delivery.
      () => verifier.verify(deliveryOf(utf8('{"b":2,"b":3}')), NOW),
    ];
    for (const interrupt of interruptions) {
      const delivery = deliveryOf(utf8('{"a":1}'));
      const event = verifier.verify(delivery, NOW);
      delivery.body.set(utf8('{"a":2}'));
      interrupt();
      equal(event.json(), { a: 1 });
      equal(event.text(), '{"a":1}');
    }
    const twice = deliveryOf(utf8('{"b":2,"b":3}'));
    const event = verifier.verify(twice, NOW);
    twice.body.fill(0x20);
    let error;
    try {
      event.json({ strict: true });
    } catch (thrown) {
      error = thrown;
    }
    equal(error?.code, "duplicate_key", print(error));
    equal(event.json(), { b: 3 });
  });

  test("an event has its own id, whatever the core does before the id is read", async () => {
    const body = utf8('{"a":1}');
    const id = await idOf(body);
    const { headers } = deliveryOf(body);
    const detached = new Uint8Array(8);
    structuredClone(detached, { transfer: [detached.buffer] });
    const interruptions = {
      "a verifier is made": () => new Verifier("stripe", "whsec_other"),
      "a verifier is not made": () => new Verifier({ name: "x" }, "key"),
      "a body is signed": () =>
        new Signer("standard", "whsec_c2VjcmV0").sign({ id: "a", body: "b" }),
      "a delivery is rejected": () => verifier.verify({ headers: {}, body: "other" }, NOW),
      "a delivery is explained": () => verifier.explain({ headers: {}, body: "other" }, NOW),
      "a handshake is answered": () => new Verifier("slack", KEY).handshake(deliveryOf("x"), NOW),
      "a body cannot be copied": () =>
        verifier.verify(
          { headers: { ...headers, "x-github-event": "issues" }, body: detached },
          NOW,
        ),
      "other JSON is read": () => verifier.verify(deliveryOf(utf8("[2]")), NOW).json(),
    };
    for (const [name, interrupt] of Object.entries(interruptions)) {
      const event = verifier.verify(deliveryOf(body), NOW);
      const other = verifier.verify(deliveryOf(body), NOW);
      try {
        interrupt();
      } catch (error) {
        ok(/^(?:Rejection|SchemeError|TypeError)$/.test(error.name), `${name}: ${print(error)}`);
      }
      equal(other.json(), { a: 1 }, name);
      equal([event.id, other.id], [id, id], name);
    }
  });

  test("an id that is a digest behaves like an ordinary property", async () => {
    const { headers, body } = deliveryOf(utf8("{}"));
    const event = verifier.verify({ headers, body: "{}" }, NOW);
    const id = await idOf(body);
    ok(Object.keys(event).includes("id"), `the keys are ${Object.keys(event)}`);
    equal({ ...event }.id, id, "spread");
    equal(JSON.parse(JSON.stringify(event)).id, id, "written as JSON");
    equal(Object.freeze(verifier.verify({ headers, body }, NOW)).id, id, "frozen");
    equal(new Proxy(event, {}).id, id, "through a proxy");
    equal(Object.create(event).id, id, "inherited");
    equal(event.constructor.name, "VerifiedEvent");
    event.id = "another";
    equal(JSON.parse(JSON.stringify(event)).id, "another", "set");
    const inspect = globalThis.process?.getBuiltinModule?.("util")?.inspect;
    if (inspect !== undefined) {
      const shown = inspect(verifier.verify({ headers, body }, NOW));
      ok(shown.includes(id) && !shown.includes("[Getter"), `the event is shown as ${shown}`);
    }
  });
}
