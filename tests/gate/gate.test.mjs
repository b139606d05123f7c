// The gate end to end: deliveries on a socket, and what the queue receives of them.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { Signer, schemes } from "countersign";
import { readMessage } from "countersign/queue";
import { budgets, sizeOf } from "../../scripts/budgets.mjs";
import { samples } from "../../scripts/samples.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

/** The schemes of the sources in wrangler.toml. They accept any body and one of the two keys below. */
const testedSchemes = schemes.filter(({ name }) => name in samples);

const STANDARD_KEY = `whsec_${Buffer.from("countersign-sample-key-1").toString("base64")}`;
const TEXT_KEY = "canary-secret-7d1f0a";
const usesBase64Keys = (name) => ["standard", "svix", "flexprice", "resend"].includes(name);
const keyOf = (name) => (usesBase64Keys(name) ? STANDARD_KEY : TEXT_KEY);
const secretName = (name) => `${name.replaceAll("-", "_").toUpperCase()}_SECRET`;

const sources = Object.fromEntries(
  testedSchemes.map(({ name, authenticated }) => [
    name,
    {
      scheme: name,
      keys: [secretName(name)],
      ...(authenticated === "sender" ? { accept_unbound: true } : {}),
    },
  ]),
);
const secrets = Object.fromEntries(
  testedSchemes.map(({ name }) => [secretName(name), keyOf(name)]),
);

const stripeBody = (id = "evt_1") => JSON.stringify({ id, object: "event", type: "invoice.paid" });
const sign = (name, body, options = {}) => new Signer(name, keyOf(name)).sign({ body, ...options });

describe("the gate", () => {
  let gate;
  before(async () => {
    gate = await startWorkerd({
      sources: {
        ...sources,
        rotating: {
          scheme: "stripe",
          keys: ["NEW_SECRET", "STRIPE_SECRET"],
          tolerance: { past: 10, future: 10 },
        },
        "missing-secret": { scheme: "stripe", keys: ["NOWHERE"] },
        "no-keys": { scheme: "stripe", keys: [] },
        "blank-secret": { scheme: "stripe", keys: ["BLANK"] },
        "undefined-secret": { scheme: "stripe", keys: ["UNDEFINED"] },
        unbound: { scheme: "flash", keys: ["FLASH_SECRET"] },
        misspelt: { scheme: "stripe", keys: ["STRIPE_SECRET"], tolerence: 5 },
        "no-such-scheme": { scheme: "strype", keys: ["STRIPE_SECRET"] },
      },
      secrets: { ...secrets, NEW_SECRET: "new-secret", BLANK: "  ", UNDEFINED: "undefined" },
    });
  });
  after(() => gate.stop());
  beforeEach(() => {
    gate.sink.messages.length = 0;
    gate.sink.answer = "store";
  });

  let markers = 0;
  /** Posts a further event and expects it to be the only one on the queue. Events are sent in the order of storing. */
  const assertNothingStored = async () => {
    markers += 1;
    const id = `evt_marker_${markers}`;
    await post("stripe", stripeBody(id), sign("stripe", stripeBody(id)));
    await waitUntil(() => gate.sink.messages.some((message) => message.id === id), gate.output);
    assert.deepEqual(
      gate.sink.messages.map((message) => message.id),
      [id],
    );
    gate.sink.messages.length = 0;
  };

  const post = (source, body, headers) =>
    fetch(`${gate.url}/in/${source}`, { method: "POST", body, headers });

  for (const { name, authenticated } of testedSchemes) {
    // Threat model: A-30.
    it(`passes on an authentic delivery of ${name}, byte for byte`, async () => {
      const body = `{ "id":"evt_${name}",\n "type":"a.b", "event_type":"a.b", "n":1.0, "u":"\\u00e9 $& {body}" }\r\n`;
      const response = await post(name, body, sign(name, body));
      assert.equal(response.status, 200);
      const answer = await response.text();
      const [message] = await gate.messages(1);
      assert.equal(Buffer.from(message.data_base64, "base64").toString(), body);
      // Slack wants an empty answer.
      if (name === "slack") assert.equal(answer, "");
      else assert.deepEqual(JSON.parse(answer), { id: message.id, status: "accepted" });
      assert.equal(message.source, `/in/${name}`);
      assert.equal(message.specversion, "1.0");
      assert.equal(message.envelope, 1);
      assert.equal(message.scheme, name);
      assert.equal(message.keyid, secretName(name));
      assert.equal(message.authenticated, authenticated);
      assert.match(message.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    });
  }

  it("gives the same answer to every delivery that is not authentic, and stores nothing", async () => {
    const body = stripeBody();
    const good = sign("stripe", body);
    const old = new Signer("stripe", TEXT_KEY).sign({ body }, new Date(Date.now() - 3_600_000));
    const cases = [
      post("stripe", body, {}),
      post("stripe", `${body} `, good),
      post("stripe", body, { "stripe-signature": "t=1,v1=00" }),
      post("stripe", body, { "stripe-signature": good["stripe-signature"].replace("v1=", "v0=") }),
      post("stripe", body, old),
      post("github", body, good),
      post("flash", body, { authorization: "Bearer a.b.c" }),
    ];
    const answers = await Promise.all(
      cases.map(async (pending) => {
        const response = await pending;
        const headers = [...response.headers].filter(([name]) => name !== "date");
        return JSON.stringify([response.status, headers, await response.text()]);
      }),
    );
    assert.equal(new Set(answers).size, 1, answers.join("\n"));
    assert.match(answers[0], /^\[401,/);
    await assertNothingStored();
  });

  // Threat model: F1.
  it("answers a retry with duplicate, and sends one message", async () => {
    const body = stripeBody("evt_retried");
    await post("stripe", body, sign("stripe", body));
    const later = new Signer("stripe", TEXT_KEY).sign({ body }, new Date(Date.now() + 5000));
    const retry = await post("stripe", body, later);
    assert.equal((await retry.json()).status, "duplicate");
    assert.equal((await gate.messages(1)).length, 1);
  });

  // Threat model: A-26.
  it("stores nothing of a forged delivery, and accepts the authentic one with the same id", async () => {
    const body = stripeBody("evt_future");
    const forged = await post("stripe", body, {
      "stripe-signature": `t=${Math.floor(Date.now() / 1000)},v1=${"0".repeat(64)}`,
    });
    assert.equal(forged.status, 401);
    await assertNothingStored();
    const authentic = await post("stripe", body, sign("stripe", body));
    assert.equal((await authentic.json()).status, "accepted");
    await gate.messages(1);
  });

  // Threat model: A-24, F2.
  it("accepts one of many duplicates, even if they arrive at the same time", async () => {
    const body = stripeBody("evt_duplicated");
    const headers = sign("stripe", body);
    const post20 = () =>
      Promise.all(Array.from({ length: 20 }, () => post("stripe", body, headers)));
    const responses = [...(await post20()), ...(await post20())];
    assert.ok(responses.every(({ status }) => status === 200));
    const statuses = await Promise.all(
      responses.map(async (response) => (await response.json()).status),
    );
    assert.equal(statuses.filter((status) => status === "accepted").length, 1);
    assert.equal(statuses.filter((status) => status === "duplicate").length, 39);
    assert.deepEqual(
      (await gate.messages(1)).map(({ id }) => id),
      ["evt_duplicated"],
    );
  });

  // Threat model: A-27.
  it("keeps the first body of an id, and reports the conflict", async () => {
    const bodies = ["first", "second"].map((note) => JSON.stringify({ id: "evt_conflict", note }));
    for (const [index, body] of bodies.entries()) {
      const response = await post("stripe", body, sign("stripe", body));
      assert.equal((await response.json()).status, index === 0 ? "accepted" : "duplicate");
    }
    const [message] = await gate.messages(1);
    assert.equal(Buffer.from(message.data_base64, "base64").toString(), bodies[0]);
    await waitUntil(() => gate.output().includes("key_conflict"), gate.output);
  });

  it("accepts the same id from two sources", async () => {
    const body = stripeBody("evt_shared");
    for (const source of ["stripe", "rotating"]) {
      const response = await post(source, body, sign("stripe", body));
      assert.equal((await response.json()).status, "accepted");
    }
    await gate.messages(2);
  });

  // Threat model: A-25.
  it("detects a duplicate under another unsigned delivery id", async () => {
    const body = '{"action":"opened"}';
    const headers = sign("github", body);
    const statuses = [];
    for (const delivery of ["a", "b"]) {
      const response = await post("github", body, {
        ...headers,
        "x-github-delivery": delivery,
        "x-github-event": "issues",
      });
      statuses.push((await response.json()).status);
    }
    assert.deepEqual(statuses, ["accepted", "duplicate"]);
    const [message] = await gate.messages(1);
    assert.match(message.id, /^sha256:[0-9a-f]{64}$/);
    assert.equal(message.unsignedid, "a");
    assert.equal(message.unsignedtype, "issues");
    assert.equal(message.type, "countersign.untyped");
  });

  // Threat model: A-32.
  it("passes on a body that is not text, byte for byte", async () => {
    const body = Buffer.from([0xff, 0xfe, 0x00, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xef, 0xbb, 0xbf]);
    const response = await post("shopify", body, sign("shopify", body));
    assert.equal(response.status, 200);
    assert.deepEqual(Buffer.from((await gate.messages(1))[0].data_base64, "base64"), body);
  });

  it("accepts an empty body that is signed", async () => {
    const response = await post("github", "", sign("github", ""));
    assert.equal(response.status, 200);
    assert.equal((await gate.messages(1))[0].data_base64, "");
  });

  it("answers 422 to an authentic delivery without a readable id", async () => {
    for (const body of [
      "not json",
      "{}",
      '{"id":1}',
      '{"id":""}',
      '{"id":"a","id":"b"}',
      '{"id":"a","\\u0069d":"a"}',
      '{"id":"a","type":"b","data":{},"type":"c"}',
      "[".repeat(70),
    ]) {
      const response = await post("stripe", body, sign("stripe", body));
      assert.equal(response.status, 422, body);
    }
    await assertNothingStored();
  });

  // Threat model: A-33.
  it("stores an authentic event whose duplicate keys and nesting decide nothing", async () => {
    const members = {
      // A security product sends the level twice: https://github.com/neuvector/neuvector/issues/1750
      evt_level: '"level":"WARNING","cluster":"c1","level":"Warning"',
      evt_inner: '"data":{"object":{"id":1,"id":2,"type":3,"type":4}}',
      evt_deep: `"data":${"[".repeat(1000)}${"]".repeat(1000)}`,
      evt_large: '"data":123456789012345678901234567890',
    };
    for (const [id, member] of Object.entries(members)) {
      const body = `{${member},"id":"${id}","type":"a.b"}`;
      gate.sink.messages.length = 0;
      const response = await post("stripe", body, sign("stripe", body));
      assert.ok(response.ok, `${id}: ${response.status}`);
      const { event } = readMessage((await gate.messages(1))[0]);
      assert.deepEqual([event.id, event.type, event.text()], [id, "a.b", body]);
      assert.equal(event.json().id, id);
      const isStrict = id === "evt_large";
      if (isStrict) assert.equal(event.json({ strict: true }).id, id);
      else assert.throws(() => event.json({ strict: true }), { name: "DecodeError" });
    }
  });

  // Threat model: A-75.
  it("accepts both keys during a rotation, and says which one verified the signature", async () => {
    for (const [key, name] of [
      ["new-secret", "NEW_SECRET"],
      [TEXT_KEY, "STRIPE_SECRET"],
    ]) {
      const body = stripeBody(`evt_rotated_${name}`);
      const response = await post("rotating", body, new Signer("stripe", key).sign({ body }));
      assert.equal(response.status, 200);
    }
    const messages = await gate.messages(2);
    assert.deepEqual(messages.map(({ keyid }) => keyid).sort(), ["NEW_SECRET", "STRIPE_SECRET"]);
    const body = stripeBody("evt_stale");
    const stale = new Signer("stripe", TEXT_KEY).sign({ body }, new Date(Date.now() - 20_000));
    assert.equal((await post("rotating", body, stale)).status, 401);
  });

  for (const name of [
    "missing-secret",
    "no-keys",
    "blank-secret",
    "undefined-secret",
    "unbound",
    "misspelt",
    "no-such-scheme",
  ]) {
    // Threat model: A-10, A-60.
    it(`answers 500 and stores nothing for a source that is misconfigured: ${name}`, async () => {
      const body = stripeBody();
      for (const headers of [
        {},
        sign("stripe", body),
        new Signer("flash", TEXT_KEY).sign({ body }),
      ]) {
        assert.equal((await post(name, body, headers)).status, 500);
      }
      await assertNothingStored();
    });
  }

  for (const answer of ["reject", "hang up", "hang", "store and hang up"]) {
    // Threat model: F4, F5.
    it(`accepts an event while the queue is in mode "${answer}", and sends it later`, async () => {
      const countRejections = () => gate.output().split("queue_refused").length;
      const before = countRejections();
      gate.sink.answer = answer;
      const body = stripeBody(`evt ${answer}`.replaceAll(" ", "_"));
      const response = await post("stripe", body, sign("stripe", body));
      assert.equal(response.status, 200);
      await waitUntil(() => countRejections() > before, gate.output);
      gate.sink.answer = "store";
      gate.sink.messages.length = 0;
      const [message] = await gate.messages(1);
      assert.equal(Buffer.from(message.data_base64, "base64").toString(), body);
    });
  }

  // Threat model: A-72.
  it("finds a source only by its exact path", async () => {
    const body = stripeBody();
    const headers = sign("stripe", body);
    const paths = [
      "/in/Stripe",
      "/in/stripe/",
      "/in/stripe.",
      "/in/%73tripe",
      "/in/stripe%2F",
      "/in//stripe",
      "/IN/stripe",
      "/in/",
      "/in",
      "/in/__proto__",
      "/in/constructor",
      "/in/toString",
      "/in/stripe;a",
      "/in/nobody",
      "/in/stripe%00",
      "/out/stripe",
    ];
    for (const path of paths) {
      const response = await fetch(gate.url + path, { method: "POST", body, headers });
      assert.equal(response.status, 404, path);
    }
    await assertNothingStored();
  });

  // Threat model: A-73.
  it("accepts deliveries by POST only", async () => {
    for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]) {
      const response = await fetch(`${gate.url}/in/stripe`, {
        method,
        headers: sign("stripe", ""),
      });
      assert.equal(response.status, 405, method);
      assert.equal(response.headers.get("allow"), "POST");
    }
    await assertNothingStored();
  });

  // Threat model: A-12.
  it("rejects duplicate headers, which arrive joined by a comma", async () => {
    const body = stripeBody();
    const [[name, value]] = Object.entries(sign("stripe", body));
    assert.match(
      await sendRaw(
        gate.port,
        "stripe",
        [
          [name, value],
          [name, value],
        ],
        body,
      ),
      /^HTTP\/1.1 401/,
    );
    const standard = Object.entries(sign("standard", body, { id: "msg_duplicate_headers" }));
    assert.match(await sendRaw(gate.port, "standard", standard, body), /^HTTP\/1.1 200/);
    await gate.messages(1);
    for (const header of standard) {
      assert.match(
        await sendRaw(gate.port, "standard", [...standard, header], body),
        /^HTTP\/1.1 401/,
        header[0],
      );
    }
    assert.equal(gate.sink.messages.length, 1);
  });

  // Threat model: A-14.
  it("rejects bytes outside ASCII in a signed header", async () => {
    const body = stripeBody();
    const headers = sign("standard", body, { id: "msg_1" });
    for (const byte of ["\xff", "\xe9", "\x80"]) {
      const changed = Object.entries({ ...headers, "webhook-id": `msg_1${byte}` });
      assert.match(await sendRaw(gate.port, "standard", changed, body), /^HTTP\/1.1 401/);
    }
    await assertNothingStored();
  });

  // Threat model: A-38.
  it("stores nothing if a body is truncated, even if all signed bytes have arrived", async () => {
    const body = stripeBody("evt_truncated");
    const headers = sign("stripe", body);
    const longer = [...Object.entries(headers), ["content-length", body.length + 10]];
    await sendRaw(gate.port, "stripe", longer, body, { hangUp: true });
    // If the gate had stored it, the complete delivery would be a duplicate.
    const whole = await post("stripe", body, headers);
    assert.equal((await whole.json()).status, "accepted");
    assert.equal((await gate.messages(1)).length, 1);
  });

  it("accepts a body whose length is not declared", async () => {
    const body = stripeBody("evt_undeclared");
    const stream = new Blob([body]).stream();
    const headers = sign("stripe", body);
    const request = { method: "POST", headers, body: stream, duplex: "half" };
    const response = await fetch(`${gate.url}/in/stripe`, request);
    assert.deepEqual([response.status, (await response.json()).status], [200, "accepted"]);
    await gate.messages(1);
  });

  it("rejects a changed body that is long enough for the runtime to hash", async () => {
    for (const size of [8000, 8192, 40_000]) {
      const body = JSON.stringify({ id: size, text: "a".repeat(size) });
      const headers = sign("github", body);
      assert.equal((await post("github", body.replace("aa", "ab"), headers)).status, 401);
      assert.equal((await post("github", body, headers)).status, 200);
    }
    await gate.messages(3);
  });

  it("answers 413 to a body that is too long, declared or not", async () => {
    const long = Buffer.alloc((1 << 20) + 1, "a");
    assert.equal((await post("github", long, sign("github", long))).status, 413);
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(long);
        controller.close();
      },
    });
    const chunked = await fetch(`${gate.url}/in/github`, {
      method: "POST",
      body: stream,
      duplex: "half",
    });
    assert.equal(chunked.status, 413);
    const tooLargeForTheQueue = Buffer.alloc(100_000, "a");
    assert.equal(
      (await post("github", tooLargeForTheQueue, sign("github", tooLargeForTheQueue))).status,
      413,
    );
    const justFits = Buffer.alloc(90_000, "a");
    assert.equal((await post("github", justFits, sign("github", justFits))).status, 200);
    assert.ok(JSON.stringify((await gate.messages(1))[0]).length < 127_000);
  });

  it("answers random bytes and headers with a documented status", async () => {
    const known = new Set([200, 400, 401, 404, 405, 413, 422]);
    for (let round = 0; round < 200; round += 1) {
      const { name, headers } = testedSchemes[round % testedSchemes.length];
      const noise = () =>
        randomBytes(round)
          .toString(round % 2 ? "base64" : "latin1")
          .replace(/[^\x20-\x7e]/g, "");
      const sent = Object.fromEntries(headers.map((header) => [header, noise()]));
      const response = await post(name, randomBytes(round * 7), sent);
      assert.ok(known.has(response.status), `${name}: ${response.status}`);
    }
    await assertNothingStored();
  });

  // Threat model: A-62.
  it("writes one log line per decision, without secrets, signatures and bodies", async () => {
    const body = JSON.stringify({ id: "evt_log", type: "a.b", note: "canary-body-91c2" });
    const headers = sign("stripe", body);
    await post("stripe", body, headers);
    await post("stripe", `${body} `, headers);
    await post("flash", body, new Signer("flash", TEXT_KEY).sign({ body }));
    // The log of a process arrives later than its answers.
    await waitUntil(
      () => /evt_log[\s\S]*signature_mismatch[\s\S]*"source":"flash"/.test(gate.output()),
      gate.output,
    );
    const lines = gate
      .output()
      .split("\n")
      .filter((line) => line.includes('"at":"gate"'));
    const last = JSON.parse(lines.filter((line) => line.includes("evt_log")).at(-1));
    assert.equal(last.outcome, "accepted");
    assert.equal(last.id, "evt_log");
    assert.equal(last.key, "STRIPE_SECRET");
    assert.ok(lines.some((line) => JSON.parse(line).code === "signature_mismatch"));
    const output = gate.output();
    const signature = headers["stripe-signature"].split("v1=")[1];
    for (const canary of [
      TEXT_KEY,
      STANDARD_KEY,
      "new-secret",
      "canary-body-91c2",
      signature,
      "eyJhbGciOiJIUzI1NiIs",
    ]) {
      assert.ok(!output.includes(canary), canary);
    }
    assert.ok(!/panicked|unreachable/.test(output), output);
  });
});

it("the built gate is within its size budget", () => {
  const path = "worker/build/index_bg.wasm";
  const built = sizeOf(path);
  for (const kind of ["raw", "gzip"]) {
    assert.ok(built[kind] <= budgets[path][kind], `${built[kind]} bytes ${kind}`);
  }
});

/** Sends a request with exactly these headers, which `fetch` would change. Returns the answer. */
function sendRaw(port, source, headers, body, { hangUp = false } = {}) {
  const hasLength = headers.some(([name]) => name === "content-length");
  const all = [
    ["host", "gate"],
    ["connection", "close"],
    ...headers,
    ...(hasLength ? [] : [["content-length", Buffer.byteLength(body)]]),
  ];
  const head = `POST /in/${source} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(Buffer.from(head, "latin1"));
      socket.write(body);
      if (hangUp) setTimeout(() => socket.destroy(), 200);
    });
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}
