// A source whose secret is missing: the sender hands it over, the operator reads it once, and until it is set the source
// stores nothing.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Signer } from "countersign";
import { API_KEY, clientOf, linesOf } from "./fixtures.mjs";
import { openObjects } from "./objects.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

const HANDED_OVER = "b537207f20cbfa02357cf448134da559";
const VERIFY_TOKEN = "chosen-for-this-alone";
const DAY_MS = 86_400_000;

const sources = {
  asana: { scheme: "asana", keys: ["ASANA_SECRET"] },
  notion: { scheme: "notion", keys: ["NOTION_SECRET"] },
  rotating: { scheme: "asana", keys: ["KNOWN_SECRET", "ASANA_SECRET"] },
  ready: { scheme: "asana", keys: ["KNOWN_SECRET"] },
  near: { scheme: "asana", keys: ["ASANA_SECRET"], allow_ips: ["192.0.2.0/24"] },
  slow: { scheme: "asana", keys: ["ASANA_SECRET"], rate_limit: 1 },
  unbound: { scheme: "azure-event-grid", keys: ["ASANA_SECRET"] },
  vercel: { scheme: "vercel", keys: ["VERCEL_SECRET"], verify_token: "VERIFY_TOKEN" },
  slack: { scheme: "slack", keys: ["SLACK_SECRET"] },
  x: { scheme: "x", keys: ["X_SECRET"] },
  stripe: { scheme: "stripe", keys: ["STRIPE_SECRET"] },
};
const secrets = { KNOWN_SECRET: "a secret in text", VERIFY_TOKEN, API_KEY };

describe("a source whose secret is missing", () => {
  let gate;
  let callApi;
  before(async () => {
    gate = await startWorkerd({ sources, secrets });
    ({ callApi } = clientOf(gate));
  });
  after(() => gate.stop());

  const post = (source, headers = {}, body = "{}") =>
    fetch(`${gate.url}/in/${source}`, { method: "POST", headers, body });
  const handOver = (source, secret, headers = {}) =>
    post(source, { "x-hook-secret": secret, ...headers });
  const take = (source) => callApi(`sources/${source}/secret`, "POST");
  const secretsOf = async (source) => (await take(source)).data.map(({ secret }) => secret);

  // Threat model: A-96.
  it("hands the sender's secret to the operator once, and to no one else", async () => {
    const answer = await handOver("asana", HANDED_OVER, { "cf-connecting-ip": "192.0.2.7" });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("x-hook-secret"), HANDED_OVER);
    const told = () => linesOf(gate).find(({ outcome }) => outcome === "secret_handed_over");
    await waitUntil(told, gate.output);
    assert.equal(told().source, "asana");
    assert.match(told().message, /POST \/api\/v1\/sources\/asana\/secret/);
    assert.match(told().message, /wrangler secret put ASANA_SECRET/);
    assert.ok(!gate.output().includes(HANDED_OVER), "the secret is in the log");
    for (const headers of [{}, { "x-api-key": "wrong" }]) {
      const url = `${gate.url}/api/v1/sources/asana/secret`;
      assert.equal((await fetch(url, { method: "POST", headers })).status, 401);
    }
    const { data, warning } = await take("asana");
    assert.equal(warning, null);
    assert.equal(data.length, 1);
    assert.equal(data[0].secret, HANDED_OVER);
    assert.equal(data[0].address, "192.0.2.7");
    assert.ok(Math.abs(Date.parse(data[0].received_at) - Date.now()) < 60_000);
    assert.deepEqual(await secretsOf("asana"), []);
  });

  it("takes Notion's token from the body", async () => {
    const token = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl";
    const answer = await post("notion", {}, JSON.stringify({ verification_token: token }));
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), "");
    assert.deepEqual(await secretsOf("notion"), [token]);
  });

  it("does so too while it lacks only one of several secrets", async () => {
    assert.equal((await handOver("rotating", HANDED_OVER)).status, 200);
    assert.deepEqual(await secretsOf("rotating"), [HANDED_OVER]);
  });

  // Threat model: A-96.
  it("takes no secret once it has all of its own", async () => {
    assert.equal((await handOver("ready", HANDED_OVER)).status, 401);
    assert.deepEqual(await secretsOf("ready"), []);
    const body = '{"events":[]}';
    const headers = new Signer("asana", secrets.KNOWN_SECRET).sign({ body });
    assert.equal((await post("ready", headers, body)).status, 200);
  });

  // Threat model: A-10.
  it("answers 500 to every delivery and stores nothing", async () => {
    const body = '{"events":[{"action":"changed"}]}';
    for (const [source, scheme, key] of [
      ["asana", "asana", HANDED_OVER],
      ["rotating", "asana", secrets.KNOWN_SECRET],
      ["stripe", "stripe", "a secret"],
      ["slack", "slack", "a secret"],
    ]) {
      const headers = new Signer(scheme, key).sign({ body });
      assert.equal((await post(source, headers, body)).status, 500, source);
    }
    assert.equal((await post("asana", {}, "x".repeat(20_000))).status, 500);
    const { data } = await callApi("events");
    assert.deepEqual(
      data.filter(({ source }) => source !== "ready"),
      [],
    );
  });

  it("answers no handshake that needs the secret", async () => {
    const challenge = '{"type":"url_verification","challenge":"3eZb"}';
    assert.equal((await post("slack", {}, challenge)).status, 500);
    assert.equal((await fetch(`${gate.url}/in/x?crc_token=9b45`)).status, 500);
  });

  it("answers a handshake that needs only the verify token", async () => {
    for (const method of ["GET", "POST"]) {
      const response = await fetch(`${gate.url}/in/vercel`, { method });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("x-vercel-verify"), VERIFY_TOKEN);
    }
  });

  // Threat model: A-92.
  it("answers 401 to a secret that could end a header or a line of the log", async () => {
    for (const secret of ["a b", "<a>", "a;b", "x".repeat(257)]) {
      const response = await handOver("asana", secret);
      assert.equal(response.status, 401, secret);
      assert.equal(response.headers.get("x-hook-secret"), null);
    }
    assert.deepEqual(await secretsOf("asana"), []);
  });

  // Threat model: A-96.
  it("keeps the newest secrets of a stranger who sends many, each once, and warns the operator", async () => {
    for (const number of [1, 2, 3, 4, 5, 6, 7, 6]) await handOver("asana", `secret-${number}`);
    const { data, warning } = await take("asana");
    const kept = ["secret-6", "secret-7", "secret-5", "secret-4", "secret-3"];
    assert.deepEqual(
      data.map(({ secret }) => secret),
      kept,
    );
    assert.match(warning, /more than one secret/);
  });

  // Threat model: A-74.
  it("admits only the addresses and the rate that the source allows", async () => {
    assert.equal((await handOver("near", HANDED_OVER)).status, 401);
    const near = { "cf-connecting-ip": "192.0.2.9" };
    assert.equal((await handOver("near", HANDED_OVER, near)).status, 200);
    assert.deepEqual(await secretsOf("near"), [HANDED_OVER]);
    const statuses = [];
    for (let count = 0; count < 3; count += 1) {
      statuses.push((await handOver("slow", HANDED_OVER)).status);
    }
    assert.deepEqual([statuses[0], statuses.at(-1)], [200, 429]);
  });

  it("answers no handshake while another setting is wrong", async () => {
    const response = await fetch(`${gate.url}/in/unbound`, {
      method: "OPTIONS",
      headers: { "webhook-request-origin": "eventgrid.azure.net" },
    });
    assert.equal(response.status, 500);
  });

  it("is listed with what to do", async () => {
    const { data } = await callApi("sources");
    const { ready, error } = data.find(({ name }) => name === "asana");
    assert.equal(ready, false);
    assert.match(error, /ASANA_SECRET.*hands it over/);
    assert.equal((await take("nobody")).error, "not found");
    const response = await fetch(`${gate.url}/api/v1/sources/asana/secret`, {
      headers: { "x-api-key": API_KEY },
    });
    assert.equal(response.status, 405, "a GET must not delete anything");
  });

  // Threat model: A-96.
  it("deletes an unread secret after a day", async () => {
    /** The secrets in all objects of the stopped gate. Makes each of them older. */
    const keptSecrets = (age = 0) =>
      openObjects(gate.disk).flatMap((object) => {
        object.run("UPDATE handed_over SET at = at - ?", age);
        const rows = object.all("SELECT secret FROM handed_over");
        object.close();
        return rows.map(({ secret }) => secret);
      });
    await handOver("asana", "an-old-secret");
    await handOver("rotating", "a-secret-of-today");
    await gate.kill();
    assert.ok(keptSecrets().includes("an-old-secret"));
    keptSecrets(DAY_MS + 1000);
    await gate.restart();
    // The operator does not get it, even before the alarm of its object has deleted it.
    assert.deepEqual(await secretsOf("asana"), []);
    await waitUntil(async () => {
      await gate.kill();
      const kept = keptSecrets();
      await gate.restart();
      return !kept.includes("a-secret-of-today");
    }, gate.output);
  });

  it("answers 503 while the outbox cannot keep the secret, so that the sender tries again", async () => {
    await gate.kill();
    for (const object of openObjects(gate.disk)) {
      object.run("DROP TABLE IF EXISTS handed_over");
      object.run("CREATE TABLE handed_over (other TEXT)");
      object.close();
    }
    await gate.restart();
    const response = await handOver("asana", HANDED_OVER);
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("x-hook-secret"), null);
  });
});

describe("a gate without an API", () => {
  // Threat model: A-96.
  it("takes no secret, because it could not be read, and says so", async () => {
    const gate = await startWorkerd({ sources, secrets: {} });
    try {
      const response = await fetch(`${gate.url}/in/asana`, {
        method: "POST",
        headers: { "x-hook-secret": HANDED_OVER },
        body: "{}",
      });
      assert.equal(response.status, 500);
      assert.equal(response.headers.get("x-hook-secret"), null);
      await waitUntil(() => gate.output().includes("wrangler secret put API_KEY"), gate.output);
      assert.ok(!gate.output().includes(HANDED_OVER), "the secret is in the log");
    } finally {
      await gate.stop();
    }
  });
});
