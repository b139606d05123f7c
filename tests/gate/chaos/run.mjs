// `npm run chaos`: the gate is killed again and again, at every named point of an event's way and at random times, while
// senders send and the queue misbehaves; then everything is counted. `npm run chaos -- --deliveries 200000 --kills 1000
// --seed 7` is another run; one seed makes one plan of ids, forgeries, long bodies, points, pauses and moods of the queue.

import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Signer } from "countersign";
import { crashPoints } from "../crash-points.mjs";
import { startWorkerd } from "../workerd.mjs";

const SECRET = "chaos-secret";
const API_KEY = "chaos-key";
const SENDERS = 8;
const FORGED_SHARE = 0.1;
/** So many are too long for a message, and go by the bucket. */
const LONG_SHARE = 0.02;
const LONG_BODY = "x".repeat(130_000);
/** So many messages the queue gives up without reason, for the gate to keep. */
const DEAD_SHARE = 0.01;
const MOODS = ["store", "store", "store", "refuse", "hang up", "store and hang up", "throttle"];
const POINTS = crashPoints;
/** How long a point may not be reached before the gate is killed wherever it is. */
const POINT_PATIENCE_MS = 1500;
/** How long nothing may come any more, when all is well again, until what is missing is called lost. The turn to act ends
 * a minute after a crash. */
const PATIENCE_MS = 100_000;
/** With so many kills for each point, a run is to have been killed at every one. */
const OFTEN = 20;
/** How many batches the queue hands over at a time. */
const COURIERS = 4;

const { values } = parseArgs({
  options: {
    deliveries: { type: "string", default: "2000" },
    kills: { type: "string", default: "56" },
    seed: { type: "string", default: "1" },
  },
});
const wanted = Number(values.deliveries);
const kills = Number(values.kills);
const random = seeded(Number(values.seed));

/** Called when the point is reached at which the gate is to be killed. */
let armed = { point: undefined, reached: () => {} };
const gate = await startWorkerd({
  sources: { stripe: { scheme: "stripe", keys: ["SECRET"] } },
  secrets: { SECRET, API_KEY },
  bucket: true,
  handler: true,
  faults: true,
  harness: (point) => {
    if (point !== armed.point) return;
    armed.reached();
    // No answer: the gate stands still there until it is killed.
    return new Promise(() => {});
  },
});
const genuine = new Signer("stripe", SECRET);
const forger = new Signer("stripe", "another-secret");
const counts = { attempts: 0, acceptedTwice: 0, forgedTaken: 0, dead: 0 };
const killsAt = Object.fromEntries([...POINTS, "random"].map((point) => [point, 0]));
const accepted = new Set();

const plan = Array.from({ length: wanted }, (_, index) => ({
  id: `evt_${values.seed}_${index}`,
  isForged: random() < FORGED_SHARE,
  isLong: random() < LONG_SHARE,
}));
const isToDie = seeded(Number(values.seed) + 1);
const started = Date.now();
const left = [...plan].reverse();
const senders = Promise.all(Array.from({ length: SENDERS }, send));
let isOver = false;
const waiting = [];
const dying = [];
let taken = 0;
const couriers = Promise.all(Array.from({ length: COURIERS }, deliver));

for (let count = 0; count < kills && left.length > 0; count += 1) {
  gate.sink.answer = MOODS[Math.floor(random() * MOODS.length)];
  const point = count % 2 === 0 ? POINTS[(count / 2) % POINTS.length] : undefined;
  const pause = 20 + random() * 180;
  if (point === undefined) await sleep(pause);
  const wasReached = point !== undefined && (await reach(point));
  await gate.kill();
  killsAt[wasReached ? point : "random"] += 1;
  armed = { point: undefined, reached: () => {} };
  await gate.restart();
}
gate.sink.answer = "store";
await senders;

const genuineIds = plan.filter(({ isForged }) => !isForged).map(({ id }) => id);
const effects = () => new Set(gate.handler.events.map(({ headers }) => headers["ce-id"]));
const isDone = () => effects().size >= genuineIds.length;
for (let before = -1, since = Date.now(); !isDone() && Date.now() - since < PATIENCE_MS; ) {
  // What the queue gave up is kept, and comes again when it is asked for.
  const headers = { "x-api-key": API_KEY };
  const url = `${gate.url}/api/v1/dead-letters/redrive`;
  await fetch(url, { method: "POST", headers }).catch(() => {});
  await sleep(500);
  if (effects().size > before) since = Date.now();
  before = effects().size;
}
isOver = true;
await couriers;

const known = new Set(genuineIds);
const acted = effects();
const keys = new Set(gate.handler.events.map(({ headers }) => headers["idempotency-key"]));
const isLong = new Map(plan.map((delivery) => [delivery.id, delivery.isLong]));
const isChanged = ({ headers: { "ce-id": id }, body }) =>
  !body.equals(Buffer.from(bodyOf(id, isLong.get(id))));
const report = {
  seed: Number(values.seed),
  deliveries: wanted,
  attempts: counts.attempts,
  kills: Object.values(killsAt).reduce((sum, times) => sum + times),
  lost: genuineIds.filter((id) => !acted.has(id)).length,
  forged: [...acted].filter((id) => !known.has(id)).length + counts.forgedTaken,
  "bodies that changed": gate.handler.events.filter(isChanged).length,
  "accepted twice": counts.acceptedTwice,
  "effects beyond one for an event": keys.size - acted.size,
  "handed over again with the same key": gate.handler.events.length - keys.size,
  "copies on the queue":
    gate.sink.messages.length - new Set(gate.sink.messages.map(({ id }) => id)).size,
  "dead letters kept and sent again": counts.dead,
  "kills that did not come about":
    kills - Object.values(killsAt).reduce((sum, times) => sum + times),
  // Some are passed rarely, so a short run may miss them.
  "points never killed at":
    kills < OFTEN * POINTS.length ? 0 : POINTS.filter((point) => killsAt[point] === 0).length,
  seconds: Math.round((Date.now() - started) / 1000),
};
await gate.stop();
for (const [name, value] of Object.entries(report)) console.log(`${name.padEnd(36)} ${value}`);
const places = Object.entries(killsAt).map(([point, times]) => `${point} ${times}`);
console.log(`${"killed at".padEnd(36)} ${places.join(", ")}`);
const failures = [
  "lost",
  "forged",
  "bodies that changed",
  "accepted twice",
  "effects beyond one for an event",
  "kills that did not come about",
  "points never killed at",
];
process.exitCode = failures.some((name) => report[name] > 0) ? 1 : 0;

function bodyOf(id, isLong) {
  return JSON.stringify({ id, type: "chaos", ...(isLong && { note: LONG_BODY }) });
}

/** Waits until the gate stands still at a point, and says whether it does. */
function reach(point) {
  return new Promise((resolve) => {
    const tooLong = setTimeout(() => resolve(false), POINT_PATIENCE_MS);
    armed = {
      point,
      reached: () => {
        clearTimeout(tooLong);
        resolve(true);
      },
    };
  });
}

/** Sends what is left, each delivery until it is answered for; a forged one is answered with 401. */
async function send() {
  for (let delivery = left.pop(); delivery !== undefined; delivery = left.pop()) {
    const { id, isForged, isLong } = delivery;
    const body = bodyOf(id, isLong);
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
  accepted.add(id);
}

/** Does what a queue does: hands its messages to the consumer, again until they are acknowledged, or gives one up. */
async function deliver() {
  while (!isOver) {
    for (const body of gate.sink.messages.slice(taken)) {
      const message = { id: `message-${taken}`, body };
      taken += 1;
      (isToDie() < DEAD_SHARE ? dying : waiting).push(message);
    }
    const handOver = async (messages, queue) => {
      const batch = messages.splice(0, 20);
      if (batch.length === 0) return 0;
      const bodies = batch.map(({ body }) => body);
      const consumed = gate.consume(bodies, queue, { idOf: (index) => batch[index].id });
      const { explicitAcks } = await consumed.catch(() => ({ explicitAcks: [] }));
      const done = new Set(explicitAcks);
      messages.push(...batch.filter(({ id }) => !done.has(id)));
      return done.size;
    };
    await handOver(waiting, "countersign-events");
    counts.dead += await handOver(dying, "countersign-dead-letters");
    await sleep(waiting.length + dying.length > 0 ? 5 : 50);
  }
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
