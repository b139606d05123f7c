// An outbox that fails in several ways: the gate sends events to the queue directly, or asks the sender to retry.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  API_KEY,
  bodyOf,
  clientOf,
  idsInObjectOf,
  keyOf,
  linesOf,
  secrets,
  sign,
  sources,
} from "./fixtures.mjs";
import { openObjects, runInAll } from "./objects.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

/** A little longer than the gate repeats the outbox's counts or its failure. */
const COUNTS_AGE_MS = 5200;

/** Wraps the gate and makes its outbox fail: a request to `/outbox/<mode>` chooses how. */
const FAULTY_OUTBOX = `
import Gate, { Outbox } from "./index.js";
export { Outbox };
let mode = "healthy";
let calls = 0;
class DurableObjectNamespace {
  constructor(real) { this.real = real; }
  getByName(name) {
    const stub = this.real.getByName(name);
    return {
      async fetch(request) {
        calls += 1;
        const now = mode;
        if (now.endsWith("once")) mode = "healthy";
        if (now === "healthy") return stub.fetch(request);
        if (now === "slow") {
          await new Promise((resolve) => setTimeout(resolve, 300));
          return stub.fetch(request);
        }
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
  let callApi;
  before(async () => {
    gate = await startWorkerd({
      sources,
      secrets,
      main: FAULTY_OUTBOX,
      bucket: true,
      handler: true,
    });
    ({ post, callApi } = clientOf(gate));
  });
  after(() => gate.stop());
  beforeEach(() => {
    gate.sink.messages.length = 0;
    gate.sink.answer = "store";
    gate.handler.events.length = 0;
    gate.handler.answer = 204;
  });
  const readMetrics = async () => (await fetch(`${gate.url}/metrics`)).text();
  /** Switches the outbox to a mode. Returns the number of calls in the last mode. */
  const switchTo = async (mode) =>
    (await fetch(`${gate.url}/outbox/${encodeURIComponent(mode)}`)).json();

  // Threat model: F7.
  it("calls a broken object again, on a new stub", async () => {
    await switchTo("broken once");
    const response = await post("evt_broken_once");
    assert.equal((await response.json()).status, "accepted");
    assert.equal(await switchTo("healthy"), 2);
    const [message] = await gate.messages(1);
    assert.equal(message.dedupe, undefined);
  });

  for (const [mode, attempts] of [
    ["retryable", 3],
    ["answers 500", 3],
    ["overloaded", 1],
    ["hang", 1],
  ]) {
    // Threat model: F7, F18.
    it(`sends an event to the queue directly if the object is in mode "${mode}", after ${attempts} attempts`, async () => {
      await switchTo(mode);
      const started = Date.now();
      assert.equal((await post(`evt_${mode}`)).status, 200);
      assert.ok(Date.now() - started < 5000, "some senders wait no longer than five seconds");
      assert.equal(await switchTo("healthy"), attempts);
      assert.equal(gate.sink.messages.length, 1);
      assert.equal(gate.sink.messages[0].dedupe, "consumer");
    });

    for (const answer of ["reject", "hang", "hang up"]) {
      // Threat model: A-70, F7, F18.
      it(`answers 503 if the object is in mode "${mode}" and the queue in mode "${answer}"`, async () => {
        await switchTo(mode);
        gate.sink.answer = answer;
        const response = await post(`evt_${mode}_${answer}`);
        assert.equal(response.status, 503);
        assert.match(response.headers.get("retry-after"), /^\d+$/);
        await switchTo("healthy");
      });
    }
  }

  // Threat model: F20.
  it("handles an object that does not know the request like one that fails", async () => {
    await post("evt_unknown_request");
    const [message] = await gate.messages(1);
    await switchTo("answers 500");
    assert.equal((await gate.consume([message])).retryMessages.length, 1);
    assert.equal(
      (await gate.consume([message], "countersign-dead-letters")).explicitAcks.length,
      0,
    );
    const response = await fetch(`${gate.url}/api/v1/events`, {
      headers: { "x-api-key": API_KEY },
    });
    assert.equal(response.status, 503);
    const metrics = await readMetrics();
    assert.match(metrics, /countersign_deliveries_total/);
    assert.doesNotMatch(metrics, /countersign_outbox_events/);
    await switchTo("healthy");
    assert.equal((await gate.consume([message])).explicitAcks.length, 1);
  });

  // Threat model: F7.
  it("acts once on an event that the object stored before it broke", async () => {
    await switchTo("stores and breaks");
    assert.equal((await post("evt_both_ways")).status, 200);
    await switchTo("healthy");
    const messages = await gate.messages(2);
    assert.deepEqual(
      messages.map(({ id }) => id),
      ["evt_both_ways", "evt_both_ways"],
    );
    await gate.consume(messages);
    const isEventLine = (line) => /"outcome":"event".*"id":"evt_both_ways"/.test(line);
    const countLines = () => gate.output().split("\n").filter(isEventLine).length;
    await waitUntil(() => countLines() > 0, gate.output);
    assert.equal(countLines(), 1);
  });

  // Threat model: A-74.
  it("counts its events at most once in five seconds, however often the metrics are read", async () => {
    await switchTo("healthy");
    // The failure of an earlier test is kept for five seconds too.
    await waitUntil(async () => (await readMetrics()).includes("outbox_events"), gate.output);
    for (let count = 0; count < 5; count += 1) {
      assert.match(await readMetrics(), /countersign_outbox_events/);
    }
    assert.equal(await switchTo("healthy"), 16);
  });

  // Threat model: A-74.
  it("asks an outbox that fails once for a hundred requests for metrics, and not again for five seconds", async () => {
    await sleep(COUNTS_AGE_MS);
    await switchTo("answers 500");
    const readAll = () => Promise.all(Array.from({ length: 100 }, readMetrics));
    for (const metrics of await readAll()) {
      assert.match(metrics, /countersign_deliveries_total/);
      assert.doesNotMatch(metrics, /countersign_outbox_events/);
    }
    const calls = await switchTo("answers 500");
    // Sixteen objects, each up to three times.
    assert.ok(calls >= 16 && calls <= 48, `${calls}`);
    await readAll();
    assert.equal(await switchTo("healthy"), 0);
  });

  // Threat model: A-74.
  it("answers all requests for metrics that arrive during a question with its answer", async () => {
    await sleep(COUNTS_AGE_MS);
    await switchTo("slow");
    for (const metrics of await Promise.all(Array.from({ length: 100 }, readMetrics))) {
      assert.match(metrics, /countersign_outbox_events/);
    }
    assert.equal(await switchTo("healthy"), 16);
  });

  // Threat model: F18.
  it("gives messages back with longer and longer pauses, so that they do not use up their attempts", async () => {
    await post("evt_patient");
    const [message] = await gate.messages(1);
    await switchTo("overloaded");
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
    await switchTo("healthy");
  });

  // Threat model: F16.
  it("gets a lease whose answer was lost by asking again", async () => {
    await post("evt_lost_lease");
    const [message] = await gate.messages(1);
    await switchTo("stores and breaks once");
    const { explicitAcks } = await gate.consume([message]);
    assert.deepEqual(explicitAcks, ["message-0"]);
    assert.equal(gate.handler.events.length, 1);
  });

  // Threat model: F16.
  // Threat model: crash point after-handler.
  it("gives a message back if the outbox cannot note that the handler acted", async () => {
    await post("evt_unnoted");
    const [message] = await gate.messages(1);
    const { promise, resolve: letAnswer } = Promise.withResolvers();
    gate.handler.pause = promise;
    const consumed = gate.consume([message]);
    await waitUntil(() => gate.handler.events.length === 1, gate.output);
    await switchTo("answers 500");
    gate.handler.pause = undefined;
    letAnswer();
    assert.equal((await consumed).retryMessages.length, 1);
    await switchTo("healthy");
    assert.notEqual((await callApi("events/stripe/evt_unnoted")).data.status, "acted");
  });

  // Threat model: F11.
  it("keeps a large body that bypassed the outbox as long as its message and its dead letter", async () => {
    const deletionTimes = () =>
      openObjects(gate.disk).flatMap((object) => {
        const rows = object.all("SELECT delete_at FROM objects WHERE name = ?", message.dataref);
        object.close();
        return rows.map(({ delete_at }) => delete_at);
      });
    await switchTo("answers 500");
    const body = JSON.stringify({ id: "evt_large", note: "é".repeat(100_000) });
    const headers = sign("stripe", body);
    const response = await fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
    assert.equal(response.status, 200);
    await switchTo("healthy");
    const [message] = await gate.messages(1);
    assert.deepEqual(deletionTimes(), []);
    gate.handler.answer = 500;
    await gate.consume([message]);
    assert.deepEqual(deletionTimes(), [null]);
    await gate.consume([message], "countersign-dead-letters");
    assert.deepEqual(deletionTimes(), [null]);
    const { data } = await callApi("dead-letters");
    await callApi(`dead-letters/${data[0].id}`, "DELETE");
    assert.equal((await callApi("events/stripe/evt_large")).data.status, "discarded");
    // Now the body is deleted like that of any event whose time for a replay is over.
    await gate.kill();
    for (const object of openObjects(gate.disk)) {
      object.run("UPDATE events SET sent_at = 1");
      object.close();
    }
    await gate.restart();
    let round = 0;
    await waitUntil(async () => {
      round += 1;
      await Promise.all(
        Array.from({ length: 40 }, (_, index) => post(`evt_wake_${round}_${index}`)),
      );
      return gate.bucket.objects.size === 0 && deletionTimes().length === 0;
    }, gate.output);
  });

  describe("an event that bypassed it", () => {
    const show = async (id) => (await callApi(`events/stripe/${id}`)).data;
    const calledFor = (id) => gate.handler.events.filter(({ headers }) => headers["ce-id"] === id);
    /** Posts an event, by default a small one, to a gate whose outbox fails. Returns its message. */
    const postAround = async (id, body = bodyOf(id)) => {
      const before = gate.sink.messages.length;
      await switchTo("answers 500");
      const headers = sign("stripe", body);
      const response = await fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
      assert.equal(response.status, 200);
      await switchTo("healthy");
      const find = () =>
        gate.sink.messages.slice(before).find((message) => message.id === id && message.dedupe);
      await waitUntil(find, gate.output);
      return find();
    };

    // Threat model: F7.
    it("is in the API once the consumer has it, and the log says that it bypassed the outbox", async () => {
      const message = await postAround("evt_around");
      assert.equal(await show("evt_around"), undefined);
      await gate.consume([message, message]);
      assert.equal(calledFor("evt_around").length, 1);
      const { status, event_type, source, error, history } = await show("evt_around");
      assert.deepEqual([status, event_type, source, error], ["acted", "a.b", "stripe", null]);
      assert.ok(history.some(({ what }) => what === "bypassed_outbox"));
      const line = linesOf(gate).find(
        ({ outcome, id }) => outcome === "event" && id === "evt_around",
      );
      assert.equal(line.message, "the event bypassed the outbox");
      assert.equal((await (await post("evt_around")).json()).status, "duplicate");
    });

    // Threat model: F7.
    it("is forgotten like any other, even if the handler never acts on it", async () => {
      const message = await postAround("evt_failing");
      gate.handler.answer = 500;
      await gate.consume([message]);
      const { status, sent_at } = await show("evt_failing");
      assert.equal(status, "queued");
      assert.notEqual(sent_at, null);
      await gate.kill();
      runInAll(gate.disk, "UPDATE events SET sent_at = 1 WHERE key = ?", keyOf("evt_failing"));
      await gate.restart();
      await post(idsInObjectOf("evt_failing", "evt_wake_", 1)[0]);
      await waitUntil(async () => (await show("evt_failing")) === undefined, gate.output);
    });

    // Threat model: F7.
    it("can be replayed, by way of the outbox", async () => {
      await gate.consume([await postAround("evt_again")]);
      await callApi("events/stripe/evt_again/replay", "POST");
      const [, replayed] = await gate.messages(2);
      assert.deepEqual(
        [replayed.id, replayed.replay, replayed.dedupe],
        ["evt_again", 1, undefined],
      );
      await gate.consume([replayed]);
      assert.equal(calledFor("evt_again").length, 2);
      const { status, replay_count, history } = await show("evt_again");
      assert.deepEqual([status, replay_count], ["acted", 1]);
      assert.equal(history.filter(({ what }) => what === "bypassed_outbox").length, 1);
    });

    // Threat model: F7.
    it("is a conflict if another body has its id, and only the first body is acted on", async () => {
      const first = await postAround("evt_twice");
      const second = await postAround(
        "evt_twice",
        JSON.stringify({ id: "evt_twice", type: "c.d" }),
      );
      const { explicitAcks } = await gate.consume([first, second]);
      assert.equal(explicitAcks.length, 2);
      assert.deepEqual(
        calledFor("evt_twice").map(({ body }) => `${body}`),
        [bodyOf("evt_twice")],
      );
      const { event_type, history } = await show("evt_twice");
      assert.equal(event_type, "a.b");
      assert.ok(history.some(({ what }) => what === "conflict"));
      const lines = linesOf(gate).filter(
        ({ id, outcome }) => id === "evt_twice" && outcome === "key_conflict",
      );
      assert.deepEqual(
        lines.map(({ at }) => at),
        ["consumer"],
      );
    });

    // Threat model: F7.
    it("is acted on if its dead letter is redriven, whatever the outbox has under its id", async () => {
      gate.sink.answer = "store";
      await post("evt_redriven");
      await gate.messages(1);
      const body = JSON.stringify({ id: "evt_redriven", type: "c.d" });
      const message = await postAround("evt_redriven", body);
      await gate.consume([message], "countersign-dead-letters");
      const before = gate.sink.messages.length;
      await callApi("dead-letters/redrive", "POST");
      const redriven = (await gate.messages(before + 1))[before];
      assert.deepEqual([redriven.id, redriven.type], ["evt_redriven", "c.d"]);
      await gate.consume([redriven]);
      assert.deepEqual(
        calledFor("evt_redriven").map(({ body }) => `${body}`),
        [body],
      );
      assert.equal((await show("evt_redriven")).status, "acted");
    });

    // Threat model: F7.
    it("is not stored again if it arrives after the outbox has forgotten it and not yet that it was acted on", async () => {
      const message = await postAround("evt_forgotten");
      await gate.consume([message]);
      await gate.kill();
      for (const object of openObjects(gate.disk)) {
        object.run("DELETE FROM events");
        object.close();
      }
      await gate.restart();
      await gate.consume([message]);
      assert.equal(calledFor("evt_forgotten").length, 1);
      assert.equal(await show("evt_forgotten"), undefined);
    });
  });
});
