// `npm run chaos`: kills the gate again and again, at each crash point and at random times, while senders send and the
// queue misbehaves. Then it counts what was lost, duplicated or forged.
//
// `npm run chaos -- --deliveries 200000 --kills 1000 --seed 7` runs with other numbers. The seed determines the ids, the
// forged and the large deliveries, the crash points, the pauses and what the queue does.

// Threat model: F8, I1, I2, I4, I6.
// Threat model: crash point after-verification.
// Threat model: crash point after-body-stored.
// Threat model: crash point before-outbox-request.
// Threat model: crash point before-row-written.
// Threat model: crash point after-row-written.
// Threat model: crash point after-outbox-answer.
// Threat model: crash point before-response.
// Threat model: crash point before-batch-sent.
// Threat model: crash point after-batch-sent.
// Threat model: crash point before-lease.
// Threat model: crash point after-lease.
// Threat model: crash point after-handler.
// Threat model: crash point before-acknowledgement.
// Threat model: crash point after-dead-letter-stored.

import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Signer } from "countersign";
import { crashPoints } from "../crash-points.mjs";
import { startWorkerd } from "../workerd.mjs";

const SECRET = "chaos-secret";
const API_KEY = "chaos-key";
const SENDERS = 8;
const FORGED_SHARE = 0.1;
/** The share of deliveries whose bodies are too large for a message, so that they go to the bucket. */
const LARGE_SHARE = 0.02;
const LARGE_TEXT = "x".repeat(130_000);
/** The share of messages that the queue gives up without a reason, so that they become dead letters. */
const DEAD_SHARE = 0.01;
const QUEUE_ANSWERS = [
  ...["store", "store", "store", "reject"],
  ...["hang up", "store and hang up", "throttle"],
];
/** If an event does not reach the crash point in this time, the gate is killed wherever it is. */
const CRASH_POINT_TIMEOUT_MS = 1500;
/** At the end, if no event arrives for this long, the missing ones are lost. A lease ends a minute after a crash. */
const QUIET_TIMEOUT_MS = 100_000;
/** In a run with this many kills for each crash point, each must have been reached. */
const KILLS_FOR_FULL_COVERAGE = 20;
/** The number of batches that the queue delivers at the same time. */
const CONCURRENT_BATCHES = 4;

const { values } = parseArgs({
  options: {
    deliveries: { type: "string", default: "2000" },
    kills: { type: "string", default: "56" },
    seed: { type: "string", default: "1" },
  },
});
const deliveries = Number(values.deliveries);
const kills = Number(values.kills);
const random = createRandom(Number(values.seed));

/** The crash point at which the gate is to be killed, and what to call when an event reaches it. */
let armed = { point: undefined, onReached: () => {} };
const gate = await startWorkerd({
  sources: { stripe: { scheme: "stripe", keys: ["SECRET"] } },
  secrets: { SECRET, API_KEY },
  bucket: true,
  handler: true,
  faults: true,
  harness: (point) => {
    if (point !== armed.point) return;
    armed.onReached();
    // Without an answer, the gate waits at the crash point until it is killed.
    return new Promise(() => {});
  },
});
const signer = new Signer("stripe", SECRET);
const forger = new Signer("stripe", "another-secret");
const counts = { attempts: 0, acceptedTwice: 0, forgedAccepted: 0, deadLetters: 0 };
const killsAt = Object.fromEntries([...crashPoints, "random"].map((point) => [point, 0]));
const accepted = new Set();

const plan = Array.from({ length: deliveries }, (_, index) => ({
  id: `evt_${values.seed}_${index}`,
  isForged: random() < FORGED_SHARE,
  isLarge: random() < LARGE_SHARE,
}));
const randomDeath = createRandom(Number(values.seed) + 1);
const started = Date.now();
const unsent = [...plan].reverse();
const senders = Promise.all(Array.from({ length: SENDERS }, sendAll));
let isOver = false;
/** Messages that wait for the consumer, and messages that become dead letters. */
const waiting = [];
const dying = [];
let taken = 0;
const queue = Promise.all(Array.from({ length: CONCURRENT_BATCHES }, deliverMessages));

for (let count = 0; count < kills && unsent.length > 0; count += 1) {
  gate.sink.answer = QUEUE_ANSWERS[Math.floor(random() * QUEUE_ANSWERS.length)];
  const point = count % 2 === 0 ? crashPoints[(count / 2) % crashPoints.length] : undefined;
  const pause = 20 + random() * 180;
  if (point === undefined) await sleep(pause);
  const wasReached = point !== undefined && (await waitForCrashPoint(point));
  await gate.kill();
  killsAt[wasReached ? point : "random"] += 1;
  armed = { point: undefined, onReached: () => {} };
  await gate.restart();
}
gate.sink.answer = "store";
await senders;

const authenticIds = plan.filter(({ isForged }) => !isForged).map(({ id }) => id);
const idsActedOn = () => new Set(gate.handler.events.map(({ headers }) => headers["ce-id"]));
const isComplete = () => idsActedOn().size >= authenticIds.length;
let before = -1;
let since = Date.now();
while (!isComplete() && Date.now() - since < QUIET_TIMEOUT_MS) {
  // Dead letters go back to the queue only when an operator asks for it.
  const headers = { "x-api-key": API_KEY };
  const url = `${gate.url}/api/v1/dead-letters/redrive`;
  await fetch(url, { method: "POST", headers }).catch(() => {});
  await sleep(500);
  if (idsActedOn().size > before) since = Date.now();
  before = idsActedOn().size;
}
isOver = true;
await queue;

const known = new Set(authenticIds);
const acted = idsActedOn();
const keys = new Set(gate.handler.events.map(({ headers }) => headers["idempotency-key"]));
const isLarge = new Map(plan.map((delivery) => [delivery.id, delivery.isLarge]));
const hasChanged = ({ headers: { "ce-id": id }, body }) =>
  !body.equals(Buffer.from(bodyOf(id, isLarge.get(id))));
const killCount = Object.values(killsAt).reduce((sum, times) => sum + times);
const report = {
  seed: Number(values.seed),
  deliveries,
  attempts: counts.attempts,
  kills: killCount,
  lost: authenticIds.filter((id) => !acted.has(id)).length,
  forged: [...acted].filter((id) => !known.has(id)).length + counts.forgedAccepted,
  "changed bodies": gate.handler.events.filter(hasChanged).length,
  "accepted twice": counts.acceptedTwice,
  "effects beyond one per event": keys.size - acted.size,
  "repeated calls with the same key": gate.handler.events.length - keys.size,
  "duplicates on the queue":
    gate.sink.messages.length - new Set(gate.sink.messages.map(({ id }) => id)).size,
  "dead letters stored": counts.deadLetters,
  "kills that did not happen": kills - killCount,
  // Some crash points are passed rarely, so a short run may miss them.
  "crash points never reached":
    kills < KILLS_FOR_FULL_COVERAGE * crashPoints.length
      ? 0
      : crashPoints.filter((point) => killsAt[point] === 0).length,
  seconds: Math.round((Date.now() - started) / 1000),
};
await gate.stop();
for (const [name, value] of Object.entries(report)) console.log(`${name.padEnd(36)} ${value}`);
const places = Object.entries(killsAt).map(([point, times]) => `${point} ${times}`);
console.log(`${"killed at".padEnd(36)} ${places.join(", ")}`);
const failures = [
  "lost",
  "forged",
  "changed bodies",
  "accepted twice",
  "effects beyond one per event",
  "kills that did not happen",
  "crash points never reached",
];
process.exitCode = failures.some((name) => report[name] > 0) ? 1 : 0;

function bodyOf(id, isLarge) {
  return JSON.stringify({ id, type: "chaos", ...(isLarge && { note: LARGE_TEXT }) });
}

/** Waits until the gate stops at a crash point. Returns whether it did so in time. */
function waitForCrashPoint(point) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), CRASH_POINT_TIMEOUT_MS);
    armed = {
      point,
      onReached: () => {
        clearTimeout(timer);
        resolve(true);
      },
    };
  });
}

/** Sends what is unsent, each delivery until it is accepted, or rejected with 401 if it is forged. */
async function sendAll() {
  for (let delivery = unsent.pop(); delivery !== undefined; delivery = unsent.pop()) {
    const { id, isForged, isLarge } = delivery;
    const body = bodyOf(id, isLarge);
    for (let answer; answer === undefined; ) {
      counts.attempts += 1;
      const headers = (isForged ? forger : signer).sign({ body });
      answer = await post(body, headers);
      if (answer === undefined) await sleep(20);
      else countAnswer(id, isForged, answer);
    }
  }
}

/** Posts a delivery. Returns the status of an accepted event, 401, or undefined if a sender would retry. */
async function post(body, headers) {
  try {
    const response = await fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
    const { status } = await response.json();
    return response.status === 401 ? 401 : response.status === 200 ? status : undefined;
  } catch {
    return undefined;
  }
}

function countAnswer(id, isForged, answer) {
  if (isForged && answer !== 401) counts.forgedAccepted += 1;
  if (answer !== "accepted") return;
  if (accepted.has(id)) counts.acceptedTwice += 1;
  accepted.add(id);
}

/** Delivers messages to the consumer like a queue: again until they are acknowledged, or given up. */
async function deliverMessages() {
  while (!isOver) {
    for (const body of gate.sink.messages.slice(taken)) {
      const message = { id: `message-${taken}`, body };
      taken += 1;
      (randomDeath() < DEAD_SHARE ? dying : waiting).push(message);
    }
    await deliverBatch(waiting, "countersign-events");
    counts.deadLetters += await deliverBatch(dying, "countersign-dead-letters");
    await sleep(waiting.length + dying.length > 0 ? 5 : 50);
  }
}

/** Delivers a batch of these messages and keeps those that are not acknowledged. Returns the number of the others. */
async function deliverBatch(messages, queue) {
  const batch = messages.splice(0, 20);
  if (batch.length === 0) return 0;
  const bodies = batch.map(({ body }) => body);
  const consumed = gate.consume(bodies, queue, { idOf: (index) => batch[index].id });
  const { explicitAcks } = await consumed.catch(() => ({ explicitAcks: [] }));
  const acknowledged = new Set(explicitAcks);
  messages.push(...batch.filter(({ id }) => !acknowledged.has(id)));
  return acknowledged.size;
}

/** Creates a generator of numbers from 0 to 1 (mulberry32). The same seed gives the same numbers. */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
