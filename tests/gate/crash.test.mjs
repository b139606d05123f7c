// Crashes: the process is killed at random times and at a crash point, and the wasm instance traps.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { clientOf, secrets, sign, sources } from "./fixtures.mjs";
import { openObjects } from "./objects.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

describe("a gate that is killed", () => {
  // Threat model: F8, I1.
  it("loses no event that it acknowledged, and accepts none twice", async () => {
    const DELIVERIES = 400;
    const KILLS = 8;
    const gate = await startWorkerd({ sources, secrets });
    const { post, idsOnQueue } = clientOf(gate);
    try {
      let isDone = false;
      const accepted = new Map();
      /** Sends an event like a sender: again and again until the gate acknowledges it. */
      const deliver = async (id) => {
        for (;;) {
          const response = await post(id).catch(() => undefined);
          const answer =
            response?.status === 200 ? await response.json().catch(() => undefined) : undefined;
          if (answer?.status === "accepted") accepted.set(id, (accepted.get(id) ?? 0) + 1);
          if (answer) return;
          await sleep(20);
        }
      };
      const unsent = Array.from({ length: DELIVERIES }, (_, index) => `evt_killed_${index}`);
      const send = async () => {
        for (let id = unsent.pop(); id !== undefined; id = unsent.pop()) await deliver(id);
      };
      const senders = Promise.all(Array.from({ length: 4 }, send)).then(() => {
        isDone = true;
      });
      for (let kills = 0; kills < KILLS && !isDone; kills += 1) {
        await sleep(20 + ((kills * 37) % 90));
        await gate.kill();
        await gate.restart();
      }
      await senders;
      await waitUntil(
        () => idsOnQueue().size === DELIVERIES,
        () => `${idsOnQueue().size} arrived\n${gate.output().slice(-2000)}`,
      );
      assert.ok([...accepted.values()].every((times) => times === 1));
    } finally {
      await gate.stop();
    }
  });

  // Threat model: F11.
  // Threat model: crash point after-body-stored.
  it("has recorded a body in R2 for deletion, and keeps it if its event follows", async () => {
    let onReached;
    const reached = new Promise((resolve) => {
      onReached = resolve;
    });
    let isKilling = true;
    const gate = await startWorkerd({
      sources,
      secrets,
      bucket: true,
      faults: true,
      harness: (point) => {
        if (point !== "after-body-stored" || !isKilling) return;
        onReached();
        return new Promise(() => {});
      },
    });
    const body = JSON.stringify({ id: "evt_between", note: "é".repeat(100_000) });
    const headers = sign("stripe", body);
    const post = () => fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
    const records = () =>
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
      const [record, ...others] = records();
      assert.deepEqual(others, []);
      assert.equal(record.name, name);
      const inDays = (record.delete_at - Date.now()) / 86_400_000;
      assert.ok(inDays > 30 && inDays <= 31, `${inDays}`);
      isKilling = false;
      await gate.restart();
      assert.equal((await (await post()).json()).status, "accepted");
      await gate.kill();
      assert.deepEqual(
        records().map((row) => ({ ...row })),
        [{ name, delete_at: null }],
      );
    } finally {
      await gate.stop();
    }
  });
});

describe("a gate whose wasm instance traps", () => {
  let gate;
  before(async () => {
    gate = await startWorkerd({ sources, secrets, faults: true });
  });
  after(() => gate.stop());

  for (const fault of ["panic", "stack", "memory"]) {
    // Threat model: A-79, F21.
    it(`answers 500 to that request and serves the next one: ${fault}`, async () => {
      const { post, idsOnQueue } = clientOf(gate);
      for (let round = 0; round < 12; round += 1) {
        const before = `evt_before_${fault}_${round}`;
        assert.equal((await post(before)).status, 200);
        // The rounds trap before, during and after the alarm.
        await sleep(round * 14);
        const response = await fetch(`${gate.url}/fault/${fault}`);
        assert.equal(response.status, 500);
        const after = `evt_after_${fault}_${round}`;
        assert.equal((await (await post(after)).json()).status, "accepted");
        assert.equal((await (await post(before)).json()).status, "duplicate");
        await waitUntil(() => [before, after].every((id) => idsOnQueue().has(id)), gate.output);
      }
    });
  }

  // Threat model: F21.
  it("sends stored events even if the trap left an alarm that never ends", async () => {
    const { post, idsOnQueue } = clientOf(gate);
    const { batches } = gate.sink;
    gate.sink.answer = "hang";
    assert.equal((await post("evt_in_flight")).status, 200);
    await waitUntil(() => gate.sink.batches > batches, gate.output);
    assert.equal((await fetch(`${gate.url}/fault/stack`)).status, 500);
    gate.sink.answer = "store";
    assert.equal((await (await post("evt_in_flight")).json()).status, "duplicate");
    await waitUntil(() => idsOnQueue().has("evt_in_flight"), gate.output);
  });

  it("does not have the routes that trap in the deployed build", async () => {
    const deployed = await startWorkerd({ sources, secrets });
    try {
      assert.equal((await fetch(`${deployed.url}/fault/panic`)).status, 404);
    } finally {
      await deployed.stop();
    }
  });
});
