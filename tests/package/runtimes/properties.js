// Properties of every delivery, checked with a few thousand deliveries from a seeded generator. In each runtime the
// cases are the same.

import { bytesOf, concat } from "./bytes.js";
import { equal, equalBytes, ok, print } from "./harness.js";
import { seeded } from "./random.js";
import {
  bodySigners,
  NOW,
  NOW_SECONDS,
  sampleBody,
  senderNames,
  senders,
  splitTag,
} from "./senders.js";

const ROUNDS = 25;
const WORD = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"];
/** The characters that an id may have. */
const ID_LETTERS = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).filter(
  (letter) => letter !== "." && letter !== ",",
);

export function properties(test, context) {
  const { Verifier, Signer, DecodeError, sign, expectEvent, expectRejection, outcome } = context;

  senderNames.forEach((name, seed) => {
    const { idHeader, timeHeader, header, keyEncoding, keys } = senders[name];
    const isSigned = bodySigners.includes(name);

    /** Generates a key, an id and a body that the scheme can read. */
    function generate(random) {
      const key =
        keyEncoding === "base64"
          ? `whsec_${btoa(String.fromCharCode(...random.bytes(24 + random.below(41))))}`
          : random.text(1 + random.below(80), WORD);
      const id = random.text(1 + random.below(256), ID_LETTERS);
      const note = String.fromCodePoint(
        ...Array.from({ length: random.below(60) }, () => codePoint(random)),
      );
      return { key, id, body: sampleBody(name, { note }) };
    }

    test(`property ${name}: a signed delivery verifies, with its id and every byte of its body`, () => {
      const random = seeded(100 + seed);
      for (let round = 0; round < ROUNDS * 2; round += 1) {
        const { key, id, body } = generate(random);
        const at = new Date(1_000_000_000_000 + random.below(2 ** 42));
        const event = expectEvent(name, sign(name, { key, id, body, at }), { keys: key, now: at });
        equalBytes(event.body, bytesOf(body));
        if (idHeader) {
          equal(event.id, id);
        }
        const again = sign(name, { key, id, body: bytesOf(body), at });
        equal(again.headers, sign(name, { key, id, body, at }).headers, "signing again");
        expectRejection(name, again, "signature_mismatch", { keys: `${keys[2]}`, now: at });
      }
    });

    if (isSigned) {
      test(`property ${name}: any bytes can be signed and verified`, () => {
        const random = seeded(200 + seed);
        const lengths = [0, 1, 55, 56, 63, 64, 65, 1000, 65_536, 200_000];
        for (const length of [
          ...lengths,
          ...Array.from({ length: ROUNDS }, () => random.below(300)),
        ]) {
          const bytes = random.bytes(length);
          const answer = outcome(name, sign(name, { body: bytes }));
          if (senders[name].withoutJson === undefined) {
            equalBytes(answer.body, bytes);
          } else {
            ok(answer instanceof DecodeError, print(answer));
          }
        }
      });

      test(`property ${name}: changing, adding or removing a byte of the body breaks the signature`, () => {
        const random = seeded(300 + seed);
        for (let round = 0; round < ROUNDS; round += 1) {
          const { key, id, body } = generate(random);
          const delivery = sign(name, { key, id, body });
          const bytes = bytesOf(body);
          const verdict = (changed) =>
            expectRejection(name, { ...delivery, body: changed }, "signature_mismatch", {
              keys: key,
            });
          for (let change = 0; change < 8; change += 1) {
            verdict(withOtherByte(random, bytes));
          }
          const at = random.below(bytes.length);
          verdict(concat(bytes.slice(0, at), bytes.slice(at + 1)));
          verdict(concat(bytes.slice(0, at), random.bytes(1), bytes.slice(at)));
          verdict(concat(bytes, [0]));
          verdict(bytes.slice(0, at));
        }
      });

      test(`property ${name}: changing a byte of a large body breaks the signature`, () => {
        const random = seeded(350 + seed);
        const body = bytesOf(sampleBody(name, { filling: random.text(200_000, WORD) }));
        const delivery = sign(name, { body });
        expectEvent(name, delivery);
        for (let change = 0; change < 5; change += 1) {
          expectRejection(
            name,
            { ...delivery, body: withOtherByte(random, body) },
            "signature_mismatch",
          );
        }
      });
    }

    test(`property ${name}: changing a letter of a checked header leads to a rejection`, () => {
      const random = seeded(400 + seed);
      for (let round = 0; round < ROUNDS; round += 1) {
        const { key, id, body } = generate(random);
        const delivery = sign(name, { key, id, body });
        for (const place of [idHeader, timeHeader, header].filter(Boolean)) {
          const value = delivery.headers[place];
          // "Bearer" may be in upper or lower case, because it is not part of the token.
          const from = value.startsWith("Bearer ") ? "Bearer ".length : 0;
          for (let change = 0; change < 8; change += 1) {
            const at = from + random.below(value.length - from);
            const letter = String.fromCharCode(random.below(256));
            if (letter !== value[at]) {
              const changed = value.slice(0, at) + letter + value.slice(at + 1);
              const headers = { ...delivery.headers, [place]: changed };
              expectRejection(name, { headers, body }, [], { keys: key });
            }
          }
        }
      }
    });

    test(`property ${name}: changing any bit of the signature leads to a rejection`, () => {
      const delivery = sign(name);
      const { before, tag } = splitTag(name, delivery.headers);
      for (let at = 0; at < tag.length; at += 1) {
        for (const mask of [1, 2, 4, 8, 16, 32, 64]) {
          const letter = String.fromCharCode(tag.charCodeAt(at) ^ mask);
          const changed = before + tag.slice(0, at) + letter + tag.slice(at + 1);
          expectRejection(name, {
            ...delivery,
            headers: { ...delivery.headers, [header]: changed },
          });
        }
      }
    });

    test(`property ${name}: any input gives an event, a Rejection or a DecodeError`, () => {
      const random = seeded(500 + seed);
      const usual = sign(name).headers;
      const own = [...new Set([...Object.keys(usual), ...context.attackedSchemes[seed].headers])];
      let events = 0;
      for (let round = 0; round < ROUNDS * 12; round += 1) {
        const headers = {};
        for (const place of own) {
          const value = anyValue(random, usual[place] ?? usual[header]);
          if (value !== undefined) {
            headers[place] = value;
          }
        }
        const body = anyBody(random);
        const answer = outcome(name, { headers, body });
        if (!(answer instanceof Error)) {
          events += 1;
          equalBytes(answer.body, bytesOf(body));
        }
      }
      // The generator may reuse the genuine shared token, which is valid for any body. It cannot guess a signature.
      ok(!isSigned || events === 0, `${events} forged deliveries were accepted`);
    });

    test(`property ${name}: reading a genuine delivery gives a value or a DecodeError`, () => {
      const random = seeded(600 + seed);
      const signer = new Signer(name, keys[0]);
      const verifier = new Verifier(name, keys[0]);
      let read = 0;
      for (let round = 0; round < ROUNDS * 8; round += 1) {
        const body = round % 2 === 0 ? anyBody(random) : anyJson(random, 0);
        const answer = outcome(name, { headers: signer.sign({ body, id: "msg_1" }, NOW), body });
        if (answer instanceof Error) {
          ok(answer instanceof DecodeError || name === "flash", print(answer));
          continue;
        }
        read += 1;
        for (const reading of [() => answer.text(), () => answer.json()]) {
          try {
            reading();
          } catch (error) {
            ok(error instanceof DecodeError, print(error));
          }
        }
      }
      ok(read > 0 || senders[name].withoutJson !== undefined, "nothing was read");
      equal(verifier.verify(sign(name), NOW).source, name, "afterwards");
    });
  });

  test("property: json() reads what JSON.parse reads, and strictly no duplicate keys and deep nesting", () => {
    const random = seeded(700);
    const signer = new Signer("github", senders.github.keys[0]);
    let values = 0;
    for (let round = 0; round < 1500; round += 1) {
      let body = anyJson(random, 0);
      if (round % 3 === 0) {
        const at = random.below(body.length + 1);
        body =
          body.slice(0, at) +
          random.pick([...'{}[]",:\\ 0eE+-.tfn\u0000\u00e9']) +
          body.slice(at + random.below(2));
        body = body.toWellFormed();
      }
      const event = expectEvent("github", { headers: signer.sign({ body }, NOW), body });
      let expected;
      let isJson = true;
      try {
        expected = JSON.parse(body);
      } catch {
        isJson = false;
      }
      let error;
      let value;
      try {
        value = event.json();
      } catch (caught) {
        error = caught;
      }
      if (error === undefined) {
        values += 1;
        ok(isJson, `${print(body)} is not JSON, but was read`);
        equal(asNumbers(value), expected, `the value of ${print(body)}`);
      } else {
        ok(error instanceof DecodeError && error.code === "not_json", print(error));
        ok(!isJson, `${print(body)} is JSON, but was not read`);
      }
      try {
        equal(event.json({ strict: true }), value, `the value of ${print(body)}, read strictly`);
      } catch (strictError) {
        ok(strictError instanceof DecodeError, print(strictError));
        const isStrict = /^(?:duplicate_key|too_deep)$/.test(strictError.code);
        ok(isStrict || !isJson, `${print(body)} is JSON: ${print(strictError)}`);
      }
    }
    ok(values > 500, `only ${values} values were read`);
  });
}

/** A copy of a value with every bigint as the number that `JSON.parse` returns for it. */
function asNumbers(value) {
  if (typeof value === "bigint") {
    return Number(value);
  }
  if (Array.isArray(value)) {
    return value.map(asNumbers);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, asNumbers(member)]),
    );
  }
  return value;
}

/** A random code point, with rare ones as likely as common ones. */
function codePoint(random) {
  const point = random.pick([32 + random.below(95), random.below(0x300), random.below(0x11_0000)]);
  return point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
}

function withOtherByte(random, bytes) {
  const changed = bytes.slice();
  changed[random.below(bytes.length)] ^= 1 + random.below(255);
  return changed;
}

/** Pieces of header values, correct and incorrect ones. */
const PIECES = [
  ...[
    "v1",
    "v1a",
    "v0",
    "t",
    "sha256",
    "sha1",
    "=",
    ",",
    ".",
    " ",
    ";",
    "Bearer ",
    "bearer",
    "whsec_",
    "\u0000",
  ],
  ...[
    "v1,",
    "v1=",
    "t=",
    "sha256=",
    "v0=",
    `t=${NOW_SECONDS},`,
    `${NOW_SECONDS}`,
    "eyJhbGciOiJIUzI1NiJ9",
    "e30",
  ],
];

function anyValue(random, usual) {
  switch (random.below(9)) {
    case 0:
      return undefined;
    case 1:
      return usual.slice(0, random.below(usual.length + 1));
    case 2:
      return usual.replace(/[0-9a-zA-Z]{6,}$/, () => random.text(random.pick([43, 44, 64]), WORD));
    case 3:
      return Array.from({ length: random.below(12) }, () => random.pick(PIECES)).join("");
    case 4:
      return random.pick(PIECES) + random.text(random.pick([0, 1, 32, 43, 64, 86, 5000]), WORD);
    case 5:
      return String.fromCharCode(
        ...Array.from({ length: random.below(40) }, () => random.below(0x1_0000)),
      );
    case 6:
      return Array.from({ length: random.below(3) }, () => random.pick(PIECES));
    case 7:
      return `${random.pick(PIECES)}${btoa(String.fromCharCode(...random.bytes(random.pick([0, 20, 32, 64]))))}`;
    default:
      return `${NOW_SECONDS + random.below(100) - 50}`;
  }
}

function anyBody(random) {
  switch (random.below(4)) {
    case 0:
      return random.bytes(random.below(200));
    case 1:
      return "";
    case 2:
      return bytesOf(anyJson(random, 0));
    default:
      return `${anyJson(random, 0).slice(0, random.below(50)).toWellFormed()}${random.pick(PIECES)}`;
  }
}

/** Random JSON with awkward numbers, texts and keys, and sometimes nested too deeply. */
function anyJson(random, depth) {
  const deeper = () => anyJson(random, depth + 1);
  const list = (make) =>
    Array.from({ length: random.below(5) }, make).join(random.pick([",", " , "]));
  const name = () =>
    random.pick([
      "id",
      "type",
      "a",
      "b",
      "c",
      "__proto__",
      "eventType",
      "data",
      "",
      "\\u0061",
      "e\u0301",
    ]);
  switch (random.below(depth > 5 ? 5 : 8)) {
    case 0:
      return random.pick(["null", "true", "false", '""', "0", "-0"]);
    case 1:
      return `${random.pick(["", "-"])}${1 + random.below(1e9)}${random.pick(["", ".5", "e3", "E-7", "00000000000", ".25e+2"])}`;
    case 2:
      return random.pick([
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "-9007199254740993",
        "1e400",
        "123456789012345678901234567890",
      ]);
    case 3:
      return JSON.stringify(
        String.fromCodePoint(...Array.from({ length: random.below(12) }, () => codePoint(random))),
      );
    case 4:
      return random.pick([
        '"\\ud83d\\ude00"',
        '"\\u0000"',
        '"\\/\\b\\f\\n\\r\\t\\\\\\""',
        '"evt_1"',
        '"\u2028"',
      ]);
    case 5:
      return `[${list(deeper)}]`;
    default:
      return `{${list(() => `"${name()}":${deeper()}`)}}`;
  }
}
