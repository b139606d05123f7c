// What goes wrong: the gate is killed at each crash point and at random times, and paused now and then, while its queue and
// its bucket fail. After a number of kills follows a calm, in which nothing is killed, so that what takes the gate
// seconds can happen: a queue, a bucket, a handler or an object of the outbox that does not answer.

import { setTimeout as sleep } from "node:timers/promises";
import { crashPoints } from "../crash-points.mjs";
import { createRandom, pick } from "./random.mjs";

const QUEUE_ANSWERS = {
  store: 6,
  reject: 2,
  throttle: 2,
  "hang up": 2,
  hang: 1,
  "store and hang up": 2,
  "store and hang": 1,
};
const BUCKET_ANSWERS = { store: 8, reject: 1, hang: 1 };
/** A kill waits this long for the senders, so that the kills are spread over the events. */
const MAX_WAIT_FOR_SENDERS_MS = 1000;
/** If no event reaches the crash point in this time, the gate is killed wherever it is. */
const CRASH_POINT_TIMEOUT_MS = 1500;
/** The share of kills before which the gate is paused. */
const FREEZE_SHARE = 0.1;
const MIN_FREEZE_MS = 200;
const MAX_FREEZE_MS = 3000;
const KILLS_BEFORE_CALM = 100;
/** The gate waits ten seconds for the queue, and eight for the bucket. */
const HANG_MS = 11_000;
const CALM_FREEZES = 3;
/** The places in an object of the outbox, where it stops in a calm as if it were overloaded, and how often it does. */
const IN_OBJECT = [
  "before-row-written",
  "after-row-written",
  "before-done-written",
  "after-done-written",
];
const OBJECT_HANG_SHARE = 0.1;
/** The gate waits two seconds for the object, and then sends an event to the queue directly. */
const OBJECT_HANG_MS = 3000;
/** As many events are sent in a calm as during this many kills. */
const CALM_WEIGHT = 20;

export class Faults {
  /**
   * @param {object} options
   * @param {number} options.kills
   * @param {number} options.seed
   * @param {() => number} options.sent which part of the events has been sent, from 0 to 1
   * @param {import("./ledger.mjs").Ledger} options.ledger
   */
  constructor({ kills, seed, sent, ledger }) {
    this.kills = kills;
    this.sent = sent;
    this.ledger = ledger;
    this.random = createRandom(seed);
    /** The crash point at which the gate is to be killed, and what to call when an event reaches it. */
    this.armed = { point: "", onReached: () => {} };
    /** Whether objects of the outbox hang now and then. */
    this.mayObjectsHang = false;
    this.calms = Math.ceil(kills / KILLS_BEFORE_CALM);
    /** How much of the run is over, where each kill counts as one and each calm as `CALM_WEIGHT`. */
    this.passed = 0;
    for (const point of [...crashPoints, "random"]) ledger.kills[point] = 0;
  }

  /** How much of the run is over, from 0 to 1. */
  progress() {
    return this.passed / (this.kills + this.calms * CALM_WEIGHT);
  }

  /** How much may have been sent by now: a little more, so that the next kill meets something. */
  limit() {
    return this.progress() + 2 / this.kills;
  }

  /** What the gate is to wait for at a crash point. @param {string} point */
  atCrashPoint(point) {
    if (this.mayObjectsHang && IN_OBJECT.includes(point) && this.random() < OBJECT_HANG_SHARE)
      return sleep(OBJECT_HANG_MS);
    if (point !== this.armed.point) return undefined;
    this.armed.onReached();
    // Without an answer, the gate waits at the crash point until it is killed.
    return new Promise(() => {});
  }

  /**
   * @param {Awaited<ReturnType<typeof import("../workerd.mjs").startWorkerd>>} gate
   * @param {import("./handler.mjs").Handler} handler
   * @param {() => Promise<unknown>} redrive asks the gate to send its dead letters again
   */
  async run(gate, handler, redrive) {
    for (let count = 0; count < this.kills; count += 1) {
      await this.killOnce(gate, count);
      this.passed += 1;
      if ((count + 1) % KILLS_BEFORE_CALM === 0 || count + 1 === this.kills) {
        await this.calm(gate, handler);
        await redrive();
      }
    }
  }

  /** Lets the gate run for a moment, kills it and starts it again. */
  async killOnce(gate, count) {
    gate.sink.answer = pick(this.random, QUEUE_ANSWERS);
    gate.bucket.answer = pick(this.random, BUCKET_ANSWERS);
    const hasPoint = (index) => index % 2 === 0;
    const point = hasPoint(count) ? crashPoints[(count / 2) % crashPoints.length] : undefined;
    if (this.random() < FREEZE_SHARE) await this.freeze(gate);
    await this.waitForSenders();
    if (point === undefined) await sleep(20 + this.random() * 180);
    const wasReached = point !== undefined && (await this.waitForCrashPoint(point));
    const from = Date.now();
    await gate.kill();
    this.armed = { point: "", onReached: () => {} };
    this.ledger.kills[wasReached ? point : "random"] += 1;
    // The build that is deployed has no crash points.
    await gate.restart({ withFaults: hasPoint(count + 1) });
    this.ledger.disruptions.push({ from, to: Date.now() });
  }

  /** Waits until the senders have sent their part, or are held up by a fault. */
  async waitForSenders() {
    const deadline = Date.now() + MAX_WAIT_FOR_SENDERS_MS;
    while (this.sent() < this.progress() && Date.now() < deadline) await sleep(5);
  }

  /** Waits until the gate stops at a crash point. Returns whether it did so in time. @param {string} point */
  waitForCrashPoint(point) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), CRASH_POINT_TIMEOUT_MS);
      const onReached = () => {
        clearTimeout(timer);
        resolve(true);
      };
      this.armed = { point, onReached };
    });
  }

  /** Nothing is killed, but others do not answer, and the process is paused. */
  async calm(gate, handler) {
    const { passed } = this;
    handler.mayHang = false;
    handler.mustHang = true;
    const steps = [
      () => this.hang(gate, "store and hang", "hang"),
      () => this.hang(gate, "hang", "store"),
      () => this.hangObjects(),
      ...Array.from({ length: CALM_FREEZES }, () => () => this.freezeInPeace(gate)),
    ];
    for (const [index, step] of steps.entries()) {
      this.passed = passed + ((index + 1) * CALM_WEIGHT) / steps.length;
      await step();
    }
    handler.mayHang = true;
  }

  async hang(gate, queue, bucket) {
    gate.sink.answer = queue;
    gate.bucket.answer = bucket;
    await sleep(HANG_MS);
    gate.sink.answer = "store";
    gate.bucket.answer = "store";
  }

  async hangObjects() {
    this.mayObjectsHang = true;
    await sleep(OBJECT_HANG_MS);
    this.mayObjectsHang = false;
    await sleep(OBJECT_HANG_MS);
  }

  async freezeInPeace(gate) {
    await sleep(500);
    await this.freeze(gate);
    await sleep(1500);
  }

  /** Stops the process for a while. */
  async freeze(gate) {
    const from = Date.now();
    // Most are short.
    await gate.freeze(MIN_FREEZE_MS + this.random() ** 2 * (MAX_FREEZE_MS - MIN_FREEZE_MS));
    this.ledger.disruptions.push({ from, to: Date.now() });
    this.ledger.freezes += 1;
  }
}
