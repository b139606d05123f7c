// An id that is a digest of the body is made when it is read. It is that of the body that was verified, whatever has become
// of the bytes that were passed; so is what `text` and `json` read. `body` is those bytes.

import { encode, sha256, utf8 } from "./bytes.js";
import { equal, ok, print } from "./harness.js";
import { NOW } from "./senders.js";

const KEY = "k".repeat(40);

/** Bodies that can be kept as text, and those that cannot. */
const BODIES = {
  empty: [],
  ASCII: utf8('{"a":1}'),
  "text beyond ASCII": utf8('{"a":"grün 🦀"}'),
  "the mark of a byte order": [0xef, 0xbb, 0xbf, ...utf8('{"a":1}')],
  "the character that stands for what is no text": utf8('{"a":"\uFFFD"}'),
  "half a character": [...utf8('{"a":"'), 0xc3],
  "no text": [0xff, 0x00, 0xfe],
  large: utf8(JSON.stringify({ a: "x".repeat(200_000) })),
};

export function keptBodies(test, { Verifier, Signer }) {
  const received = (body) => {
    const bytes = Uint8Array.from(body);
    const headers = new Signer("github", KEY).sign({ body: bytes }, NOW);
    return { headers, body: bytes };
  };
  const idOf = async (body) => `sha256:${encode("hex", await sha256(Uint8Array.from(body)))}`;

  for (const hostHashFrom of [0, Number.POSITIVE_INFINITY]) {
    const verifier = new Verifier("github", KEY, { hostHashFrom });
    const from = `hostHashFrom ${hostHashFrom}`;

    for (const [name, body] of Object.entries(BODIES)) {
      test(`an id is that of the body that was verified: ${name}, ${from}`, async () => {
        const id = await idOf(body);
        const delivery = received(body);
        equal(verifier.verify(delivery, NOW).id, id, "read at once");

        const event = verifier.verify(delivery, NOW);
        verifier.verify(received(utf8("another body")), NOW);
        equal(event.id, id, "read after another delivery");
        equal(event.body, delivery.body, "the body is what was passed");

        const changed = verifier.verify(delivery, NOW);
        delivery.body.fill(0x7b);
        verifier.verify(received(utf8("a third body")), NOW);
        equal(changed.id, id, "read when the bytes hold something else");
        equal(changed.id, id, "read again");
      });
    }

    if (globalThis.SharedArrayBuffer !== undefined) {
      test(`a body of a shared buffer has its id, ${from}`, async () => {
        const { headers, body } = received(utf8('{"a":"grün"}'));
        const shared = new Uint8Array(new SharedArrayBuffer(body.length));
        shared.set(body);
        const event = verifier.verify({ headers, body: shared }, NOW);
        equal(event.id, await idOf(body));
        equal(event.json(), { a: "grün" });
      });
    }
  }

  const verifier = new Verifier("github", KEY);

  test("what is read from an event whose id is a digest is what was verified", () => {
    const later = [
      () => {},
      // The core holds another record then.
      () => verifier.verify(received(utf8('{"b":2,"b":3}')), NOW),
    ];
    for (const happens of later) {
      const delivery = received(utf8('{"a":1}'));
      const event = verifier.verify(delivery, NOW);
      delivery.body.set(utf8('{"a":2}'));
      happens();
      equal(event.json(), { a: 1 });
      equal(event.text(), '{"a":1}');
    }
    const twice = received(utf8('{"b":2,"b":3}'));
    const event = verifier.verify(twice, NOW);
    twice.body.fill(0x20);
    let error;
    try {
      event.json();
    } catch (thrown) {
      error = thrown;
    }
    equal(error?.code, "duplicate_key", print(error));
  });

  test("whatever the core does meanwhile, an event that it has verified has its own id", async () => {
    const body = utf8('{"a":1}');
    const id = await idOf(body);
    const { headers } = received(body);
    const detached = new Uint8Array(8);
    structuredClone(detached, { transfer: [detached.buffer] });
    const happenings = {
      "a verifier is made": () => new Verifier("stripe", "whsec_other"),
      "a verifier is not made": () => new Verifier({ name: "x" }, "key"),
      "a body is signed": () =>
        new Signer("standard", "whsec_c2VjcmV0").sign({ id: "a", body: "b" }),
      "a delivery is refused": () => verifier.verify({ headers: {}, body: "other" }, NOW),
      "a delivery is explained": () => verifier.explain({ headers: {}, body: "other" }, NOW),
      "a handshake is answered": () => new Verifier("slack", KEY).handshake(received("x"), NOW),
      "a body cannot be copied": () =>
        verifier.verify(
          { headers: { ...headers, "x-github-event": "issues" }, body: detached },
          NOW,
        ),
      "other JSON is read": () => verifier.verify(received(utf8("[2]")), NOW).json(),
    };
    for (const [name, happens] of Object.entries(happenings)) {
      const event = verifier.verify(received(body), NOW);
      const other = verifier.verify(received(body), NOW);
      try {
        happens();
      } catch (error) {
        ok(/^(?:Rejection|SchemeError|TypeError)$/.test(error.name), `${name}: ${print(error)}`);
      }
      equal(other.json(), { a: 1 }, name);
      equal([event.id, other.id], [id, id], name);
    }
  });

  test("an id that is a digest is a property like any other", async () => {
    const { headers, body } = received(utf8("{}"));
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
      ok(shown.includes(id) && !shown.includes("[Getter"), `it is shown as ${shown}`);
    }
  });
}
