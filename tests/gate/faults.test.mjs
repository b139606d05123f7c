// What goes wrong around a gate, by the names of the project's fault model: it answers as documented, and loses nothing
// that it answered for.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Signer } from "countersign";
import { openObjects } from "./objects.mjs";
import { startWorkerd, until } from "./workerd.mjs";

/** As long as a gate waits at most before it asks a queue again that has refused, and some. */
const LONGEST_PAUSE_MS = 90_000;
const SECRET = "a secret in text";
const API_KEY = "an api key";
const secrets = { SECRET, API_KEY };
const sources = {
  stripe: { scheme: "stripe", keys: ["SECRET"] },
  github: { scheme: "github", keys: ["SECRET"] },
};
const sign = (source, body) => new Signer(source, SECRET).sign({ body });
const bodyOf = (id) => JSON.stringify({ id, type: "a.b" });

/** What a test does with a gate. */
const hands = (gate) => ({
  post: (id, init = {}) => {
    const body = bodyOf(id);
    const headers = sign("stripe", body);
    return fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers, ...init });
  },
  api: async (path, method = "GET") => {
    const headers = { "x-api-key": API_KEY };
    const response = await fetch(`${gate.url}/api/v1/${path}`, { method, headers });
    return response.json();
  },
  ids: () => gate.sink.messages.map(({ id }) => id),
  arrived: () => new Set(gate.sink.messages.map(({ id }) => id)),
});

describe("a gate to which things happen", () => {
  let gate;
  let post;
  let api;
  let ids;
  let arrived;
  before(async () => {
    gate = await startWorkerd({ sources, secrets, handler: true, settings: { body_seconds: 1 } });
    ({ post, api, ids, arrived } = hands(gate));
  });
  after(() => gate.stop());
  beforeEach(() => {
    gate.sink.messages.length = 0;
    gate.sink.answer = "store";
    gate.sink.isPoison = () => false;
    gate.handler.events.length = 0;
    gate.handler.answer = 204;
  });

  it("F3: events that come in any order are all acted on, and say when they were signed and taken in", async () => {
    const sent = Array.from({ length: 20 }, (_, index) => `evt_order_${index}`);
    for (const id of sent) await post(id);
    const messages = await gate.messages(20);
    const shuffled = messages.toSorted((one, other) => (one.id > other.id ? -1 : 1));
    await gate.consume(shuffled);
    const acted = gate.handler.events.map(({ headers }) => headers["ce-id"]);
    assert.deepEqual(
      acted,
      shuffled.map(({ id }) => id),
    );
    const inOrder = messages.toSorted((one, other) => one.time.localeCompare(other.time));
    assert.ok(inOrder.every(({ time, signedtime }) => time !== "" && signedtime !== ""));
    assert.deepEqual(
      inOrder.map(({ time }) => time),
      messages.map(({ time }) => time).toSorted(),
    );
  });

  it("F6: a batch whose answer is lost is sent again, and acted on once", async () => {
    const sent = Array.from({ length: 60 }, (_, index) => `evt_batch_${index}`);
    gate.sink.answer = "refuse";
    await Promise.all(sent.map((id) => post(id)));
    gate.sink.answer = "store and hang up";
    await until(() => gate.sink.messages.length > 0, gate.output);
    const ambiguous = gate.sink.messages.length;
    gate.sink.answer = "store";
    await until(
      () => arrived().size === 60,
      () => `${arrived().size}`,
    );
    await until(async () => (await api("events?status=pending")).data.length === 0, gate.output);
    assert.ok(gate.sink.messages.length >= 60 + ambiguous);
    await gate.consume(gate.sink.messages);
    assert.equal(gate.handler.events.length, 60);
  });

  it("F9: a sender that leaves at any moment leaves an event that is stored or is not", async () => {
    for (let after = 0; after <= 50; after += 2) {
      const id = `evt_left_${after}`;
      await post(id, { signal: AbortSignal.timeout(after) }).catch(() => {});
      const { status } = await (await post(id)).json();
      assert.ok(["accepted", "duplicate"].includes(status), status);
    }
    await until(
      () => arrived().size === 26,
      () => `${arrived().size}`,
    );
    assert.equal(gate.sink.messages.length, 26);
  });

  it("F12: a burst that the queue throttles is taken at once, and arrives whole", async () => {
    gate.sink.answer = "throttle";
    const left = Array.from({ length: 1000 }, (_, index) => `evt_burst_${index}`);
    const senders = Array.from({ length: 16 }, async () => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        assert.equal((await post(id)).status, 202);
      }
    });
    await Promise.all(senders);
    await until(
      () => arrived().size === 1000,
      () => `${arrived().size}`,
    );
    assert.equal(gate.sink.messages.length, 1000);
  });

  it("G13: what five minutes without a queue leave behind drains without loss", async () => {
    // Fifty a second.
    const EVENTS = 15_000;
    gate.sink.answer = "refuse";
    const left = Array.from({ length: EVENTS }, (_, index) => `evt_outage_${index}`);
    const senders = Array.from({ length: 16 }, async () => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        assert.equal((await post(id)).status, 202);
      }
    });
    await Promise.all(senders);
    assert.equal(gate.sink.messages.length, 0);
    gate.sink.answer = "store";
    await until(
      () => arrived().size === EVENTS,
      () => `${arrived().size}`,
      2 * LONGEST_PAUSE_MS,
    );
    assert.equal(gate.sink.messages.length, EVENTS);
  });

  it("F13: answers 408 to those that trickle their body, while others are served", async () => {
    const body = bodyOf("evt_trickle");
    const head = Object.entries({ ...sign("stripe", body), "content-length": body.length });
    // More than may be on the short way at a time.
    const slow = Array.from({ length: 100 }, () => trickle(gate.port, head, body));
    for (let count = 0; count < 20; count += 1) {
      assert.equal((await post(`evt_beside_${count}`)).status, 202);
    }
    for (const answer of await Promise.all(slow)) assert.match(answer, /^HTTP\/1.1 408/);
    assert.equal((await (await post("evt_trickle")).json()).status, "accepted");
  });

  for (const [name, content, headers] of [
    ["gzip", gzipSync("{}"), { "content-encoding": "gzip" }],
    ["a wrong type", Buffer.from("{}"), { "content-type": "image/png" }],
    ["a wrong charset", Buffer.from("{ }"), { "content-type": "application/json; charset=utf-16" }],
    ["invalid UTF-8", Buffer.from([0xff, 0xc0, 0x80, 0x00]), {}],
    ["a byte order mark", Buffer.from("\ufeff{}"), {}],
    ["nothing", Buffer.alloc(0), {}],
  ]) {
    it(`F15: takes the bytes that were signed, whatever they are: ${name}`, async () => {
      const response = await fetch(`${gate.url}/in/github`, {
        method: "POST",
        body: content,
        headers: { ...sign("github", content), ...headers },
      });
      assert.equal(response.status, 202);
      const { id } = await response.json();
      await until(() => arrived().has(id), gate.output);
      const message = gate.sink.messages.find((message) => message.id === id);
      assert.ok(Buffer.from(message.data_base64, "base64").equals(content));
    });
  }

  it("F15: takes a body in chunks of any size", async () => {
    const body = bodyOf("evt_chunked");
    const stream = new ReadableStream({
      async pull(controller) {
        for (const letter of body) {
          controller.enqueue(Buffer.from(letter));
          await sleep(1);
        }
        controller.close();
      },
    });
    const response = await post("evt_chunked", { body: stream, duplex: "half" });
    assert.equal(response.status, 202);
  });

  it("F16: a message that nobody can act on goes back, later each time, and its batch-mates are done", async () => {
    await Promise.all(["evt_good_1", "evt_bad", "evt_good_2"].map((id) => post(id)));
    await until(
      () => ["evt_good_1", "evt_bad", "evt_good_2"].every((id) => arrived().has(id)),
      gate.output,
    );
    const messages = gate.sink.messages.filter(({ id }) => /good|bad/.test(id));
    const bad = messages.find(({ id }) => id === "evt_bad");
    gate.handler.answer = 500;
    for (const [attempt, delay] of [5, 10, 20, 40].entries()) {
      const { retryMessages } = await gate.consume([bad]);
      assert.equal(retryMessages[0].delaySeconds, delay, `attempt ${attempt + 1}`);
    }
    // Forgetting what is old, which objects do when they are started anew and have something to send, is not to forget it.
    await gate.kill();
    await gate.restart();
    const others = Array.from({ length: 60 }, (_, index) => `evt_meanwhile_${index}`);
    await Promise.all(others.map((id) => post(id)));
    await until(() => others.every((id) => arrived().has(id)), gate.output);
    assert.equal((await gate.consume([bad])).retryMessages[0].delaySeconds, 80);
    gate.handler.answer = 204;
    const { explicitAcks } = await gate.consume(messages);
    assert.equal(explicitAcks.length, 3);
    const keys = gate.handler.events.map(({ headers }) => headers["idempotency-key"]);
    assert.equal(keys.length, 8);
    assert.equal(new Set(keys).size, 3);
  });

  it("F16: a handler that acts and hangs up is asked again with the same key", async () => {
    await post("evt_unsure");
    const [message] = await gate.messages(1);
    gate.handler.answer = "hang up";
    assert.equal((await gate.consume([message])).retryMessages.length, 1);
    gate.handler.answer = 204;
    assert.equal((await gate.consume([message])).explicitAcks.length, 1);
    assert.equal((await gate.consume([message])).explicitAcks.length, 1);
    const keys = gate.handler.events.map(({ headers }) => headers["idempotency-key"]);
    assert.deepEqual(keys, Array(2).fill("/in/stripe%20evt_unsure"));
  });

  /** The message of an event, and a handler that does not answer until it is told to go on. */
  const withSlowHandler = async (id) => {
    await post(id);
    await until(() => arrived().has(id), gate.output);
    const { promise, resolve: goOn } = Promise.withResolvers();
    gate.handler.pause = promise;
    return { message: gate.sink.messages.find((message) => message.id === id), goOn };
  };

  it("copies that are handed over at the same time are acted on one after the other, which is once", async () => {
    const { message, goOn } = await withSlowHandler("evt_at_once");
    const first = gate.consume([message]);
    await until(() => gate.handler.events.length === 1, gate.output);
    const { retryMessages } = await gate.consume([message]);
    const [{ delaySeconds }] = retryMessages;
    assert.ok(delaySeconds > 30 && delaySeconds <= 61, `${delaySeconds}: until the turn ends`);
    goOn();
    assert.equal((await first).explicitAcks.length, 1);
    assert.equal((await gate.consume([message])).explicitAcks.length, 1);
    assert.equal(gate.handler.events.length, 1);
  });

  it("F16: a handler that takes too long may still be at it, so nobody else is asked meanwhile", async () => {
    const { message, goOn } = await withSlowHandler("evt_slow");
    assert.equal((await gate.consume([message])).retryMessages[0].delaySeconds, 5);
    const [{ delaySeconds }] = (await gate.consume([message])).retryMessages;
    assert.ok(delaySeconds > 5 && delaySeconds <= 31, `${delaySeconds}: until the turn ends`);
    assert.equal(gate.handler.events.length, 1);
    goOn();
  });

  it("A-08: refuses a header that is longer than any sender's", async () => {
    const body = bodyOf("evt_long_header");
    const { "stripe-signature": signature } = sign("stripe", body);
    for (const header of [`${signature},${"v0=00,".repeat(2000)}`, "x".repeat(20_000)]) {
      const response = await post("evt_long_header", { headers: { "stripe-signature": header } });
      assert.equal(response.status, 401);
    }
  });

  it("events that the queue never takes are parked, and stand in nobody's way", async () => {
    gate.sink.isPoison = ({ id }) => id.startsWith("evt_poison");
    const poison = Array.from({ length: 40 }, (_, index) => `evt_poison_${index}`);
    await Promise.all(poison.map((id) => post(id)));
    const good = Array.from({ length: 200 }, (_, index) => `evt_beside_poison_${index}`);
    for (const id of good) {
      assert.equal((await post(id)).status, 202);
      await sleep(5);
    }
    await until(
      () => arrived().size === 200,
      () => `${arrived().size}`,
    );
    assert.deepEqual(
      ids().filter((id) => id.startsWith("evt_poison")),
      [],
    );
    // In the company of others each is found out to be at fault itself. They have tried for two hours.
    await gate.kill();
    for (const object of openObjects(gate.disk)) {
      object.run(
        "UPDATE events SET failures = 13, retry_at = 0 WHERE key LIKE '%poison_%' AND state = 'pending'",
      );
      object.close();
    }
    await gate.restart();
    let company = 0;
    const parked = async () => (await api("events?status=parked&limit=200")).data;
    await until(
      async () => {
        company += 1;
        await Promise.all(good.slice(0, 20).map((id) => post(`${id}_${company}`)));
        return (await parked()).length > 0;
      },
      () => "none is parked",
    );
    const [{ id, error }] = await parked();
    assert.match(id, /^evt_poison/);
    assert.notEqual(error, null);
    assert.ok(gate.output().includes('"outcome":"parked"'));
    gate.sink.isPoison = () => false;
    await api(`events/stripe/${id}/replay`, "POST");
    await until(() => arrived().has(id), gate.output);
  });

  it("F22: takes events also when nobody reads its log", async () => {
    gate.closeOutput();
    const silent = Array.from({ length: 300 }, (_, index) => `evt_silent_${index}`);
    for (const id of silent) assert.equal((await post(id)).status, 202);
    await until(
      () => silent.every((id) => arrived().has(id)),
      () => `${arrived().size}`,
    );
  });
});

/** A gate whose outbox is not what it should be: `/outbox/<mode>` says how. */
const FAULTY_OUTBOX = `
import Gate, { Outbox } from "./index.js";
export { Outbox };
let mode = "well";
let calls = 0;
class DurableObjectNamespace {
  constructor(real) { this.real = real; }
  getByName(name) {
    const stub = this.real.getByName(name);
    return {
      async fetch(request) {
        calls += 1;
        const now = mode;
        if (now.endsWith("once")) mode = "well";
        if (now === "well") return stub.fetch(request);
        if (now === "hang") return new Promise(() => setTimeout(() => {}, 60_000));
        if (now === "answers 500") return new Response("{}", { status: 500 });
        if (now.startsWith("stores and breaks")) await stub.fetch(request);
        const marks = now === "overloaded" ? { overloaded: true } : { retryable: true };
        throw Object.assign(new Error(now), marks);
      },
    };
  }
}
export default class extends Gate {
  constructor(ctx, env) {
    super(ctx, { ...env, OUTBOX: new DurableObjectNamespace(env.OUTBOX) });
  }
  async fetch(request) {
    const asked = new URL(request.url).pathname.match(/^\\/outbox\\/(.*)$/);
    if (!asked) return super.fetch(request);
    mode = decodeURIComponent(asked[1]);
    const before = calls;
    calls = 0;
    return Response.json(before);
  }
}
`;

describe("a gate whose outbox fails", () => {
  let gate;
  let post;
  let api;
  before(async () => {
    gate = await startWorkerd({
      sources,
      secrets,
      main: FAULTY_OUTBOX,
      bucket: true,
      handler: true,
    });
    ({ post, api } = hands(gate));
  });
  after(() => gate.stop());
  beforeEach(() => {
    gate.sink.messages.length = 0;
    gate.sink.answer = "store";
    gate.handler.events.length = 0;
    gate.handler.answer = 204;
  });
  /** Makes the outbox what it is from now on, and says how often it was asked before. */
  const become = async (mode) =>
    (await fetch(`${gate.url}/outbox/${encodeURIComponent(mode)}`)).json();

  it("F7: asks a broken object again, on a new stub", async () => {
    await become("broken once");
    const response = await post("evt_broken_once");
    assert.equal((await response.json()).status, "accepted");
    assert.equal(await become("well"), 2);
    const [message] = await gate.messages(1);
    assert.equal(message.dedupe, undefined);
  });

  for (const [mode, times] of [
    ["retryable", 3],
    ["answers 500", 3],
    ["overloaded", 1],
    ["hang", 1],
  ]) {
    it(`F7 F18: puts events straight on the queue when the object is "${mode}", after ${times} tries`, async () => {
      await become(mode);
      const started = Date.now();
      assert.equal((await post(`evt_${mode}`)).status, 202);
      assert.ok(Date.now() - started < 5000, "senders wait no longer than this");
      assert.equal(await become("well"), times);
      assert.equal(gate.sink.messages.length, 1);
      assert.equal(gate.sink.messages[0].dedupe, "consumer");
    });

    for (const answer of ["refuse", "hang", "hang up"]) {
      it(`A-70 F7 F18: answers 503 when the object is "${mode}" and the queue says "${answer}"`, async () => {
        await become(mode);
        gate.sink.answer = answer;
        const response = await post(`evt_${mode}_${answer}`);
        assert.equal(response.status, 503);
        assert.match(response.headers.get("retry-after"), /^\d+$/);
        await become("well");
      });
    }
  }

  it("F20: an object that does not know the question is answered for like one that fails", async () => {
    await post("evt_unknown_question");
    const [message] = await gate.messages(1);
    await become("answers 500");
    assert.equal((await gate.consume([message])).retryMessages.length, 1);
    assert.equal(
      (await gate.consume([message], "countersign-dead-letters")).explicitAcks.length,
      0,
    );
    const asked = await fetch(`${gate.url}/api/v1/events`, { headers: { "x-api-key": API_KEY } });
    assert.equal(asked.status, 503);
    const metrics = await (await fetch(`${gate.url}/metrics`)).text();
    assert.match(metrics, /countersign_deliveries_total/);
    assert.doesNotMatch(metrics, /countersign_outbox_events/);
    await become("well");
    assert.equal((await gate.consume([message])).explicitAcks.length, 1);
  });

  it("F7: an object that stored and then broke makes a copy, which the consumer tells by its key", async () => {
    await become("stores and breaks");
    assert.equal((await post("evt_both_ways")).status, 202);
    await become("well");
    const messages = await gate.messages(2);
    assert.deepEqual(
      messages.map(({ id }) => id),
      ["evt_both_ways", "evt_both_ways"],
    );
    await gate.consume(messages);
    const isLine = (line) => /"outcome":"event".*"id":"evt_both_ways"/.test(line);
    const lines = () => gate.output().split("\n").filter(isLine).length;
    await until(() => lines() > 0, gate.output);
    assert.equal(lines(), 1);
  });

  it("A-74: asks its objects for metrics once in a while, however often somebody asks for them", async () => {
    await become("well");
    for (let count = 0; count < 5; count += 1) {
      const metrics = await (await fetch(`${gate.url}/metrics`)).text();
      assert.match(metrics, /countersign_outbox_events/);
    }
    assert.equal(await become("well"), 16);
  });

  it("F18: what comes off the queue meanwhile waits longer each time, so that its tries last", async () => {
    await post("evt_patient");
    const [message] = await gate.messages(1);
    await become("overloaded");
    for (const queue of ["countersign-events", "countersign-dead-letters"]) {
      for (const [seconds, delay] of [
        [0, 5],
        [600, 600],
        [100_000, 43_200],
      ]) {
        const { retryMessages } = await gate.consume([message], queue, { seconds });
        assert.equal(retryMessages[0].delaySeconds, delay);
      }
    }
    await become("well");
  });

  it("F16: a turn whose answer was lost is had by asking again", async () => {
    await post("evt_lost_turn");
    const [message] = await gate.messages(1);
    await become("stores and breaks once");
    const { explicitAcks } = await gate.consume([message]);
    assert.deepEqual(explicitAcks, ["message-0"]);
    assert.equal(gate.handler.events.length, 1);
  });

  it("F11: a long body that came past the outbox is kept as long as its message, and its dead letter", async () => {
    const notes = () =>
      openObjects(gate.disk).flatMap((object) => {
        const rows = object.all("SELECT delete_at FROM objects WHERE name = ?", message.dataref);
        object.close();
        return rows.map(({ delete_at }) => delete_at);
      });
    const daysUntil = (time) => (time - Date.now()) / 86_400_000;
    await become("answers 500");
    const body = JSON.stringify({ id: "evt_past", note: "é".repeat(100_000) });
    const headers = sign("stripe", body);
    const response = await fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
    assert.equal(response.status, 202);
    await become("well");
    const [message] = await gate.messages(1);
    assert.deepEqual(notes(), []);
    gate.handler.answer = 500;
    await gate.consume([message]);
    const [kept] = notes();
    assert.ok(daysUntil(kept) > 28, "both queues together keep it no longer");
    await gate.consume([message], "countersign-dead-letters");
    assert.deepEqual(notes(), [null]);
    const { data } = await api("dead-letters");
    await fetch(`${gate.url}/api/v1/dead-letters/${data[0].id}`, {
      method: "DELETE",
      headers: { "x-api-key": API_KEY },
    });
    const [thrownAway] = notes();
    assert.ok(daysUntil(thrownAway) <= 0);
  });
});

describe("F19: a gate whose secrets are not there", () => {
  it("answers 500 for all and verifies nothing, and takes events when they are", async () => {
    const gate = await startWorkerd({ sources });
    try {
      assert.equal((await hands(gate).post("evt_1")).status, 500);
      assert.equal((await fetch(`${gate.url}/in/stripe`, { method: "POST" })).status, 500);
      assert.equal(gate.sink.messages.length, 0);
    } finally {
      await gate.stop();
    }
  });

  it("answers 500 when its own settings are misspelt", async () => {
    for (const settings of [
      { retention_days: 0 },
      { retention_days: 31 },
      { replay_hours: 97 },
      { retention_day: 5 },
      { max_body_bytes: 1, body_budget_bytes: 0 },
      { body_seconds: 0 },
    ]) {
      const gate = await startWorkerd({ sources, secrets, settings });
      try {
        assert.equal((await hands(gate).post("evt_1")).status, 500, JSON.stringify(settings));
        // What is on a queue waits, longer each time, until they are mended.
        const { retryMessages } = await gate.consume([{}], "countersign-events", { seconds: 900 });
        assert.equal(retryMessages[0].delaySeconds, 900);
      } finally {
        await gate.stop();
      }
    }
  });
});

describe("F20: a gate on what another version left behind", () => {
  it("reads the rows of the first version: sends what was pending, and knows what was sent", async () => {
    const gate = await startWorkerd({ sources, secrets });
    const { post, arrived } = hands(gate);
    try {
      const all = Array.from({ length: 60 }, (_, index) => `evt_old_${index}`);
      const sent = all.filter((_, index) => index % 2 === 0);
      gate.sink.answer = "refuse";
      for (const id of all) await post(id);
      await gate.kill();
      for (const object of openObjects(gate.disk)) {
        const rows = object.all("SELECT key, digest, message, accepted_at FROM events");
        for (const { name } of object.all(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('events', 'done', 'turns', 'objects', 'history', 'dead_letters')",
        )) {
          object.run(`DROP TABLE ${name}`);
        }
        object.run(
          "CREATE TABLE events (key TEXT PRIMARY KEY, digest TEXT NOT NULL, message TEXT, accepted_at INTEGER NOT NULL)",
        );
        object.run("CREATE INDEX pending ON events (accepted_at) WHERE message IS NOT NULL");
        object.run("CREATE TABLE done (key TEXT PRIMARY KEY, done_at INTEGER NOT NULL)");
        for (const { key, digest, message, accepted_at } of rows) {
          const wasSent = sent.some((id) => key.endsWith(` ${id}`));
          const row = [key, digest, wasSent ? null : message, accepted_at];
          object.run("INSERT INTO events VALUES (?, ?, ?, ?)", ...row);
        }
        object.close();
      }
      gate.sink.answer = "store";
      await gate.restart();
      for (const id of all) {
        assert.equal((await (await post(id)).json()).status, "duplicate", id);
      }
      await until(
        () => arrived().size === 30,
        () => `${arrived().size}`,
      );
      assert.ok(sent.every((id) => !arrived().has(id)));
      const { data } = await hands(gate).api(
        "events?source=stripe&type=a.b&status=queued&limit=200",
      );
      assert.equal(data.length, 30);
    } finally {
      await gate.stop();
    }
  });

  it("goes on with the rows of a later version: columns, tables and states that it does not know", async () => {
    const gate = await startWorkerd({ sources, secrets });
    const { post, arrived } = hands(gate);
    try {
      const all = Array.from({ length: 30 }, (_, index) => `evt_later_${index}`);
      gate.sink.answer = "refuse";
      for (const id of all) await post(id);
      await gate.kill();
      for (const object of openObjects(gate.disk)) {
        object.run("ALTER TABLE events ADD COLUMN later TEXT NOT NULL DEFAULT 'x'");
        object.run("CREATE TABLE later (a INTEGER)");
        object.run("UPDATE events SET state = 'postponed' WHERE key LIKE '%_7'");
        object.close();
      }
      gate.sink.answer = "store";
      await gate.restart();
      assert.equal((await (await post("evt_now")).json()).status, "accepted");
      for (const id of all) assert.equal((await (await post(id)).json()).status, "duplicate", id);
      await until(
        () => arrived().size === 28,
        () => `${arrived().size}`,
      );
    } finally {
      await gate.stop();
    }
  });
});

describe("what is old", () => {
  const DAY = 24 * 60 * 60 * 1000;

  it("is forgotten in time: bodies first, then keys; what was not sent stays", async () => {
    const settings = { retention_days: 10, replay_hours: 48 };
    const gate = await startWorkerd({ sources, secrets, settings, bucket: true });
    const { post, api, arrived } = hands(gate);
    try {
      const ages = { evt_new: 1, evt_bodyless: 5, evt_forgotten: 11 };
      const postLong = (id) => {
        const body = JSON.stringify({ id, note: "é".repeat(100_000) });
        return fetch(`${gate.url}/in/stripe`, {
          method: "POST",
          body,
          headers: sign("stripe", body),
        });
      };
      for (const id of Object.keys(ages)) {
        await post(id);
        await postLong(`${id}_long`);
      }
      await until(() => arrived().size === 6, gate.output);
      gate.sink.answer = "refuse";
      await post("evt_unsent");
      // An object whose event never came: its Worker was killed.
      gate.bucket.objects.set("orphan", Buffer.from("x"));
      assert.equal(gate.bucket.objects.size, 4);
      await gate.kill();
      for (const object of openObjects(gate.disk)) {
        for (const [id, days] of Object.entries({ ...ages, evt_unsent: 20 })) {
          const back = days * DAY;
          object.run(
            `UPDATE events SET accepted_at = accepted_at - ${back}, sent_at = sent_at - ${back}, state = iif(state = 'queued' AND key LIKE '%_bodyless_long', 'acted', state) WHERE key LIKE ?`,
            `/in/stripe ${id}%`,
          );
        }
        object.run("INSERT INTO objects (name, delete_at) VALUES ('orphan', 1)");
        object.close();
      }
      await gate.restart();
      gate.sink.answer = "store";
      // Every object looks for what can be forgotten when it has something to do.
      let round = 0;
      await until(
        async () => {
          round += 1;
          await Promise.all(
            Array.from({ length: 40 }, (_, index) => post(`evt_wake_${round}_${index}`)),
          );
          return gate.bucket.objects.size === 1;
        },
        () => `${[...gate.bucket.objects.keys()]}`,
      );
      const story = async (id) => (await api(`events/stripe/${id}`)).data;
      assert.notEqual((await story("evt_new")).message, null);
      assert.equal((await story("evt_bodyless")).message, null);
      assert.equal((await story("evt_bodyless_long")).message, null);
      assert.equal(await story("evt_forgotten"), undefined);
      assert.ok(arrived().has("evt_unsent"));
      assert.equal((await (await post("evt_bodyless")).json()).status, "duplicate");
      assert.equal((await (await post("evt_forgotten")).json()).status, "accepted");
      const replay = await api("events/stripe/evt_bodyless/replay", "POST");
      assert.match(replay.error, /no longer kept/);
    } finally {
      await gate.stop();
    }
  });

  it("is forgotten, and the rest sent, also where there is more to send than one alarm can", async () => {
    const gate = await startWorkerd({ sources, secrets });
    const { post } = hands(gate);
    try {
      await post("evt_first");
      const [message] = await gate.messages(1);
      await gate.kill();
      const [object] = openObjects(gate.disk);
      object.run(
        `INSERT INTO events (key, digest, accepted_at, message)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5500)
         SELECT '/in/stripe more' || i, '', 1, ? FROM n`,
        JSON.stringify(message),
      );
      object.run(
        `INSERT INTO events (key, digest, accepted_at, state, sent_at)
         VALUES ('/in/stripe old', '', 1, 'queued', 1)`,
      );
      object.close();
      await gate.restart();
      await post("evt_first");
      await gate.messages(5501);
      const [after] = openObjects(gate.disk);
      const old = after.all("SELECT key FROM events WHERE key = '/in/stripe old'");
      after.close();
      assert.deepEqual(old, []);
    } finally {
      await gate.stop();
    }
  });

  it("is forgotten a thousand rows at a time", async () => {
    const gate = await startWorkerd({ sources, secrets });
    const { post, arrived } = hands(gate);
    try {
      await post("evt_first");
      await until(() => arrived().size === 1, gate.output);
      await gate.kill();
      const [object] = openObjects(gate.disk);
      object.run(
        `INSERT INTO events (key, digest, accepted_at, state, sent_at)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
         SELECT '/in/stripe old' || i, '', 1, 'queued', 1 FROM n`,
      );
      object.close();
      await gate.restart();
      await post("evt_first");
      await until(() => {
        const [object] = openObjects(gate.disk);
        const [{ left }] = object.all("SELECT count(*) AS left FROM events");
        object.close();
        return left === 1;
      }, gate.output);
    } finally {
      await gate.stop();
    }
  });
});

describe("F11: a gate that is killed between the bucket and the outbox", () => {
  it("has noted the object for deletion, unless its event comes after all", async () => {
    let isReached;
    const reached = new Promise((resolve) => {
      isReached = resolve;
    });
    let isKilling = true;
    const gate = await startWorkerd({
      sources,
      secrets,
      bucket: true,
      faults: true,
      harness: (point) => {
        if (point !== "after-body-stored" || !isKilling) return;
        isReached();
        return new Promise(() => {});
      },
    });
    const body = JSON.stringify({ id: "evt_between", note: "é".repeat(100_000) });
    const headers = sign("stripe", body);
    const post = () => fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
    const notes = () =>
      openObjects(gate.disk).flatMap((object) => {
        const rows = object.all("SELECT name, delete_at FROM objects");
        object.close();
        return rows;
      });
    try {
      const lost = post().catch(() => {});
      await reached;
      await gate.kill();
      await lost;
      const [name] = [...gate.bucket.objects.keys()];
      const [note, ...others] = notes();
      assert.deepEqual(others, []);
      assert.equal(note.name, name);
      const inDays = (note.delete_at - Date.now()) / 86_400_000;
      assert.ok(inDays > 30 && inDays <= 31, `${inDays}`);
      isKilling = false;
      await gate.restart();
      assert.equal((await (await post()).json()).status, "accepted");
      await gate.kill();
      assert.deepEqual(
        notes().map((row) => ({ ...row })),
        [{ name, delete_at: null }],
      );
    } finally {
      await gate.stop();
    }
  });
});

describe("F21: a gate whose wasm traps", () => {
  let gate;
  before(async () => {
    gate = await startWorkerd({ sources, secrets, faults: true });
  });
  after(() => gate.stop());

  for (const fault of ["panic", "stack", "memory"]) {
    it(`answers 500 to that request and goes on with the next: ${fault}`, async () => {
      const { post, arrived } = hands(gate);
      for (let round = 0; round < 12; round += 1) {
        const before = `evt_before_${fault}_${round}`;
        assert.equal((await post(before)).status, 202);
        // Before the alarm, in the middle of it, and after it.
        await sleep(round * 14);
        const response = await fetch(`${gate.url}/fault/${fault}`);
        assert.equal(response.status, 500);
        const after = `evt_after_${fault}_${round}`;
        assert.equal((await (await post(after)).json()).status, "accepted");
        assert.equal((await (await post(before)).json()).status, "duplicate");
        await until(() => [before, after].every((id) => arrived().has(id)), gate.output);
      }
    });
  }

  it("sends what is stored although an alarm was running when it trapped, and never ends", async () => {
    const { post, arrived } = hands(gate);
    const { batches } = gate.sink;
    gate.sink.answer = "hang";
    assert.equal((await post("evt_in_flight")).status, 202);
    await until(() => gate.sink.batches > batches, gate.output);
    assert.equal((await fetch(`${gate.url}/fault/stack`)).status, 500);
    gate.sink.answer = "store";
    assert.equal((await (await post("evt_in_flight")).json()).status, "duplicate");
    await until(() => arrived().has("evt_in_flight"), gate.output);
  });

  it("has no such routes in what is deployed", async () => {
    const deployed = await startWorkerd({ sources, secrets });
    try {
      assert.equal((await fetch(`${deployed.url}/fault/panic`)).status, 404);
    } finally {
      await deployed.stop();
    }
  });
});

describe("F17: wrangler.toml", () => {
  it("has a consumer for every queue, and for the queue of the dead letters", () => {
    const path = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));
    const tables = readFileSync(path, "utf8").split(/^\[/m);
    const value = (table, name) => table.match(new RegExp(`^${name} = "(.*)"$`, "m"))?.[1];
    const named = (kind) => tables.filter((table) => table.startsWith(`[queues.${kind}]]`));
    const consumed = named("consumers").map((table) => value(table, "queue"));
    assert.ok(consumed.length >= 2);
    for (const table of named("producers")) assert.ok(consumed.includes(value(table, "queue")));
    const dead = named("consumers").map((table) => value(table, "dead_letter_queue"));
    assert.ok(dead.filter(Boolean).every((queue) => consumed.includes(queue)));
    // The queue of the dead letters has none of its own: what cannot be kept comes again.
    assert.equal(dead.filter((queue) => queue === undefined).length, 1);
    const gate = tables.find((table) => table.startsWith("vars.GATE]")) ?? "";
    const configured = value(gate, "dead_letter_queue") ?? "countersign-dead-letters";
    assert.ok(dead.includes(configured));
  });
});

/** Sends a request whose body comes a byte at a time; gives what came back. */
function trickle(port, headers, body) {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", async () => {
      socket.write(`POST /in/stripe HTTP/1.1\r\nhost: gate\r\n${lines}\r\n`);
      for (const letter of body.slice(0, -1)) {
        if (answer !== "" || socket.destroyed) break;
        socket.write(letter);
        await sleep(100);
      }
      socket.end();
    });
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", (error) => (answer === "" ? reject(error) : resolve(answer)));
  });
}
