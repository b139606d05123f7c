// Handshakes: the gate answers them by GET and by POST, stores nothing, and answers nothing that an attacker could use.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, beforeEach, describe, it } from "node:test";
import { Signer } from "countersign";
import { inRoot } from "../../scripts/lib/project.mjs";
import { cell, empty, exchange, json, raw } from "./raw.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

const SECRET = "It's a Secret to Everybody";
const VERIFY_TOKEN = "chosen-for-this-alone";

/** RFC 8032, section 7.1, test 1. */
const ED25519 = {
  secret: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
  public: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
};
/** RFC 7515, appendix A.2. */
const RSA = {
  kty: "RSA",
  e: "AQAB",
  n: "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
};
const RSA_SECRET = {
  ...RSA,
  d: "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ",
};
const SUBSCRIBE_URL =
  "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37";

const TEXT = "text/plain; charset=utf-8";
const text = (body) => raw("200 OK", TEXT, body);
const MANDRILL_URL = "https://hooks.example.com/in/mandrill";
/** The keys that senders publish for their test messages. */
const TEST_KEYS = {
  mailersend: "test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G",
  mandrill: "test-webhook",
  zendesk: "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
};

const hmac = (encoding, token) => createHmac("sha256", SECRET).update(token).digest(encoding);

describe("handshakes at the gate", () => {
  let gate;
  /** The sender's own server: the URLs that the gate visited, and the status of its answers. */
  const senderServer = { visited: [], status: 200 };
  const server = createServer((request, response) => {
    const { host, "x-forwarded-proto": scheme } = request.headers;
    senderServer.visited.push(`${scheme}://${host}${request.url}`);
    const headers = senderServer.status === 302 ? { location: "https://evil.example/" } : {};
    response.writeHead(senderServer.status, headers).end();
  });

  before(async () => {
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const source = (scheme, more) => ({ scheme, keys: ["SECRET"], ...more });
    gate = await startWorkerd({
      internet: server.address().port,
      sources: {
        slack: source("slack"),
        zoom: source("zoom"),
        twitch: source("twitch"),
        x: source("x"),
        stripe: source("stripe"),
        discord: source("discord", { keys: ["ED25519"] }),
        meta: source("meta", { verify_token: "VERIFY_TOKEN" }),
        "meta-without": source("meta"),
        "meta-missing": source("meta", { verify_token: "NOWHERE" }),
        "meta-blank": source("meta", { verify_token: "BLANK" }),
        "meta-key": source("meta", { verify_token: "SECRET" }),
        "slack-token": source("slack", { verify_token: "VERIFY_TOKEN" }),
        graph: source("microsoft-graph", { accept_unbound: true }),
        sns: source("sns", { keys: ["RSA"], accept_unbound: true }),
        dropbox: source("dropbox"),
        nylas: source("nylas"),
        front: source("front"),
        woocommerce: source("woocommerce"),
        smartcar: source("smartcar"),
        mailersend: source("mailersend"),
        zendesk: source("zendesk"),
        published: source("mailersend", { keys: ["SECRET", "PUBLISHED"] }),
        mandrill: source("mandrill", { url: MANDRILL_URL }),
        vercel: source("vercel", { verify_token: "VERIFY_TOKEN" }),
        "azure-event-grid": source("azure-event-grid", { accept_unbound: true }),
        asana: source("asana", { keys: ["ASANA_SECRET"] }),
        notion: source("notion", { keys: ["NOTION_SECRET"] }),
      },
      secrets: {
        SECRET,
        API_KEY: "an api key",
        PUBLISHED: TEST_KEYS.mailersend,
        VERIFY_TOKEN,
        BLANK: " ",
        ED25519: ED25519.public,
        RSA: JSON.stringify(RSA),
      },
    });
  });
  after(async () => {
    await gate?.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    gate.sink.messages.length = 0;
    senderServer.visited.length = 0;
    senderServer.status = 200;
  });

  let markers = 0;
  /** Posts an event and expects it to be the only one on the queue. Events are sent in the order of storing. */
  async function assertNothingStored() {
    markers += 1;
    const body = JSON.stringify({ id: `evt_marker_${markers}` });
    await post("stripe", body, new Signer("stripe", SECRET).sign({ body }));
    const messages = await gate.messages(1);
    assert.deepEqual(
      messages.map(({ source }) => source),
      ["/in/stripe"],
    );
  }

  const post = (source, body, headers = {}) =>
    fetch(`${gate.url}/in/${source}`, { method: "POST", body, headers });
  const ask = (source, question, key = SECRET) => {
    const body = JSON.stringify(question);
    return post(source, body, new Signer(source, key).sign({ body }));
  };
  const get = (path) => fetch(`${gate.url}/in/${path}`);

  async function assertAnswer(response, status, type, body) {
    assert.equal(response.status, status);
    assert.equal(response.headers.get("content-type"), type);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(await response.text(), body);
  }
  const confirmation = (url) => {
    const body = JSON.stringify({
      Type: "SubscriptionConfirmation",
      MessageId: "165545c9",
      Token: "2336412f37",
      TopicArn: "arn:aws:sns:us-west-2:123456789012:MyTopic",
      Message: "You have chosen to subscribe",
      SubscribeURL: url,
      Timestamp: "2012-04-26T20:45:04.751Z",
      SignatureVersion: "2",
      Signature: "-",
    });
    return new Signer("sns", JSON.stringify(RSA_SECRET)).signBody(body);
  };

  /**
   * Every handshake: the sender, the source, how the table describes the request, the request and the answer. `key` signs
   * the body.
   */
  const handshakes = [
    [
      "Amazon SNS",
      "sns",
      'signed POST `{"Type":"SubscriptionConfirmation",…}`, whose URL the gate has visited',
      { body: confirmation(SUBSCRIBE_URL) },
      empty(),
    ],
    [
      "Asana",
      "asana",
      "POST with `x-hook-secret`, while the secret is missing",
      {
        headers: { "x-hook-secret": "b537207f20cbfa02" },
        body: "{}",
      },
      empty("200 OK", ["x-hook-secret: b537207f20cbfa02"]),
    ],
    [
      "Azure Event Grid",
      "azure-event-grid",
      "OPTIONS with `webhook-request-origin`",
      {
        method: "OPTIONS",
        headers: { "WebHook-Request-Origin": "eventgrid.azure.net" },
      },
      empty("200 OK", ["webhook-allowed-origin: eventgrid.azure.net", "webhook-allowed-rate: *"]),
    ],
    [
      "Discord (interactions)",
      "discord",
      'signed POST `{"type":1}`',
      {
        body: '{"type":1}',
        key: ED25519.secret,
      },
      json('{"type":1}'),
    ],
    [
      "Discord (events)",
      "discord",
      'signed POST `{"type":0}`',
      {
        body: '{"type":0}',
        key: ED25519.secret,
      },
      empty("204 No Content"),
    ],
    ["Dropbox", "dropbox", "GET `?challenge=bc609`", { query: "?challenge=bc609" }, text("bc609")],
    [
      "Front",
      "front",
      'signed POST `{"type":"sync"}` with `x-front-challenge: 3f8a`',
      {
        headers: { "x-front-challenge": "3f8a" },
        body: '{"type":"sync"}',
        key: SECRET,
      },
      text("3f8a"),
    ],
    [
      "MailerSend",
      "mailersend",
      'POST `{"type":"webhook.test"}`, signed with the published key',
      {
        body: '{"type":"webhook.test"}',
        key: TEST_KEYS.mailersend,
      },
      empty(),
    ],
    [
      "Mandrill",
      "mandrill",
      "POST `mandrill_events=[]`, signed with the published key",
      {
        body: "mandrill_events=%5B%5D",
        key: TEST_KEYS.mandrill,
        url: MANDRILL_URL,
      },
      empty(),
    ],
    [
      "Meta",
      "meta",
      "GET `?hub.mode=subscribe&hub.challenge=115&hub.verify_token=…`",
      {
        query: `?hub.mode=subscribe&hub.challenge=115&hub.verify_token=${VERIFY_TOKEN}`,
      },
      text("115"),
    ],
    [
      "Microsoft Graph",
      "graph",
      "POST `?validationToken=abc` without a body",
      {
        method: "POST",
        query: "?validationToken=abc",
      },
      text("abc"),
    ],
    [
      "SharePoint",
      "graph",
      "POST `?validationtoken=abc` without a body",
      {
        method: "POST",
        query: "?validationtoken=abc",
      },
      text("abc"),
    ],
    [
      "Notion",
      "notion",
      'POST `{"verification_token":"…"}`, while the secret is missing',
      {
        body: '{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}',
      },
      empty(),
    ],
    ["Nylas", "nylas", "GET `?challenge=bc609`", { query: "?challenge=bc609" }, text("bc609")],
    [
      "Slack",
      "slack",
      'signed POST `{"type":"url_verification","challenge":"3eZb"}`',
      {
        body: '{"type":"url_verification","challenge":"3eZb"}',
        key: SECRET,
      },
      text("3eZb"),
    ],
    [
      "Smartcar",
      "smartcar",
      'signed POST `{"eventType":"VERIFY","data":{"challenge":"qgg8"}}`',
      {
        body: '{"eventType":"VERIFY","data":{"challenge":"qgg8"}}',
        key: SECRET,
      },
      json(`{"challenge":"${hmac("hex", "qgg8")}"}`),
    ],
    [
      "Twitch",
      "twitch",
      'signed POST `{"challenge":"pogchamp","subscription":{…}}`',
      {
        body: '{"challenge":"pogchamp","subscription":{"status":"webhook_callback_verification_pending"}}',
        key: SECRET,
      },
      text("pogchamp"),
    ],
    [
      "Vercel (drains)",
      "vercel",
      "POST or GET without a body and a signature",
      {
        method: "POST",
      },
      empty("200 OK", [`x-vercel-verify: ${VERIFY_TOKEN}`]),
    ],
    [
      "WooCommerce",
      "woocommerce",
      "unsigned POST `webhook_id=12`",
      { body: "webhook_id=12" },
      empty(),
    ],
    [
      "X",
      "x",
      "GET `?crc_token=9b45`",
      {
        query: "?crc_token=9b45",
      },
      json(`{"response_token":"sha256=${hmac("base64", "9b45")}"}`),
    ],
    [
      "Zendesk",
      "zendesk",
      "any POST that is signed with the published key",
      {
        body: '{"hello":"world"}',
        key: TEST_KEYS.zendesk,
      },
      empty(),
    ],
    [
      "Zoom",
      "zoom",
      'signed POST `{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8"}}`',
      {
        body: '{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8"}}',
        key: SECRET,
      },
      json(`{"plainToken":"qgg8","encryptedToken":"${hmac("hex", "qgg8")}"}`),
    ],
  ];

  const rows = [];
  for (const [sender, source, description, request, expected] of handshakes) {
    it(`answers the handshake of ${sender}`, async () => {
      const { query = "", body, headers, key, url } = request;
      const { method = body === undefined ? "GET" : "POST" } = request;
      const signed = key && new Signer(source, key).sign({ body, url });
      const line = `${method} /in/${source}${query}`;
      const answer = await exchange(gate.port, line, { ...headers, ...signed }, body);
      assert.equal(answer, expected);
      await assertNothingStored();
      const shown = cell(answer)
        .replaceAll(VERIFY_TOKEN, "<the verify token>")
        .replace(hmac("hex", "qgg8"), "<HMAC in hexadecimal>")
        .replace(hmac("base64", "9b45"), "<HMAC in base64>");
      rows.push(`| ${sender} | ${description} | ${shown} |`);
    });
  }

  it("answers as the table in docs/gate.md says", () => {
    const page = readFileSync(inRoot("docs/gate.md"), "utf8");
    assert.ok(page.includes(rows.join("\n")), `the page has these rows:\n${rows.join("\n")}`);
  });

  it("answers a signed challenge, and stores nothing", async () => {
    const slack = { type: "url_verification", challenge: "3eZbrw1aBm2r" };
    await assertAnswer(await ask("slack", slack), 200, TEXT, "3eZbrw1aBm2r");
    const subscription = { status: "webhook_callback_verification_pending" };
    const twitch = { challenge: "pogchamp", subscription };
    await assertAnswer(await ask("twitch", twitch), 200, TEXT, "pogchamp");
    const zoom = { event: "endpoint.url_validation", payload: { plainToken: "qgg8vl" } };
    const signed = `{"plainToken":"qgg8vl","encryptedToken":"${hmac("hex", "qgg8vl")}"}`;
    await assertAnswer(await ask("zoom", zoom), 200, "application/json", signed);
    const ping = await ask("discord", { type: 1 }, ED25519.secret);
    await assertAnswer(ping, 200, "application/json", '{"type":1}');
    await assertAnswer(await ask("discord", { type: 0 }, ED25519.secret), 204, null, "");
    await assertNothingStored();
  });

  // Threat model: A-26.
  it("answers 401 to a challenge that is not signed", async () => {
    const question = { type: "url_verification", challenge: "3eZbrw1aBm2r" };
    const unsigned = await post("slack", JSON.stringify(question));
    const forged = await ask("slack", question, "another key");
    const answers = await Promise.all(
      [unsigned, forged, await post("slack", "{}")].map(async (response) => {
        const headers = [...response.headers].filter(([name]) => name !== "date");
        return JSON.stringify([response.status, headers, await response.text()]);
      }),
    );
    assert.equal(new Set(answers).size, 1, answers.join("\n"));
    assert.match(answers[0], /^\[401,/);
    const ping = await ask("discord", { type: 1 }, ED25519.public);
    assert.equal(ping.status, 401);
    await assertNothingStored();
  });

  it("answers a challenge in the query", async () => {
    const meta = `hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${VERIFY_TOKEN}`;
    await assertAnswer(await get(`meta?${meta}`), 200, TEXT, "1158201444");
    const crc = `{"response_token":"sha256=${hmac("base64", "9b45-07b3_a")}"}`;
    await assertAnswer(await get("x?crc_token=9b45-07b3_a"), 200, "application/json", crc);
    const graph = "graph?validationToken=Validation%3a+Testing%252f";
    await assertAnswer(await get(graph), 200, TEXT, "Validation: Testing%2f");
    await assertAnswer(await post(graph), 200, TEXT, "Validation: Testing%2f");
    await assertNothingStored();
  });

  // Threat model: A-10.
  it("answers 401 to a wrong verify token, and to any if none is configured", async () => {
    const ask = (source, token) =>
      get(`${source}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=${token}`);
    for (const token of ["", "chosen", `${VERIFY_TOKEN}+`, encodeURIComponent(SECRET)]) {
      assert.equal((await ask("meta", token)).status, 401, token);
    }
    assert.equal((await ask("meta-without", "")).status, 401);
    for (const source of ["meta-missing", "meta-blank", "meta-key", "slack-token"]) {
      assert.equal((await ask(source, "")).status, 500, source);
    }
    assert.ok(!gate.output().includes(VERIFY_TOKEN), "the verify token is in the log");
  });

  // Threat model: A-94.
  it("verifies nothing but the test message with a key that the sender publishes", async () => {
    const event = '{"type":"activity.sent","data":{"id":"1"}}';
    const sign = (body, key) => new Signer("mailersend", key).sign({ body });
    assert.equal((await post("mailersend", event, sign(event, TEST_KEYS.mailersend))).status, 401);
    // A source with that key would accept deliveries that anyone has signed.
    for (const key of [SECRET, TEST_KEYS.mailersend]) {
      assert.equal((await post("published", event, sign(event, key))).status, 500);
    }
    await assertNothingStored();
  });

  // Threat model: A-93.
  it("approves no other origin, and none by another method", async () => {
    const ask = (method, origin) =>
      fetch(`${gate.url}/in/azure-event-grid`, {
        method,
        headers: { "webhook-request-origin": origin },
      });
    for (const [method, origin, status] of [
      ["OPTIONS", "evil.example", 405],
      ["GET", "eventgrid.azure.net", 405],
      ["POST", "eventgrid.azure.net", 401],
    ]) {
      const response = await ask(method, origin);
      assert.equal(response.status, status, `${method} ${origin}`);
      assert.equal(response.headers.get("webhook-allowed-origin"), null);
    }
    const stripe = await fetch(`${gate.url}/in/stripe`, { method: "OPTIONS" });
    assert.equal(stripe.status, 405);
    await assertNothingStored();
  });

  // Threat model: A-17.
  it("does not sign a token that could be a delivery", async () => {
    const body = encodeURIComponent('{"for_user_id":"1"}');
    for (const token of [body, "", "a.b", "a%00", "a".repeat(257)]) {
      assert.equal((await get(`x?crc_token=${token}`)).status, 401, token);
    }
    const { response_token: tag } = await (await get("x?crc_token=1158201444")).json();
    const lifted = await post("x", "1158201444", { "x-twitter-webhooks-signature": tag });
    assert.equal(lifted.status, 401);
    for (const plainToken of ["v0:1700000000:{}", "{}"]) {
      const question = { event: "endpoint.url_validation", payload: { plainToken } };
      assert.equal((await ask("zoom", question)).status, 401, plainToken);
    }
    await assertNothingStored();
  });

  // Threat model: A-73.
  it("accepts nothing but handshakes by GET", async () => {
    for (const path of ["stripe", "slack?challenge=a", "x", "graph", "meta?hub.mode=subscribe"]) {
      const response = await get(path);
      assert.equal(response.status, 405, path);
      assert.equal(response.headers.get("allow"), "POST");
    }
    assert.equal((await get("nobody?crc_token=a")).status, 404);
    await assertNothingStored();
  });

  it("stores a notification even if a challenge is added to its URL", async () => {
    const body = JSON.stringify({ value: [{ clientState: SECRET, changeType: "created" }] });
    const response = await post("graph?validationToken=a", body);
    assert.equal(response.status, 200);
    await gate.messages(1);
  });

  it("confirms a signed subscription by visiting its URL", async () => {
    await assertAnswer(await post("sns", confirmation(SUBSCRIBE_URL)), 200, null, "");
    assert.deepEqual(senderServer.visited, [SUBSCRIBE_URL]);
    assert.ok(!gate.output().includes("2336412f37"), "the token is in the log");
    await assertNothingStored();
  });

  // Threat model: A-76.
  it("visits only addresses that match the scheme's pattern, and does not follow redirects", async () => {
    const urls = [
      SUBSCRIBE_URL.replace("https", "http"),
      SUBSCRIBE_URL.replace(".com/", ".com.evil.example/"),
      SUBSCRIBE_URL.replace(".com/", ".com@evil.example/"),
      SUBSCRIBE_URL.replace("ConfirmSubscription", "Publish"),
      "https://127.0.0.1/?Action=ConfirmSubscription&a",
    ];
    for (const url of urls) {
      assert.equal((await post("sns", confirmation(url))).status, 401, url);
    }
    const forged = confirmation(SUBSCRIBE_URL).replace("us-west-2", "eu-west-1");
    assert.equal((await post("sns", forged)).status, 401);
    assert.deepEqual(senderServer.visited, []);
    senderServer.status = 302;
    const redirected = await post("sns", confirmation(SUBSCRIBE_URL));
    assert.equal(redirected.status, 503);
    assert.ok(redirected.headers.has("retry-after"));
    assert.deepEqual(senderServer.visited, [SUBSCRIBE_URL]);
    await waitUntil(() => gate.output().includes("handshake_failed"), gate.output);
    await assertNothingStored();
  });
});
