// Purging: bodies first, then keys, and never an event that was not sent.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clientOf, secrets, sign, sources } from "./fixtures.mjs";
import { openObjects } from "./objects.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

const DAY = 24 * 60 * 60 * 1000;

describe("the outbox", () => {
  it("purges old bodies, then old keys, and keeps events that were not sent", async () => {
    const settings = { retention_days: 10, replay_hours: 48 };
    const gate = await startWorkerd({ sources, secrets, settings, bucket: true });
    const { post, callApi, idsOnQueue } = clientOf(gate);
    try {
      const ages = { evt_new: 1, evt_bodyless: 5, evt_forgotten: 11 };
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
      await waitUntil(() => idsOnQueue().size === 6, gate.output);
      gate.sink.answer = "reject";
      await post("evt_unsent");
      // The body of an event that was never stored, because the Worker crashed.
      gate.bucket.objects.set("orphan", Buffer.from("x"));
      assert.equal(gate.bucket.objects.size, 4);
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
        object.close();
      }
      await gate.restart();
      gate.sink.answer = "store";
      const show = async (id) => (await callApi(`events/stripe/${id}`)).data;
      // An object purges old rows when it has something to send.
      let round = 0;
      await waitUntil(
        async () => {
          round += 1;
          await Promise.all(
            Array.from({ length: 40 }, (_, index) => post(`evt_wake_${round}_${index}`)),
          );
          const isPurged = (await show("evt_bodyless")).message === null;
          return isPurged && gate.bucket.objects.size === 1;
        },
        () => `${[...gate.bucket.objects.keys()]}`,
      );
      assert.notEqual((await show("evt_new")).message, null);
      assert.equal((await show("evt_bodyless")).message, null);
      assert.equal((await show("evt_bodyless_large")).message, null);
      assert.equal(await show("evt_forgotten"), undefined);
      assert.ok(idsOnQueue().has("evt_unsent"));
      assert.equal((await (await post("evt_bodyless")).json()).status, "duplicate");
      assert.equal((await (await post("evt_forgotten")).json()).status, "accepted");
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
});
