// Mistakes of the caller. Each must get an error of the documented class, with the documented code and a message that
// says what to do.

import { bytesOf, encode } from "./bytes.js";
import { equal, ok, print, rejection, thrown } from "./harness.js";
import { NOW, PAIR, sampleBody, senderNames, senders } from "./senders.js";

export function badInput(
  test,
  { Verifier, Signer, sign, expectEvent, expectRejection, schemes, ...errors },
) {
  const [secret] = senders.standard.keys;

  /** Expects `run` to throw an error of this class with this code and a matching message. */
  function expectError(run, kind, code, message) {
    const error = thrown(run);
    ok(error instanceof kind && error instanceof Error, `${print(error)} instead of ${kind.name}`);
    equal(error.code, code, "the code");
    ok(message.test(error.message), `the message: ${error.message}`);
    ok(!error.message.includes(secret.slice(6)), `the message shows the key: ${error.message}`);
    return error;
  }

  test("an unknown scheme is an error that says where the names are, and which one was meant", () => {
    const unknown = [
      "strip",
      "STRIPE",
      "Stripe",
      " stripe",
      "",
      "__proto__",
      "constructor",
      "toString",
    ];
    for (const name of [...unknown, undefined, null, 7]) {
      for (const make of [() => new Verifier(name, secret), () => new Signer(name, secret)]) {
        const error = expectError(make, errors.SchemeError, "unknown", /`schemes` lists all names/);
        const isLike = /strip/i.test(`${name}`);
        equal(error.message.includes('did you mean "stripe"?'), isLike, `${name}`);
      }
    }
  });

  test("an invalid description is an error that says which field is wrong", () => {
    const usual = {
      name: "acme",
      signature: {
        place: { header: "acme-signature" },
        tags: [{ algorithm: "hmac-sha256", encoding: "hex" }],
        content: ["body"],
      },
      key: "text",
      id: "digest",
    };
    const { signature } = usual;
    const broken = [
      [{}, /`name`: it is missing/],
      [["stripe"], /must be an object/],
      [{ ...usual, tolerence: 60 }, /`tolerence`: this field is unknown/],
      [{ ...usual, name: "Acme" }, /`name`: it must be lower-case/],
      [{ ...usual, key: "whsec" }, /`key`: it must be one of text, standard/],
      [{ ...usual, id: { header: "acme-id" } }, /`id`: .*must be signed/],
      [{ ...usual, signature: { ...signature, content: ["Body"] } }, /`signature.content\[0\]`/],
      [
        { ...usual, signature: { ...signature, content: [] } },
        /must contain the body exactly once/,
      ],
      [{ ...usual, sharedToken: "basic" }, /one of signature, token and sharedToken/],
    ];
    for (const [description, message] of broken) {
      for (const Maker of [Verifier, Signer]) {
        expectError(() => new Maker(description, secret), errors.SchemeError, "unsound", message);
      }
    }
    const headers = new Signer(usual, "s3cret").sign({ body: "{}" }, NOW);
    equal(new Verifier(usual, "s3cret").verify({ headers, body: "{}" }, NOW).source, "acme");
  });

  test("a scheme name that JSON cannot represent is an unknown scheme", () => {
    for (const name of [10n, Symbol("stripe"), () => "stripe"]) {
      expectError(
        () => new Verifier(name, secret),
        errors.SchemeError,
        "unknown",
        /`schemes` lists/,
      );
    }
  });

  for (const name of senderNames) {
    test(`${name}: the error for a missing header names it and says what to check`, () => {
      const { headers, body } = sign(name);
      for (const header of Object.keys(headers)) {
        const { [header]: _, ...rest } = headers;
        const error = expectRejection(name, { headers: rest, body }, "missing_header");
        ok(error.message.includes(header), `the message does not name ${header}: ${error.message}`);
        ok(/sender|proxy/.test(error.message), `the message: ${error.message}`);
      }
      for (const none of [{}, [], new Map(), new Headers(), Object.create(null)]) {
        expectRejection(name, { headers: none, body }, "missing_header");
      }
    });

    test(`${name}: the error for a parsed body asks for the raw body`, () => {
      const { headers, body } = sign(name);
      const verifier = new Verifier(name, senders[name].keys[0]);
      for (const parsed of [
        JSON.parse(body),
        [],
        {},
        7,
        true,
        new Map(),
        new Date(0),
        new String(body),
      ]) {
        const verify = () => verifier.verify({ headers, body: parsed }, NOW);
        expectError(verify, TypeError, undefined, /raw request body.*not a parsed object/);
        const signing = () =>
          new Signer(name, senders[name].keys[0]).sign({ body: parsed, id: "a" });
        expectError(signing, TypeError, undefined, /raw request body.*not a parsed object/);
      }
      for (const missing of [undefined, null]) {
        const verify = () => verifier.verify({ headers, body: missing }, NOW);
        expectError(verify, TypeError, undefined, /body is missing.*raw request body/);
      }
      expectError(() => verifier.verify({ headers }, NOW), TypeError, undefined, /body is missing/);
    });
  }

  test("headers of a wrong type are a TypeError", () => {
    const { body } = sign("standard");
    const verifier = new Verifier("standard", secret);
    for (const headers of [null, undefined, 7, true, "webhook-id: a", () => ({}), 1n]) {
      expectError(
        () => verifier.verify({ headers, body }, NOW),
        TypeError,
        undefined,
        /headers must be/,
      );
    }
  });

  test("an array as a header's value counts as that many headers", () => {
    const { headers, body } = sign("standard");
    const inArrays = Object.fromEntries(
      Object.entries(headers).map(([header, value]) => [header, [value]]),
    );
    expectEvent("standard", { headers: inArrays, body });
    const error = expectRejection(
      "standard",
      { headers: { ...headers, "webhook-id": ["a", "b"] }, body },
      "malformed_header",
    );
    ok(/webhook-id/.test(error.message) && /twice/.test(error.message), error.message);
    const odd = expectRejection(
      "standard",
      { headers: { ...headers, "webhook-id": 7 }, body },
      "malformed_header",
    );
    ok(/webhook-id/.test(odd.message) && /not a string/.test(odd.message), odd.message);
  });

  test("a verifier rejects a private key, and a signer rejects a public key", () => {
    const { KeyError } = errors;
    expectError(
      () => new Verifier("standard", PAIR.secret),
      KeyError,
      "wrong_type",
      /receiver needs.*whpk_/,
    );
    expectError(
      () => new Signer("standard", PAIR.public),
      KeyError,
      "wrong_type",
      /cannot sign.*whsk_/,
    );
    expectError(() => new Verifier("stripe", PAIR.public), KeyError, "wrong_type", /shared secret/);
  });

  test("a malformed public or private key is a KeyError", () => {
    const { KeyError } = errors;
    for (const key of [
      "whpk_",
      "whpk_!!",
      "whpk_YQ==",
      `whpk_${PAIR.secret.slice(5)}`,
      "whpk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ]) {
      expectError(
        () => new Verifier("standard", key),
        KeyError,
        "encoding",
        /whpk_|base64|public key/,
      );
    }
    for (const key of [
      "whsk_",
      "whsk_YQ==",
      `whsk_${PAIR.public.slice(5)}`,
      PAIR.secret.replace("6Xb/", "6Xc/"),
    ]) {
      expectError(() => new Signer("standard", key), KeyError, "encoding", /whsk_|base64/);
    }
  });

  test("a public key in a non-canonical encoding is a KeyError", () => {
    let keys = 0;
    for (let y = 2; y < 19; y += 1) {
      // The same coordinate twice: plain, and with the prime 2^255 - 19 added, which still fits into 32 bytes.
      const plain = Uint8Array.of(y, ...new Uint8Array(31));
      const reducible = Uint8Array.of(0xed + y, ...new Uint8Array(30).fill(0xff), 0x7f);
      const make = (bytes) => () => new Verifier("standard", `whpk_${encode("base64", bytes)}`);
      expectError(make(reducible), errors.KeyError, "encoding", /not an Ed25519 public key/);
      try {
        make(plain)();
        keys += 1;
      } catch (error) {
        equal(error.code, "encoding", "a coordinate off the curve");
      }
    }
    ok(keys > 4, `only ${keys} of the coordinates belong to keys`);
  });

  test("the messages of key errors say what to do", () => {
    const { KeyError } = errors;
    expectError(() => new Verifier("stripe", ""), KeyError, "empty", /is the secret configured\?/);
    expectError(() => new Verifier("stripe", []), KeyError, "empty", /at least one/);
    expectError(
      () => new Verifier("stripe", undefined),
      KeyError,
      "empty",
      /undefined.*configured\?/,
    );
    expectError(() => new Verifier("stripe", "undefined"), KeyError, "empty", /unset variable/);
    expectError(
      () => new Verifier("standard", "whsec_"),
      KeyError,
      "empty",
      /copy the whole secret/,
    );
    expectError(() => new Verifier("standard", "whsec_!"), KeyError, "encoding", /not base64/);
    expectError(
      () => new Verifier("stripe", "a\n"),
      KeyError,
      "encoding",
      /white space.*copy it again/,
    );
    expectError(
      () => new Verifier("stripe", '"a"'),
      KeyError,
      "encoding",
      /quotation marks.*without/,
    );
    expectError(
      () => new Verifier("stripe", 7),
      KeyError,
      "wrong_type",
      /a string or a Uint8Array/,
    );
    for (const key of [{ key: "a" }, { id: "", key: "a" }, { id: 7, key: "a" }, { id: "a" }]) {
      const codes = key.id === "a" ? "empty" : "wrong_type";
      expectError(() => new Verifier("stripe", key), KeyError, codes, /\{ id, key \}|configured\?/);
    }
  });

  test("the error for a flat list of headers asks for pairs", () => {
    const flat = ["stripe-signature", "t=1,v1=00"];
    const verifier = new Verifier("stripe", "secret");
    expectError(
      () => verifier.verify({ headers: flat, body: "" }),
      TypeError,
      undefined,
      /pairs.*rawHeaders/,
    );
  });

  test("a missing delivery, request or signing input is a TypeError", async () => {
    const verifier = new Verifier("standard", secret);
    for (const nothing of [undefined, null]) {
      expectError(() => verifier.verify(nothing), TypeError, undefined, /\{ headers, body \}/);
      ok((await rejection(verifier.receive(nothing))) instanceof TypeError, "receive");
      ok(thrown(() => new Signer("standard", secret).sign(nothing)) instanceof TypeError, "sign");
    }
  });

  test("the signer rejects times whose timestamp a receiver would reject", () => {
    const signer = new Signer("standard", secret);
    for (const now of [new Date(0), new Date(-1), new Date(999_999_999_999), new Date(8.64e15)]) {
      expectError(
        () => signer.sign({ body: "" }, now),
        TypeError,
        undefined,
        /now must lie between/,
      );
    }
    for (const now of [new Date(Number.NaN), 1_700_000_000, null, "2023-11-14"]) {
      expectError(() => signer.sign({ body: "" }, now), TypeError, undefined, /valid Date/);
    }
    for (const now of [new Date(1e12), new Date(1e14 - 1)]) {
      const headers = signer.sign({ body: "" }, now);
      equal(
        new Verifier("standard", secret).verify({ headers, body: "" }, now).authenticated,
        "content",
      );
    }
  });

  test("a verifier needs new, and its methods reject other objects", () => {
    ok(thrown(() => Verifier("standard", secret)) instanceof TypeError, "without new");
    ok(
      thrown(() => Verifier.prototype.verify.call({}, sign("standard"), NOW)) instanceof TypeError,
      "borrowed",
    );
    ok(
      thrown(() =>
        Verifier.prototype.verify.call(Object.create(Verifier.prototype), sign("standard"), NOW),
      ) instanceof TypeError,
      "by prototype",
    );
  });

  test("every error has the name of its class and a documented code", () => {
    const documented = {
      Rejection: [
        "missing_header",
        () => new Verifier("standard", secret).verify({ headers: {}, body: "" }),
      ],
      KeyError: ["empty", () => new Verifier("standard", [])],
      SchemeError: ["unknown", () => new Verifier("none", secret)],
      DecodeError: ["not_json", () => expectEvent("github", sign("github", { body: "x" })).json()],
    };
    for (const [name, [code, run]] of Object.entries(documented)) {
      const error = expectError(run, errors[name], code, /\w/);
      equal([error.name, Object.keys(error).includes("code")], [name, true]);
      ok(`${error.stack}`.includes(error.message), "the stack does not begin with the message");
      equal(error.toString(), `${name}: ${error.message}`);
      for (const other of Object.keys(documented).filter((candidate) => candidate !== name)) {
        ok(!(error instanceof errors[other]), `${name} is also a ${other}`);
      }
    }
  });

  test("a rejected delivery does not change the verifier", () => {
    const verifier = new Verifier("standard", secret);
    const delivery = sign("standard");
    for (const bad of [
      { ...delivery, body: "x" },
      { ...delivery, body: {} },
      { headers: null, body: "" },
      { headers: {}, body: "" },
    ]) {
      thrown(() => verifier.verify(bad, NOW));
      equal(verifier.verify(delivery, NOW).id, "msg_1");
    }
    equal(bytesOf(sampleBody("standard")).length, verifier.verify(delivery, NOW).body.length);
  });

  test("schemes lists every sender with its facts", () => {
    equal(new Set(schemes.map(({ name }) => name)).size, schemes.length, "names");
    for (const scheme of schemes) {
      ok(scheme.title.length > 0 && /^https:\/\//.test(scheme.docs), print(scheme));
      ok(["vector", "oracle", "documented"].includes(scheme.confirmed), print(scheme.confirmed));
      ok(["content", "sender"].includes(scheme.authenticated), print(scheme.authenticated));
      for (const header of scheme.headers) {
        equal(header, header.toLowerCase(), "a header's name");
      }
    }
  });
}
