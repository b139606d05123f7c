// The package's functions, used as its documentation says: signing, verifying, receiving a request, reading the event.

import { bytesOf, concat, encode, sha256, utf8 } from "./bytes.js";
import { equal, equalBytes, ok, print, rejection, thrown } from "./harness.js";
import {
  bodySigners,
  forge,
  idSigners,
  NOW,
  NOW_SECONDS,
  PAIR,
  sampleBody,
  seconds,
  senderNames,
  senders,
} from "./senders.js";

export function usage(
  test,
  { Verifier, Signer, DecodeError, Rejection, sign, expectEvent, schemes },
) {
  const [secret, other] = senders.standard.keys;
  const verifier = new Verifier("standard", secret);

  for (const name of bodySigners) {
    test(`${name}: the signer makes the same headers as an independent HMAC`, async () => {
      for (const body of [sampleBody(name), "", "\u00e9\u{1f600}", new Uint8Array([0, 255, 128])]) {
        equal(sign(name, { body }).headers, (await forge(name, { body })).headers);
      }
    });
  }

  test("flash: the signer copies the body's fields into the claims of the token", () => {
    const { authorization } = sign("flash").headers;
    const [header, claims] = authorization.slice("Bearer ".length).split(".");
    const parse = (part) => JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/")));
    equal(parse(header), { alg: "HS256", typ: "JWT" });
    equal(parse(claims), {
      version: "1.0",
      eventType: senders.flash.sample.eventType,
      user_public_key: senders.flash.sample.data.public_key,
      exp: NOW_SECONDS + 3600,
    });
  });

  test("a shared token is sent unchanged", () => {
    equal(sign("flexprice-native-token").headers, {
      "x-api-key": senders["flexprice-native-token"].keys[0],
    });
  });

  for (const name of senderNames) {
    test(`${name}: headers and body in any documented type give the same event`, () => {
      const { headers, body } = sign(name);
      const bytes = bytesOf(body);
      const padded = concat("before", bytes, "after");
      const upper = Object.fromEntries(
        Object.entries(headers).map(([key, value]) => [key.toUpperCase(), value]),
      );
      const headerShapes = {
        record: headers,
        "upper case": upper,
        "values in arrays": Object.fromEntries(
          Object.entries(headers).map(([key, value]) => [key, [value]]),
        ),
        pairs: Object.entries(headers),
        Map: new Map(Object.entries(headers)),
        Headers: new Headers(headers),
        "upper-case Headers": new Headers(upper),
        generator: (function* pairs() {
          yield* Object.entries(headers);
        })(),
        "with others": {
          host: "example.com",
          ...headers,
          cookie: undefined,
          "set-cookie": ["a", "b"],
        },
      };
      const bodyShapes = {
        string: body,
        Uint8Array: bytes,
        ArrayBuffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
        "part of a larger array": padded.subarray(6, 6 + bytes.length),
        DataView: new DataView(padded.buffer, padded.byteOffset + 6, bytes.length),
      };
      const expected = JSON.stringify(expectEvent(name, { headers, body }));
      for (const [shape, given] of Object.entries(headerShapes)) {
        equal(JSON.stringify(expectEvent(name, { headers: given, body })), expected, shape);
      }
      for (const [shape, given] of Object.entries(bodyShapes)) {
        const event = expectEvent(name, { headers, body: given });
        equal(JSON.stringify(event), expected, shape);
        equalBytes(event.body, bytes, shape);
        equal(event.text(), body, shape);
      }
    });

    test(`${name}: JSON.stringify shows the fields of an event without its body`, () => {
      const event = expectEvent(name, sign(name));
      const { authenticated, signsTime } = schemes.find((scheme) => scheme.name === name);
      const found = JSON.parse(JSON.stringify(event));
      equal(found.source, name);
      equal(found.authenticated, authenticated);
      equal(found.keyId, 0);
      equal(found.id, event.id);
      const hasTime = signsTime && authenticated === "content";
      equal(found.signedAt, hasTime ? NOW.toISOString() : undefined);
      equal(found.body, undefined);
    });

    test(`${name}: receive reads a request and verifies it`, async () => {
      const { headers, body } = sign(name);
      const own = new Verifier(name, senders[name].keys[0]);
      const request = () =>
        new Request("https://example.com/in", { method: "POST", headers, body });
      const event = await own.receive(request(), NOW);
      equal(event.text(), body);
      equal(event.id, expectEvent(name, { headers, body }).id);
      const forged = new Request("https://example.com/in", {
        method: "POST",
        headers,
        body: `${body} `,
      });
      if (bodySigners.includes(name)) {
        ok((await rejection(own.receive(forged, NOW))) instanceof Rejection, "a forged request");
      }
    });
  }

  test("the type is read from the signed body or token", () => {
    const types = {
      standard: "user.created",
      svix: "invoice.paid",
      flexprice: "invoice.update.finalized",
      "flexprice-native": "payment.success",
      "flexprice-native-token": "payment.success",
      flash: "user_signed_up",
      "flash-vault": "subscription.renewed",
      subscribeflow: "tag.subscribed",
      resend: "email.bounced",
      stripe: "invoice.paid",
      github: undefined,
      slack: "app_mention",
      shopify: undefined,
    };
    equal(Object.keys(types).sort(), [...senderNames].sort());
    for (const [name, type] of Object.entries(types)) {
      equal(expectEvent(name, sign(name)).type, type, name);
    }
  });

  test("the id comes from a signed header, from the body, or is a digest", async () => {
    const digest = async (name) => `sha256:${encode("hex", await sha256(sampleBody(name)))}`;
    for (const name of idSigners) {
      equal(expectEvent(name, sign(name, { id: "msg_7" })).id, "msg_7", name);
    }
    for (const name of ["stripe", "subscribeflow"]) {
      equal(expectEvent(name, sign(name)).id, "evt_1", name);
    }
    equal(expectEvent("slack", sign("slack")).id, "Ev1");
    for (const name of [
      "github",
      "shopify",
      "flash-vault",
      "flexprice-native",
      "flexprice-native-token",
    ]) {
      equal(expectEvent(name, sign(name)).id, await digest(name), name);
    }
    const { headers, body } = sign("flash");
    const signed = headers.authorization.slice("Bearer ".length).replace(/\.[^.]*$/, "");
    const id = `sha256:${encode("hex", await sha256(signed))}`;
    equal(expectEvent("flash", { headers, body }).id, id, "flash");
  });

  test("receive explains that the body of the request was already read", async () => {
    const { headers, body } = sign("standard");
    const request = new Request("https://example.com/in", { method: "POST", headers, body });
    await request.text();
    const error = await rejection(verifier.receive(request, NOW));
    ok(error instanceof TypeError && /read before.*verify first/.test(error.message), print(error));
  });

  test("receive reads a request without a body and a body that is not UTF-8", async () => {
    for (const body of ["", new Uint8Array([0xff, 0xfe, 0])]) {
      const { headers } = sign("github", { body });
      const init = body === "" ? { method: "POST", headers } : { method: "POST", headers, body };
      const request = new Request("https://example.com/in", init);
      const event = await new Verifier("github", senders.github.keys[0]).receive(request, NOW);
      equalBytes(event.body, bytesOf(body));
    }
  });

  test("receive uses the current time unless a time is given", async () => {
    const { headers, body } = sign("standard", { at: new Date() });
    const request = () => new Request("https://example.com/in", { method: "POST", headers, body });
    equal((await verifier.receive(request())).id, "msg_1");
    equal((await rejection(verifier.receive(request(), NOW))).code, "premature");
  });

  test("verify and sign use the current time unless a time is given", () => {
    const fresh = sign("standard", { at: new Date() });
    equal(verifier.verify(fresh).id, "msg_1");
    equal(thrown(() => verifier.verify(sign("standard"))).code, "stale");
    const { "webhook-timestamp": time } = new Signer("standard", secret).sign({ body: "" });
    ok(Math.abs(Number(time) - Date.now() / 1000) < 60, `signed at ${time}`);
  });

  test("keyId is the key's id, or its position if it has no id", () => {
    const keys = [
      { id: "old", key: other },
      secret,
      { id: "bytes", key: new Uint8Array(24).fill(7) },
    ];
    const rotating = new Verifier("standard", keys);
    equal(rotating.verify(sign("standard", { key: other }), NOW).keyId, "old");
    equal(rotating.verify(sign("standard"), NOW).keyId, 1);
    const bytes = sign("standard", { key: new Uint8Array(24).fill(7) });
    equal(rotating.verify(bytes, NOW).keyId, "bytes");
    equal(
      new Verifier("standard", { id: "only", key: secret }).verify(sign("standard"), NOW).keyId,
      "only",
    );
  });

  test("a verifier copies its list of keys", () => {
    const keys = [secret];
    const kept = new Verifier("standard", keys);
    keys[0] = other;
    keys.push("whsec_YQ==");
    equal(kept.verify(sign("standard"), NOW).keyId, 0);
    equal(
      thrown(() => kept.verify(sign("standard", { key: other }), NOW)).code,
      "signature_mismatch",
    );
  });

  test("verifiers and signers for different senders do not affect each other", () => {
    const all = senderNames.map((name) => [name, new Verifier(name, senders[name].keys[0])]);
    for (let round = 0; round < 3; round += 1) {
      for (const [name, own] of all) {
        equal(own.verify(sign(name), NOW).source, name);
      }
    }
  });

  test("hundreds of verifiers can be created and dropped", () => {
    for (let round = 0; round < 500; round += 1) {
      const key = `whsec_${btoa(`secret number ${round}`)}`;
      const delivery = sign("standard", { key });
      equal(new Verifier("standard", key).verify(delivery, NOW).keyId, 0);
    }
    equal(verifier.verify(sign("standard"), NOW).keyId, 0);
  });

  test("a public key verifies a signature of its private key", () => {
    const delivery = sign("standard", { key: PAIR.secret });
    equal(new Verifier("standard", PAIR.public).verify(delivery, NOW).id, "msg_1");
    equal(thrown(() => verifier.verify(delivery, NOW)).code, "unsupported_signature");
  });

  test("the signer generates a unique id if none is given", () => {
    const signer = new Signer("standard", secret);
    const made = new Set();
    for (let round = 0; round < 100; round += 1) {
      const headers = signer.sign({ body: "{}" }, NOW);
      made.add(headers["webhook-id"]);
      equal(verifier.verify({ headers, body: "{}" }, NOW).id, headers["webhook-id"]);
    }
    equal(made.size, 100);
  });

  for (const shape of ["string", "Uint8Array"]) {
    test(`a body of any size verifies as a ${shape}, before and after small ones`, async () => {
      const lengths = [
        100_000, 340_000, 349_000, 350_000, 500_000, 1_000_000, 1_048_576, 1_050_000,
      ];
      for (const length of lengths.flatMap((large) => [10, large]).concat(5_000_000, 10)) {
        const text = `{"data":"${"x".repeat(length)}"}`;
        const body = shape === "string" ? text : utf8(text);
        const delivery = await forge("standard", { body });
        equal(sign("standard", { body }).headers, delivery.headers, `${length} bytes, signed`);
        const event = expectEvent("standard", delivery);
        equal(event.body.length, length + 11);
        equal(event.json().data.length, length);
        const plain = expectEvent("github", await forge("github", { body }));
        equal(plain.json().data.length, length, `${length} bytes, read`);
      }
    });
  }

  test("a string with characters beyond ASCII is signed as UTF-8", () => {
    const body = '{"name":"\u00e9\u20ac\u{1f600}\u0000"}';
    const delivery = sign("standard", { body });
    equalBytes(expectEvent("standard", delivery).body, utf8(body));
    equal(expectEvent("standard", { ...delivery, body: utf8(body) }).text(), body);
  });

  const reading = (body) => expectEvent("github", sign("github", { body }));

  // Threat model: A-35.
  test("json: only integers that a number would round become bigints", () => {
    const exact = { 9007199254740991: 9007199254740991, "-9007199254740991": -9007199254740991 };
    const big = [
      "9007199254740992",
      "9007199254740993",
      "-9007199254740993",
      "123456789012345678901234567890",
    ];
    for (const [text, value] of Object.entries(exact)) {
      equal(reading(`{"a":${text}}`).json(), { a: value });
    }
    for (const text of big) {
      equal(reading(`{"a":${text}}`).json(), { a: BigInt(text) });
      equal(reading(text).json(), BigInt(text));
      equal(reading(`[[${text}],{"b":${text}}]`).json(), [[BigInt(text)], { b: BigInt(text) }]);
    }
    const mixed =
      '{"a":9007199254740993,"b":1.5,"c":1e3,"d":-0,"e":0.1e-2,"f":"9007199254740993","g":[true,false,null]}';
    const { a, ...rest } = reading(mixed).json();
    const { a: rounded, ...usual } = JSON.parse(mixed);
    equal([a, rest], [9007199254740993n, usual]);
    equal(typeof rounded, "number");
    equal(reading("9007199254740993.0").json(), 9007199254740992);
    equal(reading("1e400").json(), Number.POSITIVE_INFINITY);
  });

  test("json: in a body with a big integer, every other value is what JSON.parse returns", () => {
    const texts = [
      "",
      '"',
      "\\",
      "\u0000\u001f",
      "\u2028\u2029",
      "\u{1f600}",
      'a\\"b',
      "}",
      "]",
      ",",
      ":",
      "\\u0041",
      "12345678901234567890",
    ];
    for (const text of texts) {
      const json = JSON.stringify({ [text]: text, list: [text, [text]], nested: { [text]: [] } });
      const value = reading(json.replace("{", '{"big": 12345678901234567890 , ')).json();
      equal(value.big, 12345678901234567890n);
      delete value.big;
      equal(value, JSON.parse(json));
    }
    equal(reading(' \n[ 12345678901234567890 ,\t{ } , [ ] , "\\ud83d" ]\r\n').json(), [
      12345678901234567890n,
      {},
      [],
      "\ud83d",
    ]);
  });

  test("json: a long text in a body with a big integer is complete", () => {
    for (const length of [1000, 100_000, 2_000_000]) {
      const text = "x".repeat(length);
      const value = reading(
        `{"big":12345678901234567890,"text":"${text}","after":"\\n${text}"}`,
      ).json();
      equal(value.big, 12345678901234567890n);
      ok(value.text === text && value.after === `\n${text}`, `a text of ${length} characters`);
    }
  });

  // Threat model: A-34.
  test("json: any nesting is read, and strictly at most 64 levels", () => {
    const nested = (depth, inner) =>
      `${'{"a":['.repeat(depth / 2)}${inner}${"]}".repeat(depth / 2)}`;
    for (const inner of ["1", "12345678901234567890"]) {
      const value = reading(nested(64, inner)).json({ strict: true });
      equal(depthOf(value), 64);
      equal(depthOf(reading(nested(66, inner)).json()), 66);
      for (const body of [nested(66, inner), nested(64, `[${inner}]`), nested(64, "{}")]) {
        const error = thrown(() => reading(body).json({ strict: true }));
        ok(error instanceof DecodeError && error.code === "too_deep", print(error));
      }
    }
    for (const depth of [100, 1000, 100_000]) {
      for (const inner of ["1", "12345678901234567890"]) {
        const deep = nested(depth, inner);
        equal(depthOf(reading(deep).json()), depth);
        const event = expectEvent("stripe", sign("stripe", { body: `{"x":${deep},"id":"evt_1"}` }));
        equal(event.id, "evt_1");
        equal(depthOf(event.json().x), depth);
      }
    }
    for (const bomb of ["[".repeat(1_000_000), '{"a":'.repeat(1_000_000)]) {
      equal(thrown(() => reading(bomb).json()).code, "not_json");
      equal(thrown(() => reading(bomb).json({ strict: true })).code, "too_deep");
      const error = thrown(() => expectEvent("stripe", sign("stripe", { body: bomb })));
      equal(error.message.includes("not_json"), true, error.message);
    }
  });

  test("json: invalid JSON is an error that says at which byte", () => {
    const bodies = [
      "",
      " ",
      "{",
      "}",
      "[1,]",
      '{"a":1,}',
      "{'a':1}",
      "{a:1}",
      "01",
      "1.",
      ".5",
      "+1",
      "-",
      "1e",
      "NaN",
      "Infinity",
    ];
    bodies.push(
      "undefined",
      "tru",
      "nulll",
      '"',
      '"\\x41"',
      '"\\u12"',
      '"\n"',
      "[1 2]",
      "{} {}",
      "// no\n{}",
      "\u00a0{}",
      "\ufeff{}",
      '{"a"}',
      "\u0000",
    );
    for (const body of bodies) {
      const event = reading(body);
      const error = thrown(() => event.json());
      ok(
        error instanceof DecodeError && error.code === "not_json",
        `${print(body)}: ${print(error)}`,
      );
      ok(/byte \d+/.test(error.message), error.message);
      equal(event.text(), body);
    }
    ok(/byte 4\b/.test(thrown(() => reading('{"a"}').json()).message), "the byte of the error");
  });

  test("json: a form verifies, and json() fails with not_json", () => {
    const body = "token=xyz&command=%2Fdeploy&text=";
    for (const name of ["slack", "github"]) {
      const event = expectEvent(name, sign(name, { body }));
      ok(event.id.startsWith("sha256:"), event.id);
      equal(new URLSearchParams(event.text()).get("command"), "/deploy");
      equal(thrown(() => event.json()).code, "not_json");
    }
  });

  test("json: an escaped unpaired surrogate is kept, and in a key it is strictly an error", () => {
    equal(reading('["\\ud800"]').json({ strict: true }), ["\ud800"]);
    const body = '{"\\ud800":1}';
    equal(reading(body).json(), JSON.parse(body));
    equal(thrown(() => reading(body).json({ strict: true })).code, "not_json");
  });

  test("json: each call returns a new, equal value", () => {
    for (const body of ['{"a":[1]}', '{"a":[12345678901234567890]}']) {
      const event = reading(body);
      const [first, second] = [event.json(), event.json()];
      equal(first, second);
      first.a.push(2);
      equal(event.json(), second);
    }
  });

  test("text: bytes that are not UTF-8 are an error, and stay available in body", () => {
    const bytes = new Uint8Array([0x7b, 0xff, 0x7d]);
    const event = reading(bytes);
    const error = thrown(() => event.text());
    ok(
      error instanceof DecodeError && error.code === "not_text" && /body/.test(error.message),
      print(error),
    );
    equalBytes(event.body, bytes);
  });

  test("the tolerance can be zero, large, and different for past and future", () => {
    const delivery = sign("standard");
    const verify = (tolerance, after) =>
      new Verifier("standard", secret, { tolerance }).verify(delivery, seconds(after)).id;
    equal(verify(0, 0), "msg_1");
    equal(verify(86_400, 86_400), "msg_1");
    equal(verify({ past: 86_400, future: 0 }, 86_400), "msg_1");
    equal(verify({ past: 0, future: 60 }, -60), "msg_1");
    equal(thrown(() => verify(0, 1)).code, "stale");
    equal(thrown(() => verify({ past: 86_400, future: 0 }, -1)).code, "premature");
    const error = thrown(() => verify(60, 100));
    ok(/100 s/.test(error.message) && /60 s/.test(error.message), error.message);
  });
}

/** How many objects and arrays are inside each other, along the first item and the member `a` of each. */
function depthOf(value) {
  let depth = 0;
  for (let inner = value; typeof inner === "object"; depth += 1) {
    inner = Array.isArray(inner) ? inner[0] : inner.a;
  }
  return depth;
}
