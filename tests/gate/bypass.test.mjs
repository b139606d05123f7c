// Events that went to the queue directly, because the outbox failed: the outbox knows them once the consumer has them.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { FAULTY_OUTBOX, switchOutbox } from "./faulty-outbox.mjs";
import {
  bodyOf,
  clientOf,
  idsInObjectOf,
  keyOf,
  linesOf,
  secrets,
  sign,
  sources,
} from "./fixtures.mjs";
import { allRows, openObjects, runInAll } from "./objects.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

describe("an event that bypassed the outbox", () => {
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
  const switchTo = (mode) => switchOutbox(gate, mode);
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
    assert.deepEqual([replayed.id, replayed.replay, replayed.dedupe], ["evt_again", 1, undefined]);
    await gate.consume([replayed]);
    assert.equal(calledFor("evt_again").length, 2);
    const { status, replay_count, history } = await show("evt_again");
    assert.deepEqual([status, replay_count], ["acted", 1]);
    assert.equal(history.filter(({ what }) => what === "bypassed_outbox").length, 1);
  });

  // Threat model: F7.
  it("is a conflict if another body has its id, and only the first body is acted on", async () => {
    const first = await postAround("evt_twice");
    const second = await postAround("evt_twice", JSON.stringify({ id: "evt_twice", type: "c.d" }));
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

  // Threat model: F11.
  it("is recorded for deletion if it is a conflict and its body is in R2", async () => {
    await post("evt_conflict");
    const body = JSON.stringify({ id: "evt_conflict", note: "é".repeat(100_000) });
    const message = await postAround("evt_conflict", body);
    await gate.consume([message]);
    const records = allRows(
      gate.disk,
      "SELECT delete_at FROM objects WHERE name = ?",
      message.dataref,
    );
    const days = records.map(({ delete_at }) => Math.round((delete_at - Date.now()) / 86_400_000));
    assert.deepEqual(days, [31]);
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

  // Threat model: F11.
  it("keeps its large body as long as its message and its dead letter", async () => {
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
      return !gate.bucket.objects.has(message.dataref) && deletionTimes().length === 0;
    }, gate.output);
  });
});
