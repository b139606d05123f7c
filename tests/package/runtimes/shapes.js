// Deliveries in shapes other than one JSON body with one signature header: forms, compressed bodies, headers that arrive
// several times, batches, and deliveries by GET. `tests/core/shapes.rs` has the same for the core.

import { bytesOf, decode, encode, hmac, sha256, utf8 } from "./bytes.js";
import { equal, equalBytes, ok, thrown } from "./harness.js";
import { NOW } from "./senders.js";

const KEY = "It's a Secret to Everybody";

const JSON_TEXT = '{"ref":"refs/heads/main","count":9007199254740993,"message":"Größe & Preis"}';
const PARSED = { ref: "refs/heads/main", count: 9007199254740993n, message: "Größe & Preis" };
const FORM = `payload=${encodeURIComponent(JSON_TEXT).replaceAll("%20", "+")}`;

/** The text, compressed by Python's gzip. */
const MESSAGE = '{"type":"message.new","message":{"id":9007199254740993,"text":"Grüße"}}';
const COMPRESSED =
  "H4sIAAAAAAACA6tWKqksSFWyUspNLS5OTE/Vy0stV9KB8ZSsqpUyU5SsLA0MzA0tLY1MTcxNDCwtjXWUSlIrSoC63IsO7zk8P1WpthYAGvq6/0kAAAA=";

const signed = async (message, key = KEY) => encode("hex", await hmac(key, message));
const digest = async (content) => `sha256:${encode("hex", await sha256(content))}`;

export function shapes(test, { Verifier, Signer, Rejection, DecodeError, readMessage }) {
  const verify = (scheme, delivery, options) =>
    new Verifier(scheme, KEY, options).verify(delivery, NOW);
  const rejects = (scheme, delivery, code, options) => {
    const error = thrown(() => verify(scheme, delivery, options));
    ok(error instanceof Rejection, `${scheme}: ${error} instead of a Rejection`);
    equal(error.code, code, scheme);
  };

  // Threat model: A-42.
  test("a form whose field is signed gives the JSON, under one id in every spelling", async () => {
    const signature = await signed(JSON_TEXT);
    const respelled = FORM.replaceAll("%22", '"').toLowerCase().replace("gr%c3%b6%c3%9fe", "Größe");
    for (const [scheme, header] of [
      ["gitea", "X-Gitea-Signature"],
      ["forgejo", "X-Forgejo-Signature"],
      ["forgejo", "X-Gitea-Signature"],
      ["gogs", "X-Gogs-Signature"],
    ]) {
      const headers = { [header]: signature };
      for (const body of [JSON_TEXT, FORM, utf8(FORM), respelled.replace("preis", "Preis")]) {
        const event = verify(scheme, { headers, body });
        equal(event.id, await digest(JSON_TEXT), "the id");
        equal(event.json(), PARSED, "the JSON");
        equal(event.authenticated, "content");
        equalBytes(event.body, bytesOf(body), "the body");
      }
      rejects(scheme, { headers, body: `${FORM}&ref=x` }, "signature_mismatch");
      rejects(scheme, { headers, body: `${FORM};ref=x` }, "signature_mismatch");
    }
  });

  test("a form that is signed whole gives the JSON in its field, and its fields", async () => {
    const headers = { "x-hub-signature-256": `sha256=${await signed(FORM)}` };
    for (const body of [FORM, utf8(FORM)]) {
      const event = verify("github", { headers, body });
      equal(event.json(), PARSED, "the JSON");
      equal(event.json({ strict: true }), PARSED, "the JSON, read strictly");
      equal(event.id, await digest(FORM), "the id");
      equal(event.json(), PARSED, "the JSON after the id was read");
      equal(event.text(), FORM, "the text");
      equal(event.form().get("payload"), JSON_TEXT, "the field");
    }
    const two = `${FORM}&a=1`;
    const event = verify("github", {
      headers: { "x-hub-signature-256": `sha256=${await signed(two)}` },
      body: two,
    });
    ok(thrown(() => event.json()) instanceof DecodeError, "a form with two fields is not JSON");
    const invalid = "payload=%7B";
    const broken = verify("github", {
      headers: { "x-hub-signature-256": `sha256=${await signed(invalid)}` },
      body: invalid,
    });
    equal(thrown(() => broken.json()).code, "not_json");
  });

  // Threat model: A-37.
  test("a compressed body is verified by its text, and stays as it arrived", async () => {
    const headers = { "x-signature": await signed(MESSAGE), "content-encoding": "gzip" };
    const body = decode("base64", COMPRESSED);
    for (const arrived of [body, body.buffer, MESSAGE]) {
      const event = verify("stream", { headers, body: arrived });
      equal(event.type, "message.new", "the type");
      equal(event.id, await digest(MESSAGE), "the id");
      equal(event.text(), MESSAGE, "the text");
      equal(event.json().message, { id: 9007199254740993n, text: "Grüße" }, "the JSON");
      equalBytes(event.body, arrived === MESSAGE ? utf8(MESSAGE) : body, "the body");
    }
    const damaged = body.slice();
    damaged[30] ^= 1;
    rejects("stream", { headers, body: damaged }, "signature_mismatch");
    equal(new Signer("stream", KEY).sign({ body }, NOW), { "x-signature": await signed(MESSAGE) });
    const request = new Request("https://example.com/in", { method: "POST", headers, body });
    const received = await new Verifier("stream", KEY, { hostHashFrom: 0 }).receive(request, NOW);
    equal([received.id, received.text()], [await digest(MESSAGE), MESSAGE], "what receive gives");
  });

  test("an event from the gate's queue gives the JSON inside its body", () => {
    const message = (scheme, data) => ({
      specversion: "1.0",
      envelope: 1,
      id: "1",
      source: "/in/main",
      type: "countersign.untyped",
      time: "2026-01-01T00:00:00Z",
      scheme,
      keyid: "KEY",
      authenticated: "content",
      data_base64: data,
    });
    const form = readMessage(message("github", encode("base64", utf8(FORM)))).event;
    equal([form.json(), form.text()], [PARSED, FORM]);
    const compressed = readMessage(message("stream", COMPRESSED)).event;
    equal(compressed.json().message.text, "Grüße");
    equalBytes(compressed.body, decode("base64", COMPRESSED));
    const own = readMessage(message("constructor", encode("base64", utf8("[1]")))).event;
    equal(own.json(), [1]);
  });

  // Threat model.
  test("a header that the sender sends for each secret may arrive twice, in any shape", async () => {
    const body = '{"id":"event_1","type":"payment-link.paid"}';
    const name = "X-Mollie-Signature";
    const [own, old] = [`sha256=${await signed(body)}`, `sha256=${await signed(body, "old")}`];
    const joined = new Headers({ [name]: old });
    joined.append(name, own);
    for (const headers of [
      { [name]: own },
      { [name]: [old, own] },
      { [name]: `${old}, ${own}` },
      { [name]: `${own},${old}` },
      [
        [name, old],
        [name.toLowerCase(), own],
      ],
      joined,
    ]) {
      equal(verify("mollie", { headers, body }).id, "event_1");
    }
    rejects("mollie", { headers: { [name]: [old, old] }, body }, "signature_mismatch");
    rejects("mollie", { headers: { [name]: [own, ""] }, body }, "malformed_header");
    rejects("mollie", { headers: { [name]: [own, 1] }, body }, "malformed_header");
    rejects("mollie", { headers: { [name]: `${own}, x` }, body }, "malformed_header");
    rejects("mollie", { headers: { [name]: undefined }, body }, "missing_header");
    rejects("mollie", { headers: [], body }, "missing_header");
  });

  test("numbered headers are read up to one hundred, in any shape", async () => {
    const body = '{"event":"envelope-completed"}';
    const own = encode("base64", await hmac(KEY, body));
    const old = encode("base64", await hmac("old", body));
    const entries = Array.from({ length: 100 }, (_, index) => [
      `X-DocuSign-Signature-${index + 1}`,
      index === 99 ? own : old,
    ]);
    for (const headers of [entries, Object.fromEntries(entries), new Headers(entries)]) {
      equal(verify("docusign", { headers, body }).type, "envelope-completed");
      const without = [...entries.slice(0, 99), ["x-docusign-signature-101", own]];
      rejects("docusign", { headers: without, body }, "signature_mismatch");
    }
    for (const number of ["0", "01", "101", "", "1x", "1e1"]) {
      const headers = { [`x-docusign-signature-${number}`]: own };
      rejects("docusign", { headers, body }, "missing_header");
    }
    equal(new Signer("docusign", KEY).sign({ body }, NOW), { "x-docusign-signature-1": own });
  });

  // Threat model: A-43.
  test("each notification of a batch must have one of the secrets", () => {
    const batch = (...states) =>
      JSON.stringify({ value: states.map((clientState) => ({ clientState, changeType: "x" })) });
    const body = new Signer("microsoft-graph", KEY).signBody(batch("", ""));
    equal(body, batch(KEY, KEY), "the body to send");
    equal(verify("microsoft-graph", { headers: {}, body }).type, "x");
    rejects("microsoft-graph", { headers: {}, body: batch(KEY, "x") }, "signature_mismatch");
    rejects("microsoft-graph", { headers: {}, body: batch(KEY, null) }, "missing_header");
    rejects("microsoft-graph", { headers: {}, body: batch() }, "missing_header");
    const two = new Verifier("microsoft-graph", [KEY, { id: "second", key: "other" }]);
    const event = two.verify({ headers: {}, body: batch("other", KEY) }, NOW);
    equal(event.keyId, "second", "the key of the first notification");
  });

  test("a forwarded message is a form, with or without attachments", () => {
    const fields = { token: "t1", timestamp: "1700000000", signature: "", subject: "Grüße" };
    const part = ([name, value]) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const multipart = `${Object.entries(fields).map(part).join("")}--b--\r\n`;
    const signer = new Signer("mailgun-route", KEY);
    for (const unsigned of [new URLSearchParams(fields).toString(), multipart]) {
      const body = signer.signBody(unsigned);
      const event = verify("mailgun-route", { headers: {}, body });
      equal([event.id, event.authenticated, event.signedAt], ["t1", "sender", NOW]);
      equalBytes(event.body, utf8(body));
      const forged = body.replace("t1", "t2");
      rejects("mailgun-route", { headers: {}, body: forged }, "signature_mismatch");
    }
  });

  // Threat model: A-44.
  test("a delivery by GET has its parameters in the URL, behind the registered one", async () => {
    const registered = "https://example.com/voice";
    const query = "CallSid=CA1&From=%2B14158675309";
    const url = `${registered}?${query}`;
    const signer = new Signer("twilio", KEY);
    const headers = signer.sign({ body: "", url }, NOW);
    const proxied = `http://10.0.0.7/voice?${query}`;
    for (const [delivery, options] of [
      [{ headers, body: "", url }, {}],
      [{ headers, body: "", url: proxied }, { url: registered }],
      [{ headers, body: "", url: "/voice" }, { url }],
    ]) {
      const event = verify("twilio", delivery, options);
      equal(event.id, await digest(url), "the id");
      equal([...event.form()], [...new URLSearchParams(query)], "the parameters");
    }
    const request = new Request(proxied, { headers });
    const received = await new Verifier("twilio", KEY, { url: registered }).receive(request, NOW);
    equal(received.form().get("From"), "+14158675309");
    const other = { headers, body: "", url: proxied.replace("CA1", "CA2") };
    rejects("twilio", other, "signature_mismatch", { url: registered });
    rejects("twilio", { headers, body: "" }, "signature_mismatch", { url: registered });

    const form = signer.sign({ body: "CallSid=CA1", url: registered }, NOW);
    const moved = { headers: form, body: "", url: `${registered}?CallSidCA1` };
    rejects("twilio", moved, "signature_mismatch", { url: registered });

    const json = '{"EventType":"onMessageAdded"}';
    const signedUrl = signer.signUrl(registered, json);
    const delivery = { headers: signer.sign({ body: json, url: signedUrl }, NOW), url: signedUrl };
    const event = verify("twilio", { ...delivery, body: json }, { url: registered });
    equal(event.json(), { EventType: "onMessageAdded" });
    const forged = { ...delivery, body: json.replace("Added", "Moved") };
    rejects("twilio", forged, "body_mismatch", { url: registered });
  });

  test("unsigned headers are read in either family", async () => {
    const body = '{"id":1}';
    const signature = encode("base64", await hmac(KEY, body));
    for (const prefix of ["shopify-", "X-Shopify-"]) {
      const headers = {
        [`${prefix}Hmac-Sha256`]: signature,
        [`${prefix}Webhook-Id`]: "w1",
        [`${prefix}Topic`]: "orders/create",
      };
      const event = verify("shopify", { headers, body });
      equal(event.unsigned, { id: "w1", type: "orders/create" });
    }
  });
}
