// `npm run chaos`: the gate is killed again and again while senders send and the queue misbehaves; then everything is
// counted. `npm run chaos -- --deliveries 200000 --kills 1000 --seed 7` is another run; one seed makes one plan of ids,
// forgeries, pauses and moods of the queue.

import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Signer } from "countersign";
import { startWorkerd, until } from "../worker/workerd.mjs";

const SECRET = "chaos-secret";
const SENDERS = 8;
const FORGED_SHARE = 0.1;
const MOODS = ["store", "store", "store", "refuse", "hang up", "store and hang up"];

const { values } = parseArgs({
  options: {
    deliveries: { type: "string", default: "5000" },
    kills: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
  },
});
const wanted = Number(values.deliveries);
const kills = Number(values.kills);
const random = seeded(Number(values.seed));

const gate = await startWorkerd({
  sources: { stripe: { scheme: "stripe", keys: ["SECRET"] } },
  secrets: { SECRET },
});
const genuine = new Signer("stripe", SECRET);
const forger = new Signer("stripe", "another-secret");
const counts = { attempts: 0, kills: 0, acceptedTwice: 0, forgedTaken: 0 };
const accepted = new Map();

const plan = Array.from({ length: wanted }, (_, index) => ({
  id: `evt_${values.seed}_${index}`,
  isForged: random() < FORGED_SHARE,
}));
const started = Date.now();
const left = [...plan].reverse();
const senders = Promise.all(Array.from({ length: SENDERS }, send));

for (; counts.kills < kills && left.length > 0; counts.kills += 1) {
  gate.sink.answer = MOODS[Math.floor(random() * MOODS.length)];
  await sleep(20 + random() * 180);
  await gate.kill();
  await gate.restart();
}
gate.sink.answer = "store";
await senders;

const expected = plan.filter(({ isForged }) => !isForged).length;
const arrived = () => new Set(gate.sink.messages.map(({ id }) => id));
await until(
  () => arrived().size >= expected,
  () => "",
).catch(() => {});
const forgedIds = new Set(plan.filter(({ isForged }) => isForged).map(({ id }) => id));
const ids = arrived();
const lost = plan.filter(({ id, isForged }) => !isForged && !ids.has(id)).length;
const forged = [...ids].filter((id) => forgedIds.has(id)).length + counts.forgedTaken;
const report = {
  seed: Number(values.seed),
  deliveries: wanted,
  attempts: counts.attempts,
  kills: counts.kills,
  lost,
  forged,
  "accepted twice": counts.acceptedTwice,
  "copies on the queue": gate.sink.messages.length - ids.size,
  seconds: Math.round((Date.now() - started) / 1000),
};
await gate.stop();
for (const [name, value] of Object.entries(report)) console.log(`${name.padEnd(20)} ${value}`);
process.exitCode = lost + forged + counts.acceptedTwice === 0 ? 0 : 1;

/** Sends what is left, each delivery until it is answered for; a forged one is answered with 401. */
async function send() {
  for (let delivery = left.pop(); delivery !== undefined; delivery = left.pop()) {
    const { id, isForged } = delivery;
    const body = JSON.stringify({ id, type: "chaos" });
    for (let answer; answer === undefined; ) {
      counts.attempts += 1;
      const headers = (isForged ? forger : genuine).sign({ body });
      answer = await post(body, headers);
      if (answer === undefined) await sleep(20);
      else note(id, isForged, answer);
    }
  }
}

/** What the gate answered: the status of a taken event, 401, or nothing that a sender would stop for. */
async function post(body, headers) {
  try {
    const response = await fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
    const { status } = await response.json();
    return response.status === 401 ? 401 : response.status === 202 ? status : undefined;
  } catch {
    return undefined;
  }
}

function note(id, isForged, answer) {
  if (isForged && answer !== 401) counts.forgedTaken += 1;
  if (answer !== "accepted") return;
  if (accepted.has(id)) counts.acceptedTwice += 1;
  accepted.set(id, true);
}

/** A small generator of numbers from 0 to 1 (mulberry32): the same seed gives the same numbers. */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
