// The queue that delivers to the consumer: each message until it is acknowledged, and some more often. Some messages it
// gives up, so that they become dead letters.

import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "./random.mjs";

const EVENTS = "countersign-events";
const DEAD_LETTERS = "countersign-dead-letters";
/** The number of batches that are delivered at the same time. */
const LANES = 8;
const BATCH = 20;
/** The share of messages that the queue gives up without a reason. */
const DEAD_SHARE = 0.02;
/** The share of batches that the queue delivers to two consumers at once, as every queue may. */
const TWIN_SHARE = 0.1;
/** The share of acknowledged messages that are delivered once more, and the share of these that become dead letters. */
const AGAIN_SHARE = 0.15;
const DEAD_AGAIN_SHARE = 0.1;
/** The longest time after which such a message is delivered once more. */
const LATER_MS = 8000;
/** The longest pause before a redelivery. The gate asks for pauses of up to twelve hours, which this queue shortens. */
const MAX_PAUSE_MS = 1000;
const MIN_PAUSE_MS = 100;
/** Stands for the pause of a message that was acknowledged. */
const ACKNOWLEDGED = -1;

/** @typedef {{ id: string, queue: string, body: unknown, story: import("./ledger.mjs").Story, isAgain: boolean }} Message */

export class Queue {
  /**
   * @param {Awaited<ReturnType<typeof import("../workerd.mjs").startWorkerd>>} gate
   * @param {import("./ledger.mjs").Ledger} ledger
   * @param {number} seed
   */
  constructor(gate, ledger, seed) {
    this.gate = gate;
    this.ledger = ledger;
    this.random = createRandom(seed + 1);
    /** @type {Record<string, Message[]>} the messages that are due, by queue */
    this.due = { [EVENTS]: [], [DEAD_LETTERS]: [] };
    /** Messages that are delivered or due, now or after a pause. */
    this.open = 0;
    this.taken = 0;
    /** How often the consumer has each event at the moment. @type {Map<string, number>} */
    this.inFlight = new Map();
    this.isOver = false;
    gate.sink.store = (messages, response) => this.store(messages, response);
    this.lanes = Promise.all(Array.from({ length: LANES }, () => this.deliver()));
  }

  /** Stops delivering. */
  async stop() {
    this.isOver = true;
    await this.lanes;
  }

  /** Takes the messages that the gate sends. @param {any[]} messages @param {import("node:http").ServerResponse} response */
  store(messages, response) {
    /** @type {import("./ledger.mjs").Stored[]} */
    const batch = [];
    response.once("finish", () => {
      for (const stored of batch) stored.isAnswered = true;
    });
    for (const body of messages) {
      const story = this.ledger.find(body.source, body.id);
      if (story === undefined) continue;
      const hasBypassed = body.dedupe !== undefined;
      const stored = { at: Date.now(), isAnswered: false, hasBypassed };
      story.stored.push(stored);
      batch.push(stored);
      this.taken += 1;
      const id = `message-${this.taken}`;
      const queue = this.random() < DEAD_SHARE ? DEAD_LETTERS : EVENTS;
      this.enqueue({ id, queue, body, story, isAgain: false }, 0);
    }
  }

  /** Makes a message due after a pause. @param {Message} message @param {number} pause in milliseconds */
  enqueue(message, pause) {
    this.open += 1;
    const add = () => this.due[message.queue].push(message);
    if (pause === 0) add();
    else setTimeout(add, pause);
  }

  async deliver() {
    while (!this.isOver) {
      for (const queue of Object.keys(this.due)) await this.deliverBatch(queue);
      const isEmpty = Object.values(this.due).every(({ length }) => length === 0);
      await sleep(isEmpty ? 20 : 2);
    }
  }

  /** Delivers a batch, and puts back what was not acknowledged. @param {string} queue */
  async deliverBatch(queue) {
    const batch = this.due[queue].splice(0, BATCH);
    if (batch.length === 0) return;
    const consumers = this.random() < TWIN_SHARE ? 2 : 1;
    for (const message of batch) this.begin(message, consumers);
    const answers = await Promise.all(
      Array.from({ length: consumers }, () => this.consume(batch, queue)),
    );
    for (const [index, message] of batch.entries()) {
      this.end(message, consumers);
      const pauses = answers.map((pauses) => pauses.get(index));
      if (pauses.includes(ACKNOWLEDGED)) this.acknowledge(message);
      else this.enqueue(message, 1 + this.random() * Math.min(...pauses.map(shorten)));
    }
  }

  /**
   * Delivers a batch to one consumer. Returns what it answers for each message, by its index.
   * @param {Message[]} batch
   * @param {string} queue
   * @returns {Promise<Map<number, number>>} pauses in milliseconds, or `ACKNOWLEDGED`
   */
  async consume(batch, queue) {
    const bodies = batch.map(({ body }) => body);
    // A batch may have the same message twice.
    const idOf = (/** @type {number} */ index) => `${batch[index].id}/${index}`;
    const indexOf = (/** @type {string} */ id) => Number(id.split("/")[1]);
    // Without an answer, because the gate was killed, all messages are delivered again soon.
    const { explicitAcks, retryMessages } = await this.gate
      .consume(bodies, queue, { idOf })
      .catch(() => ({ explicitAcks: [], retryMessages: [] }));
    return new Map([
      ...retryMessages.map(({ msgId, delaySeconds }) => [indexOf(msgId), delaySeconds * 1000]),
      ...explicitAcks.map((id) => [indexOf(id), ACKNOWLEDGED]),
    ]);
  }

  /** @param {Message} message @param {number} consumers */
  begin({ story, queue }, consumers) {
    const { key } = story.event;
    const copies = (this.inFlight.get(key) ?? 0) + consumers;
    this.inFlight.set(key, copies);
    if (queue === EVENTS) story.handed.push({ at: Date.now(), isConcurrent: copies > 1 });
  }

  /** @param {Message} message @param {number} consumers */
  end({ story: { event } }, consumers) {
    this.open -= 1;
    const copies = (this.inFlight.get(event.key) ?? consumers) - consumers;
    if (copies > 0) this.inFlight.set(event.key, copies);
    else this.inFlight.delete(event.key);
  }

  /** @param {Message} message */
  acknowledge(message) {
    if (message.queue === DEAD_LETTERS) message.story.letters += 1;
    if (message.isAgain || this.random() >= AGAIN_SHARE) return;
    const queue = this.random() < DEAD_AGAIN_SHARE ? DEAD_LETTERS : EVENTS;
    this.enqueue({ ...message, queue, isAgain: true }, 1 + this.random() * LATER_MS);
  }
}

/** The longest pause before a redelivery for which the gate asked for `pause` milliseconds, or for nothing. */
const shorten = (/** @type {number | undefined} */ pause = 0) =>
  Math.min(Math.max(pause, MIN_PAUSE_MS), MAX_PAUSE_MS);
