// The consumer, called as a queue calls it: with copies, with messages that cannot be read, after crashes.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startWorkerd, until } from "./workerd.mjs";

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

describe("the consumer", () => {
  let gate;
  before(async () => {
    gate = await startWorkerd({ sources: {} });
  });
  after(() => gate.stop());

  const lines = (id) =>
    gate
      .output()
      .split("\n")
      .filter((line) => line.includes('"outcome":"event"') && line.includes(`"id":"${id}"`));
  /** The lines about an event, when those about a later one are out. */
  const effects = async (id) => {
    const last = `evt_after_${id}_${Math.random()}`;
    await gate.consume([message(last)]);
    await until(() => lines(last).length > 0, gate.output);
    return lines(id).length;
  };
  const acknowledged = (result) => (result.ackAll ? "all" : result.explicitAcks);

  it("acts once on an event that the queue delivers again and again", async () => {
    for (let round = 0; round < 3; round += 1) {
      const result = await gate.consume([message("evt_twice"), message("evt_twice")]);
      assert.deepEqual(acknowledged(result), ["message-0", "message-1"]);
    }
    assert.equal(await effects("evt_twice"), 1);
  });

  it("acts on the same id of another source", async () => {
    await gate.consume([message("evt_both"), message("evt_both", { source: "/in/other" })]);
    assert.equal(await effects("evt_both"), 2);
  });

  it("acts on an event whose id reads like the replay of another", async () => {
    await gate.consume([message("evt_odd", { replay: 1 }), message("evt_odd replay 1")]);
    assert.equal(await effects("evt_odd"), 1);
    assert.equal(await effects("evt_odd replay 1"), 1);
  });

  it("remembers what it acted on through a crash", async () => {
    await gate.consume([message("evt_crash")]);
    assert.equal(await effects("evt_crash"), 1);
    await gate.kill();
    await gate.restart();
    await gate.consume([message("evt_crash")]);
    assert.equal(await effects("evt_crash"), 1);
  });

  it("gives back what it cannot read, and goes on with the rest", async () => {
    const unreadable = [
      message("evt_new_envelope", { envelope: 3 }),
      message("evt_no_base64", { data_base64: "*" }),
      { id: "evt_not_whole" },
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
    assert.equal(await effects("evt_last"), 1);
    assert.equal(await effects("evt_new_envelope"), 0);
  });
});
