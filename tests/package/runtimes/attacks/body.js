// Attacks on the body: nothing may change it, and nothing about it may steer the verdict but its bytes.

import { bytesOf, concat, utf8 } from "../bytes.js";
import { equal, equalBytes, ok, print, thrown } from "../harness.js";
import { forge, names, sampleBody, senders, signingBody, signingId } from "../senders.js";

/** Spellings of JSON that a parser and a printer between sender and receiver would change. */
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

/** Bytes that are no text, or that decoders treat in a way of their own. */
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
  const { sign, genuine, refused, trueToTheBytes, DecodeError } = context;

  for (const name of signingBody) {
    test(`A-30 ${name}: the body comes out as it went in, and printed anew it is another body`, () => {
      for (const spell of SPELLINGS) {
        const body = spell(sampleBody(name));
        const again = JSON.stringify(JSON.parse(body));
        ok(again !== body, `printing ${body} anew changes nothing`);
        const delivery = sign(name, { body });
        const event = genuine(name, delivery);
        equalBytes(event.body, utf8(body));
        equal(event.text(), body);
        equalBytes(genuine(name, { ...delivery, body: utf8(body) }).body, utf8(body));
        refused(name, { ...delivery, body: again }, "signature_mismatch");
      }
    });

    test(`A-31 ${name}: metacharacters in the body stand for themselves`, async () => {
      for (const meta of METACHARACTERS) {
        const body = sampleBody(name, { note: meta, [meta]: `${meta}.${meta}` });
        equal(genuine(name, await forge(name, { body })).text(), body);
        equal(genuine(name, sign(name, { body })).text(), body);
        const expanded = body.replaceAll(meta, "");
        refused(name, { ...sign(name, { body }), body: expanded }, "signature_mismatch");
      }
    });

    for (const [what, bytes] of Object.entries(ODD_BYTES)) {
      test(`A-32 ${name}: ${what} in the body changes no verdict and no byte`, async () => {
        for (const body of [
          new Uint8Array(bytes),
          concat("{", new Uint8Array(bytes), "}"),
          utf8(""),
        ]) {
          trueToTheBytes(name, await forge(name, { body }), body);
          trueToTheBytes(name, sign(name, { body }), body);
          refused(name, { ...sign(name, { body }), body: concat(body, [0]) }, "signature_mismatch");
        }
      });
    }

    test(`A-32 ${name}: bytes that decode to the same text do not share a signature`, () => {
      const lossy = [[0xff], [0xfe], [0xed, 0xa0, 0x80], [0xef, 0xbf, 0xbd]];
      for (const one of lossy) {
        const delivery = sign(name, { body: new Uint8Array(one) });
        for (const other of lossy.filter((candidate) => candidate !== one)) {
          refused(name, { ...delivery, body: new Uint8Array(other) }, "signature_mismatch");
        }
      }
      const marked = concat(new Uint8Array([0xef, 0xbb, 0xbf]), sampleBody(name));
      refused(name, { ...sign(name), body: marked }, "signature_mismatch");
      refused(
        name,
        { ...sign(name, { body: marked }), body: sampleBody(name) },
        "signature_mismatch",
      );
    });
  }

  for (const name of signingId) {
    test(`A-31 ${name}: metacharacters in the id stand for themselves`, async () => {
      const body = sampleBody(name);
      for (const meta of METACHARACTERS.map((text) => `msg_${text}`)) {
        equal(genuine(name, await forge(name, { id: meta, body })).id, meta);
        equal(genuine(name, sign(name, { id: meta, body })).id, meta);
      }
    });
  }

  for (const name of names) {
    test(`A-32 ${name}: half a surrogate pair in a string is refused as no body`, () => {
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

  test("A-32 a body that is no text is genuine, and says so only when it is read as text or JSON", () => {
    for (const bytes of Object.values(ODD_BYTES).map((list) => new Uint8Array(list))) {
      const event = genuine("github", sign("github", { body: bytes }));
      let decoded;
      try {
        decoded = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch {
        // No text.
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

  test("A-32 a byte order mark is part of the text, and no JSON", () => {
    const body = '\ufeff{"id":"evt_1"}';
    const event = genuine("github", sign("github", { body }));
    equal(event.text(), body);
    equal(genuine("github", sign("github", { body: utf8(body) })).text(), body);
    equal(thrown(() => event.json()).code, "not_json");
  });

  const DOUBLED = [
    '{"id":"evt_1","id":"evt_2"}',
    '{"id":"evt_1","a":1,"a":1}',
    '{"id":"evt_1","data":{"a":1,"b":2,"a":3}}',
    '{"id":"evt_1","list":[{"x":{"a":1,"a":2}}]}',
    '{"id":"evt_1","a":1,"\\u0061":2}',
    '{"id":"evt_1","\\u00e9":1,"\u00e9":2}',
    '{"id":"evt_1","__proto__":1,"__proto__":2}',
    '{"id":"evt_1","":1,"":2}',
    `{"id":"evt_1",${Array.from({ length: 40 }, (_, index) => `"k${index}":0`)},"k7":1}`,
    '{"id":"evt_1","big":9007199254740993,"big":9007199254740993}',
  ];

  test("A-33 a member that is named twice makes a body unreadable, and leaves its bytes", () => {
    for (const body of DOUBLED) {
      const event = genuine("github", sign("github", { body }));
      const error = thrown(() => event.json());
      ok(error instanceof DecodeError, print(error));
      equal(error.code, "duplicate_key", body);
      equal(thrown(() => event.json()).code, "duplicate_key", "the second time");
      equal(event.text(), body);
    }
  });

  for (const name of ["stripe", "subscribeflow"]) {
    test(`A-33 ${name}: no id is taken from a body that names a member twice`, () => {
      for (const body of DOUBLED) {
        context.unreadable(name, sign(name, { body }), "duplicate_key");
      }
    });
  }

  test("A-33 names that differ are no duplicates, however alike they look", () => {
    const alike = [
      '{"\u00e9":1,"e\u0301":2}',
      '{"a":1,"A":2}',
      '{"a":{"a":{"a":1}}}',
      '[{"a":1},{"a":2}]',
      '{"a":1,"a ":2}',
    ];
    for (const body of alike) {
      equal(genuine("github", sign("github", { body })).json(), JSON.parse(body));
    }
  });

  test("A-36 members called __proto__, constructor or toString are data like any other", () => {
    const poison =
      '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1';
    // With an integer that a number cannot hold, another parser reads the body.
    for (const more of [
      "",
      ',"big":9007199254740993',
      ',"list":[{"__proto__":{"polluted":true}}]',
    ]) {
      const event = genuine("github", sign("github", { body: `{${poison}${more}}` }));
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

  test("A-36 ids and types called __proto__ are ids and types", () => {
    const event = genuine(
      "stripe",
      sign("stripe", { body: '{"id":"__proto__","type":"constructor"}' }),
    );
    equal([event.id, event.type], ["__proto__", "constructor"]);
    equal(JSON.parse(JSON.stringify(event)).id, "__proto__");
  });

  for (const name of names) {
    test(`A-30 ${name}: the bytes that were passed in are the bytes of the event`, () => {
      const bytes = bytesOf(sampleBody(name));
      const delivery = sign(name, { body: bytes });
      const event = genuine(name, delivery);
      equalBytes(event.body, bytes);
      equal(event.json(), senders[name].sample);
    });
  }
}
