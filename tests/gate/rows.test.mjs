// What each request to the outbox leaves in the tables of its object: rows that must be there later, and rows that must not.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { clientOf, idsInObjectOf, keyOf, linesOf, secrets, sign, sources } from "./fixtures.mjs";
import { allRows, deleteAlarms, runInAll } from "./objects.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

const DAY = 24 * 60 * 60 * 1000;

describe("the outbox", () => {
  let gate;
  let post;
  let callApi;
  before(async () => {
    gate = await startWorkerd({ sources, secrets, bucket: true, handler: true });
    ({ post, callApi } = clientOf(gate));
  });
  after(() => gate.stop());
  beforeEach(() => {
    gate.sink.messages.length = 0;
    gate.sink.answer = "store";
    gate.bucket.answer = "store";
    gate.handler.events.length = 0;
    gate.handler.answer = 204;
  });

  const show = async (id) => (await callApi(`events/stripe/${id}`)).data;
  const untilStatus = (id, status) =>
    waitUntil(async () => (await show(id))?.status === status, gate.output);
  const rows = (query, ...values) => allRows(gate.disk, query, ...values);
  /** Changes the tables while the gate is stopped. */
  const restartWith = async (...statements) => {
    await gate.kill();
    for (const [statement, ...values] of statements) runInAll(gate.disk, statement, ...values);
    await gate.restart();
  };
  /** Waits for the message of an event. */
  const messageOf = async (id) => {
    const find = () => gate.sink.messages.find((message) => message.id === id);
    await waitUntil(find, gate.output);
    return find();
  };
  let letters = 0;
  /** Delivers a message to the consumer of the dead-letter queue. */
  const bury = (message) => {
    letters += 1;
    return gate.consume([message], "countersign-dead-letters", { idOf: () => `letter-${letters}` });
  };

  // Threat model: I2.
  it("deletes the lease of an event once the handler has acted on it", async () => {
    await post("evt_lease");
    const [message] = await gate.messages(1);
    const leases = () => rows("SELECT attempts FROM turns WHERE key = ?", keyOf("evt_lease"));
    gate.handler.answer = 500;
    await gate.consume([message]);
    assert.deepEqual(leases(), [{ attempts: 1 }]);
    gate.handler.answer = 204;
    await gate.consume([message]);
    assert.deepEqual(leases(), []);
  });

  it("keeps a hundred entries in the history of an event, however often its sender retries", async () => {
    for (let count = 0; count <= 110; count += 1) await post("evt_repeated");
    const { history } = await show("evt_repeated");
    assert.equal(history.filter(({ what }) => what === "duplicate").length, 100);
  });

  it("knows when an event was sent and shows no error, even if the queue's answer was lost", async () => {
    gate.sink.answer = "store and hang up";
    await post("evt_unanswered");
    const message = await messageOf("evt_unanswered");
    await waitUntil(async () => (await show("evt_unanswered")).error !== null, gate.output);
    await gate.consume([message]);
    const { status, sent_at, acted_at, error } = await show("evt_unanswered");
    assert.deepEqual([status, error], ["acted", null]);
    assert.equal(sent_at, acted_at);
    assert.notEqual(sent_at, null);
  });

  it("forgets the rejections of an event that the queue accepts", async () => {
    gate.sink.answer = "reject";
    const { batches } = gate.sink;
    await post("evt_rejected");
    await waitUntil(async () => (await show("evt_rejected")).retry_count > 0, gate.output);
    await sleep(500);
    assert.ok(gate.sink.batches - batches < 10, "it waits after each rejection");
    assert.notEqual((await show("evt_rejected")).error, null);
    gate.sink.answer = "store";
    await untilStatus("evt_rejected", "queued");
    const { retry_count, error } = await show("evt_rejected");
    assert.deepEqual([retry_count, error], [0, null]);
  });

  it("sends the oldest events first", async () => {
    const ids = idsInObjectOf("evt_oldest", "evt_aged_", 6);
    for (const id of ids) await post(id);
    await gate.messages(6);
    await untilStatus(ids[5], "queued");
    gate.sink.messages.length = 0;
    await restartWith(
      ...ids.map((id, index) => [
        "UPDATE events SET state = 'pending', accepted_at = ? WHERE key = ?",
        Date.now() - 1000 * [3, 5, 1, 6, 2, 4][index],
        keyOf(id),
      ]),
    );
    // Any request makes the object look for pending events.
    await show(ids[0]);
    const sent = await gate.messages(6);
    assert.deepEqual(
      sent.map(({ id }) => ids.indexOf(id)),
      [3, 1, 5, 0, 4, 2],
    );
  });

  for (const state of ["pending", "parked"]) {
    it(`sends an event for the first time, as if it were new, if it is replayed while it is ${state}`, async () => {
      const id = `evt_replayed_${state}`;
      await post(id);
      await messageOf(id);
      await untilStatus(id, "queued");
      await restartWith([
        `UPDATE events SET state = ?, failures = 13, lone_failures = 13, problem = 'x', retry_at = ?
         WHERE key = ?`,
        state,
        Date.now() + 30_000,
        keyOf(id),
      ]);
      gate.sink.answer = "reject";
      // Its object waits after a rejection, so that the row shows what the replay alone has changed.
      await callApi(`events/stripe/${id}/replay`, "POST");
      const [row] = rows(
        "SELECT state, failures, lone_failures < 13 AS few, replay, message ->> '$.replay' AS number FROM events WHERE key = ?",
        keyOf(id),
      );
      assert.deepEqual(row, { state: "pending", failures: 0, few: 1, replay: 0, number: null });
      assert.ok((await show(id)).history.some(({ what }) => what === "replayed"));
      gate.sink.answer = "store";
      await untilStatus(id, "queued");
    });
  }

  describe("with a dead letter", () => {
    const letterOf = async (id, type) => {
      const { data } = await callApi("dead-letters?limit=200");
      return data.find(
        ({ message }) => message.id === id && message.type === (type ?? message.type),
      );
    };

    // Threat model: F17.
    it("takes a retry of an event that it knows only from the letter for a duplicate", async () => {
      await post("evt_by_letter");
      const message = await messageOf("evt_by_letter");
      await bury(message);
      await restartWith(
        ["DELETE FROM events WHERE key = ?", keyOf("evt_by_letter")],
        // An older version of the gate did not store it.
        ["UPDATE dead_letters SET digest = NULL"],
      );
      const { id } = await letterOf("evt_by_letter");
      await callApi(`dead-letters/${id}/redrive`, "POST");
      const { history } = await show("evt_by_letter");
      assert.ok(history.some(({ what }) => what === "redriven"));
      assert.equal((await (await post("evt_by_letter")).json()).status, "duplicate");
      const later = (await show("evt_by_letter")).history.map(({ what }) => what);
      assert.ok(later.includes("duplicate") && !later.includes("conflict"), `${later}`);
    });

    // Threat model: F17.
    it("leaves an event alone that was replayed after the letter's message", async () => {
      await post("evt_newer");
      const message = await messageOf("evt_newer");
      await untilStatus("evt_newer", "queued");
      await callApi("events/stripe/evt_newer/replay", "POST");
      await waitUntil(() => gate.sink.messages.some(({ replay }) => replay === 1), gate.output);
      await untilStatus("evt_newer", "queued");
      await bury(message);
      assert.equal((await show("evt_newer")).status, "queued");
      const { id } = await letterOf("evt_newer");
      await callApi(`dead-letters/${id}/redrive`, "POST");
      const { status, replay_count } = await show("evt_newer");
      assert.deepEqual([status, replay_count], ["queued", 1]);
    });

    // Threat model: F7, F17.
    it("leaves an event alone whose body differs from the letter's, and keeps the letter", async () => {
      await post("evt_same_id");
      const message = await messageOf("evt_same_id");
      await untilStatus("evt_same_id", "queued");
      const data_base64 = btoa(JSON.stringify({ id: "evt_same_id", type: "c.d" }));
      const other = { ...message, type: "c.d", dedupe: "consumer", data_base64 };
      await bury(other);
      assert.deepEqual((await letterOf("evt_same_id", "c.d")).message, other);
      const { status, event_type, history } = await show("evt_same_id");
      assert.deepEqual([status, event_type], ["queued", "a.b"]);
      assert.ok(history.some(({ what }) => what === "conflict"));
      await bury(message);
      const dead = await show("evt_same_id");
      assert.equal(dead.status, "dead");
      assert.ok(dead.history.some(({ what }) => what === "dead"));
      await callApi(`dead-letters/${(await letterOf("evt_same_id", "c.d")).id}`, "DELETE");
      assert.equal((await show("evt_same_id")).status, "dead");
      await callApi(`dead-letters/${(await letterOf("evt_same_id", "a.b")).id}`, "DELETE");
      assert.equal((await show("evt_same_id")).status, "discarded");
    });

    // Threat model: F7, F17.
    it("shows the body of the letter that was redriven last, and whether its message failed again", async () => {
      await post("evt_exchanged");
      const message = await messageOf("evt_exchanged");
      await untilStatus("evt_exchanged", "queued");
      const body = JSON.stringify({ id: "evt_exchanged", type: "c.d" });
      const other = { ...message, type: "c.d", dedupe: "consumer", data_base64: btoa(body) };
      await bury(other);
      await callApi(`dead-letters/${(await letterOf("evt_exchanged")).id}/redrive`, "POST");
      await waitUntil(() => gate.sink.messages.some(({ type }) => type === "c.d"), gate.output);
      const redriven = gate.sink.messages.find(({ type }) => type === "c.d");
      assert.deepEqual(redriven, { ...message, type: "c.d", data_base64: btoa(body) });
      await untilStatus("evt_exchanged", "queued");
      assert.deepEqual((await show("evt_exchanged")).message, redriven);
      const response = await fetch(`${gate.url}/in/stripe`, {
        method: "POST",
        body,
        headers: sign("stripe", body),
      });
      assert.equal((await response.json()).status, "duplicate");
      await bury(redriven);
      assert.equal((await show("evt_exchanged")).status, "dead");
    });
  });

  describe("with a body in R2", () => {
    const bodyOf = (id) => JSON.stringify({ id, type: "a.b", note: "é".repeat(100_000) });
    const nameOf = (id) => {
      const [key, digest] = [keyOf(id), bodyOf(id)].map((text) =>
        createHash("sha256").update(text).digest("hex"),
      );
      return `${key}/${digest}`;
    };
    const postLarge = (id) => {
      const body = bodyOf(id);
      const headers = sign("stripe", body);
      return fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
    };
    /** In how many days the body of an event is deleted, if ever: null if it is kept, undefined if it is not recorded. */
    const daysLeft = (id) => {
      const [record] = rows("SELECT delete_at FROM objects WHERE name = ?", nameOf(id));
      if (record === undefined || record.delete_at === null) return record?.delete_at;
      return Math.max(0, Math.round((record.delete_at - Date.now()) / DAY));
    };

    // Threat model: F11.
    it("keeps the body when the sender retries", async () => {
      await postLarge("evt_large_retry");
      assert.equal((await (await postLarge("evt_large_retry")).json()).status, "duplicate");
      assert.equal(daysLeft("evt_large_retry"), null);
    });

    // Threat model: F11.
    it("records a body that it does not know when the handler acts on it, and changes no other record", async () => {
      await postLarge("evt_large_known");
      await gate.consume([await messageOf("evt_large_known")]);
      assert.equal(daysLeft("evt_large_known"), null);
      await postLarge("evt_large_unknown");
      const message = await messageOf("evt_large_unknown");
      await restartWith(
        ["DELETE FROM events WHERE key = ?", keyOf("evt_large_unknown")],
        ["DELETE FROM objects WHERE name = ?", nameOf("evt_large_unknown")],
      );
      await gate.consume([message]);
      assert.equal(gate.handler.events.length, 2);
      assert.equal(daysLeft("evt_large_unknown"), 31);
    });

    // Threat model: F11.
    it("deletes a body at the earliest 31 days after the last attempt to store it", async () => {
      await postLarge("evt_large_other");
      await restartWith([
        "INSERT INTO objects (name, delete_at) VALUES (?, ?)",
        nameOf("evt_large_refused"),
        Date.now() + DAY,
      ]);
      gate.bucket.answer = "reject";
      assert.equal((await postLarge("evt_large_refused")).status, 503);
      const days = rows(
        "SELECT max(delete_at) AS at FROM objects WHERE name = ?",
        nameOf("evt_large_refused"),
      ).map(({ at }) => Math.round((at - Date.now()) / DAY));
      assert.equal(Math.max(...days), 31);
    });

    // Threat model: F11.
    it("does not store a body again while it deletes it, and deletes it although R2 failed at first", async () => {
      const id = "evt_large_deleted";
      await postLarge(id);
      await restartWith(
        ["DELETE FROM events WHERE key = ?", keyOf(id)],
        ["UPDATE objects SET delete_at = 0 WHERE name = ?", nameOf(id)],
      );
      gate.bucket.answer = "reject";
      assert.equal((await postLarge(id)).status, 503);
      await waitUntil(
        () => linesOf(gate).some(({ outcome }) => outcome === "purge_failed"),
        gate.output,
      );
      assert.notEqual(daysLeft(id), undefined);
      gate.bucket.answer = "store";
      const response = await postLarge(id);
      assert.equal(response.status, 503);
      await waitUntil(() => !gate.bucket.objects.has(nameOf(id)), gate.output);
      await waitUntil(() => daysLeft(id) === undefined, gate.output);
      assert.equal((await (await postLarge(id)).json()).status, "accepted");
      assert.ok(gate.bucket.objects.has(nameOf(id)));
    });

    // Threat model: F17.
    it("keeps the body of a letter whose event it does not know, until the letter is discarded", async () => {
      const id = "evt_large_discarded";
      await postLarge(id);
      const message = await messageOf(id);
      await restartWith(
        ["DELETE FROM events WHERE key = ?", keyOf(id)],
        ["DELETE FROM objects WHERE name = ?", nameOf(id)],
      );
      await bury(message);
      assert.equal(daysLeft(id), null);
      const { data } = await callApi("dead-letters?limit=200");
      const letter = data.find((letter) => letter.message?.id === id);
      await callApi(`dead-letters/${letter.id}`, "DELETE");
      assert.equal(daysLeft(id), 0);
    });
  });
});

// Threat model: F11.
it("a gate that fails to store a body looks later for what it has left behind", async () => {
  const gate = await startWorkerd({ sources, secrets, bucket: true });
  try {
    gate.bucket.answer = "reject";
    const body = JSON.stringify({ id: "evt_refused", note: "é".repeat(100_000) });
    const headers = sign("stripe", body);
    const response = await fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
    assert.equal(response.status, 503);
    await gate.kill();
    assert.equal(allRows(gate.disk, "SELECT name FROM objects").length, 1);
    assert.equal(deleteAlarms(gate.disk), 1);
  } finally {
    await gate.stop();
  }
});
