// Attacks with JSON Web Tokens. Unless a test says otherwise, every token is signed with the correct key, so it is
// rejected for its content.

import { encode, trailingBitVariants } from "../bytes.js";
import { equal, ok } from "../harness.js";
import {
  bodySigners,
  makeToken,
  NOW_SECONDS,
  sampleBody,
  seconds,
  senders,
  usualClaims,
} from "../senders.js";

const HEADER = { alg: "HS256", typ: "JWT" };
const ODD_VALUES = {
  "a text": '"1700000000"',
  "an empty text": '""',
  "a negative number": "-1700000000",
  "a negative fraction": "-0.5",
  "a number too large": "1e999",
  "an exponent": "1.7e9",
  milliseconds: "1700000000000",
  "twenty digits": "17000000000000000000",
  null: "null",
  true: "true",
  false: "false",
  "a list": "[1700000000]",
  "an empty list": "[]",
  "an object": '{"exp":1700000000}',
};

export function tokenAttacks(test, { sign, expectEvent, expectRejection, attackedSchemes }) {
  const [key] = senders.flash.keys;
  const body = sampleBody("flash");
  const deliveryWith = (token, more = body) => ({
    headers: { authorization: `Bearer ${token}` },
    body: more,
  });
  const expectAccepted = async (header, claims, options) =>
    expectEvent("flash", deliveryWith(await makeToken(header, claims)), options);
  const expectRejected = async (header, claims, codes, options) =>
    expectRejection("flash", deliveryWith(await makeToken(header, claims)), codes, options);

  // Threat model: A-50.
  test("a token that names any algorithm other than HS256 is rejected", async () => {
    await expectAccepted(HEADER, usualClaims());
    const algorithms = [
      "none",
      "NONE",
      "nOnE",
      "None",
      "",
      "hs256",
      "HS384",
      "HS512",
      "RS256",
      "ES256",
      "EdDSA",
      "HS256 ",
      "HS25",
      "HMAC",
    ];
    for (const alg of [...algorithms, null, true, 256, ["HS256"], { alg: "HS256" }]) {
      await expectRejected({ alg, typ: "JWT" }, usualClaims(), "unsupported_signature");
    }
    await expectRejected({ typ: "JWT" }, usualClaims(), "unsupported_signature");
    await expectRejected({}, usualClaims(), "unsupported_signature");
    await expectRejected({ ALG: "HS256" }, usualClaims(), "unsupported_signature");
  });

  // Threat model: A-50.
  test("a token without a signature is rejected, whatever algorithm it names", async () => {
    for (const alg of ["none", "NONE", "HS256"]) {
      const unsigned = (await makeToken({ alg }, usualClaims())).replace(/[^.]*$/, "");
      expectRejection("flash", deliveryWith(unsigned));
      expectRejection("flash", deliveryWith(unsigned.slice(0, -1)));
      expectRejection("flash", deliveryWith(`${unsigned}AA`));
    }
    expectRejection(
      "flash",
      deliveryWith(await makeToken(HEADER, usualClaims(), "another key")),
      "signature_mismatch",
    );
  });

  // Threat model: A-52.
  test("a token that requires an extension is rejected", async () => {
    const extensions = [
      { crit: ["exp"] },
      { crit: ["b64"], b64: false },
      { crit: ["unknown"], unknown: 1 },
      { crit: ["exp", "exp"] },
      { crit: [] },
      { crit: "exp" },
      { crit: null },
      { crit: {} },
      { b64: false },
      { b64: true },
      { zip: "DEF" },
      { zip: "" },
    ];
    for (const extension of extensions) {
      await expectRejected({ ...HEADER, ...extension }, usualClaims(), "malformed_token");
    }
  });

  // Threat model: A-53.
  test("keys that a token contains or links to are ignored", async () => {
    const hints = {
      jwk: { kty: "oct", k: encode("base64url", "attacker") },
      jku: "https://attacker.example/keys",
      x5u: "https://attacker.example/certificate",
      x5c: ["MIIB"],
      x5t: "AAAA",
    };
    for (const [name, value] of Object.entries(hints)) {
      await expectAccepted({ ...HEADER, [name]: value }, usualClaims());
      const forged = await makeToken({ ...HEADER, [name]: value }, usualClaims(), "attacker");
      expectRejection("flash", deliveryWith(forged), "signature_mismatch");
    }
  });

  // Threat model: A-53.
  test("a kid selects the key of exactly that id, or else the keys without an id", async () => {
    const kids = [
      "1",
      "2025-01",
      "../../dev/null",
      "' OR 1=1 --",
      "__proto__",
      "\u0000",
      " 1",
      "a".repeat(300),
      "",
    ];
    for (const kid of kids) {
      const delivery = deliveryWith(await makeToken({ ...HEADER, kid }, usualClaims()));
      equal(expectEvent("flash", delivery).keyId, 0, "the key");
      expectRejection("flash", delivery, "unsupported_signature", { keys: { id: "another", key } });
      const keys = [{ id: "another", key }, key];
      equal(expectEvent("flash", delivery, { keys }).keyId, 1, "the key");
      expectRejection("flash", delivery, "signature_mismatch", {
        keys: [{ id: "another", key }, "another key"],
      });
      if (kid !== "") {
        const keys = [
          { id: "another", key: "another key" },
          { id: kid, key },
        ];
        equal(expectEvent("flash", delivery, { keys }).keyId, kid, "the key");
        const swapped = [
          { id: "another", key },
          { id: kid, key: "another key" },
        ];
        expectRejection("flash", delivery, "signature_mismatch", { keys: swapped });
        // A key of that id is there, so the key without one is not tried.
        expectRejection("flash", delivery, "signature_mismatch", { keys: [swapped[1], key] });
      }
    }
    for (const kid of [null, 1, true, ["1"], { id: "1" }]) {
      await expectRejected({ ...HEADER, kid }, usualClaims(), "malformed_token", {
        keys: { id: "1", key },
      });
    }
    // A token without a kid is checked with every key.
    await expectAccepted(HEADER, usualClaims(), { keys: { id: "main", key } });
  });

  for (const claim of ["exp", "nbf", "iat"]) {
    // Threat model: A-54.
    test(`a claim ${claim} of a wrong type is rejected, and not treated as absent`, async () => {
      const claims = JSON.stringify(usualClaims({ exp: undefined })).slice(0, -1);
      const rest = claim === "exp" ? "" : `,"exp":${NOW_SECONDS + 3600}`;
      for (const [what, value] of Object.entries(ODD_VALUES)) {
        const token = await makeToken(HEADER, `${claims}${rest},"${claim}":${value}}`);
        const error = expectRejection("flash", deliveryWith(token), "malformed_token", {
          tolerance: 0xffff_ffff,
        });
        ok(!error.message.includes("17000"), `${what}: the message repeats the claim`);
      }
    });
  }

  // Threat model: A-54.
  test("a token that does not expire, or expires too late, is rejected", async () => {
    await expectRejected(HEADER, usualClaims({ exp: undefined }), "malformed_token");
    await expectRejected(HEADER, { EXP: NOW_SECONDS + 60 }, "malformed_token");
    await expectRejected(HEADER, {}, "malformed_token");
    await expectRejected(HEADER, usualClaims({ exp: NOW_SECONDS + 3661 }), "premature");
    await expectRejected(HEADER, usualClaims({ exp: 253_402_300_799 }), "premature");
    await expectRejected(HEADER, usualClaims({ exp: 0 }), "stale");
  });

  // Threat model: A-54.
  test("fractions of a second are dropped from claims", async () => {
    for (const name of ["nbf", "iat"]) {
      await expectAccepted(HEADER, usualClaims({ [name]: NOW_SECONDS + 60.75 }));
      await expectRejected(HEADER, usualClaims({ [name]: NOW_SECONDS + 61.25 }), "premature");
    }
    await expectAccepted(HEADER, usualClaims({ exp: NOW_SECONDS - 59.5 }));
    await expectRejected(HEADER, usualClaims({ exp: NOW_SECONDS - 61.5 }), "stale");
  });

  // Threat model: A-54.
  test("exp may be an RFC 3339 text, as Flash documents, and no other text", async () => {
    // All tests run at 2023-11-14T22:13:20Z.
    for (const exp of [
      "2023-11-14T23:13:20Z",
      "2023-11-14T23:13:20.5Z",
      "2023-11-15T00:13:20+01:00",
    ]) {
      await expectAccepted(HEADER, usualClaims({ exp }));
      await expectRejected(HEADER, usualClaims({ exp }), "stale", { now: seconds(3661) });
    }
    const loose = ["2023-11-14", "2023-11-14 23:13:20Z", "2023-11-14T23:13:20", "20231114T231320Z"];
    loose.push("Tue, 14 Nov 2023 23:13:20 GMT", "2023-13-14T23:13:20Z", "2023-11-14T24:13:20Z");
    loose.push("2023-11-31T23:13:20Z", "2023-11-14T23:13:20z", " 2023-11-14T23:13:20Z", "tomorrow");
    for (const exp of loose) {
      await expectRejected(HEADER, usualClaims({ exp }), "malformed_token");
    }
    for (const name of ["nbf", "iat"]) {
      await expectRejected(
        HEADER,
        usualClaims({ [name]: "2023-11-14T22:13:20Z" }),
        "malformed_token",
      );
    }
  });

  // Threat model: A-54.
  test("a token that is not valid yet is rejected", async () => {
    for (const name of ["nbf", "iat"]) {
      await expectAccepted(HEADER, usualClaims({ [name]: NOW_SECONDS + 60 }));
      await expectRejected(HEADER, usualClaims({ [name]: NOW_SECONDS + 61 }), "premature");
    }
  });

  // Threat model: A-55.
  test("a token whose claims or header are not JSON objects is rejected", async () => {
    const claims = JSON.stringify(usualClaims());
    for (const other of [
      `[${claims}]`,
      JSON.stringify(claims),
      "null",
      "true",
      "17",
      "",
      " ",
      "{",
      `${claims}x`,
      `${claims}${claims}`,
    ]) {
      await expectRejected(HEADER, other, "malformed_token");
    }
    const header = JSON.stringify(HEADER);
    for (const other of [
      `[${header}]`,
      JSON.stringify(header),
      "null",
      "1",
      "",
      "{",
      `${header}{}`,
      "\ufeff{}",
    ]) {
      await expectRejected(other, usualClaims(), "malformed_token");
    }
  });

  // Threat model: A-56.
  test("a token with a duplicate key is rejected, in either order", async () => {
    const claims = JSON.stringify(usualClaims());
    const exp = NOW_SECONDS + 10;
    for (const extra of [
      `"exp":${exp}`,
      '"version":"1.0"',
      '"\\u0065xp":1',
      '"eventType":{"id":"1"}',
    ]) {
      const repeated = claims.replace("{", `{${extra},`);
      const { message } = await expectRejected(HEADER, repeated, "malformed_token");
      const end = new TextEncoder().encode(repeated).length;
      const isEnd = message.includes(`ends at byte ${end} `) || extra.includes("eventType");
      ok(isEnd && /claims.* duplicate key/.test(message), message);
      await expectRejected(HEADER, claims.replace(/\}$/, `,${extra}}`), "malformed_token");
    }
    await expectRejected(HEADER, claims.replace('{"id"', '{"id":"2","id"'), "malformed_token");
    for (const header of [
      '{"alg":"HS256","alg":"none"}',
      '{"alg":"none","alg":"HS256"}',
      '{"alg":"HS256","typ":1,"typ":2}',
      '{"\\u0061lg":"none","alg":"HS256"}',
    ]) {
      const { message } = await expectRejected(header, usualClaims(), "malformed_token");
      ok(/header.* duplicate key/.test(message), message);
    }
  });

  // Threat model: A-57.
  test("a token without exactly three non-empty parts is rejected", async () => {
    const token = await makeToken(HEADER, usualClaims());
    const [header, claims, signature] = token.split(".");
    const others = [
      ...["", ".", "..", "...", "....", header, `${header}.${claims}`, `${token}.`, `.${token}`],
      ...[
        `${token}.${signature}`,
        `${header}..${signature}`,
        `.${claims}.${signature}`,
        `${header}.${claims}.`,
      ],
      ...[
        `${token}.a.b`,
        `${header}.a.${claims}.b.${signature}`,
        `${header}. ${claims}.${signature}`,
      ],
      ...[
        JSON.stringify({ payload: claims, protected: header, signature }),
        `"${token}"`,
        `<${token}>`,
      ],
      ...[
        ".".repeat(1_000_000),
        `${token}${".".repeat(10_000)}`,
        `${header}.${"A".repeat(100_000)}.${signature}`,
      ],
    ];
    for (const other of others) {
      expectRejection("flash", deliveryWith(other));
      expectRejection("flash", { headers: { authorization: other }, body });
    }
    expectEvent("flash", deliveryWith(token));
  });

  // Threat model: A-57.
  test("a token of 8 KiB verifies, and a longer one is rejected", async () => {
    const ofLength = async (length) => {
      for (let padding = Math.floor(length * 0.7); ; padding += 1) {
        const token = await makeToken(HEADER, usualClaims({ padding: "p".repeat(padding) }));
        if (token.length >= length) {
          return token;
        }
      }
    };
    const longest = await ofLength(8190);
    ok(longest.length <= 8192, `a token of ${longest.length} bytes`);
    expectEvent("flash", deliveryWith(longest));
    const tooLong = await ofLength(8193);
    expectRejection("flash", deliveryWith(tooLong), "malformed_token");
  });

  // Threat model: A-57.
  test("an Authorization header with a different scheme is rejected", async () => {
    const token = await makeToken(HEADER, usualClaims());
    for (const value of [
      `Basic ${token}`,
      `Token ${token}`,
      `Bearer  ${token}`,
      `Bearer\t${token}`,
      ` ${token}`,
      `Bearer: ${token}`,
      `Bearer ${token} `,
      `Bearer ${token},`,
      "Bearer",
      "Bearer ",
    ]) {
      expectRejection("flash", { headers: { authorization: value }, body });
    }
  });

  // Threat model: A-60.
  test("flash: a token authenticates the sender and not the body, and the event says so", async () => {
    const token = await makeToken(HEADER, usualClaims());
    const forged = sampleBody("flash", { amount: 1_000_000 });
    const event = expectEvent("flash", deliveryWith(token, forged));
    equal(event.authenticated, "sender");
    equal(event.json().amount, 1_000_000);
  });

  // Threat model: A-60.
  test("flash: a body that contradicts the token is rejected", async () => {
    const token = await makeToken(HEADER, usualClaims());
    const { eventType, data } = senders.flash.sample;
    const others = [
      { eventType: { ...eventType, name: "user_paused" }, data },
      { eventType: { ...eventType, id: "2" }, data },
      { eventType: { ...eventType, id: 1 }, data },
      { eventType: { ...eventType, name: null }, data },
      { eventType: "user_signed_up", data },
      { eventType, data: { public_key: "another" } },
      { eventType, data: { public_key: ["55a12716"] } },
      { eventType, data: [data] },
      [senders.flash.sample],
    ];
    for (const other of others) {
      expectRejection("flash", deliveryWith(token, JSON.stringify(other)), "body_mismatch");
    }
    for (const other of ["null", "x", '{"a":1,"a":1}', `${body},`, "\ufeff{}"]) {
      expectRejection("flash", deliveryWith(token, other), "body_mismatch");
    }
  });

  for (const { name, authenticated } of attackedSchemes) {
    // Threat model: A-60.
    test(`${name}: authenticated is content only if a different body is rejected`, () => {
      equal(authenticated, bodySigners.includes(name) ? "content" : "sender");
      const delivery = sign(name);
      equal(expectEvent(name, delivery).authenticated, authenticated);
      const changed = { ...delivery, body: sampleBody(name, { note: "not signed" }) };
      if (authenticated === "content") {
        expectRejection(name, changed, "signature_mismatch");
      } else {
        equal(expectEvent(name, changed).authenticated, "sender");
      }
    });
  }

  // Threat model: A-61.
  test("a non-canonical spelling of a token is rejected", async () => {
    let variantsSeen = 0;
    for (let length = 0; length < 30; length += 1) {
      const header = { ...HEADER, pad: "p".repeat(length) };
      const token = await makeToken(header, usualClaims({ pad: "p".repeat(length) }));
      expectEvent("flash", deliveryWith(token));
      const parts = token.split(".");
      parts.forEach((part, index) => {
        const variants = [...trailingBitVariants(part, "-_"), `${part}=`, `${part}==`, `${part}A`];
        variants.push(part.slice(0, -1), `${part}%`, ` ${part}`, `${part}\n`);
        for (const variant of variants) {
          expectRejection("flash", deliveryWith(parts.with(index, variant).join(".")));
        }
        variantsSeen += variants.length;
      });
    }
    ok(variantsSeen > 600, `only ${variantsSeen} variants`);
  });

  // Threat model: A-61.
  test("a token with one changed letter is rejected", async () => {
    const token = await makeToken(HEADER, usualClaims());
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === "A" ? "B" : "A";
      expectRejection("flash", deliveryWith(token.slice(0, at) + other + token.slice(at + 1)));
    }
    expectEvent("flash", deliveryWith(token));
  });
}
