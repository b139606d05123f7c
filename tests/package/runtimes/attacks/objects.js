// Objects that lie about themselves: subclasses and proxies whose properties do not say what the object holds, getters that
// return another value each time, and memory that changes. Each gets the verdict of the bytes and the time that it really
// holds, or a TypeError.

import { bytesOf, utf8 } from "../bytes.js";
import { equal, equalBytes, ok, print, rejection, thrown } from "../harness.js";
import { NOW, sampleBody, senders } from "../senders.js";

const HOST_HASHES = { hostHashFrom: 0 };

export function lyingObjects(test, { Verifier, Signer, Rejection, KeyError, readMessage, sign }) {
  const [secret] = senders.stripe.keys;
  const verifier = new Verifier("stripe", secret);
  const body = sampleBody("stripe");
  const { headers } = sign("stripe", { body });
  const late = new Date(NOW.getTime() + 86_400_000);

  /** The code of the rejection of a delivery, or `undefined` if it verifies. */
  function codeOf(delivery, now = NOW) {
    try {
      verifier.verify(delivery, now);
      return undefined;
    } catch (error) {
      return error instanceof Rejection ? error.code : error.constructor;
    }
  }

  /** An array of these bytes with other properties than an array has. */
  function lying(bytes, properties) {
    class Lying extends Uint8Array {}
    for (const [name, value] of Object.entries(properties)) {
      Object.defineProperty(Lying.prototype, name, { get: () => value, configurable: true });
    }
    return new Lying(bytes);
  }

  const forged = utf8(body.replace("evt_1", "evt_2"));

  // Threat model: A-78.
  test("the time is the one that a Date holds, whatever its methods return", () => {
    class Lying extends Date {
      getTime() {
        return NOW.getTime();
      }
      valueOf() {
        return NOW.getTime();
      }
    }
    const own = Object.assign(new Date(late), { getTime: () => NOW.getTime() });
    for (const now of [new Lying(late), own]) {
      equal(codeOf({ headers, body }, now), "stale");
      ok(verifier.explain({ headers, body }, now).verdict === "stale", "explain");
      const signed = new Signer("stripe", secret).sign({ body }, now)["stripe-signature"];
      ok(signed.startsWith(`t=${late.getTime() / 1000},`), signed);
    }
    equal(codeOf({ headers, body }, new Lying(NOW)), undefined);
    const fake = { [Symbol.toStringTag]: "Date", getTime: () => NOW.getTime() };
    for (const now of [fake, new Proxy(NOW, {}), Object.create(Date.prototype)]) {
      equal(codeOf({ headers, body }, now), TypeError);
    }
  });

  // Threat model: A-78.
  test("a body has the bytes that its memory holds, whatever its properties say", () => {
    const genuine = utf8(body);
    const long = utf8(`${body}${" ".repeat(100)}`);
    const lies = [
      { length: genuine.length },
      { byteLength: genuine.length },
      { length: 0, byteLength: 0 },
      { length: 2 ** 31, byteLength: 2 ** 31 },
      { length: -1 },
      { buffer: genuine.buffer },
      { byteOffset: 4 },
      { slice: () => genuine, subarray: () => genuine },
      { [Symbol.iterator]: () => genuine[Symbol.iterator]() },
    ];
    for (const properties of lies) {
      const what = Object.keys(properties).join(", ");
      for (const bytes of [long, forged]) {
        const own = Uint8Array.from(bytes);
        for (const [name, value] of Object.entries(properties)) {
          Object.defineProperty(own, name, { value, configurable: true });
        }
        for (const lie of [lying(bytes, properties), own]) {
          equal(codeOf({ headers, body: lie }), "signature_mismatch", what);
        }
      }
      const event = verifier.verify({ headers, body: lying(genuine, properties) }, NOW);
      equalBytes(event.body, genuine, `${what}: the body`);
      equal(event.text(), body, what);
    }
    for (const odd of [
      new Proxy(genuine, {}),
      new Proxy(genuine.buffer, {}),
      { length: 1, 0: 1 },
    ]) {
      equal(codeOf({ headers, body: odd }), TypeError);
    }
    const named = { [Symbol.toStringTag]: "ArrayBuffer", byteLength: genuine.length };
    equal(codeOf({ headers, body: named }), TypeError);
    equal(codeOf({ headers, body: new DataView(genuine.buffer) }), undefined);
  });

  // Threat model: A-78.
  test("a body that was transferred or has shrunk is a TypeError, and not an empty body", () => {
    const bytes = utf8(body);
    const view = new DataView(bytes.buffer);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    const gone = [bytes, bytes.buffer, view];
    if ("resizable" in ArrayBuffer.prototype) {
      const buffer = new ArrayBuffer(100, { maxByteLength: 200 });
      gone.push(new Uint8Array(buffer, 50, 50), new DataView(buffer, 50, 50));
      buffer.resize(60);
    }
    for (const odd of gone) {
      const error = thrown(() => verifier.verify({ headers, body: odd }, NOW));
      ok(error instanceof TypeError && /transferred/.test(error.message), print(error));
      ok(
        thrown(() => new Signer("stripe", secret).sign({ body: odd })) instanceof TypeError,
        "sign",
      );
    }
    const error = thrown(() => new Verifier("stripe", bytes));
    ok(error instanceof KeyError && error.code === "empty", print(error));
  });

  if ("resizable" in ArrayBuffer.prototype) {
    // Threat model: A-78.
    test("a body in memory that is resized later keeps the bytes that were verified", () => {
      const text = utf8(body);
      const buffer = new ArrayBuffer(text.length, { maxByteLength: 1000 });
      const bytes = new Uint8Array(buffer);
      bytes.set(text);
      const event = verifier.verify({ headers, body: bytes }, NOW);
      buffer.resize(1000);
      bytes.fill(65);
      equal(event.text(), body);
      equalBytes(event.body, text);
      // The getter runs after the body was read, and makes it longer than the room for it.
      const growing = new ArrayBuffer(text.length, { maxByteLength: 1_000_000 });
      const tracking = new Uint8Array(growing);
      tracking.set(text);
      const delivery = {
        body: tracking,
        headers: {
          get "stripe-signature"() {
            growing.resize(1_000_000);
            return headers["stripe-signature"];
          },
        },
      };
      equal(verifier.verify(delivery, NOW).text(), body);
    });
  }

  if (globalThis.SharedArrayBuffer !== undefined) {
    // Threat model: A-78.
    test("a body in shared memory is copied once, before it is verified", () => {
      const text = utf8(body);
      const buffer = new SharedArrayBuffer(text.length, { maxByteLength: 100_000 });
      const bytes = new Uint8Array(buffer);
      bytes.set(text);
      const delivery = {
        body: bytes,
        headers: {
          get "stripe-signature"() {
            buffer.grow?.(100_000);
            new Uint8Array(buffer).fill(65);
            return headers["stripe-signature"];
          },
        },
      };
      const event = verifier.verify(delivery, NOW);
      equal(event.text(), body);
      equalBytes(event.body, text);
      equal(codeOf({ headers, body: bytes }), "signature_mismatch");
    });
  }

  // Threat model: A-78.
  test("a buffer that changes while receive waits does not change the event", async () => {
    const genuine = `{"id":"evt_1","type":"a","memo":"${"x".repeat(70_000)}"}`;
    const bytes = utf8(genuine);
    const signed = new Signer("stripe", secret).sign({ body: genuine }, NOW);
    const request = {
      bodyUsed: false,
      method: "POST",
      url: "https://example.com/",
      headers: new Headers(signed),
      arrayBuffer: async () => bytes.buffer,
    };
    for (const options of [{}, HOST_HASHES]) {
      bytes.set(utf8(genuine));
      const received = new Verifier("stripe", secret, options).receive(request, NOW);
      await Promise.resolve();
      await Promise.resolve();
      const waits = globalThis.process?.getBuiltinModule?.("crypto") === undefined;
      if (waits) {
        bytes.set(utf8('{"id":"evt_2"'));
        request.headers.set("stripe-signature", "t=1,v1=00");
      }
      const event = await received;
      equal([event.id, event.json().id], ["evt_1", "evt_1"]);
      request.headers.set("stripe-signature", signed["stripe-signature"]);
    }
  });

  // Threat model: A-78.
  test("each property of a delivery is read once", async () => {
    function counting(properties) {
      const reads = {};
      const object = {};
      for (const [name, values] of Object.entries(properties)) {
        reads[name] = 0;
        Object.defineProperty(object, name, {
          enumerable: true,
          get: () => values[reads[name]++] ?? values.at(-1),
        });
      }
      return { reads, object };
    }
    const url = "https://example.com/hooks";
    const square = new Verifier("square", secret);
    const signed = new Signer("square", secret).sign({ body, url }, NOW);
    const [name] = Object.keys(signed);
    const attempts = {
      verify: (delivery) => square.verify(delivery, NOW).id,
      explain: (delivery) => square.explain(delivery, NOW).verdict,
      handshake: (delivery) => square.handshake(delivery, NOW),
    };
    for (const [method, attempt] of Object.entries(attempts)) {
      const inner = counting({ [name]: [signed[name], "forged"] });
      const { reads, object } = counting({
        headers: [inner.object, {}],
        body: [body, forged],
        method: ["POST", "PUT"],
        url: [url, "https://evil.example/"],
      });
      attempt(object);
      equal(reads, { headers: 1, body: 1, method: 1, url: 1 }, `${method}: the reads`);
      equal(inner.reads, { [name]: 1 }, `${method}: the reads of the header`);
    }
    const { reads, object } = counting({
      body: [body],
      url: [url],
      id: ["msg_1"],
      method: ["POST"],
    });
    new Signer("square", secret).sign(object, NOW);
    equal(reads, { body: 1, url: 1, id: 1, method: 1 }, "the signer's reads");
    // A wrong secret, so that the explanation also asks the other verifiers.
    const other = new Verifier("square", "another secret");
    const again = counting({
      headers: [signed, {}],
      body: [body, forged],
      url: [url, ""],
      method: ["POST"],
    });
    const { hints } = other.explain(again.object, NOW, { others: { live: square } });
    equal(again.reads, { headers: 1, body: 1, url: 1, method: 1 }, "the explanation's reads");
    ok(hints[0]?.code === "other_source", print(hints));
  });

  // Threat model.
  test("a name that occurs twice in pairs, URLSearchParams or FormData is a repeated header", () => {
    const value = headers["stripe-signature"];
    const twice = [
      ["stripe-signature", value],
      ["Stripe-Signature", "t=1,v1=00"],
    ];
    for (const pairs of [twice, twice.toReversed(), [twice[0], twice[0]]]) {
      const form = new FormData();
      for (const [name, text] of pairs) {
        form.append(name.toLowerCase(), text);
      }
      const lower = pairs.map(([name, text]) => [name.toLowerCase(), text]);
      for (const kind of [pairs, pairs.values(), new URLSearchParams(lower), form]) {
        equal(codeOf({ headers: kind, body }), "malformed_header");
      }
    }
    equal(codeOf({ headers: new Map(twice), body }), "malformed_header");
    equal(codeOf({ headers: new URLSearchParams([twice[0]]), body }), undefined);
    equal(codeOf({ headers: new Headers([twice[0]]), body }), undefined);
  });

  // Threat model: A-78.
  test("header values that are not texts are rejected, also from an object with the methods of Headers", () => {
    const value = headers["stripe-signature"];
    const odd = [
      { length: 100_000, 0: 65 },
      new Uint8Array(100_000),
      [value, value],
      7,
      new String(value),
    ];
    for (const text of odd) {
      const methods = { get: () => text, append() {} };
      equal(codeOf({ headers: methods, body }), "malformed_header", print(text));
      class Lying extends Headers {
        get() {
          return text;
        }
      }
      equal(codeOf({ headers: new Lying(headers), body }), "malformed_header", print(text));
    }
    let reads = 0;
    const changing = new Proxy([value], {
      get: (target, name) => {
        reads += name === "0" ? 1 : 0;
        return name === "0" && reads > 1 ? { length: 100_000 } : Reflect.get(target, name);
      },
    });
    equal(codeOf({ headers: { "stripe-signature": changing }, body }), undefined);
    equal(reads, 1, "the reads of the item");
    // The core still works, so nothing was written beyond the record.
    equal(codeOf({ headers, body }), undefined);
    const request = { body, method: { length: 100_000 }, url: "https://example.com/" };
    ok(thrown(() => new Signer("square", secret).sign(request)) instanceof TypeError, "the method");
    const address = { length: 100_000 };
    ok(
      thrown(() => new Signer("square", secret).sign({ body, url: address })) instanceof TypeError,
    );
    ok(
      thrown(() => new Signer("twilio", secret).signUrl(address, body)) instanceof TypeError,
      "signUrl",
    );
  });

  // Threat model: A-78.
  test("a secret has the bytes that its memory holds", () => {
    const bytes = bytesOf(secret);
    const iterated = { [Symbol.iterator]: () => [0][Symbol.iterator]() };
    for (const properties of [
      { length: 1 },
      { byteLength: 1 },
      iterated,
      { buffer: forged.buffer },
    ]) {
      const lie = Object.defineProperties(
        lying(bytes, properties),
        Object.getOwnPropertyDescriptors(properties),
      );
      equal(new Verifier("stripe", lie).verify({ headers, body }, NOW).id, "evt_1");
      equal(new Signer("stripe", lie).sign({ body }, NOW), headers);
    }
    const named = Object.defineProperty(new Uint16Array(4), Symbol.toStringTag, {
      value: "Uint8Array",
    });
    ok(thrown(() => new Verifier("stripe", named)) instanceof KeyError, "a different array");
  });

  // Threat model: A-78.
  test("a stored body and a message of the queue are read once, with their real length", async () => {
    const message = {
      specversion: "1.0",
      envelope: 2,
      id: "evt_1",
      source: "/in/stripe",
      type: "a",
      time: "2026-01-01T00:00:00Z",
      scheme: "stripe",
      keyid: "0",
      authenticated: "content",
      dataref: "bodies/1",
      datasize: 4,
    };
    const { event } = readMessage(message, lying(utf8("{}  "), { length: 9, byteLength: 9 }));
    equalBytes(event.body, utf8("{}  "));
    for (const stored of [
      lying(utf8("{}"), { length: 4 }),
      "{}  ",
      { length: 4 },
      new Proxy(utf8("{}  "), {}),
    ]) {
      ok(thrown(() => readMessage(message, stored)) instanceof TypeError, typeof stored);
    }
    let reads = 0;
    const changing = {
      ...message,
      get id() {
        reads += 1;
        return reads === 1 ? "evt_1" : { toString: () => "evt_2" };
      },
    };
    const received = readMessage(changing, utf8("{}  "));
    equal([received.event.id, received.key, reads], ["evt_1", "/in/stripe evt_1", 1]);
    for (const odd of [null, undefined, 7, [], () => message]) {
      equal(thrown(() => readMessage(odd)).code, "not_json");
    }
    ok(
      (await rejection(
        verifier.receive({ bodyUsed: false, arrayBuffer: async () => ({}) }),
      )) instanceof TypeError,
    );
  });
}
