// Explanations of rejected deliveries. The core's tests try every mistake with every sender. These tests check how
// explanations cross into JavaScript, and the parts that JavaScript adds.

import { bytesOf, concat, encode } from "./bytes.js";
import { equal, ok, print, thrown } from "./harness.js";
import {
  bodySigners,
  NOW,
  NOW_SECONDS,
  sampleBody,
  seconds,
  senderNames,
  senders,
} from "./senders.js";

const CHECKS = ["headers", "layout", "key", "signature", "time", "body", "id"];

/** A gzip member with one block that is not compressed, and without a checksum. */
function gzip(text) {
  const bytes = bytesOf(text);
  const [low, high] = [bytes.length & 255, bytes.length >> 8];
  const header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
  const block = [1, low, high, 255 - low, 255 - high];
  return concat(
    Uint8Array.from([...header, ...block]),
    bytes,
    Uint8Array.from([0, 0, 0, 0, low, high, 0, 0]),
  );
}

/** UTF-16, little-endian, after a byte order mark. */
function utf16(text) {
  const units = Uint16Array.from(`\ufeff${text}`, (unit) => unit.charCodeAt(0));
  return Uint8Array.from([...units].flatMap((unit) => [unit & 255, unit >> 8]));
}

export function explaining(test, { Verifier, Signer, verifierOf, sign }) {
  const codes = ({ hints }) => hints.map(({ code }) => code);

  for (const name of senderNames) {
    test(`${name}: a genuine delivery passes every check and gets no hint`, () => {
      const explanation = verifierOf(name).explain(sign(name), NOW);
      equal(explanation.verdict, "valid");
      equal(
        explanation.checks.map(({ name: check, ok: passed }) => [check, passed]),
        CHECKS.map((check) => [check, true]),
      );
      equal(explanation.hints, []);
    });

    test(`${name}: the explanation of a wrong secret has no hint and shows no secret`, () => {
      const delivery = sign(name);
      const keys = senders[name].keys.slice(1);
      const verifier = verifierOf(name, { keys });
      const explanation = verifier.explain(delivery, NOW);
      equal(explanation.verdict, "signature_mismatch");
      equal(explanation.checks.at(-1).name, "signature");
      equal(explanation.checks.at(-1).ok, false);
      equal(explanation.checks.at(-1).detail, thrown(() => verifier.verify(delivery, NOW)).message);
      equal(explanation.hints, []);
      const text = print(explanation);
      const hidden = Object.values(delivery.headers).flatMap((value) => value.split(/[,= ]/));
      for (const secret of [
        ...senders[name].keys,
        ...hidden.filter((piece) => piece.length > 12),
      ]) {
        ok(!text.includes(secret), `${text} shows ${secret}`);
      }
    });
  }

  for (const name of bodySigners) {
    const hintsFor = (received, signed) => {
      const { headers } = sign(name, { body: signed });
      return codes(verifierOf(name).explain({ headers, body: received }, NOW));
    };

    test(`${name}: the hint says how the body was changed`, () => {
      const body = sampleBody(name, { note: "caf\u00e9 <1/2>" });
      const value = JSON.parse(body);
      const escaped = body.replace(/[^ -~]/g, "\\u00e9");
      const asGo = body.replace(/[<>]/g, (letter) => (letter === "<" ? "\\u003c" : "\\u003e"));
      for (const printed of [
        JSON.stringify(value, null, 2),
        JSON.stringify(value, null, 4),
        JSON.stringify(value, null, "\t"),
        escaped,
        escaped.replaceAll("/", "\\/"),
        asGo,
      ]) {
        equal(hintsFor(body, printed), ["json_reprinted"], printed);
        equal(hintsFor(printed, body), ["json_reprinted"], printed);
      }
      equal(hintsFor(body, `${body}\n`), ["final_newline"]);
      equal(hintsFor(`${body}\r\n`, body), ["final_newline"]);
      equal(hintsFor(` ${body} `, body), ["white_space"]);
      equal(hintsFor(`${body}\r\n\r\n1`, `${body}\n\n1`), ["line_endings"]);
      equal(hintsFor(`\ufeff${body}`, body), ["byte_order_mark"]);
      equal(hintsFor(body.replace("\u00e9", "\u00c3\u00a9"), body), ["charset"]);
      equal(hintsFor(`${body}\ufffd`, concat(body, new Uint8Array([0xff]))), ["lossy_decoding"]);
      equal(hintsFor("[object Object]", body), ["body_missing"]);
    });
  }

  for (const name of bodySigners) {
    test(`${name}: the hint says in which encoding the body arrived`, () => {
      const body = sampleBody(name, { note: "caf\u00e9 <1/2> 100%" });
      const base64 = encode("base64", body);
      const value = JSON.parse(body);
      const cases = [
        ["base64", base64],
        ["base64", encode("base64url", body)],
        ["inside_event", JSON.stringify({ headers: {}, body, isBase64Encoded: false })],
        ["inside_event", JSON.stringify({ headers: {}, body: base64, isBase64Encoded: true })],
        ["gzip", gzip(body)],
        ["base64", encode("base64", gzip(body))],
        ["quoted", JSON.stringify(body)],
        ["quoted", `'${body}'`],
        ["byte_list", JSON.stringify({ type: "Buffer", data: [...bytesOf(body)] })],
        ["byte_list", JSON.stringify(bytesOf(body))],
        ["byte_list", String(bytesOf(body))],
        ["hexadecimal", encode("hex", body)],
        ["charset", utf16(body)],
        ["percent_encoding", encodeURIComponent(body)],
        ["percent_encoding", new URLSearchParams({ body }).toString().slice("body=".length)],
        ["percent_encoding", JSON.stringify({ [body]: "" })],
      ];
      for (const [code, received] of cases) {
        const explanation = verifierOf(name).explain(
          { headers: sign(name, { body }).headers, body: received },
          NOW,
        );
        equal(codes(explanation), [code], `${received}`);
        // The same bytes with another secret.
        const keys = senders[name].keys.slice(1);
        const other = verifierOf(name, { keys });
        equal(codes(other.explain({ ...sign(name, { body }), body: received }, NOW)), []);
      }
      const withNumbers = (text) => body.replace(/\}$/, `,"more":${text}}`);
      for (const [signed, received] of [
        ["170.00", "170"],
        ["1.0", "1"],
        ["1e3", "1000"],
        ["1.7E9", "1700000000"],
        ["-0", "0"],
        ["170", "170.0"],
        ["{}", "[]"],
      ]) {
        const { headers } = sign(name, { body: withNumbers(signed) });
        const explanation = verifierOf(name).explain({ headers, body: withNumbers(received) }, NOW);
        equal(codes(explanation), ["json_reprinted"], signed);
      }
      const names = Object.keys(value).sort();
      const sorted = JSON.stringify(Object.fromEntries(names.map((key) => [key, value[key]])));
      const reversed = Object.fromEntries(names.reverse().map((key) => [key, value[key]]));
      const { headers } = sign(name, { body: sorted });
      const explanation = verifierOf(name).explain(
        { headers, body: JSON.stringify(reversed) },
        NOW,
      );
      equal(codes(explanation), ["json_reprinted"]);
    });
  }

  test("the hint says that a form was decoded or encoded again", () => {
    const fields = { text: "a b+c", user: "Zo\u00eb & ~co" };
    const body = new URLSearchParams(fields).toString();
    const { headers } = sign("slack", { body });
    const pairs = Object.entries(fields).map(
      ([key, value]) => `${key}=${encodeURIComponent(value)}`,
    );
    for (const received of [pairs.join("&"), JSON.stringify(fields)]) {
      const explanation = verifierOf("slack").explain({ headers, body: received }, NOW);
      equal(codes(explanation), ["percent_encoding"], received);
    }
  });

  test("the hint says how Meta escaped the body", () => {
    const signed = String.raw`{"object":"page","text":"5\u0025 \u003C3 a\u0040b \u00e4 https:\/\/x"}`;
    const headers = new Signer("meta", "app-secret").sign({ body: signed }, NOW);
    const explanation = new Verifier("meta", "app-secret").explain(
      { headers, body: JSON.stringify(JSON.parse(signed)) },
      NOW,
    );
    equal(codes(explanation), ["json_reprinted"]);
    ok(explanation.hints[0].message.includes("as Meta does"), print(explanation));
  });

  test("the hint says that a secret has other text around it, or is an API key", () => {
    const secret = "whsec_5f2b1c9d8e7a";
    const delivery = sign("stripe", { key: secret });
    const cases = [
      ["secret_extra_text", `STRIPE_WEBHOOK_SECRET=${secret}`],
      ["secret_extra_text", `> Ready! Your webhook signing secret is ${secret} (^C to quit)`],
      ["secret_white_space", `${secret}\\n`],
      ["secret_api_key", "sk_live_5f2b1c9d8e7a"],
    ];
    for (const [code, text] of cases) {
      const explanation = new Verifier("stripe", text).explain(delivery, NOW);
      equal(codes(explanation), [code], text);
      ok(!print(explanation).includes("5f2b1c9d8e7a"), print(explanation));
    }
  });

  test("a delivery that is expensive to explain says that not every mistake was tried", () => {
    const { headers } = sign("github");
    const detail = (body) =>
      verifierOf("github").explain({ headers, body }, NOW).checks.at(-1).detail;
    ok(/Not every mistake was tried/.test(detail("a".repeat(4_000_000))), "a large body");
    ok(!/Not every mistake was tried/.test(detail("{}")), "a small body");
  });

  test("the hint says how the sender reads the secret differently", () => {
    const cases = [
      ["secret_white_space", "whsec_AP8Q\n"],
      ["secret_quotes", '"whsec_AP8Q"'],
      ["secret_prefix", "AP8Q"],
      ["secret_encoding", new Uint8Array([0, 0xff, 0x10])],
    ];
    const verifier = new Verifier("stripe", ["whsec_other", { id: "named", key: "whsec_AP8Q" }]);
    for (const [code, key] of cases) {
      const secret = typeof key === "string" ? bytesOf(key) : key;
      const delivery = sign("stripe", { key: secret });
      equal(codes(verifier.explain(delivery, NOW)), [code]);
    }
    // A secret that is passed as bytes has no text to correct.
    const bytes = new Verifier("stripe", bytesOf("whsec_AP8Q"));
    equal(codes(bytes.explain(sign("stripe", { key: bytesOf("AP8Q") }), NOW)), []);
  });

  test("the hint names the source that a delivery belongs to, and its key", () => {
    const delivery = sign("stripe", { key: "live" });
    const verifier = new Verifier("stripe", "test");
    const others = {
      github: new Verifier("github", "live"),
      production: new Verifier("stripe", ["new", { id: "2024", key: "live" }]),
      unused: new Verifier("twilio", "live"),
    };
    equal(codes(verifier.explain(delivery, NOW)), []);
    for (const now of [NOW, seconds(10_000)]) {
      const explanation = verifier.explain(delivery, now, { others });
      equal(codes(explanation), ["other_source"]);
      ok(
        /`production` \(key `2024` made it\)/.test(explanation.hints[0].message),
        print(explanation),
      );
    }
    equal(codes(others.production.explain(delivery, NOW, { others })), ["previous_key"]);
  });

  test("the hint names the sender that the headers belong to, for headers of any type", () => {
    const { headers, body } = sign("github");
    const name = Object.keys(headers)[0];
    for (const shape of [
      headers,
      new Headers(headers),
      Object.entries(headers),
      { [name.toUpperCase()]: [headers[name]] },
    ]) {
      const explanation = verifierOf("stripe").explain({ headers: shape, body }, NOW);
      equal(explanation.verdict, "missing_header");
      equal(codes(explanation), ["other_sender"]);
      ok(explanation.hints[0].message.includes("GitHub"), print(explanation));
    }
    const ordinary = { headers: { host: "example.com", authorization: "Bearer 1" }, body };
    equal(codes(verifierOf("stripe").explain(ordinary, NOW)), []);
  });

  test("explain gives the same verdict and message as verify, for headers of any type", () => {
    const { headers, body } = sign("stripe");
    const [value] = Object.values(headers);
    const shapes = [
      { "Stripe-Signature": [value, value] },
      [
        ["stripe-signature", value],
        ["STRIPE-SIGNATURE", value],
      ],
      { "stripe-signature": [] },
      { "stripe-signature": "" },
      new Headers([
        ["stripe-signature", value],
        ["stripe-signature", value],
      ]),
    ];
    for (const shape of shapes) {
      const delivery = { headers: shape, body };
      const { code, message } = thrown(() => verifierOf("stripe").verify(delivery, NOW));
      const { verdict, checks } = verifierOf("stripe").explain(delivery, NOW);
      equal([verdict, checks.at(-1).detail], [code, message]);
    }
    equal(
      verifierOf("stripe").explain({ headers: { "stripe-signature": 1 }, body }, NOW).verdict,
      "malformed_header",
    );
  });

  test("the hint says that a delivery is late, a clock is wrong, a unit is wrong or a key is old", () => {
    const verifier = new Verifier("stripe", ["new", "old"]);
    const delivery = sign("stripe", { key: "old" });
    equal(codes(verifier.explain(delivery, NOW)), ["previous_key"]);
    equal(codes(verifier.explain(delivery, seconds(400))), ["late_delivery", "previous_key"]);
    equal(codes(verifier.explain(delivery, seconds(-400))), ["clock_behind", "previous_key"]);
    // `new Date` takes milliseconds.
    equal(codes(verifier.explain(delivery, new Date(NOW_SECONDS))), ["time_unit", "previous_key"]);
    const millis = sign("stripe").headers["stripe-signature"].replace(/\d+,/, `${NOW.getTime()},`);
    const wrongUnit = verifier.explain(
      { headers: { "stripe-signature": millis }, body: "{}" },
      NOW,
    );
    equal([wrongUnit.verdict, codes(wrongUnit)], ["malformed_timestamp", []]);
  });

  test("the hint gives the URL that was signed", () => {
    const body = "CallSid=CA1&Digits=1234";
    const url = "https://example.com/sms?a=1";
    const headers = new Signer("twilio", "12345").sign({ body, url }, NOW);
    const verifier = new Verifier("twilio", "12345");
    const seen = { url: "http://10.0.0.1:8080/sms?a=1", body, method: "POST" };
    const proxied = { ...headers, "X-Forwarded-Host": "example.com" };
    const explanation = verifier.explain({ headers: proxied, ...seen }, NOW);
    equal(codes(explanation), ["url"]);
    ok(explanation.hints[0].message.includes(`\`${url}\``), print(explanation));
    equal(codes(verifier.explain({ headers, ...seen }, NOW)), []);
    const { verdict, checks } = verifier.explain({ headers, body }, NOW);
    equal([verdict, checks.length, checks[0].ok], ["unsupported_signature", 1, false]);
  });

  test("a genuine delivery without an id fails at the check of the id", () => {
    const { verdict, checks, hints } = verifierOf("stripe").explain(
      sign("stripe", { body: "{}" }),
      NOW,
    );
    equal([verdict, checks.length, checks[6].ok, hints], ["missing_id", 7, false, []]);
  });

  test("explaining something that is not a delivery is a TypeError", () => {
    for (const delivery of [undefined, {}, { headers: {}, body: {} }, { headers: 1, body: "" }]) {
      ok(
        thrown(() => verifierOf("stripe").explain(delivery, NOW)) instanceof TypeError,
        "not a TypeError",
      );
    }
    const { headers, body } = sign("stripe");
    ok(
      thrown(() => verifierOf("stripe").explain({ headers, body }, new Date(Number.NaN))) instanceof
        TypeError,
      "not a TypeError",
    );
  });
}
