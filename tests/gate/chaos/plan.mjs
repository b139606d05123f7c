// What the senders send. In: the number of deliveries and a seed. Out: events, and for each its body, how often and how it is
// delivered, and what the handler must get.

import { Signer } from "countersign";
import { createRandom, pick } from "./random.mjs";

const SECRETS = { stripe: "chaos-secret", standard: "whsec_Y2hhb3Mtc2VjcmV0LWZvci1zdGFuZGFyZA==" };
const OTHER_SECRETS = { stripe: "another", standard: "whsec_YW5vdGhlci1zZWNyZXQtYW5vdGhlci1zZWM=" };
export const API_KEY = "chaos-key";
export const sources = {
  stripe: { scheme: "stripe", keys: ["STRIPE_SECRET"] },
  standard: { scheme: "standard", keys: ["STANDARD_SECRET"] },
};
export const secrets = {
  STRIPE_SECRET: SECRETS.stripe,
  STANDARD_SECRET: SECRETS.standard,
  API_KEY,
};
const TYPES = ["invoice.paid", "customer.created", "größe geändert", "a%b"];

/** The share of events of which only forged deliveries are sent. */
const FORGED_SHARE = 0.1;
/** The share of events whose bodies are too large for a message, so that they go to the bucket. */
const LARGE_SHARE = 0.04;
/** The share of events that have the id of the event before, which came from the other source. */
const SHARED_ID_SHARE = 0.05;
const LARGE_TEXT = "x".repeat(130_000);

/** How the first delivery is made: an impatient sender hangs up and sends again, and one sends two copies at once. */
const FIRST = { once: 88, twice: 7, impatient: 5 };
/** What is delivered after the gate has answered: the same once more, a different body under the same id, a forgery. */
const REPEATS = { none: 60, "at once": 15, later: 15, "other body": 6, forged: 4 };

const signers = createSigners(SECRETS);
const forgers = createSigners(OTHER_SECRETS);

/**
 * @typedef {object} Event
 * @property {number} index
 * @property {"stripe" | "standard"} source
 * @property {string} id
 * @property {string} key the source and the id, which identify the event
 * @property {string} type
 * @property {boolean} isForged whether it has no authentic delivery
 * @property {boolean} isLarge
 * @property {keyof typeof FIRST} first
 * @property {keyof typeof REPEATS} repeat
 */

/**
 * Plans as many events as it takes for this many deliveries. Deliveries that were not answered are repeated, and not counted.
 * @param {number} deliveries
 * @param {number} seed
 * @returns {Event[]}
 */
export function makePlan(deliveries, seed) {
  const random = createRandom(seed);
  /** @type {Event[]} */
  const plan = [];
  let planned = 0;
  for (let index = 0; planned < deliveries; index += 1) {
    const before = plan[index - 1];
    const isShared =
      random() < SHARED_ID_SHARE && before !== undefined && before.id.endsWith(`_${index - 1}`);
    const other = before?.source === "stripe" ? "standard" : "stripe";
    const source = isShared ? other : pick(random, { stripe: 1, standard: 1 });
    const id = isShared ? before.id : `evt_${seed}_${index}`;
    const [first, repeat] = [pick(random, FIRST), pick(random, REPEATS)];
    planned += (first === "once" ? 1 : 2) + (repeat === "none" ? 0 : 1);
    plan.push({
      index,
      source,
      id,
      key: `${source} ${id}`,
      type: TYPES[Math.floor(random() * TYPES.length)],
      isForged: random() < FORGED_SHARE,
      isLarge: random() < LARGE_SHARE,
      first,
      repeat,
    });
  }
  return plan;
}

/**
 * The body of an event: the first that is sent, or another one under the same id.
 * @param {Event} event
 * @param {"first" | "other"} variant
 */
export function bodyOf({ index, id, type, isLarge }, variant) {
  return JSON.stringify({ id, type, index, variant, ...(isLarge && { note: LARGE_TEXT }) });
}

/**
 * The headers that sign a body, or that pretend to.
 * @param {Event} event
 * @param {string} body
 * @param {boolean} isForged
 */
export function sign({ source, id }, body, isForged) {
  const signer = (isForged ? forgers : signers)[source];
  return signer.sign(source === "standard" ? { body, id } : { body });
}

/**
 * The headers that the handler must get for an event.
 * @param {Event} event
 */
export function headersOf({ source, id, type }) {
  return {
    "ce-specversion": "1.0",
    "ce-id": id,
    "ce-source": `/in/${source}`,
    "ce-type": encodeURIComponent(type),
    "ce-scheme": source,
    "ce-keyid": sources[source].keys[0],
    "ce-authenticated": "content",
    "idempotency-key": `/in/${source}%20${id}`,
  };
}

/** @param {typeof SECRETS} secrets */
function createSigners({ stripe, standard }) {
  return { stripe: new Signer("stripe", stripe), standard: new Signer("standard", standard) };
}
