// Alarms that are lost and clocks that are set back: the gate sends its events and acts on them all the same, without
// waiting for the time that was written down.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Signer } from "countersign";
import {
  bodyOf,
  clientOf,
  idsInObjectOf,
  linesOf,
  objectOf,
  secrets,
  sources,
} from "./fixtures.mjs";
import { deleteAlarms, openObjects } from "./objects.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

const TWO_HOURS = 2 * 60 * 60 * 1000;

const DAY = 24 * 60 * 60 * 1000;

/** Wraps the gate so that its clock can be set: a request to `/clock/<milliseconds>` sets it ahead by that much, or back. */
const ADJUSTABLE_CLOCK = `
import Gate, { Outbox } from "./index.js";
export { Outbox };
const now = Date.now;
let ahead = 0;
Date.now = () => now.call(Date) + ahead;
export default class extends Gate {
  async fetch(request) {
    const asked = new URL(request.url).pathname.match(/^\\/clock\\/(-?\\d+)$/);
    if (!asked) return super.fetch(request);
    ahead = Number(asked[1]);
    return new Response();
  }
}
`;

/** Wraps the gate so that one object of its outbox fails. */
const failingObject = (number) => `
import Gate, { Outbox } from "./index.js";
export { Outbox };
class DurableObjectNamespace {
  constructor(real) { this.real = real; }
  getByName(name) {
    if (name !== "outbox-${number}") return this.real.getByName(name);
    return { fetch: () => Promise.reject(Object.assign(new Error("broken"), { overloaded: true })) };
  }
}
export default class extends Gate {
  constructor(ctx, env) {
    super(ctx, { ...env, OUTBOX: new DurableObjectNamespace(env.OUTBOX) });
  }
}
`;

/** Posts events while the queue rejects them, kills the gate, changes its disk, and starts it again. */
async function restartChanged(gate, ids, change) {
  const { post } = clientOf(gate);
  gate.sink.answer = "reject";
  for (const id of ids) assert.equal((await post(id)).status, 200);
  await gate.kill();
  deleteAlarms(gate.disk);
  for (const object of openObjects(gate.disk)) {
    change?.(object);
    object.close();
  }
  await gate.restart();
}

const readMetric = async (gate, name) => {
  const metrics = await (await fetch(`${gate.url}/metrics`)).text();
  const line = metrics.split("\n").find((line) => line.startsWith(`${name} `));
  return Number(line?.split(" ")[1]);
};

describe("an event that is alone in its object", () => {
  // Another event of the object would set the alarm that this one did not.
  it("sets an alarm that sends it, each of hundreds", async () => {
    const gate = await startWorkerd({ sources, secrets });
    const { post, idsOnQueue } = clientOf(gate);
    const ROUNDS = 40;
    try {
      const ids = Array.from({ length: 4000 }, (_, index) => `evt_alone_${index}`);
      const byObject = Object.values(Object.groupBy(ids, (id) => objectOf(id)));
      assert.equal(byObject.length, 16);
      for (let round = 0; round < ROUNDS; round += 1) {
        const ofRound = byObject.map((ids) => ids[round]);
        await Promise.all(ofRound.map((id) => post(id)));
        await waitUntil(
          () => ofRound.every((id) => idsOnQueue().has(id)),
          () => `missing: ${ofRound.filter((id) => !idsOnQueue().has(id))}`,
        );
      }
    } finally {
      await gate.stop();
    }
  });
});

describe("a gate whose alarms were lost", () => {
  const ids = Array.from({ length: 20 }, (_, index) => `evt_lost_${index}`);

  // Threat model: F26.
  it("sends what is pending when its Cron Trigger runs, without any traffic", async () => {
    const gate = await startWorkerd({ sources, secrets });
    try {
      await restartChanged(gate, ids);
      gate.sink.answer = "store";
      await sleep(1500);
      assert.equal(gate.sink.messages.length, 0);
      assert.equal(await gate.schedule(), "ok");
      await waitUntil(() => clientOf(gate).idsOnQueue().size === ids.length, gate.output);
    } finally {
      await gate.stop();
    }
  });

  // Threat model: F26.
  it("sends what its other objects have when its Cron Trigger runs and an object fails, and logs the failure", async () => {
    // The trigger visits object 0 first.
    const gate = await startWorkerd({ sources, secrets, main: failingObject(0) });
    try {
      const others = ids.filter((id) => objectOf(id) !== 0);
      await restartChanged(gate, others);
      gate.sink.answer = "store";
      assert.equal(await gate.schedule(), "ok");
      await waitUntil(() => clientOf(gate).idsOnQueue().size === others.length, gate.output);
      const failures = () => linesOf(gate).filter(({ outcome }) => outcome === "visit_failed");
      await waitUntil(() => failures().length > 0, gate.output);
      assert.equal(failures().length, 1);
    } finally {
      await gate.stop();
    }
  });

  // Threat model: F26.
  it("sends what is pending after any request to the object", async () => {
    const gate = await startWorkerd({ sources, secrets });
    try {
      await restartChanged(gate, ids);
      gate.sink.answer = "store";
      const { callApi, idsOnQueue } = clientOf(gate);
      for (const id of ids) await callApi(`events/stripe/${id}`);
      await waitUntil(() => idsOnQueue().size === ids.length, gate.output);
    } finally {
      await gate.stop();
    }
  });
});

// Threat model: F26.
it("a gate sends a rejected event after any request that comes before the time of its lost alarm", async () => {
  const gate = await startWorkerd({ sources, secrets });
  const { post, callApi, idsOnQueue } = clientOf(gate);
  try {
    gate.sink.answer = "reject";
    await post("evt_soon");
    // The second pause lasts two seconds.
    const rejections = () => linesOf(gate).filter(({ outcome }) => outcome === "queue_refused");
    await waitUntil(() => rejections().length === 2, gate.output);
    // The object has set its next alarm when it answers.
    await callApi("events/stripe/evt_soon");
    await gate.kill();
    assert.equal(deleteAlarms(gate.disk), 1);
    await gate.restart();
    gate.sink.answer = "store";
    await callApi("events/stripe/evt_soon");
    await waitUntil(() => idsOnQueue().has("evt_soon"), gate.output);
  } finally {
    await gate.stop();
  }
});

describe("a gate whose clock is set back", () => {
  // Threat model: F10.
  it("sends events whose next attempt it had planned by the old time", async () => {
    const gate = await startWorkerd({ sources, secrets, main: ADJUSTABLE_CLOCK });
    const { post, callApi, idsOnQueue } = clientOf(gate);
    const rejections = () =>
      linesOf(gate).filter((line) => line.outcome === "queue_refused").length;
    try {
      gate.sink.answer = "reject";
      await post("evt_clock");
      await waitUntil(() => rejections() > 0, gate.output);
      await fetch(`${gate.url}/clock/${TWO_HOURS}`);
      const before = rejections();
      await waitUntil(() => rejections() > before, gate.output);
      await fetch(`${gate.url}/clock/0`);
      gate.sink.answer = "store";
      await callApi("events/stripe/evt_clock");
      await waitUntil(() => idsOnQueue().has("evt_clock"), gate.output);
    } finally {
      await gate.stop();
    }
  });

  // Threat model: F10.
  it("sends rejected events that it found on its disk with a time far ahead, and shows their age until then", async () => {
    const gate = await startWorkerd({ sources, secrets });
    const { idsOnQueue } = clientOf(gate);
    try {
      await restartChanged(gate, ["evt_alone", "evt_company"], (object) => {
        const failures = "iif(key LIKE '%company', 9, 0)";
        object.run(
          `UPDATE events SET accepted_at = accepted_at + ${TWO_HOURS}, failures = ${failures},
             retry_at = CAST(unixepoch() * 1000 AS INTEGER) + ${TWO_HOURS}`,
        );
      });
      assert.equal(await readMetric(gate, 'countersign_outbox_events{state="pending"}'), 2);
      const age = () => readMetric(gate, "countersign_oldest_pending_seconds");
      await waitUntil(async () => (await age()) > 0, gate.output);
      gate.sink.answer = "store";
      await gate.schedule();
      await waitUntil(() => idsOnQueue().size === 2, gate.output);
    } finally {
      await gate.stop();
    }
  });

  // Threat model: F10.
  it("keeps the pause of a rejected event that is as long as the code makes it", async () => {
    const gate = await startWorkerd({ sources, secrets });
    const { idsOnQueue } = clientOf(gate);
    try {
      const [soon] = idsInObjectOf("evt_late", "evt_soon_", 1);
      await restartChanged(gate, [soon, "evt_late"], (object) => {
        object.run(
          `UPDATE events SET failures = 12, retry_at = CAST(unixepoch() * 1000 AS INTEGER) + 4000000
           WHERE key LIKE '%late'`,
        );
      });
      gate.sink.answer = "store";
      await gate.schedule();
      await waitUntil(() => idsOnQueue().has(soon), gate.output);
      await sleep(1500);
      assert.ok(!idsOnQueue().has("evt_late"));
    } finally {
      await gate.stop();
    }
  });

  // Threat model: F10.
  it("acts on an event whose lease ends far ahead", async () => {
    const gate = await startWorkerd({ sources, secrets, handler: true });
    const { post } = clientOf(gate);
    try {
      await post("evt_lease");
      const [message] = await gate.messages(1);
      gate.handler.answer = 500;
      await gate.consume([message]);
      await gate.kill();
      for (const object of openObjects(gate.disk)) {
        object.run(`UPDATE turns SET until = until + ${TWO_HOURS}`);
        object.close();
      }
      await gate.restart();
      gate.handler.answer = 204;
      assert.deepEqual((await gate.consume([message])).explicitAcks, ["message-0"]);
      assert.equal(`${gate.handler.events.at(-1).body}`, bodyOf("evt_lease"));
    } finally {
      await gate.stop();
    }
  });
});

describe("a gate that purges", () => {
  /** Sets the clock, posts an event, and waits until it is on the queue and its object has looked for old rows. */
  const postAt = async (gate, ahead, id) => {
    await fetch(`${gate.url}/clock/${ahead}`);
    const { post, idsOnQueue } = clientOf(gate);
    const headers = new Signer("stripe", secrets.SECRET).sign(
      { body: bodyOf(id) },
      new Date(Date.now() + ahead),
    );
    assert.equal((await post(id, { headers })).status, 200);
    await waitUntil(() => idsOnQueue().has(id), gate.output);
    await sleep(300);
  };
  /** Wakes the object of `evt_aging` at this time. */
  const wakeAt = (gate, ahead) =>
    postAt(gate, ahead, idsInObjectOf("evt_aging", `evt_wake_${-ahead}_`, 1)[0]);
  const start = () =>
    startWorkerd({
      sources,
      secrets,
      settings: { retention_days: 1, replay_hours: 1 },
      main: ADJUSTABLE_CLOCK,
    });
  const isKnown = async (gate) =>
    (await clientOf(gate).callApi("events/stripe/evt_aging")).data !== undefined;

  it("looks for old rows once a minute, not at each alarm of a busy object", async () => {
    const gate = await start();
    try {
      await postAt(gate, -DAY - 80_000, "evt_aging");
      await wakeAt(gate, -100_000);
      assert.ok(await isKnown(gate));
      // It is a day old now.
      await wakeAt(gate, -60_000);
      assert.ok(await isKnown(gate));
      await wakeAt(gate, 0);
      await waitUntil(async () => !(await isKnown(gate)), gate.output);
    } finally {
      await gate.stop();
    }
  });

  // Threat model: F10.
  it("does not wait for the time before a clock step to look for old rows", async () => {
    const gate = await start();
    try {
      await wakeAt(gate, 0);
      await postAt(gate, -10 * DAY, "evt_aging");
      await wakeAt(gate, -8 * DAY);
      await waitUntil(async () => !(await isKnown(gate)), gate.output);
    } finally {
      await gate.stop();
    }
  });
});
