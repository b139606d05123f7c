// Missing and wrong configuration: the gate verifies nothing and stores nothing then. Also checks wrangler.toml itself.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { clientOf, secrets, sign, sources } from "./fixtures.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

describe("a gate that is not configured", () => {
  // Threat model: F19.
  it("answers 500 and verifies nothing if its secrets are missing", async () => {
    const gate = await startWorkerd({ sources });
    try {
      assert.equal((await clientOf(gate).post("evt_1")).status, 500);
      assert.equal((await fetch(`${gate.url}/in/stripe`, { method: "POST" })).status, 500);
      assert.equal(gate.sink.messages.length, 0);
    } finally {
      await gate.stop();
    }
  });

  // Threat model: F19.
  it("answers 500 and gives messages back if one of its settings is wrong", async () => {
    for (const settings of [
      { retention_days: 0 },
      { retention_days: 31 },
      { replay_hours: 97 },
      { retention_day: 5 },
      { max_body_bytes: 1, body_budget_bytes: 0 },
      { body_seconds: 0 },
    ]) {
      const gate = await startWorkerd({ sources, secrets, settings });
      try {
        assert.equal((await clientOf(gate).post("evt_1")).status, 500, JSON.stringify(settings));
        // Messages wait until the settings are corrected, each time longer.
        const { retryMessages } = await gate.consume([{}], "countersign-events", { seconds: 900 });
        assert.equal(retryMessages[0].delaySeconds, 900);
      } finally {
        await gate.stop();
      }
    }
  });

  // Threat model: F7, F19.
  it("stores nothing without an outbox, because its consumer could not detect duplicates", async () => {
    const gate = await startWorkerd({ sources, secrets, outbox: false });
    try {
      const body = JSON.stringify({ id: "evt_1", type: "invoice.paid" });
      const headers = sign("stripe", body);
      const response = await fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
      assert.equal(response.status, 500);
      assert.equal(gate.sink.messages.length, 0);
      await waitUntil(() => /"outcome":"misconfigured".*OUTBOX/.test(gate.output()), gate.output);
    } finally {
      await gate.stop();
    }
  });

  it("answers 500 and stores nothing without any sources", async () => {
    const gate = await startWorkerd({});
    try {
      const response = await fetch(`${gate.url}/in/stripe`, { method: "POST", body: "{}" });
      assert.equal(response.status, 500);
      assert.equal(gate.sink.messages.length, 0);
      await waitUntil(() => gate.output().includes("[vars.SOURCES]"), gate.output);
    } finally {
      await gate.stop();
    }
  });
});

describe("wrangler.toml", () => {
  // Threat model: F26.
  it("has a Cron Trigger, which finds lost alarms", () => {
    const path = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));
    assert.match(readFileSync(path, "utf8"), /^\[triggers\]\ncrons = \["\*\/5 \* \* \* \*"\]$/m);
  });

  // Threat model: F17.
  it("has a consumer for every queue, also for the dead-letter queue", () => {
    const path = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));
    const tables = readFileSync(path, "utf8").split(/^\[/m);
    const value = (table, name) => table.match(new RegExp(`^${name} = "(.*)"$`, "m"))?.[1];
    const named = (kind) => tables.filter((table) => table.startsWith(`[queues.${kind}]]`));
    const consumed = named("consumers").map((table) => value(table, "queue"));
    assert.ok(consumed.length >= 2);
    for (const table of named("producers")) assert.ok(consumed.includes(value(table, "queue")));
    const dead = named("consumers").map((table) => value(table, "dead_letter_queue"));
    assert.ok(dead.filter(Boolean).every((queue) => consumed.includes(queue)));
    // The dead-letter queue does not have one of its own: a message that cannot be stored must be redelivered.
    assert.equal(dead.filter((queue) => queue === undefined).length, 1);
    const gate = tables.find((table) => table.startsWith("vars.GATE]")) ?? "";
    const configured = value(gate, "dead_letter_queue") ?? "countersign-dead-letters";
    assert.ok(dead.includes(configured));
  });
});
