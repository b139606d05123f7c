// Attacks on the body. In: deliveries whose bodies are re-serialized, hold metacharacters, are not UTF-8 or repeat keys.
// The verdict must depend on the body's bytes alone, and the event must hold exactly these bytes.

import { bytesOf, concat, utf8 } from "../bytes.js";
import { equal, equalBytes, ok, print, thrown } from "../harness.js";
import { bodySigners, forge, idSigners, sampleBody, senderNames, senders } from "../senders.js";

/** Spellings of JSON that parsing and serializing again would change. */
const SPELLINGS = [
  (json) => ` ${json} \n`,
  (json) => json.replace("{", "{ ").replaceAll('":', '" : '),
  (json) => json.replace("{", '{"amount":1.0,"small":1e-2,"large":1E+2,'),
  (json) => json.replace("{", '{"letter":"\\u0041\\u00e9\\/",'),
  (json) => json.replace("{", '{"number":12345678901234567890,"zero":-0,'),
  (json) => json.replace("{", '{"\\u0061\\u0062":"\\ud83d\\ude00",'),
  (json) => json.replace("{", '{"10":1,"9":2,'),
];

const METACHARACTERS = [
  "$$",
  "$&",
  "$`",
  "$'",
  "$1",
  "$<id>",
  "{id}",
  "{timestamp}",
  "{body}",
  "%s",
  "%d",
  "\\0",
  "$(id)",
];

/** Bytes that are not UTF-8, or that text decoders treat specially. */
const ODD_BYTES = {
  "a lone continuation byte": [0x80],
  "an overlong slash": [0xc0, 0xaf],
  "a surrogate in UTF-8": [0xed, 0xa0, 0x80],
  "a sequence cut short": [0xe2, 0x82],
  "bytes that never occur": [0xff, 0xfe, 0xfd],
  "a byte order mark": [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
  "UTF-16": [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00],
  "a NUL": [0x00],
  "a code point too large": [0xf4, 0x90, 0x80, 0x80],
  "the replacement character": [0xef, 0xbf, 0xbd],
};

export function bodyAttacks(test, context) {
  const { sign, expectEvent, expectRejection, expectBytes, DecodeError } = context;

  for (const name of bodySigners) {
    // Threat model: A-30.
    test(`${name}: the event has the body as received, and re-serialized JSON is rejected`, () => {
      for (const spell of SPELLINGS) {
        const body = spell(sampleBody(name));
        const again = JSON.stringify(JSON.parse(body));
        ok(again !== body, `serializing ${body} again changes nothing`);
        const delivery = sign(name, { body });
        const event = expectEvent(name, delivery);
        equalBytes(event.body, utf8(body));
        equal(event.text(), body);
        equalBytes(expectEvent(name, { ...delivery, body: utf8(body) }).body, utf8(body));
        expectRejection(name, { ...delivery, body: again }, "signature_mismatch");
      }
    });

    // Threat model: A-31.
    test(`${name}: metacharacters in the body are not expanded`, async () => {
      for (const meta of METACHARACTERS) {
        const body = sampleBody(name, { note: meta, [meta]: `${meta}.${meta}` });
        equal(expectEvent(name, await forge(name, { body })).text(), body);
        equal(expectEvent(name, sign(name, { body })).text(), body);
        const expanded = body.replaceAll(meta, "");
        expectRejection(name, { ...sign(name, { body }), body: expanded }, "signature_mismatch");
      }
    });

    for (const [what, bytes] of Object.entries(ODD_BYTES)) {
      // Threat model: A-32.
      test(`${name}: ${what} in the body changes neither the verdict nor the bytes`, async () => {
        for (const body of [
          new Uint8Array(bytes),
          concat("{", new Uint8Array(bytes), "}"),
          utf8(""),
        ]) {
          expectBytes(name, await forge(name, { body }), body);
          expectBytes(name, sign(name, { body }), body);
          expectRejection(
            name,
            { ...sign(name, { body }), body: concat(body, [0]) },
            "signature_mismatch",
          );
        }
      });
    }

    // Threat model: A-32.
    test(`${name}: bytes that decode to the same text do not share a signature`, () => {
      const lossy = [[0xff], [0xfe], [0xed, 0xa0, 0x80], [0xef, 0xbf, 0xbd]];
      for (const one of lossy) {
        const delivery = sign(name, { body: new Uint8Array(one) });
        for (const other of lossy.filter((candidate) => candidate !== one)) {
          expectRejection(name, { ...delivery, body: new Uint8Array(other) }, "signature_mismatch");
        }
      }
      const marked = concat(new Uint8Array([0xef, 0xbb, 0xbf]), sampleBody(name));
      expectRejection(name, { ...sign(name), body: marked }, "signature_mismatch");
      expectRejection(
        name,
        { ...sign(name, { body: marked }), body: sampleBody(name) },
        "signature_mismatch",
      );
    });
  }

  for (const name of idSigners) {
    // Threat model: A-31.
    test(`${name}: metacharacters in the id are not expanded`, async () => {
      const body = sampleBody(name);
      for (const meta of METACHARACTERS.map((text) => `msg_${text}`)) {
        equal(expectEvent(name, await forge(name, { id: meta, body })).id, meta);
        equal(expectEvent(name, sign(name, { id: meta, body })).id, meta);
      }
    });
  }

  for (const name of senderNames) {
    // Threat model: A-32.
    test(`${name}: a string body with an unpaired surrogate is a TypeError`, () => {
      const { headers } = sign(name);
      for (const body of [
        "\ud800",
        '{"a":"\udc00"}',
        `${"a".repeat(1000)}\udbff`,
        "\udc00\ud800",
      ]) {
        const error = thrown(() => context.verifierOf(name).verify({ headers, body }));
        ok(error instanceof TypeError && /surrogate/.test(error.message), print(error));
      }
    });
  }

  // Threat model: A-32.
  test("a body that is not UTF-8 verifies, and only text() and json() fail", () => {
    for (const bytes of Object.values(ODD_BYTES).map((list) => new Uint8Array(list))) {
      const event = expectEvent("github", sign("github", { body: bytes }));
      let decoded;
      try {
        decoded = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch {
        // Not UTF-8.
      }
      if (decoded === undefined) {
        const error = thrown(() => event.text());
        ok(error instanceof DecodeError && error.code === "not_text", print(error));
      } else {
        equal(event.text(), decoded);
      }
      equal(thrown(() => event.json()).code, "not_json");
    }
  });

  // Threat model: A-32.
  test("a byte order mark is part of the text, and makes the body invalid JSON", () => {
    const body = '\ufeff{"id":"evt_1"}';
    const event = expectEvent("github", sign("github", { body }));
    equal(event.text(), body);
    equal(expectEvent("github", sign("github", { body: utf8(body) })).text(), body);
    equal(thrown(() => event.json()).code, "not_json");
  });

  /** Bodies with a duplicate key that is not on the way to `/id` or `/type`. */
  const DUPLICATE_KEYS = [
    '{"id":"evt_1","a":1,"a":1}',
    '{"id":"evt_1","a":1,"a":{"b":2}}',
    '{"id":"evt_1","data":{"a":1,"b":2,"a":3}}',
    '{"id":"evt_1","data":{"id":1,"id":2,"type":3,"type":4}}',
    '{"id":"evt_1","list":[{"x":{"a":1,"a":2}}]}',
    '{"id":"evt_1","a":1,"\\u0061":2}',
    '{"id":"evt_1","\\u00e9":1,"\u00e9":2}',
    '{"id":"evt_1","__proto__":1,"__proto__":2}',
    '{"id":"evt_1","":1,"":2}',
    `{"id":"evt_1",${Array.from({ length: 40 }, (_, index) => `"k${index}":0`)},"k7":1}`,
    '{"id":"evt_1","big":9007199254740993,"a":1,"a":2}',
    // A security product sends the level twice: https://github.com/neuvector/neuvector/issues/1750
    '{"level":"WARNING","name":"Process.Profile.Violation","level":"Warning","id":"evt_1"}',
  ];

  /** Bodies whose `/id` depends on the parser. */
  const DUPLICATE_IDS = [
    '{"id":"evt_1","id":"evt_2"}',
    '{"id":"evt_1","id":"evt_1"}',
    '{"id":"evt_1","data":{"deep":[{}]},"id":"evt_2"}',
    '{"id":"evt_1","\\u0069d":"evt_2"}',
    '{"\\u0069\\u0064":"evt_1","i\\u0064":"evt_2"}',
    '{"id":"evt_1","id":null}',
    '{"id":{"id":"evt_1"},"id":"evt_2"}',
  ];

  /** The same for the type. */
  const duplicateTypes = (member) => [
    `{"id":"evt_1","${member}":"a.b","${member}":"a.c"}`,
    `{"id":"evt_1","${member}":"a.b","${member.replace("t", "\\u0074")}":"a.b"}`,
    `{"${member}":["a.b"],"id":"evt_1","${member}":"a.b"}`,
  ];

  // Threat model: A-33.
  test("json() reads a duplicate key as JSON.parse does, and strictly rejects it", () => {
    for (const body of [...DUPLICATE_KEYS, ...DUPLICATE_IDS]) {
      const event = expectEvent("github", sign("github", { body }));
      const { big, ...value } = event.json();
      const { big: rounded, ...expected } = JSON.parse(body);
      equal(value, expected, body);
      equal(Object.keys(value), Object.keys(expected), body);
      equal(big, rounded === undefined ? undefined : 9007199254740993n);
      for (const time of ["first", "second"]) {
        const error = thrown(() => event.json({ strict: true }));
        ok(error instanceof DecodeError, print(error));
        equal(error.code, "duplicate_key", `${body}, the ${time} time`);
      }
      equal(event.json({ strict: false }), event.json());
      equal(event.text(), body);
      // In the other order, with an event that was not read.
      const other = expectEvent("github", sign("github", { body }));
      equal(thrown(() => other.json({ strict: true })).code, "duplicate_key", body);
      equal(other.json(), event.json());
    }
  });

  for (const [name, member] of [
    ["stripe", "type"],
    ["subscribeflow", "event_type"],
  ]) {
    // Threat model: A-33.
    test(`${name}: a duplicate key on the way to the id or type is rejected`, () => {
      for (const body of [...DUPLICATE_IDS, ...duplicateTypes(member)]) {
        context.expectDecodeError(name, sign(name, { body }), "duplicate_key");
      }
    });

    // Threat model: A-33.
    test(`${name}: a duplicate key elsewhere does not lose the event`, () => {
      for (const body of DUPLICATE_KEYS) {
        const event = expectEvent(name, sign(name, { body }));
        equal(event.id, "evt_1", body);
        equal(event.json().id, "evt_1");
        equal(thrown(() => event.json({ strict: true })).code, "duplicate_key", body);
      }
    });
  }

  // Threat model: A-33.
  test("a type that depends on the parser is rejected also if the id is in a header", () => {
    for (const body of duplicateTypes("type")) {
      context.expectDecodeError("standard", sign("standard", { body }), "duplicate_key");
    }
  });

  // Threat model: A-33.
  test("an id that depends on the parser is not replaced by a digest", () => {
    for (const body of ['{"event_id":"a","event_id":"b"}', '{"event_id":1,"event\\u005fid":2}']) {
      context.expectDecodeError("slack", sign("slack", { body }), "duplicate_key");
    }
    const without = expectEvent("slack", sign("slack", { body: '{"a":1,"a":2}' }));
    ok(without.id.startsWith("sha256:"), without.id);
  });

  // Threat model: A-33.
  test("a body that is not signed is read strictly from end to end", () => {
    const name = "flexprice-native-token";
    const typed = '{"event_type":"a.b","data":{"a":1,"a":2}}';
    equal(expectEvent(name, sign(name, { body: typed.replace('"a":2', '"b":2') })).type, "a.b");
    for (const body of [...DUPLICATE_KEYS, ...DUPLICATE_IDS, typed]) {
      const event = expectEvent(name, sign(name, { body }));
      equal(event.authenticated, "sender");
      equal(event.type, undefined);
      for (const options of [undefined, {}, { strict: false }, { strict: true }]) {
        equal(thrown(() => event.json(options)).code, "duplicate_key", body);
      }
      equal(event.text(), body);
    }
  });

  // Threat model: A-33.
  test("keys that only look alike are not duplicates", () => {
    const alike = [
      '{"\u00e9":1,"e\u0301":2}',
      '{"a":1,"A":2}',
      '{"a":{"a":{"a":1}}}',
      '[{"a":1},{"a":2}]',
      '{"a":1,"a ":2}',
    ];
    for (const body of alike) {
      equal(expectEvent("github", sign("github", { body })).json(), JSON.parse(body));
    }
  });

  // Threat model: A-36.
  test("json() treats __proto__, constructor and toString as ordinary keys", () => {
    const poison =
      '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1';
    // A body with an integer beyond 2^53 takes a different path through the parser.
    for (const more of [
      "",
      ',"big":9007199254740993',
      ',"list":[{"__proto__":{"polluted":true}}]',
    ]) {
      const event = expectEvent("github", sign("github", { body: `{${poison}${more}}` }));
      const value = event.json();
      equal(Object.hasOwn(value, "__proto__"), true, "__proto__ is an own member");
      equal(Object.getOwnPropertyDescriptor(value, "__proto__").value, { polluted: true });
      equal(
        Object.getPrototypeOf(value) === Object.prototype,
        true,
        "the prototype is the usual one",
      );
      equal(value.polluted, undefined, "a member of the value");
      equal(Object.hasOwn(value, "constructor") && value.toString, 1);
      equal({}.polluted, undefined, "a member of every object");
    }
  });

  // Threat model: A-36.
  test("__proto__ can be an id, and constructor a type", () => {
    const event = expectEvent(
      "stripe",
      sign("stripe", { body: '{"id":"__proto__","type":"constructor"}' }),
    );
    equal([event.id, event.type], ["__proto__", "constructor"]);
    equal(JSON.parse(JSON.stringify(event)).id, "__proto__");
  });

  for (const name of senderNames) {
    // Threat model: A-30.
    test(`${name}: the event has the bytes that were passed in`, () => {
      const bytes = bytesOf(sampleBody(name));
      const delivery = sign(name, { body: bytes });
      const event = expectEvent(name, delivery);
      equalBytes(event.body, bytes);
      equal(event.json(), senders[name].sample);
    });
  }
}
