// The gate end to end, from a socket to what its queue holds.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Signer, schemes } from "countersign";
import { budgets, sizeOf } from "../../scripts/budgets.mjs";
import { samples } from "../../scripts/samples.mjs";
import { startWorkerd, until } from "./workerd.mjs";

/** The senders that a source of wrangler.toml is for: they send any body, and know no keys but these two. */
const usual = schemes.filter(({ name }) => name in samples);

const STANDARD_KEY = `whsec_${Buffer.from("countersign-sample-key-1").toString("base64")}`;
const TEXT_KEY = "canary-secret-7d1f0a";
const usesBase64Keys = (name) => ["standard", "svix", "flexprice", "resend"].includes(name);
const keyOf = (name) => (usesBase64Keys(name) ? STANDARD_KEY : TEXT_KEY);
const secretName = (name) => `${name.replaceAll("-", "_").toUpperCase()}_SECRET`;

const sources = Object.fromEntries(
  usual.map(({ name, authenticated }) => [
    name,
    {
      scheme: name,
      keys: [secretName(name)],
      ...(authenticated === "sender" ? { accept_unbound: true } : {}),
    },
  ]),
);
const secrets = Object.fromEntries(usual.map(({ name }) => [secretName(name), keyOf(name)]));

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
  /** Nothing is on the queue, and nothing on its way: an event that is stored now overtakes none. */
  const nothingWasStored = async () => {
    markers += 1;
    const id = `evt_marker_${markers}`;
    await post("stripe", stripeBody(id), sign("stripe", stripeBody(id)));
    await until(() => gate.sink.messages.some((message) => message.id === id), gate.output);
    assert.deepEqual(
      gate.sink.messages.map((message) => message.id),
      [id],
    );
    gate.sink.messages.length = 0;
  };

  const post = (source, body, headers) =>
    fetch(`${gate.url}/in/${source}`, { method: "POST", body, headers });

  for (const { name, authenticated } of usual) {
    it(`takes in a genuine delivery of ${name}, byte for byte (A-30)`, async () => {
      const body = `{ "id":"evt_${name}",\n "type":"a.b", "event_type":"a.b", "n":1.0, "u":"\\u00e9 $& {body}" }\r\n`;
      const response = await post(name, body, sign(name, body));
      assert.equal(response.status, 202);
      const { id, status } = await response.json();
      assert.equal(status, "accepted");
      const [message] = await gate.messages(1);
      assert.equal(Buffer.from(message.data_base64, "base64").toString(), body);
      assert.equal(message.id, id);
      assert.equal(message.source, `/in/${name}`);
      assert.equal(message.specversion, "1.0");
      assert.equal(message.envelope, 1);
      assert.equal(message.scheme, name);
      assert.equal(message.keyid, secretName(name));
      assert.equal(message.authenticated, authenticated);
      assert.match(message.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    });
  }

  it("answers every delivery that is not authentic alike, and stores nothing", async () => {
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
    await nothingWasStored();
  });

  it("F1 a retry whose first answer was lost is a duplicate, and one message", async () => {
    const body = stripeBody("evt_retried");
    await post("stripe", body, sign("stripe", body));
    const later = new Signer("stripe", TEXT_KEY).sign({ body }, new Date(Date.now() + 5000));
    const retry = await post("stripe", body, later);
    assert.equal((await retry.json()).status, "duplicate");
    assert.equal((await gate.messages(1)).length, 1);
  });

  it("A-26 a forged delivery stores nothing and does not stand in the way of the genuine one", async () => {
    const body = stripeBody("evt_future");
    const forged = await post("stripe", body, {
      "stripe-signature": `t=${Math.floor(Date.now() / 1000)},v1=${"0".repeat(64)}`,
    });
    assert.equal(forged.status, 401);
    await nothingWasStored();
    const genuine = await post("stripe", body, sign("stripe", body));
    assert.equal((await genuine.json()).status, "accepted");
    await gate.messages(1);
  });

  it("A-24 F2 of copies of one delivery one is accepted, also at the same time", async () => {
    const body = stripeBody("evt_copied");
    const headers = sign("stripe", body);
    const post20 = () =>
      Promise.all(Array.from({ length: 20 }, () => post("stripe", body, headers)));
    const responses = [...(await post20()), ...(await post20())];
    assert.ok(responses.every(({ status }) => status === 202));
    const statuses = await Promise.all(
      responses.map(async (response) => (await response.json()).status),
    );
    assert.equal(statuses.filter((status) => status === "accepted").length, 1);
    assert.equal(statuses.filter((status) => status === "duplicate").length, 39);
    assert.deepEqual(
      (await gate.messages(1)).map(({ id }) => id),
      ["evt_copied"],
    );
  });

  it("A-27 another body under the same id is not taken; the first one counts", async () => {
    const bodies = ["first", "second"].map((note) => JSON.stringify({ id: "evt_conflict", note }));
    for (const [index, body] of bodies.entries()) {
      const response = await post("stripe", body, sign("stripe", body));
      assert.equal((await response.json()).status, index === 0 ? "accepted" : "duplicate");
    }
    const [message] = await gate.messages(1);
    assert.equal(Buffer.from(message.data_base64, "base64").toString(), bodies[0]);
    await until(() => gate.output().includes("key_conflict"), gate.output);
  });

  it("keeps the ids of one source apart from those of another", async () => {
    const body = stripeBody("evt_shared");
    for (const source of ["stripe", "rotating"]) {
      const response = await post(source, body, sign("stripe", body));
      assert.equal((await response.json()).status, "accepted");
    }
    await gate.messages(2);
  });

  it("A-25 a copy under another unsigned delivery id is a duplicate", async () => {
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

  it("A-32 takes bodies that are not text as the bytes they are", async () => {
    const body = Buffer.from([0xff, 0xfe, 0x00, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xef, 0xbb, 0xbf]);
    const response = await post("shopify", body, sign("shopify", body));
    assert.equal(response.status, 202);
    assert.deepEqual(Buffer.from((await gate.messages(1))[0].data_base64, "base64"), body);
  });

  it("takes an empty body that is signed", async () => {
    const response = await post("github", "", sign("github", ""));
    assert.equal(response.status, 202);
    assert.equal((await gate.messages(1))[0].data_base64, "");
  });

  it("answers 422 for a genuine delivery without a readable id", async () => {
    for (const body of [
      "not json",
      "{}",
      '{"id":1}',
      '{"id":""}',
      '{"id":"a","id":"b"}',
      "[".repeat(70),
    ]) {
      const response = await post("stripe", body, sign("stripe", body));
      assert.equal(response.status, 422, body);
    }
    await nothingWasStored();
  });

  it("knows both keys while a secret is replaced, and says which one fits", async () => {
    for (const [key, name] of [
      ["new-secret", "NEW_SECRET"],
      [TEXT_KEY, "STRIPE_SECRET"],
    ]) {
      const body = stripeBody(`evt_rotated_${name}`);
      const response = await post("rotating", body, new Signer("stripe", key).sign({ body }));
      assert.equal(response.status, 202);
    }
    const messages = await gate.messages(2);
    assert.deepEqual(messages.map(({ keyid }) => keyid).sort(), ["NEW_SECRET", "STRIPE_SECRET"]);
    const body = stripeBody("evt_late");
    const late = new Signer("stripe", TEXT_KEY).sign({ body }, new Date(Date.now() - 20_000));
    assert.equal((await post("rotating", body, late)).status, 401);
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
    it(`A-10 A-60 answers 500 and takes nothing for a source that is not set up: ${name}`, async () => {
      const body = stripeBody();
      for (const headers of [
        {},
        sign("stripe", body),
        new Signer("flash", TEXT_KEY).sign({ body }),
      ]) {
        assert.equal((await post(name, body, headers)).status, 500);
      }
      await nothingWasStored();
    });
  }

  for (const answer of ["refuse", "hang up", "hang", "store and hang up"]) {
    it(`F4 F5 an event is taken although the queue answers "${answer}", and gets there later`, async () => {
      const refusals = () => gate.output().split("queue_refused").length;
      const before = refusals();
      gate.sink.answer = answer;
      const body = stripeBody(`evt ${answer}`.replaceAll(" ", "_"));
      const response = await post("stripe", body, sign("stripe", body));
      assert.equal(response.status, 202);
      await until(() => refusals() > before, gate.output);
      gate.sink.answer = "store";
      gate.sink.messages.length = 0;
      const [message] = await gate.messages(1);
      assert.equal(Buffer.from(message.data_base64, "base64").toString(), body);
    });
  }

  it("A-72 finds a source only under its exact path", async () => {
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
    await nothingWasStored();
  });

  it("A-73 takes events by POST only", async () => {
    for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]) {
      const response = await fetch(`${gate.url}/in/stripe`, {
        method,
        headers: sign("stripe", ""),
      });
      assert.equal(response.status, 405, method);
      assert.equal(response.headers.get("allow"), "POST");
    }
    await nothingWasStored();
  });

  it("A-12 refuses doubled headers, which arrive joined", async () => {
    const body = stripeBody();
    const [[name, value]] = Object.entries(sign("stripe", body));
    assert.match(
      await raw(
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
    const standard = Object.entries(sign("standard", body, { id: "msg_doubled" }));
    assert.match(await raw(gate.port, "standard", standard, body), /^HTTP\/1.1 202/);
    await gate.messages(1);
    for (const header of standard) {
      assert.match(
        await raw(gate.port, "standard", [...standard, header], body),
        /^HTTP\/1.1 401/,
        header[0],
      );
    }
    assert.equal(gate.sink.messages.length, 1);
  });

  it("A-14 refuses bytes beyond ASCII in a signed header", async () => {
    const body = stripeBody();
    const headers = sign("standard", body, { id: "msg_1" });
    for (const byte of ["\xff", "\xe9", "\x80"]) {
      const changed = Object.entries({ ...headers, "webhook-id": `msg_1${byte}` });
      assert.match(await raw(gate.port, "standard", changed, body), /^HTTP\/1.1 401/);
    }
    await nothingWasStored();
  });

  it("A-38 stores nothing when a body breaks off, even if all that was signed has arrived", async () => {
    const body = stripeBody("evt_broken_off");
    const headers = sign("stripe", body);
    const longer = [...Object.entries(headers), ["content-length", body.length + 10]];
    await raw(gate.port, "stripe", longer, body, { hangUp: true });
    // Had it been stored, the whole delivery would be a copy.
    const whole = await post("stripe", body, headers);
    assert.equal((await whole.json()).status, "accepted");
    assert.equal((await gate.messages(1)).length, 1);
  });

  it("takes a body whose length is not declared", async () => {
    const body = stripeBody("evt_undeclared");
    const stream = new Blob([body]).stream();
    const headers = sign("stripe", body);
    const request = { method: "POST", headers, body: stream, duplex: "half" };
    const response = await fetch(`${gate.url}/in/stripe`, request);
    assert.deepEqual([response.status, (await response.json()).status], [202, "accepted"]);
    await gate.messages(1);
  });

  it("tells a long body from another, which the runtime hashes", async () => {
    for (const size of [8000, 8192, 40_000]) {
      const body = JSON.stringify({ id: size, text: "a".repeat(size) });
      const headers = sign("github", body);
      assert.equal((await post("github", body.replace("aa", "ab"), headers)).status, 401);
      assert.equal((await post("github", body, headers)).status, 202);
    }
    await gate.messages(3);
  });

  it("answers 413 for a body that is longer than it takes, declared or not", async () => {
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
    const tooLongForTheQueue = Buffer.alloc(100_000, "a");
    assert.equal(
      (await post("github", tooLongForTheQueue, sign("github", tooLongForTheQueue))).status,
      413,
    );
    const justFits = Buffer.alloc(90_000, "a");
    assert.equal((await post("github", justFits, sign("github", justFits))).status, 202);
    assert.ok(JSON.stringify((await gate.messages(1))[0]).length < 127_000);
  });

  it("survives whatever is sent, and answers as documented", async () => {
    const known = new Set([202, 400, 401, 404, 405, 413, 422]);
    for (let round = 0; round < 200; round += 1) {
      const { name, headers } = usual[round % usual.length];
      const noise = () =>
        randomBytes(round)
          .toString(round % 2 ? "base64" : "latin1")
          .replace(/[^\x20-\x7e]/g, "");
      const sent = Object.fromEntries(headers.map((header) => [header, noise()]));
      const response = await post(name, randomBytes(round * 7), sent);
      assert.ok(known.has(response.status), `${name}: ${response.status}`);
    }
    await nothingWasStored();
  });

  it("A-62 writes one line for each decision, and no secret, signature or body in any", async () => {
    const body = JSON.stringify({ id: "evt_log", type: "a.b", note: "canary-body-91c2" });
    const headers = sign("stripe", body);
    await post("stripe", body, headers);
    await post("stripe", `${body} `, headers);
    await post("flash", body, new Signer("flash", TEXT_KEY).sign({ body }));
    // What a process prints is read later than what it answers.
    await until(
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

describe("a gate without its outbox", () => {
  let gate;
  before(async () => {
    gate = await startWorkerd({ sources, secrets, outbox: false });
  });
  after(() => gate.stop());
  const post = (body) =>
    fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers: sign("stripe", body) });

  it("F7 F19 takes nothing, for its own consumer could not tell copies apart nor keep dead letters", async () => {
    assert.equal((await post(stripeBody())).status, 500);
    assert.equal(gate.sink.messages.length, 0);
    await until(() => /"outcome":"misconfigured".*OUTBOX/.test(gate.output()), gate.output);
  });
});

describe("F8 a gate that is killed again and again", () => {
  it("loses nothing that it has answered for, and says so about no event twice", async () => {
    const DELIVERIES = 400;
    const KILLS = 8;
    const gate = await startWorkerd({ sources, secrets });
    try {
      let isDone = false;
      const accepted = new Map();
      /** Sends like a sender does: again and again until it is told that the event was taken. */
      const deliver = async (id) => {
        const body = stripeBody(id);
        for (;;) {
          const sent = fetch(`${gate.url}/in/stripe`, {
            method: "POST",
            body,
            headers: sign("stripe", body),
          });
          const response = await sent.catch(() => undefined);
          const answer =
            response?.status === 202 ? await response.json().catch(() => undefined) : undefined;
          if (answer?.status === "accepted") accepted.set(id, (accepted.get(id) ?? 0) + 1);
          if (answer) return;
          await sleep(20);
        }
      };
      const queue = Array.from({ length: DELIVERIES }, (_, index) => `evt_killed_${index}`);
      const worker = async () => {
        for (let id = queue.pop(); id !== undefined; id = queue.pop()) await deliver(id);
      };
      const workers = Promise.all(Array.from({ length: 4 }, worker)).then(() => {
        isDone = true;
      });
      for (let kills = 0; kills < KILLS && !isDone; kills += 1) {
        await sleep(20 + ((kills * 37) % 90));
        await gate.kill();
        await gate.restart();
      }
      await workers;
      const arrived = () => new Set(gate.sink.messages.map(({ id }) => id));
      await until(
        () => arrived().size === DELIVERIES,
        () => `${arrived().size} arrived\n${gate.output().slice(-2000)}`,
      );
      assert.ok([...accepted.values()].every((times) => times === 1));
    } finally {
      await gate.stop();
    }
  });
});

it("the gate is within its budget", () => {
  const path = "worker/build/index_bg.wasm";
  const built = sizeOf(path);
  for (const kind of ["raw", "gzip"]) {
    assert.ok(built[kind] <= budgets[path][kind], `${built[kind]} bytes ${kind}`);
  }
});

it("a gate without any sources answers 500 and takes nothing", async () => {
  const gate = await startWorkerd({});
  try {
    const response = await fetch(`${gate.url}/in/stripe`, { method: "POST", body: "{}" });
    assert.equal(response.status, 500);
    assert.equal(gate.sink.messages.length, 0);
    await until(() => gate.output().includes("[vars.SOURCES]"), gate.output);
  } finally {
    await gate.stop();
  }
});

/** Sends a request as it is written here, which `fetch` would tidy up; gives what came back. */
function raw(port, source, headers, body, { hangUp = false } = {}) {
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
