// The consumer, called as a queue calls it: with duplicates, with messages that it cannot read, with a handler that fails,
// and after crashes.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { clientOf, linesOf, secrets, sources } from "./fixtures.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

const message = (id, changes = {}) => ({
  specversion: "1.0",
  envelope: 1,
  id,
  source: "/in/stripe",
  type: "a.b",
  time: "2026-01-01T00:00:00.000Z",
  scheme: "stripe",
  keyid: "STRIPE_SECRET",
  authenticated: "content",
  data_base64: "e30=",
  ...changes,
});

describe("the consumer without a handler", () => {
  let gate;
  before(async () => {
    gate = await startWorkerd({ sources: {} });
  });
  after(() => gate.stop());

  const linesAbout = (id) =>
    gate
      .output()
      .split("\n")
      .filter((line) => line.includes('"outcome":"event"') && line.includes(`"id":"${id}"`));
  /** Counts the log lines about an event, once the line about a later event has appeared. */
  const countEffects = async (id) => {
    const last = `evt_after_${id}_${Math.random()}`;
    await gate.consume([message(last)]);
    await waitUntil(() => linesAbout(last).length > 0, gate.output);
    return linesAbout(id).length;
  };
  const acknowledged = (result) => (result.ackAll ? "all" : result.explicitAcks);

  // Threat model: I2.
  it("acts once on an event that the queue delivers several times", async () => {
    for (let round = 0; round < 3; round += 1) {
      const result = await gate.consume([message("evt_twice"), message("evt_twice")]);
      assert.deepEqual(acknowledged(result), ["message-0", "message-1"]);
    }
    assert.equal(await countEffects("evt_twice"), 1);
  });

  it("acts on the same id of another source", async () => {
    await gate.consume([message("evt_both"), message("evt_both", { source: "/in/other" })]);
    assert.equal(await countEffects("evt_both"), 2);
  });

  it("acts on an event whose id looks like the replay of another", async () => {
    await gate.consume([message("evt_odd", { replay: 1 }), message("evt_odd replay 1")]);
    assert.equal(await countEffects("evt_odd"), 1);
    assert.equal(await countEffects("evt_odd replay 1"), 1);
  });

  it("remembers after a crash which events it acted on", async () => {
    await gate.consume([message("evt_crash")]);
    assert.equal(await countEffects("evt_crash"), 1);
    await gate.kill();
    await gate.restart();
    await gate.consume([message("evt_crash")]);
    assert.equal(await countEffects("evt_crash"), 1);
  });

  it("gives messages back that it cannot read, and acts on the others", async () => {
    const unreadable = [
      message("evt_new_envelope", { envelope: 3 }),
      message("evt_no_base64", { data_base64: "*" }),
      { id: "evt_incomplete" },
      "text",
      null,
    ];
    const result = await gate.consume([message("evt_first"), ...unreadable, message("evt_last")]);
    assert.deepEqual(result.explicitAcks, ["message-0", "message-6"]);
    const retried = result.retryMessages.map(({ msgId }) => msgId);
    assert.deepEqual(
      retried,
      unreadable.map((_, index) => `message-${index + 1}`),
    );
    assert.equal(await countEffects("evt_last"), 1);
    assert.equal(await countEffects("evt_new_envelope"), 0);
  });
});

describe("the consumer with a handler", () => {
  let gate;
  let post;
  let idsOnQueue;
  before(async () => {
    gate = await startWorkerd({ sources, secrets, handler: true });
    ({ post, idsOnQueue } = clientOf(gate));
  });
  after(() => gate.stop());
  beforeEach(() => {
    gate.sink.messages.length = 0;
    gate.handler.events.length = 0;
    gate.handler.answer = 204;
  });

  // Threat model: F3.
  it("acts on events in any order, and each says when it was signed and received", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `evt_order_${index}`);
    for (const id of ids) await post(id);
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

  // Threat model: I6.
  it("tells the handler the source, type, id and times of each of many events, and none of another", async () => {
    const kinds = Array.from({ length: 400 }, (_, index) => {
      const name = `evt_described_${index}`;
      const source = `/in/${["stripe", "other", "a b"][index % 3]}`;
      return message(name, {
        source,
        type: ["a.b", "invoice.paid", "größe", ""][index % 4],
        time: new Date(Date.UTC(2026, 0, 1) + 1000 * index).toISOString(),
        keyid: `KEY_${index % 5}`,
        data_base64: btoa(`{"id":"${name}"}`),
      });
    });
    for (let first = 0; first < kinds.length; first += 50) {
      await gate.consume(kinds.slice(first, first + 50));
    }
    const described = ({ headers, body }) => ({
      id: decodeURIComponent(headers["ce-id"]),
      source: decodeURIComponent(headers["ce-source"]),
      type: decodeURIComponent(headers["ce-type"]),
      time: headers["ce-time"],
      keyid: headers["ce-keyid"],
      data_base64: body.toString("base64"),
      key: decodeURIComponent(headers["idempotency-key"]),
    });
    assert.deepEqual(
      gate.handler.events.map(described),
      kinds.map(({ id, source, type, time, keyid, data_base64 }) => {
        return { id, source, type, time, keyid, data_base64, key: `${source} ${id}` };
      }),
    );
  });

  // Threat model: F16.
  it("gives a failing message back with longer and longer pauses, and acts on the rest of its batch", async () => {
    const ids = ["evt_good_1", "evt_bad", "evt_good_2"];
    await Promise.all(ids.map((id) => post(id)));
    await waitUntil(() => ids.every((id) => idsOnQueue().has(id)), gate.output);
    const messages = gate.sink.messages.filter(({ id }) => /good|bad/.test(id));
    const bad = messages.find(({ id }) => id === "evt_bad");
    gate.handler.answer = 500;
    for (const [attempt, delay] of [5, 10, 20, 40].entries()) {
      const { retryMessages } = await gate.consume([bad]);
      assert.equal(retryMessages[0].delaySeconds, delay, `attempt ${attempt + 1}`);
    }
    // Objects purge old rows after a restart, when they have something to send. The number of attempts must survive that.
    await gate.kill();
    await gate.restart();
    const others = Array.from({ length: 60 }, (_, index) => `evt_meanwhile_${index}`);
    await Promise.all(others.map((id) => post(id)));
    await waitUntil(() => others.every((id) => idsOnQueue().has(id)), gate.output);
    assert.equal((await gate.consume([bad])).retryMessages[0].delaySeconds, 80);
    gate.handler.answer = 204;
    const { explicitAcks } = await gate.consume(messages);
    assert.equal(explicitAcks.length, 3);
    const keys = gate.handler.events.map(({ headers }) => headers["idempotency-key"]);
    assert.equal(keys.length, 8);
    assert.equal(new Set(keys).size, 3);
  });

  it("names the source, id and type of an event that failed, and the queue's id of its message", async () => {
    const unknown = message("evt_newer", { envelope: 3, source: "/in/other", type: "c.d" });
    gate.handler.answer = 500;
    await gate.consume([message("evt_failed"), unknown, { id: 5 }, "text", null]);
    const named = (queue_id, rest) => ({ at: "consumer", outcome: "failed", ...rest, queue_id });
    const expected = [
      named("message-0", { source: "stripe", id: "evt_failed", type: "a.b" }),
      named("message-1", { source: "other", id: "evt_newer", type: "c.d" }),
      ...["message-2", "message-3", "message-4"].map((queue_id) => named(queue_id, {})),
    ];
    const failed = () =>
      linesOf(gate).filter(({ at, outcome }) => at === "consumer" && outcome === "failed");
    await waitUntil(() => failed().at(-1)?.queue_id === "message-4", gate.output);
    const lines = failed().slice(-5);
    assert.equal(lines[0].message, "the handler answered 500");
    assert.ok(lines.every(({ message }) => message.length > 10));
    assert.deepEqual(
      lines.map(({ message: _, ...line }) => line),
      expected,
    );
  });

  // Threat model: A-81.
  it("writes no character to the log that hides or reorders text", async () => {
    const id = "evt_\u009b31m\u202egnp.exe\u007f\u2028\ufeff";
    gate.handler.answer = 500;
    await gate.consume([message(id)]);
    const line = () => linesOf(gate).find((line) => line.id === id);
    await waitUntil(line, gate.output);
    assert.doesNotMatch(gate.output(), /[\u007f-\u009f\u2028\u202e\ufeff]/);
  });

  // Threat model: F16.
  // Threat model: crash point after-handler.
  it("calls a handler that acts and hangs up again, with the same key", async () => {
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

  // Threat model: F23.
  for (const status of [301, 302, 303, 307, 308]) {
    it(`gives an event back whose handler redirects, and does not follow: ${status}`, async () => {
      await post(`evt_redirected_${status}`);
      const [message] = await gate.messages(1);
      gate.handler.answer = (response) => {
        gate.handler.answer = 200;
        response.writeHead(status, { location: "/login" }).end();
      };
      const { explicitAcks, retryMessages } = await gate.consume([message]);
      assert.deepEqual(explicitAcks, []);
      assert.equal(retryMessages[0].delaySeconds, 5);
      assert.equal(gate.handler.events.length, 1, "nothing has called /login");
      assert.match(gate.output(), new RegExp(`the handler answered ${status}, and redirects`));
      assert.equal((await gate.consume([message])).explicitAcks.length, 1);
      const keys = gate.handler.events.map(({ headers }) => headers["idempotency-key"]);
      assert.deepEqual(keys, Array(2).fill(`/in/stripe%20evt_redirected_${status}`));
    });
  }

  // Threat model: F23.
  it("gives an event back if the handler's answer breaks off", async () => {
    await post("evt_broken_off");
    const [message] = await gate.messages(1);
    gate.handler.answer = (response) => {
      response.writeHead(200, { "content-length": "10" });
      response.write("begun", () => response.destroy());
    };
    assert.equal((await gate.consume([message])).retryMessages.length, 1);
    gate.handler.answer = 204;
    assert.equal((await gate.consume([message])).explicitAcks.length, 1);
  });

  it("takes an endless answer with 200 for an acknowledgement, and stops reading it", async () => {
    await post("evt_endless");
    const [message] = await gate.messages(1);
    const closed = Promise.withResolvers();
    gate.handler.answer = (response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write("x".repeat(10_000)), 1);
      response.once("close", () => {
        clearInterval(timer);
        closed.resolve();
      });
    };
    assert.equal((await gate.consume([message])).explicitAcks.length, 1);
    await closed.promise;
  });

  /** Posts an event. Returns its message, and a function that lets the handler answer. */
  const postToSlowHandler = async (id) => {
    await post(id);
    await waitUntil(() => idsOnQueue().has(id), gate.output);
    const { promise, resolve: letAnswer } = Promise.withResolvers();
    gate.handler.pause = promise;
    return { message: gate.sink.messages.find((message) => message.id === id), letAnswer };
  };

  // Threat model: I2.
  it("acts once on duplicates that the queue delivers at the same time", async () => {
    const { message, letAnswer } = await postToSlowHandler("evt_at_once");
    const first = gate.consume([message]);
    await waitUntil(() => gate.handler.events.length === 1, gate.output);
    const { retryMessages } = await gate.consume([message]);
    const [{ delaySeconds }] = retryMessages;
    assert.ok(delaySeconds > 30 && delaySeconds <= 61, `${delaySeconds}: until the lease ends`);
    letAnswer();
    assert.equal((await first).explicitAcks.length, 1);
    assert.equal((await gate.consume([message])).explicitAcks.length, 1);
    assert.equal(gate.handler.events.length, 1);
  });

  // Threat model: F16.
  it("keeps the lease of a handler that does not answer in time, because it may still be acting", async () => {
    const { message, letAnswer } = await postToSlowHandler("evt_slow");
    assert.equal((await gate.consume([message])).retryMessages[0].delaySeconds, 5);
    const [{ delaySeconds }] = (await gate.consume([message])).retryMessages;
    assert.ok(delaySeconds > 5 && delaySeconds <= 31, `${delaySeconds}: until the lease ends`);
    assert.equal(gate.handler.events.length, 1);
    letAnswer();
  });

  // Threat model: F23.
  it("keeps the lease of a handler that begins its answer and does not end it in time", async () => {
    await post("evt_unending");
    const [message] = await gate.messages(1);
    gate.handler.answer = (response) => {
      response.writeHead(200);
      response.write("begun");
    };
    assert.equal((await gate.consume([message])).retryMessages[0].delaySeconds, 5);
    const [{ delaySeconds }] = (await gate.consume([message])).retryMessages;
    assert.ok(delaySeconds > 5 && delaySeconds <= 31, `${delaySeconds}: until the lease ends`);
    assert.equal(gate.handler.events.length, 1);
  });
});
