// Sources whose sender signs the URL, and sources that describe a sender that Countersign does not know.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Signer } from "countersign";
import { readMessage } from "countersign/queue";
import { API_KEY, clientOf } from "./fixtures.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

const KEY = "canary-secret-7d1f0a";

const acme = {
  name: "acme",
  signature: {
    place: { header: "acme-signature" },
    tags: [{ algorithm: "hmac-sha512", encoding: "base64" }],
    content: ["body"],
  },
  key: "text",
  id: { body: "/id" },
  type: ["/type"],
};

const SQUARE_URL = "https://hooks.example.com/in/square";
const TWILIO_URL = "https://hooks.example.com/in/twilio";

describe("the gate", () => {
  let gate;
  let callApi;
  before(async () => {
    gate = await startWorkerd({
      sources: {
        square: { scheme: "square", keys: ["KEY"], url: SQUARE_URL },
        twilio: { scheme: "twilio", keys: ["KEY"], url: TWILIO_URL },
        "without-url": { scheme: "square", keys: ["KEY"] },
        acme: { scheme: acme, keys: ["KEY"] },
        unsound: {
          scheme: { ...acme, signature: { ...acme.signature, content: [] } },
          keys: ["KEY"],
        },
      },
      secrets: { KEY, API_KEY },
      handler: true,
    });
    ({ callApi } = clientOf(gate));
  });
  after(() => gate.stop());

  const post = (source, body, headers) =>
    fetch(`${gate.url}/in/${source}`, { method: "POST", body, headers });

  it("accepts signatures for the configured URL, and rejects those for the request's own URL", async () => {
    const body = '{"event_id":"evt_1","type":"payment.created"}';
    const sign = (url) => new Signer("square", KEY).sign({ body, url });
    assert.equal((await post("square", body, sign(SQUARE_URL))).status, 200);
    assert.equal((await post("square", body, sign(`${gate.url}/in/square`))).status, 401);
  });

  it("adds the query of the request to the configured URL", async () => {
    const signer = new Signer("twilio", KEY);
    const body = '{"status":"delivered"}';
    const url = signer.signUrl(TWILIO_URL, body);
    const headers = { ...signer.sign({ body, url }), "content-type": "application/json" };
    const query = url.slice(TWILIO_URL.length);
    assert.match(query, /^\?bodySHA256=[0-9a-f]{64}$/);
    assert.equal((await post(`twilio${query}`, body, headers)).status, 200);
    assert.equal((await post("twilio", body, headers)).status, 401);
    assert.equal(
      (await post(`twilio${query}`, body.replace("delivered", "failed"), headers)).status,
      401,
    );
  });

  const TWIML = [200, "text/xml", "<Response/>"];
  /** Asks for a URL of the gate whose signature is that of the same URL at the registered address. */
  const get = async (query, signature, method = "GET") => {
    const headers = signature === undefined ? {} : { "x-twilio-signature": signature };
    const response = await fetch(`${gate.url}/in/twilio${query}`, { method, headers });
    return [response.status, response.headers.get("content-type"), await response.text()];
  };
  const signatureOf = (url, body = "") =>
    new Signer("twilio", KEY).sign({ body, url })["x-twilio-signature"];

  it("stores a delivery by GET with an empty body, and passes its query on", async () => {
    gate.sink.messages.length = 0;
    const query = "?CallSid=CA1&From=%2B14158675310&Digits=1+2";
    const signature = signatureOf(TWILIO_URL + query);
    assert.deepEqual(await get(query, signature), TWIML);
    assert.deepEqual(await get(query, signature), TWIML);
    const other = "?CallSid=CA2&From=%2B14158675310&Digits=1+2";
    assert.deepEqual(await get(other, signatureOf(TWILIO_URL + other)), TWIML);
    const ofCall = (query) => gate.sink.messages.filter((sent) => sent.query === query.slice(1));
    await waitUntil(() => ofCall(query).length > 0 && ofCall(other).length > 0, gate.output);
    const { data } = await callApi("events?source=twilio&limit=3");
    assert.equal(data.length, 3, "two calls, and the delivery of the test above");
    const [message] = ofCall(query);
    assert.equal(message.data_base64, "");
    const { event } = readMessage(message);
    assert.equal(event.body.length, 0);
    assert.deepEqual(Object.fromEntries(event.form()), {
      CallSid: "CA1",
      From: "+14158675310",
      Digits: "1 2",
    });
    await gate.consume([message]);
    const [{ headers, body }] = gate.handler.events;
    assert.equal(decodeURIComponent(headers["ce-query"]), query.slice(1));
    assert.equal(body.length, 0);
  });

  // Threat model: A-44.
  it("rejects a delivery by GET whose query is not the one that was signed", async () => {
    const stored = await callApi("events?source=twilio");
    const signature = signatureOf(`${TWILIO_URL}?CallSid=CA7`);
    const cases = [
      ["?CallSid=CA7", undefined],
      ["?CallSid=CA8", signature],
      ["?CallSid=CA7&a=b", signature],
      ["?CallSid=CA7&", signature],
      ["", signature],
      // The fields of a form as parameters of the URL.
      ["?CallSid=CA7", signatureOf(TWILIO_URL, "CallSid=CA7")],
    ];
    for (const [query, signature] of cases) {
      assert.equal((await get(query, signature))[0], 401, query);
    }
    // The parameters of the URL as a form.
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": signature,
    };
    assert.equal((await post("twilio", "%3FCallSid%3DCA7=", headers)).status, 401);
    for (const method of ["HEAD", "PUT", "OPTIONS", "DELETE"]) {
      assert.equal((await get("?CallSid=CA7", signature, method))[0], 405, method);
    }
    const square = await fetch(`${gate.url}/in/square?a=b`, { headers: { "x-a": "b" } });
    assert.equal(square.status, 405);
    const { data } = await callApi("events?source=twilio");
    assert.equal(data.length, stored.data.length);
  });

  it("verifies deliveries with a scheme that the source describes", async () => {
    const body = '{"id":"parcel_1","type":"parcel.sent"}';
    const headers = new Signer(acme, KEY).sign({ body });
    const response = await post("acme", body, headers);
    assert.equal(response.status, 200);
    assert.equal((await response.json()).id, "parcel_1");
    assert.equal((await post("acme", `${body} `, headers)).status, 401);
    await waitUntil(() => gate.sink.messages.some(({ scheme }) => scheme === "acme"), gate.output);
  });

  it("answers 500 if the URL is missing or the description is unsound, and logs which field is wrong", async () => {
    for (const [source, problem] of [
      ["without-url", "signs the URL"],
      ["unsound", "signature.content"],
    ]) {
      assert.equal((await post(source, "{}", {})).status, 500);
      await waitUntil(() => gate.output().includes(problem), gate.output);
    }
  });
});
