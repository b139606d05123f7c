// Attacks with JSON Web Tokens. Every token here is signed with the right key unless the test says otherwise: what
// refuses it is what it says.

import { encode, trailingBitVariants } from "../bytes.js";
import { equal, ok } from "../harness.js";
import {
  makeToken,
  NOW_SECONDS,
  sampleBody,
  seconds,
  senders,
  signingBody,
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

export function tokenAttacks(test, { sign, genuine, refused, attacked }) {
  const [key] = senders.flash.keys;
  const body = sampleBody("flash");
  const bearing = (token, more = body) => ({
    headers: { authorization: `Bearer ${token}` },
    body: more,
  });
  const accepted = async (header, claims, options) =>
    genuine("flash", bearing(await makeToken(header, claims)), options);
  const denied = async (header, claims, codes, options) =>
    refused("flash", bearing(await makeToken(header, claims)), codes, options);

  test("A-50 only HS256 signs, whatever the token says of its algorithm", async () => {
    await accepted(HEADER, usualClaims());
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
      await denied({ alg, typ: "JWT" }, usualClaims(), "unsupported_signature");
    }
    await denied({ typ: "JWT" }, usualClaims(), "unsupported_signature");
    await denied({}, usualClaims(), "unsupported_signature");
    await denied({ ALG: "HS256" }, usualClaims(), "unsupported_signature");
  });

  test("A-50 a token without a signature is refused, whatever it calls its algorithm", async () => {
    for (const alg of ["none", "NONE", "HS256"]) {
      const unsigned = (await makeToken({ alg }, usualClaims())).replace(/[^.]*$/, "");
      refused("flash", bearing(unsigned));
      refused("flash", bearing(unsigned.slice(0, -1)));
      refused("flash", bearing(`${unsigned}AA`));
    }
    refused(
      "flash",
      bearing(await makeToken(HEADER, usualClaims(), "another key")),
      "signature_mismatch",
    );
  });

  test("A-52 a token that asks for an extension is refused", async () => {
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
      await denied({ ...HEADER, ...extension }, usualClaims(), "malformed_token");
    }
  });

  test("A-53 keys that a token brings along or points to are not looked at", async () => {
    const hints = {
      jwk: { kty: "oct", k: encode("base64url", "attacker") },
      jku: "https://attacker.example/keys",
      x5u: "https://attacker.example/certificate",
      x5c: ["MIIB"],
      x5t: "AAAA",
    };
    for (const [name, value] of Object.entries(hints)) {
      await accepted({ ...HEADER, [name]: value }, usualClaims());
      const forged = await makeToken({ ...HEADER, [name]: value }, usualClaims(), "attacker");
      refused("flash", bearing(forged), "signature_mismatch");
    }
  });

  test("A-53 a kid is looked up exactly; an unknown one is refused, not replaced by any key", async () => {
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
      const delivery = bearing(await makeToken({ ...HEADER, kid }, usualClaims()));
      refused("flash", delivery, "unsupported_signature");
      refused("flash", delivery, "unsupported_signature", { keys: { id: "another", key } });
      refused("flash", delivery, "unsupported_signature", { keys: [{ id: "another", key }, key] });
      if (kid !== "") {
        const keys = [
          { id: "another", key: "another key" },
          { id: kid, key },
        ];
        equal(genuine("flash", delivery, { keys }).keyId, kid, "the key");
        const swapped = [
          { id: "another", key },
          { id: kid, key: "another key" },
        ];
        refused("flash", delivery, "signature_mismatch", { keys: swapped });
      }
    }
    for (const kid of [null, 1, true, ["1"], { id: "1" }]) {
      await denied({ ...HEADER, kid }, usualClaims(), "malformed_token", {
        keys: { id: "1", key },
      });
    }
    // A token that names no key may be checked with any.
    await accepted(HEADER, usualClaims(), { keys: { id: "main", key } });
  });

  for (const claim of ["exp", "nbf", "iat"]) {
    test(`A-54 a claim ${claim} of a wrong type is refused, never taken as absent`, async () => {
      const claims = JSON.stringify(usualClaims({ exp: undefined })).slice(0, -1);
      const rest = claim === "exp" ? "" : `,"exp":${NOW_SECONDS + 3600}`;
      for (const [what, value] of Object.entries(ODD_VALUES)) {
        const token = await makeToken(HEADER, `${claims}${rest},"${claim}":${value}}`);
        const error = refused("flash", bearing(token), "malformed_token", {
          tolerance: 0xffff_ffff,
        });
        ok(!error.message.includes("17000"), `${what}: the message repeats the claim`);
      }
    });
  }

  test("A-54 a token that never ends, or not for long, is refused", async () => {
    await denied(HEADER, usualClaims({ exp: undefined }), "malformed_token");
    await denied(HEADER, { EXP: NOW_SECONDS + 60 }, "malformed_token");
    await denied(HEADER, {}, "malformed_token");
    await denied(HEADER, usualClaims({ exp: NOW_SECONDS + 3661 }), "premature");
    await denied(HEADER, usualClaims({ exp: 253_402_300_799 }), "premature");
    await denied(HEADER, usualClaims({ exp: 0 }), "stale");
  });

  test("A-54 parts of a second count as nothing in a claim about time", async () => {
    for (const name of ["nbf", "iat"]) {
      await accepted(HEADER, usualClaims({ [name]: NOW_SECONDS + 60.75 }));
      await denied(HEADER, usualClaims({ [name]: NOW_SECONDS + 61.25 }), "premature");
    }
    await accepted(HEADER, usualClaims({ exp: NOW_SECONDS - 59.5 }));
    await denied(HEADER, usualClaims({ exp: NOW_SECONDS - 61.5 }), "stale");
  });

  test("A-54 exp may be an instant in RFC 3339, as Flash documents it, and no looser text", async () => {
    // 2023-11-14T22:13:20Z is the time at which all of this happens.
    for (const exp of [
      "2023-11-14T23:13:20Z",
      "2023-11-14T23:13:20.5Z",
      "2023-11-15T00:13:20+01:00",
    ]) {
      await accepted(HEADER, usualClaims({ exp }));
      await denied(HEADER, usualClaims({ exp }), "stale", { now: seconds(3661) });
    }
    const loose = ["2023-11-14", "2023-11-14 23:13:20Z", "2023-11-14T23:13:20", "20231114T231320Z"];
    loose.push("Tue, 14 Nov 2023 23:13:20 GMT", "2023-13-14T23:13:20Z", "2023-11-14T24:13:20Z");
    loose.push("2023-11-31T23:13:20Z", "2023-11-14T23:13:20z", " 2023-11-14T23:13:20Z", "tomorrow");
    for (const exp of loose) {
      await denied(HEADER, usualClaims({ exp }), "malformed_token");
    }
    for (const name of ["nbf", "iat"]) {
      await denied(HEADER, usualClaims({ [name]: "2023-11-14T22:13:20Z" }), "malformed_token");
    }
  });

  test("A-54 a token that is not good yet is refused", async () => {
    for (const name of ["nbf", "iat"]) {
      await accepted(HEADER, usualClaims({ [name]: NOW_SECONDS + 60 }));
      await denied(HEADER, usualClaims({ [name]: NOW_SECONDS + 61 }), "premature");
    }
  });

  test("A-55 claims and header must be objects", async () => {
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
      await denied(HEADER, other, "malformed_token");
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
      await denied(other, usualClaims(), "malformed_token");
    }
  });

  test("A-56 a name that stands twice is refused, in either order", async () => {
    const claims = JSON.stringify(usualClaims());
    const exp = NOW_SECONDS + 10;
    for (const extra of [
      `"exp":${exp}`,
      '"version":"1.0"',
      '"\\u0065xp":1',
      '"eventType":{"id":"1"}',
    ]) {
      await denied(HEADER, claims.replace("{", `{${extra},`), "malformed_token");
      await denied(HEADER, claims.replace(/\}$/, `,${extra}}`), "malformed_token");
    }
    await denied(HEADER, claims.replace('{"id"', '{"id":"2","id"'), "malformed_token");
    for (const header of [
      '{"alg":"HS256","alg":"none"}',
      '{"alg":"none","alg":"HS256"}',
      '{"alg":"HS256","typ":1,"typ":2}',
      '{"\\u0061lg":"none","alg":"HS256"}',
    ]) {
      await denied(header, usualClaims(), "malformed_token");
    }
  });

  test("A-57 a token has three parts, and each is something", async () => {
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
      refused("flash", bearing(other));
      refused("flash", { headers: { authorization: other }, body });
    }
    genuine("flash", bearing(token));
  });

  test("A-57 a token of 8 KiB passes, and one of a byte more does not", async () => {
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
    genuine("flash", bearing(longest));
    const tooLong = await ofLength(8193);
    refused("flash", bearing(tooLong), "malformed_token");
  });

  test("A-57 other schemes of authorization are refused", async () => {
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
      refused("flash", { headers: { authorization: value }, body });
    }
  });

  test("A-60 flash: a token vouches for its sender, not for the body beside it, and the event says so", async () => {
    const token = await makeToken(HEADER, usualClaims());
    const forged = sampleBody("flash", { amount: 1_000_000 });
    const event = genuine("flash", bearing(token, forged));
    equal(event.authenticated, "sender");
    equal(event.json().amount, 1_000_000);
  });

  test("A-60 flash: what the token does say, the body must repeat", async () => {
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
      refused("flash", bearing(token, JSON.stringify(other)), "body_mismatch");
    }
    for (const other of ["null", "x", '{"a":1,"a":1}', `${body},`, "\ufeff{}"]) {
      refused("flash", bearing(token, other), "body_mismatch");
    }
  });

  for (const { name, authenticated } of attacked) {
    test(`A-60 ${name}: "content" is said only where another body is refused`, () => {
      equal(authenticated, signingBody.includes(name) ? "content" : "sender");
      const delivery = sign(name);
      equal(genuine(name, delivery).authenticated, authenticated);
      const changed = { ...delivery, body: sampleBody(name, { note: "by somebody else" }) };
      if (authenticated === "content") {
        refused(name, changed, "signature_mismatch");
      } else {
        equal(genuine(name, changed).authenticated, "sender");
      }
    });
  }

  test("A-61 a token has one text: no variant of it passes", async () => {
    let variantsSeen = 0;
    for (let length = 0; length < 30; length += 1) {
      const header = { ...HEADER, pad: "p".repeat(length) };
      const token = await makeToken(header, usualClaims({ pad: "p".repeat(length) }));
      genuine("flash", bearing(token));
      const parts = token.split(".");
      parts.forEach((part, index) => {
        const variants = [...trailingBitVariants(part, "-_"), `${part}=`, `${part}==`, `${part}A`];
        variants.push(part.slice(0, -1), `${part}%`, ` ${part}`, `${part}\n`);
        for (const variant of variants) {
          refused("flash", bearing(parts.with(index, variant).join(".")));
        }
        variantsSeen += variants.length;
      });
    }
    ok(variantsSeen > 600, `only ${variantsSeen} variants`);
  });

  test("A-61 no single letter of a token can be changed", async () => {
    const token = await makeToken(HEADER, usualClaims());
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === "A" ? "B" : "A";
      refused("flash", bearing(token.slice(0, at) + other + token.slice(at + 1)));
    }
    genuine("flash", bearing(token));
  });
}
