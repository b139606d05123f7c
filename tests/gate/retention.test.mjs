// Purging: bodies first, then keys, and never an event that was not sent.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clientOf, linesOf, secrets, sign, sources } from "./fixtures.mjs";
import { allRows, openObjects } from "./objects.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

const DAY = 24 * 60 * 60 * 1000;

describe("the outbox", () => {
  it("purges old bodies, then old keys, and keeps events that were not sent", async () => {
    const settings = { retention_days: 10, replay_hours: 48 };
    const gate = await startWorkerd({ sources, secrets, settings, bucket: true });
    const { post, callApi, idsOnQueue } = clientOf(gate);
    try {
      const ages = { evt_new: 1, evt_bodyless: 5, evt_waiting: 5, evt_forgotten: 11 };
      const postLarge = (id) => {
        const body = JSON.stringify({ id, note: "é".repeat(100_000) });
        return fetch(`${gate.url}/in/stripe`, {
          method: "POST",
          body,
          headers: sign("stripe", body),
        });
      };
      for (const id of Object.keys(ages)) {
        await post(id);
        await postLarge(`${id}_large`);
      }
      // This leaves a history.
      await post("evt_forgotten");
      await waitUntil(() => idsOnQueue().size === 8, gate.output);
      gate.sink.answer = "reject";
      await post("evt_unsent");
      // The body of an event that was never stored, because the Worker crashed.
      gate.bucket.objects.set("orphan", Buffer.from("x"));
      assert.equal(gate.bucket.objects.size, 5);
      await gate.kill();
      for (const object of openObjects(gate.disk)) {
        for (const [id, days] of Object.entries({ ...ages, evt_unsent: 20 })) {
          const back = days * DAY;
          object.run(
            `UPDATE events SET accepted_at = accepted_at - ${back}, sent_at = sent_at - ${back}, state = iif(state = 'queued' AND key LIKE '%_bodyless_large', 'acted', state) WHERE key LIKE ?`,
            `/in/stripe ${id}%`,
          );
        }
        object.run("INSERT INTO objects (name, delete_at) VALUES ('orphan', 1)");
        addOldRow(object);
        object.close();
      }
      await gate.restart();
      gate.sink.answer = "store";
      const show = async (id) => (await callApi(`events/stripe/${id}`)).data;
      await purgeEachObject(gate, post);
      await waitUntil(
        () => gate.bucket.objects.size === 2,
        () => `${[...gate.bucket.objects.keys()]}`,
      );
      await waitUntil(
        () => allRows(gate.disk, "SELECT name FROM objects WHERE name = 'orphan'").length === 0,
        gate.output,
      );
      assert.notEqual((await show("evt_new")).message, null);
      assert.equal((await show("evt_bodyless")).message, null);
      assert.equal((await show("evt_bodyless_large")).message, null);
      // It may still be on the queue, and its message there does not contain the body.
      assert.notEqual((await show("evt_waiting_large")).message, null);
      assert.equal(await show("evt_forgotten"), undefined);
      assert.ok(idsOnQueue().has("evt_unsent"));
      assert.equal((await (await post("evt_bodyless")).json()).status, "duplicate");
      assert.equal((await (await post("evt_forgotten")).json()).status, "accepted");
      assert.ok((await show("evt_forgotten")).history.every(({ what }) => what !== "duplicate"));
      assert.equal((await (await postLarge("evt_forgotten_large")).json()).status, "accepted");
      const replay = await callApi("events/stripe/evt_bodyless/replay", "POST");
      assert.match(replay.error, /no longer kept/);
    } finally {
      await gate.stop();
    }
  });

  it("purges old rows even if there is more to send than one alarm can", async () => {
    const gate = await startWorkerd({ sources, secrets });
    const { post } = clientOf(gate);
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

  it("purges more than a thousand rows in several rounds", async () => {
    const gate = await startWorkerd({ sources, secrets });
    const { post, idsOnQueue } = clientOf(gate);
    try {
      await post("evt_first");
      await waitUntil(() => idsOnQueue().size === 1, gate.output);
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
      await waitUntil(() => {
        const [object] = openObjects(gate.disk);
        const [{ left }] = object.all("SELECT count(*) AS left FROM events");
        object.close();
        return left === 1;
      }, gate.output);
    } finally {
      await gate.stop();
    }
  });

  it("never purges an event that is pending, parked or dead, however long ago it was sent", async () => {
    const gate = await startWorkerd({ sources, secrets });
    const { post, callApi } = clientOf(gate);
    try {
      await postUntilEachObjectHasRows(gate, post);
      await gate.kill();
      // A little less than the longest pause, so that the row stays pending.
      const later = Date.now() + 4_000_000;
      for (const object of openObjects(gate.disk)) {
        const [{ key, message }] = object.all("SELECT key, message FROM events LIMIT 1");
        const add = (state) =>
          object.run(
            `INSERT INTO events (key, digest, accepted_at, sent_at, state, failures, retry_at, message)
             VALUES (?, '', 1, 1, ?, 12, ?, ?)`,
            `${key}_${state}`,
            state,
            later,
            message,
          );
        for (const state of ["pending", "parked", "dead", "queued"]) add(state);
        object.run(
          "INSERT INTO dead_letters (id, key, replay, message, at) VALUES (?, ?, 0, ?, 1)",
          `0.${key}`,
          `${key}_dead`,
          message,
        );
        object.close();
      }
      await gate.restart();
      await purgeEachObject(gate, post);
      const states = stateCounts(gate);
      assert.equal(states.pending, states.objects);
      assert.equal(states.parked, states.objects);
      assert.equal(states.dead, states.objects);
      assert.equal(states.letters, states.objects);
      assert.equal((await callApi("events?status=parked")).data.length, states.objects);
    } finally {
      await gate.stop();
    }
  });

  it("remembers for the whole retention which events the handler acted on, and its failed attempts", async () => {
    const settings = { retention_days: 10 };
    const gate = await startWorkerd({ sources, secrets, settings, handler: true });
    const { post } = clientOf(gate);
    try {
      await postUntilEachObjectHasRows(gate, post);
      await gate.consume(gate.sink.messages);
      const messages = [...gate.sink.messages];
      const called = gate.handler.events.length;
      await gate.kill();
      for (const object of openObjects(gate.disk)) {
        object.run("UPDATE done SET done_at = done_at - ?", 9 * DAY);
        for (const days of [9, 11]) {
          object.run(
            "INSERT INTO turns (key, until, attempts) VALUES (?, ?, 3)",
            `/in/stripe failed_${days}`,
            Date.now() - days * DAY,
          );
        }
        addOldRow(object);
        object.close();
      }
      await gate.restart();
      await purgeEachObject(gate, post);
      await gate.consume(messages);
      assert.equal(gate.handler.events.length, called);
      const leases = allRows(gate.disk, "SELECT key FROM turns WHERE attempts = 3");
      assert.deepEqual([...new Set(leases.map(({ key }) => key))], ["/in/stripe failed_9"]);
    } finally {
      await gate.stop();
    }
  });

  describe("a dead copy of an event that the handler acted on", () => {
    // Threat model: F25.
    it("is not kept, so it cannot be redriven after the event is forgotten", async () => {
      const gate = await startWorkerd({ sources, secrets, handler: true });
      const { post, callApi } = clientOf(gate);
      try {
        await post("evt_acted");
        const [message] = await gate.messages(1);
        await gate.consume([message]);
        const buried = await gate.consume([message], "countersign-dead-letters");
        assert.deepEqual(buried.explicitAcks, ["message-0"]);
        const { history } = (await callApi("events/stripe/evt_acted")).data;
        assert.ok(history.some(({ what }) => what === "dead_copy"));
        await forgetEverything(gate, post);
        await callApi("dead-letters/redrive", "POST");
        await consumeAgain(gate, message, post);
        assert.equal(callsFor(gate, "evt_acted"), 1);
        const lines = linesOf(gate).filter(({ at }) => at === "dead_letters");
        assert.deepEqual(
          lines.map(({ outcome, id }) => [outcome, id]),
          [["not_needed", "evt_acted"]],
        );
      } finally {
        await gate.stop();
      }
    });

    // Threat model: F25.
    it("is discarded instead of redriven, even if only the acknowledgement of the handler is left", async () => {
      const gate = await startWorkerd({ sources, secrets, handler: true });
      const { post, callApi } = clientOf(gate);
      try {
        await post("evt_done");
        const [message] = await gate.messages(1);
        await gate.consume([message], "countersign-dead-letters");
        await gate.consume([message]);
        await gate.kill();
        for (const object of openObjects(gate.disk)) {
          object.run("DELETE FROM events");
          object.close();
        }
        await gate.restart();
        await callApi("dead-letters/redrive", "POST");
        assert.deepEqual((await callApi("dead-letters")).data, []);
        assert.deepEqual((await callApi("events")).data, []);
      } finally {
        await gate.stop();
      }
    });

    for (const [kind, replay] of [
      ["event", {}],
      ["replay", { replay: 1 }],
    ]) {
      // Threat model: F25.
      it(`is discarded before the ${kind} is forgotten, if it was kept before the handler acted`, async () => {
        const gate = await startWorkerd({ sources, secrets, handler: true });
        const { post, callApi } = clientOf(gate);
        try {
          await post("evt_late");
          const [original] = await gate.messages(1);
          const message = { ...original, ...replay };
          await gate.consume([message], "countersign-dead-letters");
          assert.equal((await callApi("dead-letters")).data.length, 1);
          await gate.consume([message]);
          await forgetEverything(gate, post);
          assert.deepEqual((await callApi("dead-letters")).data, []);
          await callApi("dead-letters/redrive", "POST");
          await consumeAgain(gate, message, post);
          assert.equal(callsFor(gate, "evt_late"), 1);
        } finally {
          await gate.stop();
        }
      });
    }
  });
});

/** Posts events until each object of the outbox has some, and waits until all are on the queue. */
async function postUntilEachObjectHasRows(gate, post) {
  const ids = Array.from({ length: 160 }, (_, index) => `evt_in_each_${index}`);
  await Promise.all(ids.map((id) => post(id)));
  await gate.messages(ids.length);
}

/** Adds a row that the next purge of its object deletes. */
function addOldRow(object) {
  object.run(
    `INSERT INTO events (key, digest, accepted_at, state, sent_at)
     VALUES ('/in/stripe old_queued', '', 1, 'queued', 1)`,
  );
}

/** Wakes every object until none has a row that is old and on the queue: each has purged then. */
async function purgeEachObject(gate, post) {
  let round = 0;
  await waitUntil(async () => {
    round += 1;
    const ids = Array.from({ length: 80 }, (_, index) => `evt_purge_${round}_${index}`);
    await Promise.all(ids.map((id) => post(id)));
    return stateCounts(gate).oldQueued === 0;
  }, gate.output);
}

/** Counts objects, rows by state, and dead letters, in all objects together. */
function stateCounts(gate) {
  const counts = { objects: 0, letters: 0, oldQueued: 0, pending: 0, parked: 0, dead: 0 };
  for (const object of openObjects(gate.disk)) {
    counts.objects += 1;
    const rows = object.all(
      "SELECT state, count(*) AS number FROM events WHERE sent_at = 1 GROUP BY state",
    );
    for (const { state, number } of rows) {
      if (state === "queued") counts.oldQueued += number;
      else counts[state] += number;
    }
    const [{ letters }] = object.all("SELECT count(*) AS letters FROM dead_letters");
    counts.letters += letters;
    object.close();
  }
  return counts;
}

/** Makes everything older than the retention, and purges it. */
async function forgetEverything(gate, post) {
  await gate.kill();
  for (const object of openObjects(gate.disk)) {
    object.run("UPDATE events SET accepted_at = 1, sent_at = 1");
    object.run("UPDATE done SET done_at = 1");
    object.run("UPDATE turns SET until = 1");
    object.close();
  }
  await gate.restart();
  await purgeEachObject(gate, post);
  await waitUntil(
    () =>
      openObjects(gate.disk).every((object) => {
        const [{ left }] = object.all("SELECT count(*) AS left FROM done");
        object.close();
        return left === 0;
      }),
    gate.output,
  );
}

/** Consumes the messages on the queue that are a copy of this one and came later, after another event has passed. */
async function consumeAgain(gate, message, post) {
  await post("evt_passed");
  await waitUntil(() => gate.sink.messages.some(({ id }) => id === "evt_passed"), gate.output);
  await gate.consume(gate.sink.messages.filter(({ id }) => id === message.id).slice(1));
}

const callsFor = (gate, id) =>
  gate.handler.events.filter(({ headers }) => headers["ce-id"] === id).length;
