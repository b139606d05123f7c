// Handshakes: the requests by which a sender checks a new address. A genuine request gets its reply. A forged one must
// not get a reply that it could use.

import { bytesOf, encode, hmac } from "./bytes.js";
import { equal, ok, thrown } from "./harness.js";
import { NOW, seconds } from "./senders.js";

const SECRET = "It's a Secret to Everybody";
const VERIFY_TOKEN = "chosen for this alone";
const TEXT = "text/plain; charset=utf-8";

/** RFC 8032, section 7.1, test 1. */
const ED25519 = {
  secret: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
  public: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
};

const CHALLENGES = {
  slack: {
    type: "url_verification",
    challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P",
  },
  twitch: {
    challenge: "pogchamp-kappa-360noscope-vod-fudge-tree",
    subscription: { status: "webhook_callback_verification_pending" },
  },
  zoom: { event: "endpoint.url_validation", payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" } },
};

export function handshakes(test, { Verifier, Signer, setUp, Rejection, KeyError, SchemeError }) {
  /** Returns the reply to a signed body. `signs` is the sender's key, `verifies` the receiver's. */
  function ask(name, question, { signs = SECRET, verifies = SECRET, now = NOW } = {}) {
    const body = typeof question === "string" ? question : JSON.stringify(question);
    const headers = new Signer(name, signs).sign({ body }, NOW);
    return new Verifier(name, verifies).handshake({ headers, body }, now);
  }

  const askDiscord = (question) =>
    ask("discord", question, { signs: ED25519.secret, verifies: ED25519.public });

  /** Returns the reply to an unsigned request with this query. */
  function askByUrl(name, query, options, method = "GET") {
    const url = `https://example.com/in?${query}`;
    return new Verifier(name, SECRET).handshake(
      { method, url, headers: {}, body: "" },
      NOW,
      options,
    );
  }

  function expectRejection(run, code) {
    const error = thrown(run);
    ok(error instanceof Rejection, `${error} instead of a Rejection`);
    equal(error.code, code, "the code");
  }

  const headersOf = (type) => type && { "content-type": type, "x-content-type-options": "nosniff" };
  const expectReply = (reply, status, type, body) =>
    equal(reply, {
      status,
      headers: headersOf(type) ?? {},
      body,
      visit: undefined,
      secret: undefined,
    });

  test("handshakes: a challenge in a signed body is echoed as text", () => {
    expectReply(ask("slack", CHALLENGES.slack), 200, TEXT, CHALLENGES.slack.challenge);
    expectReply(ask("twitch", CHALLENGES.twitch), 200, TEXT, CHALLENGES.twitch.challenge);
  });

  test("handshakes: a challenge is signed with the key that signs deliveries", async () => {
    const { plainToken } = CHALLENGES.zoom.payload;
    const zoom = encode("hex", await hmac(bytesOf(SECRET), bytesOf(plainToken)));
    const expected = `{"plainToken":"${plainToken}","encryptedToken":"${zoom}"}`;
    expectReply(ask("zoom", CHALLENGES.zoom), 200, "application/json", expected);
    expectReply(
      ask("zoom", CHALLENGES.zoom, { verifies: ["new", SECRET] }),
      200,
      "application/json",
      expected,
    );
    const token = "9b4507b3-9040-4669-9ca3-6b94edb50553";
    const x = encode("base64", await hmac(bytesOf(SECRET), bytesOf(token)));
    const answer = `{"response_token":"sha256=${x}"}`;
    expectReply(askByUrl("x", `crc_token=${token}&nonce=1`), 200, "application/json", answer);
  });

  test("handshakes: a ping is distinguished from an event with the same type number", () => {
    expectReply(
      askDiscord({ type: 1, id: "1", token: "t" }),
      200,
      "application/json",
      '{"type":1}',
    );
    expectReply(askDiscord({ type: 0, version: 1 }), 204, undefined, null);
    equal(askDiscord({ type: 1, event: { type: "APPLICATION_AUTHORIZED" } }), undefined);
    equal(askDiscord({ type: 2 }), undefined);
  });

  test("handshakes: a challenge in the query is echoed", () => {
    const meta =
      "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=chosen+for%20this+alone";
    expectReply(askByUrl("meta", meta, { verifyToken: VERIFY_TOKEN }), 200, TEXT, "1158201444");
    const graph = "validationToken=Validation%3a+Testing%20client%252f";
    for (const method of ["GET", "POST"]) {
      const reply = askByUrl("microsoft-graph", graph, undefined, method);
      expectReply(reply, 200, TEXT, "Validation: Testing client%2f");
    }
  });

  test("handshakes: a reply can be passed to Response", async () => {
    const reply = ask("slack", CHALLENGES.slack);
    const response = new Response(reply.body, reply);
    equal(response.status, 200);
    equal(response.headers.get("content-type"), TEXT);
    equal(await response.text(), CHALLENGES.slack.challenge);
    const empty = askDiscord({ type: 0 });
    equal(new Response(empty.body, empty).status, 204);
  });

  test("handshakes: a request that is not a handshake gives undefined", () => {
    equal(ask("slack", { type: "event_callback", challenge: "c" }), undefined);
    equal(ask("slack", "command=%2Fweather"), undefined);
    equal(ask("stripe", { id: "evt_1", type: "url_verification", challenge: "c" }), undefined);
    equal(askByUrl("meta", "hub.mode=unsubscribe&hub.challenge=1"), undefined);
    const verifier = new Verifier("microsoft-graph", SECRET);
    const body = '{"value":[{"clientState":"stolen"}]}';
    equal(verifier.handshake({ url: "/?validationToken=a", headers: {}, body }, NOW), undefined);
  });

  // Threat model: A-26.
  test("handshakes: a challenge in a body that does not verify is rejected", () => {
    for (const [name, question] of Object.entries(CHALLENGES)) {
      expectRejection(() => ask(name, question, { signs: "another key" }), "signature_mismatch");
      expectRejection(() => ask(name, question, { now: seconds(1000) }), "stale");
      const unsigned = { headers: {}, body: JSON.stringify(question) };
      expectRejection(() => new Verifier(name, SECRET).handshake(unsigned, NOW), "missing_header");
    }
    const unsigned = { headers: {}, body: '{"type":1}' };
    expectRejection(
      () => new Verifier("discord", ED25519.public).handshake(unsigned, NOW),
      "missing_header",
    );
  });

  // Threat model: A-17.
  test("handshakes: a CRC token that could be a body is rejected", () => {
    const crc = (token) => () => askByUrl("x", `crc_token=${token}`);
    const body = encodeURIComponent('{"for_user_id":"1"}');
    for (const token of [
      body,
      "",
      "a.b",
      "a:b",
      "a+b",
      "%22a%22",
      "a%00",
      "%ff",
      "a".repeat(257),
    ]) {
      expectRejection(crc(token), "malformed_token");
    }
    equal(crc("a&crc_token=b")(), undefined);
  });

  // Threat model: A-17.
  test("handshakes: the signature of a CRC token does not verify a delivery", () => {
    for (const token of ["1158201444", "true", "null", "abc"]) {
      const { response_token: tag } = JSON.parse(askByUrl("x", `crc_token=${token}`).body);
      const headers = { "x-twitter-webhooks-signature": tag };
      expectRejection(
        () => new Verifier("x", SECRET).verify({ headers, body: token }, NOW),
        "signature_mismatch",
      );
    }
  });

  // Threat model: A-17.
  test("handshakes: a plain token that could be signed content is rejected", () => {
    for (const plainToken of ["v0:1700000000:{}", "{}", "", "a b", "a.b", '","x":"', "<b>"]) {
      const question = { ...CHALLENGES.zoom, payload: { plainToken } };
      expectRejection(() => ask("zoom", question), "malformed_token");
    }
  });

  // Threat model: A-10.
  test("handshakes: a wrong or missing verify token is rejected", () => {
    const asked = (shown, options) => () =>
      askByUrl("meta", `hub.mode=subscribe&hub.challenge=1${shown}`, options);
    for (const shown of ["", "&hub.verify_token=", "&hub.verify_token=chosen"]) {
      expectRejection(asked(shown, { verifyToken: VERIFY_TOKEN }), "signature_mismatch");
      expectRejection(asked(shown), "unsupported_signature");
      for (const verifyToken of ["", " ", null, 1]) {
        ok(thrown(asked(shown, { verifyToken })) instanceof TypeError, "a blank verify token");
      }
    }
  });

  test("handshakes: a challenge that is HTML, not ASCII, empty or too long is rejected", () => {
    for (const token of ["%3Cscript%3E", "", "a%0D%0Ab", "%C3%A9", "a".repeat(1025)]) {
      expectRejection(
        () => askByUrl("microsoft-graph", `validationToken=${token}`),
        "malformed_token",
      );
    }
    expectRejection(
      () => ask("slack", { ...CHALLENGES.slack, challenge: "<script>" }),
      "malformed_token",
    );
  });

  test("handshakes: Dropbox, Nylas and SharePoint get their challenge back", () => {
    for (const name of ["dropbox", "nylas"]) {
      expectReply(askByUrl(name, "challenge=bc609-a_b"), 200, TEXT, "bc609-a_b");
    }
    expectReply(askByUrl("microsoft-graph", "validationtoken=661eff3b"), 200, TEXT, "661eff3b");
  });

  test("handshakes: a challenge in a header of a signed request is echoed", () => {
    const ask = (body, challenge, key = SECRET) => {
      const headers = {
        ...new Signer("front", key).sign({ body }, NOW),
        "X-Front-Challenge": challenge,
      };
      return new Verifier("front", SECRET).handshake({ headers, body }, NOW);
    };
    const sync = '{"type":"sync","authorization":{"id":"cmp_abc"}}';
    expectReply(ask(sync, "a1b2"), 200, TEXT, "a1b2");
    equal(ask('{"type":"inbound"}', "a1b2"), undefined);
    expectRejection(() => ask(sync, "a1b2", "another key"), "signature_mismatch");
    expectRejection(() => ask(sync, "<script>"), "malformed_token");
  });

  test("handshakes: Smartcar gets a signed challenge in either version", async () => {
    const challenge = "3a5c8f72-e6d9-4b1a-9f2e";
    const tag = encode("hex", await hmac(bytesOf(SECRET), bytesOf(challenge)));
    for (const question of [
      { eventType: "VERIFY", data: { challenge } },
      { eventName: "verify", payload: { challenge } },
    ]) {
      expectReply(ask("smartcar", question), 200, "application/json", `{"challenge":"${tag}"}`);
    }
  });

  test("handshakes: a ping in a form is answered", () => {
    const verifier = new Verifier("woocommerce", SECRET);
    const answer = (headers, body) => verifier.handshake({ headers, body }, NOW);
    expectReply(answer({}, "webhook_id=12"), 200, undefined, null);
    equal(answer({}, "id=12"), undefined);
    equal(answer({ "x-wc-webhook-signature": "AAAA" }, "webhook_id=12"), undefined);
  });

  test("handshakes: a verify token is sent in a header", () => {
    const verifier = new Verifier("vercel", SECRET);
    const get = { method: "GET", headers: {}, body: "" };
    const reply = verifier.handshake(get, NOW, { verifyToken: "6ebf4087" });
    equal(
      [reply.status, reply.headers, reply.body],
      [200, { "x-vercel-verify": "6ebf4087" }, null],
    );
    expectRejection(() => verifier.handshake(get, NOW), "unsupported_signature");
    equal(verifier.handshake({ ...get, body: "{}" }, NOW, { verifyToken: "6ebf" }), undefined);
  });

  // Threat model: A-93.
  test("handshakes: an origin is allowed only by OPTIONS and by its name", () => {
    const verifier = new Verifier("azure-event-grid", SECRET);
    const answer = (method, origin) =>
      verifier.handshake({ method, headers: { "WebHook-Request-Origin": origin }, body: "" }, NOW);
    equal(answer("OPTIONS", "eventgrid.azure.net").headers, {
      "webhook-allowed-origin": "eventgrid.azure.net",
      "webhook-allowed-rate": "*",
    });
    equal(answer("POST", "eventgrid.azure.net"), undefined);
    equal(answer(undefined, "eventgrid.azure.net"), undefined);
    equal(answer("OPTIONS", "evil.com"), undefined);
  });

  // Threat model: A-94.
  test("handshakes: a published test key verifies its test message and nothing else", () => {
    const answer = (name, key, body) => {
      const url = "https://example.com/in";
      const headers = new Signer(name, key).sign({ body, url }, NOW);
      const delivery = { url, headers, body };
      const verifier = new Verifier(name, SECRET);
      expectRejection(() => verifier.verify(delivery, NOW), "signature_mismatch");
      equal(verifier.handshake(delivery, NOW), setUp(name, delivery, NOW));
      return verifier.handshake(delivery, NOW);
    };
    const mailersend = "test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G";
    const zendesk = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
    const ping = '{"type":"webhook.test"}';
    expectReply(answer("mailersend", mailersend, ping), 200, undefined, null);
    equal(answer("mailersend", mailersend, '{"type":"activity.sent"}'), undefined);
    equal(answer("mailersend", "another key", ping), undefined);
    expectReply(answer("mandrill", "test-webhook", "mandrill_events=%5B%5D"), 200, undefined, null);
    equal(answer("mandrill", "test-webhook", "mandrill_events=%5B1%5D"), undefined);
    expectReply(answer("zendesk", zendesk, '{"say":"hello"}'), 200, undefined, null);
    equal(answer("zendesk", "another key", '{"say":"hello"}'), undefined);
    const published = { mailersend, zendesk, mandrill: "test-webhook" };
    for (const [name, key] of Object.entries(published)) {
      const error = thrown(() => new Verifier(name, [SECRET, key]));
      ok(error instanceof KeyError && error.code === "wrong_type", `${error}`);
    }
  });

  // Threat model: A-91.
  test("handshakes: a key that is handed over is shown, and repeated only if the sender asks", async () => {
    const secret = "b537207f20cbfa02357cf448134da559";
    const asana = { method: "POST", headers: { "X-Hook-Secret": secret }, body: "{}" };
    const reply = setUp("asana", asana, NOW);
    equal(reply, {
      status: 200,
      headers: { "x-hook-secret": secret },
      body: null,
      visit: undefined,
      secret,
    });
    equal(new Response(reply.body, reply).headers.get("x-hook-secret"), secret);
    const body = '{"verification_token":"secret_tMrlL1qK5vuQ"}';
    for (const headers of [{}, new Headers(), []]) {
      const { secret: token, ...rest } = setUp("notion", { headers, body });
      equal([token, rest.headers, rest.body], ["secret_tMrlL1qK5vuQ", {}, null]);
    }
    // A verifier, which has a key, never takes another one. A delivery is never taken for a key.
    equal(new Verifier("asana", SECRET).handshake(asana, NOW), undefined);
    equal(new Verifier("notion", SECRET).handshake({ headers: {}, body }, NOW), undefined);
    const delivery = { ...asana, headers: { ...asana.headers, "x-hook-signature": "00" } };
    equal(setUp("asana", delivery, NOW), undefined);
    equal(setUp("stripe", asana, NOW), undefined);
  });

  // Threat model: A-92.
  test("handshakes: a text for a header or a log is bounded and ends neither", () => {
    const handOver = (secret) => () =>
      setUp("notion", { headers: {}, body: JSON.stringify({ verification_token: secret }) }, NOW);
    equal(handOver("a".repeat(256))().secret.length, 256);
    const { body, headers } = {
      body: "{}",
      headers: [
        ["x-hook-secret", "a"],
        ["x-hook-secret", "b"],
      ],
    };
    expectRejection(() => setUp("asana", { headers, body }, NOW), "malformed_token");
    for (const secret of [
      "",
      "a b",
      "a\r\nset-cookie: b=c",
      "a\u0000",
      '"',
      "<",
      "\u00e9",
      "a".repeat(257),
    ]) {
      expectRejection(handOver(secret), "malformed_token");
    }
  });

  test("handshakes: a set-up answers those that need no key", () => {
    const get = (query, options) => (name) =>
      setUp(name, { method: "GET", url: `/in?${query}`, headers: {}, body: "" }, NOW, options);
    expectReply(get("challenge=abc")("dropbox"), 200, TEXT, "abc");
    const meta = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=chosen";
    expectReply(get(meta, { verifyToken: "chosen" })("meta"), 200, TEXT, "1");
    expectRejection(() => get(meta, { verifyToken: "other" })("meta"), "signature_mismatch");
    equal(get("crc_token=abc")("x"), undefined);
    equal(setUp("slack", { headers: {}, body: JSON.stringify(CHALLENGES.slack) }, NOW), undefined);
  });

  // Threat model: A-95.
  test("handshakes: a description whose handshake helps a stranger is unsound", () => {
    const scheme = {
      name: "acme",
      key: "text",
      id: "digest",
      signature: {
        place: { header: "acme-signature" },
        tags: [{ algorithm: "hmac-sha256", encoding: "hex" }],
        content: ["body"],
      },
    };
    const open = (handshake) => new Verifier({ ...scheme, handshakes: [handshake] }, SECRET);
    const url = "https://example.com/*";
    for (const handshake of [
      { proof: "set-up", token: "/secret" },
      { proof: "set-up", headers: {} },
      { proof: "unsigned", token: "u", visit: [url] },
      { proof: { testKey: "test" }, token: "/challenge" },
      { token: "u", headers: { "set-cookie": "$token" } },
      { token: "u", headers: { "x-a": "a\r\nb: c" } },
      { token: "header:X-A" },
      { token: "u", proof: "verified" },
    ]) {
      const error = thrown(() => open(handshake));
      ok(error instanceof SchemeError && error.code === "unsound", `${error}`);
    }
    const verifier = open({ method: "PUT", token: "header:x-a", headers: { "x-b": "$token" } });
    const request = { method: "PUT", headers: { "x-a": "1" }, body: "" };
    equal(verifier.handshake(request, NOW).headers, { "x-b": "1" });
    const acme = { ...scheme, handshakes: [{ proof: "set-up", token: "form:key", headers: {} }] };
    equal(setUp(acme, { headers: {}, body: "key=abc" }, NOW).secret, "abc");
  });

  test("handshakes: the errors for misuse say what to do", () => {
    const { message } = thrown(() =>
      new Verifier("x", SECRET).handshake({ headers: {}, body: "" }),
    );
    ok(message.includes("pass the request's `url`"), message);
    const parsed = thrown(() => new Verifier("slack", SECRET).handshake({ headers: {}, body: {} }));
    ok(parsed.message.includes("raw request body"), parsed.message);
    ok(thrown(() => new Verifier("slack", SECRET).handshake()) instanceof TypeError, "no delivery");
    ok(thrown(() => setUp("asana")) instanceof TypeError, "no delivery");
    ok(thrown(() => setUp("asana", { headers: {}, body: {} })) instanceof TypeError, "no raw body");
    ok(
      thrown(() => setUp("asanas", { headers: {}, body: "" })) instanceof SchemeError,
      "no scheme",
    );
  });
}
