// Mistakes of the caller: each gets an error of the documented class whose message tells what to do.

import { bytesOf, encode } from "./bytes.js";
import { equal, ok, print, rejection, thrown } from "./harness.js";
import { NOW, names, PAIR, sampleBody, senders } from "./senders.js";

export function badInput(test, { Verifier, Signer, sign, genuine, refused, schemes, ...errors }) {
  const [secret] = senders.standard.keys;

  /** What `run` throws is of this kind, with this code, and its message matches. */
  function fails(run, kind, code, message) {
    const error = thrown(run);
    ok(error instanceof kind && error instanceof Error, `${print(error)} instead of ${kind.name}`);
    equal(error.code, code, "the code");
    ok(message.test(error.message), `the message: ${error.message}`);
    ok(!error.message.includes(secret.slice(6)), `the message holds the key: ${error.message}`);
    return error;
  }

  test("an unknown scheme is refused, and the message lists those there are", () => {
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
        const error = fails(make, errors.SchemeError, "unknown", /stripe/);
        for (const known of names) {
          ok(error.message.includes(known), `the message leaves out ${known}`);
        }
      }
    }
  });

  test("a description that is none is refused, and the message says where it is wrong", () => {
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
      [{ ...usual, tolerence: 60 }, /`tolerence`: there is no such field/],
      [{ ...usual, name: "Acme" }, /`name`: it must be lower-case/],
      [{ ...usual, key: "whsec" }, /`key`: it must be one of text, standard/],
      [{ ...usual, id: { header: "acme-id" } }, /`id`: .*must be signed/],
      [{ ...usual, signature: { ...signature, content: ["Body"] } }, /`signature.content\[0\]`/],
      [{ ...usual, signature: { ...signature, content: [] } }, /must hold the body once/],
      [{ ...usual, sharedToken: "basic" }, /one of signature, token and sharedToken/],
    ];
    for (const [description, message] of broken) {
      for (const Maker of [Verifier, Signer]) {
        fails(() => new Maker(description, secret), errors.SchemeError, "unsound", message);
      }
    }
    const headers = new Signer(usual, "s3cret").sign({ body: "{}" }, NOW);
    equal(new Verifier(usual, "s3cret").verify({ headers, body: "{}" }, NOW).source, "acme");
  });

  test("a name that JSON cannot hold is an unknown scheme like any other", () => {
    for (const name of [10n, Symbol("stripe"), () => "stripe"]) {
      fails(() => new Verifier(name, secret), errors.SchemeError, "unknown", /stripe/);
    }
  });

  for (const name of names) {
    test(`${name}: a missing header is named, and so is what to check`, () => {
      const { headers, body } = sign(name);
      for (const header of Object.keys(headers)) {
        const { [header]: _, ...rest } = headers;
        const error = refused(name, { headers: rest, body }, "missing_header");
        ok(error.message.includes(header), `the message does not name ${header}: ${error.message}`);
        ok(/sender|proxy/.test(error.message), `the message: ${error.message}`);
      }
      for (const none of [{}, [], new Map(), new Headers(), Object.create(null)]) {
        refused(name, { headers: none, body }, "missing_header");
      }
    });

    test(`${name}: a body that was parsed is refused with a message of its own`, () => {
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
        fails(verify, TypeError, undefined, /raw request body.*not a parsed object/);
        const signing = () =>
          new Signer(name, senders[name].keys[0]).sign({ body: parsed, id: "a" });
        fails(signing, TypeError, undefined, /raw request body.*not a parsed object/);
      }
      for (const missing of [undefined, null]) {
        const verify = () => verifier.verify({ headers, body: missing }, NOW);
        fails(verify, TypeError, undefined, /body is missing.*raw request body/);
      }
      fails(() => verifier.verify({ headers }, NOW), TypeError, undefined, /body is missing/);
    });
  }

  test("headers that are no headers are refused", () => {
    const { body } = sign("standard");
    const verifier = new Verifier("standard", secret);
    for (const headers of [null, undefined, 7, true, "webhook-id: a", () => ({}), 1n]) {
      fails(() => verifier.verify({ headers, body }, NOW), TypeError, undefined, /headers must be/);
    }
  });

  test("an array in place of a header's value counts as that many headers", () => {
    const { headers, body } = sign("standard");
    const inArrays = Object.fromEntries(
      Object.entries(headers).map(([header, value]) => [header, [value]]),
    );
    genuine("standard", { headers: inArrays, body });
    const error = refused(
      "standard",
      { headers: { ...headers, "webhook-id": ["a", "b"] }, body },
      "malformed_header",
    );
    ok(/webhook-id/.test(error.message) && /twice/.test(error.message), error.message);
    const odd = refused(
      "standard",
      { headers: { ...headers, "webhook-id": 7 }, body },
      "malformed_header",
    );
    ok(/webhook-id/.test(odd.message) && /not a string/.test(odd.message), odd.message);
  });

  test("a private key does not verify and a public key does not sign", () => {
    const { KeyError } = errors;
    fails(
      () => new Verifier("standard", PAIR.secret),
      KeyError,
      "wrong_type",
      /receiver needs.*whpk_/,
    );
    fails(() => new Signer("standard", PAIR.public), KeyError, "wrong_type", /cannot sign.*whsk_/);
    fails(() => new Verifier("stripe", PAIR.public), KeyError, "wrong_type", /shared secret/);
  });

  test("a public or private key that is none is refused", () => {
    const { KeyError } = errors;
    for (const key of [
      "whpk_",
      "whpk_!!",
      "whpk_YQ==",
      `whpk_${PAIR.secret.slice(5)}`,
      "whpk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ]) {
      fails(() => new Verifier("standard", key), KeyError, "encoding", /whpk_|base64|public key/);
    }
    for (const key of [
      "whsk_",
      "whsk_YQ==",
      `whsk_${PAIR.public.slice(5)}`,
      PAIR.secret.replace("6Xb/", "6Xc/"),
    ]) {
      fails(() => new Signer("standard", key), KeyError, "encoding", /whsk_|base64/);
    }
  });

  test("a public key in an encoding that is not its canonical one is refused", () => {
    let keys = 0;
    for (let y = 2; y < 19; y += 1) {
      // The same coordinate twice: as it is, and with the prime 2^255 - 19 added, which 32 bytes just hold.
      const plain = Uint8Array.of(y, ...new Uint8Array(31));
      const reducible = Uint8Array.of(0xed + y, ...new Uint8Array(30).fill(0xff), 0x7f);
      const make = (bytes) => () => new Verifier("standard", `whpk_${encode("base64", bytes)}`);
      fails(make(reducible), errors.KeyError, "encoding", /not an Ed25519 public key/);
      try {
        make(plain)();
        keys += 1;
      } catch (error) {
        equal(error.code, "encoding", "a coordinate off the curve");
      }
    }
    ok(keys > 4, `only ${keys} of the coordinates are those of keys`);
  });

  test("messages about keys say what to do", () => {
    const { KeyError } = errors;
    fails(() => new Verifier("stripe", ""), KeyError, "empty", /is the secret configured\?/);
    fails(() => new Verifier("stripe", []), KeyError, "empty", /at least one/);
    fails(() => new Verifier("stripe", undefined), KeyError, "empty", /undefined.*configured\?/);
    fails(() => new Verifier("stripe", "undefined"), KeyError, "empty", /unset variable/);
    fails(() => new Verifier("standard", "whsec_"), KeyError, "empty", /copy the whole secret/);
    fails(() => new Verifier("standard", "whsec_!"), KeyError, "encoding", /not base64/);
    fails(() => new Verifier("stripe", "a\n"), KeyError, "encoding", /white space.*copy it again/);
    fails(() => new Verifier("stripe", '"a"'), KeyError, "encoding", /quotation marks.*without/);
    fails(() => new Verifier("stripe", 7), KeyError, "wrong_type", /a string or a Uint8Array/);
    for (const key of [{ key: "a" }, { id: "", key: "a" }, { id: 7, key: "a" }, { id: "a" }]) {
      const codes = key.id === "a" ? "empty" : "wrong_type";
      fails(() => new Verifier("stripe", key), KeyError, codes, /\{ id, key \}|configured\?/);
    }
  });

  test("a flat list of headers is told apart from a list of pairs", () => {
    const flat = ["stripe-signature", "t=1,v1=00"];
    const verifier = new Verifier("stripe", "secret");
    fails(
      () => verifier.verify({ headers: flat, body: "" }),
      TypeError,
      undefined,
      /pairs.*rawHeaders/,
    );
  });

  test("a delivery, a request or a thing to sign that is missing is a TypeError", async () => {
    const verifier = new Verifier("standard", secret);
    for (const nothing of [undefined, null]) {
      fails(() => verifier.verify(nothing), TypeError, undefined, /\{ headers, body \}/);
      ok((await rejection(verifier.receive(nothing))) instanceof TypeError, "receive");
      ok(thrown(() => new Signer("standard", secret).sign(nothing)) instanceof TypeError, "sign");
    }
  });

  test("the signer makes no timestamp that a receiver refuses for its digits", () => {
    const signer = new Signer("standard", secret);
    for (const now of [new Date(0), new Date(-1), new Date(999_999_999_999), new Date(8.64e15)]) {
      fails(() => signer.sign({ body: "" }, now), TypeError, undefined, /now must lie between/);
    }
    for (const now of [new Date(Number.NaN), 1_700_000_000, null, "2023-11-14"]) {
      fails(() => signer.sign({ body: "" }, now), TypeError, undefined, /valid Date/);
    }
    for (const now of [new Date(1e12), new Date(1e14 - 1)]) {
      const headers = signer.sign({ body: "" }, now);
      equal(
        new Verifier("standard", secret).verify({ headers, body: "" }, now).authenticated,
        "content",
      );
    }
  });

  test("a verifier is made with new, and its methods work with nothing else", () => {
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

  test("every error has its class's name and a code from the documented ones", () => {
    const documented = {
      Rejection: [
        "missing_header",
        () => new Verifier("standard", secret).verify({ headers: {}, body: "" }),
      ],
      KeyError: ["empty", () => new Verifier("standard", [])],
      SchemeError: ["unknown", () => new Verifier("none", secret)],
      DecodeError: ["not_json", () => genuine("github", sign("github", { body: "x" })).json()],
    };
    for (const [name, [code, run]] of Object.entries(documented)) {
      const error = fails(run, errors[name], code, /\w/);
      equal([error.name, Object.keys(error).includes("code")], [name, true]);
      ok(`${error.stack}`.includes(error.message), "the stack does not begin with the message");
      equal(error.toString(), `${name}: ${error.message}`);
      for (const other of Object.keys(documented).filter((candidate) => candidate !== name)) {
        ok(!(error instanceof errors[other]), `${name} is a ${other} too`);
      }
    }
  });

  test("a delivery that is refused leaves the verifier as it was", () => {
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

  test("schemes lists every sender, and says of each what its verifier does", () => {
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
