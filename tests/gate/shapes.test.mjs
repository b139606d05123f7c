// Deliveries in shapes other than one JSON body with one signature header: the gate verifies them and passes on their bytes.

import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { Signer } from "countersign";
import { readMessage } from "countersign/queue";
import { startWorkerd, waitUntil } from "./workerd.mjs";

const KEY = "a secret in text";
const OLD_KEY = "the secret before";

/** Posts a body with headers of which some may have several values, which `fetch` would join. */
async function post(url, body, headers) {
  const sent = request(url, { method: "POST", headers });
  sent.end(body);
  const [response] = await once(sent, "response");
  response.resume();
  return response.statusCode;
}

describe("a gate with deliveries in other shapes", () => {
  const schemes = ["gitea", "github", "stream", "mollie", "docusign", "mailgun-route"];
  let gate;
  before(async () => {
    const source = (scheme) => ({
      scheme,
      keys: ["KEY"],
      ...(scheme === "mailgun-route" && { accept_unbound: true }),
    });
    gate = await startWorkerd({
      sources: Object.fromEntries(schemes.map((scheme) => [scheme, source(scheme)])),
      secrets: { KEY },
    });
  });
  after(() => gate.stop());

  const json = '{"id":"event_1","type":"a.b","text":"Größe & Preis"}';
  const form = `payload=${encodeURIComponent(json)}`;
  const signed = (scheme, body, key = KEY) => new Signer(scheme, key).sign({ body });
  const [[mollie, own]] = Object.entries(signed("mollie", json));
  const numbered = (number, key) => [
    `X-DocuSign-Signature-${number}`,
    ...Object.values(signed("docusign", json, key)),
  ];
  const parts = { subject: "Hi", timestamp: `${Math.floor(Date.now() / 1000)}`, token: "t1" };
  const part = ([name, value]) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const message = [...Object.entries(parts), ["signature", ""]].map(part).join("");

  for (const [name, scheme, body, headers] of [
    ["a form whose field is signed", "gitea", form, signed("gitea", json)],
    ["a form that is signed whole", "github", form, signed("github", form)],
    ["a compressed body", "stream", gzipSync(json), signed("stream", json)],
    [
      "a header for each secret",
      "mollie",
      json,
      { [mollie]: [...Object.values(signed("mollie", json, OLD_KEY)), own] },
    ],
    [
      "a hundred numbered headers",
      "docusign",
      json,
      Object.fromEntries([
        ...Array.from({ length: 99 }, (_, index) => numbered(index + 1, OLD_KEY)),
        numbered(100, KEY),
      ]),
    ],
    [
      "multipart/form-data",
      "mailgun-route",
      new Signer("mailgun-route", KEY).signBody(`${message}--b--\r\n`),
      {},
    ],
  ]) {
    it(`accepts ${name}, and passes on its bytes`, async () => {
      gate.sink.messages.length = 0;
      const url = `${gate.url}/in/${scheme}`;
      assert.equal(await post(url, body, headers), 200);
      await waitUntil(() => gate.sink.messages.length === 1, gate.output);
      const { event } = readMessage(gate.sink.messages[0]);
      assert.ok(Buffer.from(event.body).equals(Buffer.from(body)));
      if (scheme !== "mailgun-route") assert.deepEqual(event.json(), JSON.parse(json));
      const changed = Buffer.from(body);
      changed[Math.floor(changed.length / 2)] ^= 1;
      if (scheme !== "mailgun-route") assert.equal(await post(url, changed, headers), 401);
    });
  }

  it("rejects a repeated header of a sender that does not document it", async () => {
    const [[header, value]] = Object.entries(signed("github", json));
    assert.equal(await post(`${gate.url}/in/github`, json, { [header]: [value, value] }), 401);
  });
});
