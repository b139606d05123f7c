// Tables that another version of the gate left behind: the first version, and one that does not exist yet.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clientOf, secrets, sources } from "./fixtures.mjs";
import { openObjects } from "./objects.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

describe("a gate with the tables of another version", () => {
  // Threat model: F20.
  it("reads rows of the first version: it sends what was pending and knows what was sent", async () => {
    const gate = await startWorkerd({ sources, secrets });
    const { post, callApi, idsOnQueue } = clientOf(gate);
    try {
      const all = Array.from({ length: 60 }, (_, index) => `evt_old_${index}`);
      const sent = all.filter((_, index) => index % 2 === 0);
      gate.sink.answer = "reject";
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
      await waitUntil(
        () => idsOnQueue().size === 30,
        () => `${idsOnQueue().size}`,
      );
      assert.ok(sent.every((id) => !idsOnQueue().has(id)));
      const { data } = await callApi("events?source=stripe&type=a.b&status=queued&limit=200");
      assert.equal(data.length, 30);
    } finally {
      await gate.stop();
    }
  });

  // Threat model: F20.
  it("works with rows of a later version: unknown columns, tables and states", async () => {
    const gate = await startWorkerd({ sources, secrets });
    const { post, idsOnQueue } = clientOf(gate);
    try {
      const all = Array.from({ length: 30 }, (_, index) => `evt_later_${index}`);
      gate.sink.answer = "reject";
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
      await waitUntil(
        () => idsOnQueue().size === 28,
        () => `${idsOnQueue().size}`,
      );
    } finally {
      await gate.stop();
    }
  });
});
