// Sources whose sender signs the URL, and sources that describe a sender that Countersign does not know.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Signer } from "countersign";
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
      secrets: { KEY },
    });
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
