// The senders: each delivers events until the gate has answered, as senders do, and some deliver again afterwards: the same,
// a different body, or a forgery. What they sent and what they got goes into the ledger.

import { setTimeout as sleep } from "node:timers/promises";
import { bodyOf, sign } from "./plan.mjs";
import { createRandom } from "./random.mjs";

/** The number of events that are delivered at the same time. */
const SENDERS = 24;
/** A sender waits this long for an answer, like many. */
const PATIENCE_MS = 5000;
/** The longest time for which an impatient sender waits. */
const IMPATIENCE_MS = 30;
/** The longest time after which a sender delivers an event again that was accepted. */
const LATER_MS = 8000;

export class Senders {
  /**
   * @param {object} options
   * @param {string} options.url the gate
   * @param {import("./plan.mjs").Event[]} options.plan
   * @param {import("./ledger.mjs").Ledger} options.ledger
   * @param {() => number} options.limit the number of events that may have been sent by now
   * @param {number} options.seed
   */
  constructor({ url, plan, ledger, limit, seed }) {
    this.url = url;
    this.plan = plan;
    this.ledger = ledger;
    this.limit = limit;
    this.random = createRandom(seed + 2);
    /** The index of the next event. */
    this.next = 0;
  }

  /** Sends everything. Returns when the last sender has its last answer. */
  async run() {
    const repeats = [];
    const send = async () => {
      while (this.next < this.plan.length) {
        if (this.next >= this.limit()) {
          await sleep(5);
          continue;
        }
        const event = this.plan[this.next];
        this.next += 1;
        await this.sendFirst(event);
        repeats.push(this.repeat(event));
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, send));
    await Promise.all(repeats);
  }

  /** Delivers an event for the first time. @param {import("./plan.mjs").Event} event */
  async sendFirst(event) {
    const { first, isForged } = event;
    if (first === "impatient") await this.offer(event, { isForged, patience: this.impatience() });
    const copies = first === "twice" ? 2 : 1;
    await Promise.all(Array.from({ length: copies }, () => this.deliver(event, { isForged })));
  }

  /** Delivers an event once more, if that is planned. @param {import("./plan.mjs").Event} event */
  async repeat(event) {
    const { isForged, repeat } = event;
    if (repeat === "none") return;
    if (repeat !== "at once") await sleep(this.random() * LATER_MS);
    await this.deliver(event, {
      isForged: isForged || repeat === "forged",
      variant: repeat === "other body" ? "other" : "first",
    });
  }

  /** Offers a delivery until the gate answers 200 or refuses it for good. */
  async deliver(event, options) {
    while (!isFinal(await this.offer(event, options))) await sleep(20 + this.random() * 80);
  }

  /**
   * Offers a delivery once. Returns the status, or undefined if the sender got none.
   * @param {import("./plan.mjs").Event} event
   * @param {{ isForged: boolean, variant?: "first" | "other", patience?: number }} options
   */
  async offer(event, { isForged, variant = "first", patience = PATIENCE_MS }) {
    const body = bodyOf(event, variant);
    /** @type {import("./ledger.mjs").Offer} */
    const offer = { at: Date.now(), variant, isForged };
    this.ledger.stories.get(event.key)?.offers.push(offer);
    try {
      const response = await fetch(`${this.url}/in/${event.source}`, {
        method: "POST",
        body,
        headers: sign(event, body, isForged),
        signal: AbortSignal.timeout(patience),
      });
      const answer = await response.json();
      offer.until = Date.now();
      offer.status = response.status;
      if (response.status === 200) offer.outcome = answer.status;
      return response.status;
    } catch {
      // The gate was killed, or the sender lost its patience.
      return undefined;
    }
  }

  impatience() {
    return Math.ceil(this.random() * IMPATIENCE_MS);
  }
}

/** Whether a sender stops after this answer: it succeeded, or the same request would fail again. */
function isFinal(status) {
  return status === 200 || (status >= 400 && status < 500 && status !== 408 && status !== 429);
}
