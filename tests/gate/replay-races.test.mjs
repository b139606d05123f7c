// A replay that an operator asks for while the event is still on its way: it must not be lost.

import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { API_KEY, clientOf, SECRET } from "./fixtures.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

let gate;
before(async () => {
  gate = await startWorkerd({
    sources: { stripe: { scheme: "stripe", keys: ["SECRET"] } },
    secrets: { SECRET, API_KEY },
    handler: true,
  });
});
after(() => gate.stop());

// Threat model: I1.
it("sends a replay that was asked for while the handler acted on the original", async () => {
  const { post, callApi } = clientOf(gate);
  await post("evt_slow");
  const [first] = await gate.messages(1);
  await waitUntil(
    async () => (await callApi("events/stripe/evt_slow")).data.status === "queued",
    gate.output,
  );
  const { promise, resolve } = Promise.withResolvers();
  gate.handler.pause = promise;
  const consumed = gate.consume([first]);
  await waitUntil(() => gate.handler.events.length === 1, gate.output);
  gate.sink.answer = "reject";
  await callApi("events/stripe/evt_slow/replay", "POST");
  resolve();
  gate.handler.pause = undefined;
  assert.equal((await consumed).explicitAcks.length, 1);
  assert.equal((await callApi("events/stripe/evt_slow")).data.status, "pending");
  gate.sink.answer = "store";
  const [, again] = await gate.messages(2);
  assert.deepEqual(again, { ...first, replay: 1 });
});

// Threat model: I1.
it("sends a replay that was asked for before the queue's answer to the original arrived", async () => {
  const { post, callApi } = clientOf(gate);
  gate.sink.messages.length = 0;
  const { promise, resolve } = Promise.withResolvers();
  gate.sink.pause = promise;
  await post("evt_fast");
  const [first] = await gate.messages(1);
  assert.equal((await gate.consume([first])).explicitAcks.length, 1);
  assert.equal((await callApi("events/stripe/evt_fast")).data.status, "acted");
  await callApi("events/stripe/evt_fast/replay", "POST");
  gate.sink.pause = undefined;
  resolve();
  const [, again] = await gate.messages(2);
  assert.deepEqual(again, { ...first, replay: 1 });
});
