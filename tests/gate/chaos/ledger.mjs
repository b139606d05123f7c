// Everything that happened in a run, with its time in milliseconds since 1970. The senders, the queue, the handler and the
// faults write it, and the judge reads it.

/**
 * A delivery that a sender made.
 * @typedef {object} Offer
 * @property {number} at when it was sent
 * @property {number} [until] when the answer was complete; without it, the sender never got one
 * @property {"first" | "other"} variant which body it had
 * @property {boolean} isForged
 * @property {number} [status] the status of the answer
 * @property {string} [outcome] what an answer of 200 said: `accepted` or `duplicate`
 */

/**
 * A message that the queue stored.
 * @typedef {object} Stored
 * @property {number} at
 * @property {boolean} isAnswered whether the queue told the gate so
 * @property {boolean} hasBypassed whether it did not come from the outbox
 */

/**
 * A message that the queue delivered to the consumer.
 * @typedef {object} Handed
 * @property {number} at
 * @property {boolean} isConcurrent whether the consumer had another copy of it at the time
 */

/**
 * A call of the handler.
 * @typedef {object} Call
 * @property {number} at
 * @property {number} until when it was answered, or when its connection ended
 * @property {boolean} isComplete whether it was answered with a complete 2xx
 * @property {"first" | "other" | undefined} variant which body it had; undefined for none of them
 * @property {string[]} wrong the names of the headers that were wrong
 */

/**
 * All that happened to an event.
 * @typedef {object} Story
 * @property {import("./plan.mjs").Event} event
 * @property {Offer[]} offers
 * @property {Stored[]} stored
 * @property {Handed[]} handed
 * @property {Call[]} calls
 * @property {number} letters how often it was stored as a dead letter
 */

/** A time in which the process was killed or was paused. @typedef {{ from: number, to: number }} Disruption */

export class Ledger {
  /** @param {import("./plan.mjs").Event[]} plan */
  constructor(plan) {
    /** @type {Map<string, Story>} */
    this.stories = new Map();
    for (const event of plan) {
      const story = { event, offers: [], stored: [], handed: [], calls: [], letters: 0 };
      this.stories.set(event.key, story);
    }
    /** @type {Disruption[]} in the order of time */
    this.disruptions = [];
    /** Messages, calls and lists that named an event of no sender. @type {string[]} */
    this.strangers = [];
    this.redirects = { answered: 0, followed: 0 };
    this.kills = /** @type {Record<string, number>} */ ({});
    this.freezes = 0;
    this.acted = 0;
  }

  /**
   * The story of an event, by the path of its source and its id.
   * @param {string} path such as `/in/stripe`
   * @param {string} id
   */
  find(path, id) {
    const story = this.stories.get(`${path.slice("/in/".length)} ${id}`);
    if (story === undefined) this.strangers.push(`${path} ${id}`);
    return story;
  }

  /** Adds a call, and counts the events on which the handler acted. @param {Story} story @param {Call} call */
  addCall(story, call) {
    if (call.isComplete && !hasActed(story)) this.acted += 1;
    story.calls.push(call);
  }

  /** Whether the process was killed or was paused in this time. @param {number} from @param {number} to */
  wasDisrupted(from, to) {
    // The last disruption that began before the end, and those before it, which are few and short.
    let low = 0;
    let high = this.disruptions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.disruptions[middle].from <= to) low = middle + 1;
      else high = middle;
    }
    return this.disruptions.slice(Math.max(0, low - 2), low).some((one) => one.to >= from);
  }
}

/** Whether the handler has acted on an event. @param {Story} story */
export const hasActed = ({ calls }) => calls.some(({ isComplete }) => isComplete);

/** Whether a sender was told that the gate has the event. @param {Story} story */
export const isAcknowledged = ({ offers }) =>
  offers.some(({ isForged, status }) => !isForged && status === 200);
