// A queue that loses answers, is slow, is down, or rejects some messages: the gate accepts events all the same, and each
// of them reaches the queue in the end.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { clientOf, idsInObjectOf, keyOf, linesOf, secrets, sign, sources } from "./fixtures.mjs";
import { allRows, openObjects } from "./objects.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

/** A little longer than the longest pause before the gate asks a queue again that rejected a batch. */
const MAX_QUEUE_PAUSE_MS = 90_000;

it("sends large events in batches that the queue accepts", async () => {
  const gate = await startWorkerd({ sources, secrets });
  try {
    const ids = ["evt_heavy", ...idsInObjectOf("evt_heavy", "evt_heavy_", 5)];
    gate.sink.answer = "reject";
    for (const id of ids) {
      const body = JSON.stringify({ id, note: "x".repeat(80_000) });
      const headers = sign("stripe", body);
      const response = await fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
      assert.equal(response.status, 200);
    }
    const isRefused = ({ outcome }) => outcome === "queue_refused";
    await waitUntil(() => linesOf(gate).some(isRefused), gate.output);
    gate.sink.answer = "store";
    const { batches } = gate.sink;
    await gate.messages(6);
    assert.equal(gate.sink.messages.length, 6);
    // A message has some 107,000 bytes, and a batch at most 256,000.
    assert.ok(gate.sink.batches - batches >= 3);
  } finally {
    await gate.stop();
  }
});

describe("a gate whose queue fails", () => {
  let gate;
  let post;
  let callApi;
  let idsOnQueue;
  before(async () => {
    gate = await startWorkerd({ sources, secrets, handler: true });
    ({ post, callApi, idsOnQueue } = clientOf(gate));
  });
  after(() => gate.stop());
  beforeEach(() => {
    gate.sink.messages.length = 0;
    gate.sink.answer = "store";
    gate.sink.isPoison = () => false;
    gate.handler.events.length = 0;
  });

  /** Posts an event for each id, 16 at a time, and expects each to be accepted. */
  async function postAll(ids) {
    const unsent = [...ids].reverse();
    const send = async () => {
      for (let id = unsent.pop(); id !== undefined; id = unsent.pop()) {
        assert.equal((await post(id)).status, 200);
      }
    };
    await Promise.all(Array.from({ length: 16 }, send));
  }

  // Threat model: F6.
  it("sends a batch again whose answer was lost, and acts once", async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `evt_batch_${index}`);
    gate.sink.answer = "reject";
    await Promise.all(ids.map((id) => post(id)));
    gate.sink.answer = "store and hang up";
    await waitUntil(() => gate.sink.messages.length > 0, gate.output);
    const ambiguous = gate.sink.messages.length;
    gate.sink.answer = "store";
    await waitUntil(
      () => idsOnQueue().size === 60,
      () => `${idsOnQueue().size}`,
    );
    await waitUntil(
      async () => (await callApi("events?status=pending")).data.length === 0,
      gate.output,
    );
    assert.ok(gate.sink.messages.length >= 60 + ambiguous);
    await gate.consume(gate.sink.messages);
    assert.equal(gate.handler.events.length, 60);
  });

  // Threat model: F12.
  it("accepts a burst at once that the queue throttles, and sends all of it once", async () => {
    gate.sink.answer = "throttle";
    await postAll(Array.from({ length: 1000 }, (_, index) => `evt_burst_${index}`));
    await waitUntil(
      () => idsOnQueue().size === 1000,
      () => `${idsOnQueue().size}`,
    );
    assert.equal(gate.sink.messages.length, 1000);
  });

  // Threat model: F24.
  it("does not park an event for the rejections that it met alone, during an outage", async () => {
    const id = "evt_alone";
    gate.sink.answer = "reject";
    await post(id);
    const show = async () => (await callApi(`events/stripe/${id}`)).data;
    await waitUntil(async () => (await show()).retry_count > 0, gate.output);
    // Events of the same object that are due together with it, so that the queue accepts some of its next batch.
    const company = idsInObjectOf(id, "evt_company_", 10);
    await postAll(company);
    // Thirteen rejections would take ten minutes.
    await gate.kill();
    for (const object of openObjects(gate.disk)) {
      const columns = object.all("SELECT name FROM pragma_table_info('events')");
      for (const { name } of columns.filter(({ name }) => name.endsWith("failures"))) {
        object.run(`UPDATE events SET ${name} = 13 WHERE key = ? AND ${name} > 0`, keyOf(id));
      }
      object.run("UPDATE events SET retry_at = 0 WHERE state = 'pending'");
      object.close();
    }
    gate.sink.answer = "store";
    gate.sink.isPoison = (message) => message.id === id;
    await gate.restart();
    await waitUntil(() => company.every((other) => idsOnQueue().has(other)), gate.output);
    await waitUntil(
      async () => (await show()).status !== "pending" || (await show()).retry_count > 13,
      () => "it was not rejected in company",
    );
    assert.equal((await show()).status, "pending");
    gate.sink.isPoison = () => false;
    await waitUntil(() => idsOnQueue().has(id), gate.output);
  });

  it("parks events that the queue always rejects, without delaying others", async () => {
    gate.sink.isPoison = ({ id }) => id.startsWith("evt_poison");
    const poison = Array.from({ length: 40 }, (_, index) => `evt_poison_${index}`);
    await Promise.all(poison.map((id) => post(id)));
    const good = Array.from({ length: 200 }, (_, index) => `evt_with_poison_${index}`);
    for (const id of good) {
      assert.equal((await post(id)).status, 200);
      await sleep(5);
    }
    // Events of other tests may arrive too.
    const arrived = () => gate.sink.messages.filter(({ id }) => id.startsWith("evt_with_poison"));
    await waitUntil(
      () => new Set(arrived().map(({ id }) => id)).size === 200,
      () => `${arrived().length}`,
    );
    assert.ok(![...idsOnQueue()].some((id) => id.startsWith("evt_poison")));
    assert.equal(arrived().length, 200, "each was sent once");
    // The poison events fail 13 times, which would take two hours. The next failure in a batch with others parks them.
    await gate.kill();
    for (const object of openObjects(gate.disk)) {
      object.run(
        "UPDATE events SET failures = 13, retry_at = 0 WHERE key LIKE '%poison_%' AND state = 'pending'",
      );
      object.close();
    }
    await gate.restart();
    let round = 0;
    const parked = async () => (await callApi("events?status=parked&limit=200")).data;
    await waitUntil(
      async () => {
        round += 1;
        await Promise.all(good.slice(0, 20).map((id) => post(`${id}_${round}`)));
        return (await parked()).length > 0;
      },
      () => "no event is parked",
    );
    const countParked = async () => {
      const metrics = await (await fetch(`${gate.url}/metrics`)).text();
      return Number(metrics.match(/^countersign_outbox_events\{state="parked"\} (.*)$/m)?.[1]);
    };
    await waitUntil(async () => (await countParked()) === (await parked()).length, gate.output);
    const [{ id, error }] = await parked();
    assert.match(id, /^evt_poison/);
    const { history } = (await callApi(`events/stripe/${id}`)).data;
    assert.ok(history.some(({ what }) => what === "parked"));
    assert.notEqual(error, null);
    const line = linesOf(gate).find((line) => line.outcome === "parked" && line.id === id);
    assert.deepEqual([line?.source, line?.type, line?.message], ["stripe", "a.b", error]);
    gate.sink.isPoison = () => false;
    await callApi(`events/stripe/${id}/replay`, "POST");
    await waitUntil(() => idsOnQueue().has(id), gate.output);
  });

  // Threat model: F4.
  it("sends everything that five minutes without a queue have left behind", async () => {
    // Fifty per second.
    const EVENTS = 15_000;
    gate.sink.answer = "reject";
    const { batches } = gate.sink;
    await postAll(Array.from({ length: EVENTS }, (_, index) => `evt_outage_${index}`));
    assert.equal(gate.sink.messages.length, 0);
    // Each object asks the queue a few times and waits longer each time, however many events arrive.
    const asked = gate.sink.batches - batches;
    assert.ok(asked < 1000, `${asked}`);
    const blamed = "SELECT key FROM events WHERE failures > 0 AND key LIKE '%evt_outage_%'";
    assert.deepEqual(allRows(gate.disk, blamed), []);
    gate.sink.answer = "store";
    // Events of other tests may arrive too.
    const arrived = () => gate.sink.messages.filter(({ id }) => id.startsWith("evt_outage_"));
    await waitUntil(
      () => new Set(arrived().map(({ id }) => id)).size === EVENTS,
      () => `${arrived().length}`,
      2 * MAX_QUEUE_PAUSE_MS,
    );
    assert.equal(arrived().length, EVENTS);
  });
});
