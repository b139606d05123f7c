// The type of an oracle, which is a library that verifies a sender's deliveries, and helpers for its adapters.

import { createHmac } from "node:crypto";

/**
 * A request that a sender makes.
 * @typedef {object} Delivery
 * @property {string} body
 * @property {Record<string, string>} headers names in lower case
 * @property {string} [id] the message's id, for schemes that sign one
 * @property {string} [method] for schemes that sign it
 * @property {string} [url] for schemes that sign it
 */

/**
 * A shared secret, or the two keys of a key pair.
 * @typedef {string | { secret: string, public: string }} Key
 */

/**
 * A library and the calls to it. An adapter leaves out the calls that its library does not have.
 * @typedef {object} Oracle
 * @property {string} scheme
 * @property {string} sdk the npm package, or the PyPI package after `pypi:`
 * @property {string} [entry] the module inside the npm package, if it is not the main one
 * @property {boolean} [thirdParty] the library is not the sender's, so it confirms nothing
 * @property {boolean} [inBody] the signature is in the body
 * @property {boolean} [withoutSigner] `Signer` does not write everything that the library requires, so only the library signs
 * @property {readonly [Key, Key]} keys the receiver's key, and a different key of the same kind
 * @property {(now: Date) => { body: string } & Partial<Delivery>} delivery
 *   returns a realistic delivery without a signature, with the other headers that the library requires
 * @property {(sdk: any, delivery: Delivery, key: string, now: Date) => boolean | Promise<boolean>} accepts
 *   makes the call that the library documents for receivers. It rethrows an error that is not a rejection
 * @property {(sdk: any, delivery: Delivery, key: string, now: Date) => Partial<Delivery> | Promise<Partial<Delivery>>} [sign]
 *   returns the parts of the delivery that the library's own signing adds, if it can sign
 * @property {(delivery: Delivery, key: string, now: Date) => Partial<Delivery>} [reference]
 *   signs as the sender does, if neither `Signer` nor the library can sign
 * @property {(delivery: Delivery) => Partial<Delivery>} [alter]
 *   changes one signed part of the delivery. The default changes one letter of the body
 */

/** Secrets whose text is the key. */
export const TEXT = /** @type {const} */ (["the account's signing secret", "a different secret"]);

/** Secrets as Standard Webhooks writes them. */
export const STANDARD = /** @type {const} */ ([
  standardSecret("receiver"),
  standardSecret("other"),
]);

/** Secrets in hexadecimal. */
export const HEX = /** @type {const} */ ([hexSecret("receiver"), hexSecret("other")]);

/** @param {string} owner */
function digest(owner) {
  return createHmac("sha256", "countersign oracles").update(owner).digest();
}

/** @param {string} owner */
function standardSecret(owner) {
  return `whsec_${digest(owner).toString("base64")}`;
}

/** @param {string} owner */
function hexSecret(owner) {
  return digest(owner).toString("hex");
}

/**
 * Calls a function that throws to reject. Returns whether it succeeded, and rethrows any other error.
 * @param {() => unknown} call
 * @param {RegExp | (new (...args: any[]) => Error)} rejection the message or the class of the error that rejects
 */
export async function succeeds(call, rejection) {
  try {
    await call();
    return true;
  } catch (error) {
    const isRejection =
      rejection instanceof RegExp ? rejection.test(String(error)) : error instanceof rejection;
    if (isRejection) return false;
    throw error;
  }
}

/**
 * Returns the body with one letter changed: Ada becomes Ida. Every adapter's body contains the name Ada, and most
 * contain Ada Čapková, which has more bytes than letters.
 * @param {string} body
 */
export function changed(body) {
  if (!body.includes("Ada")) throw new Error("the body does not contain the name Ada");
  return body.replace("Ada", "Ida");
}

/** @param {Date} time */
export const seconds = (time) => Math.floor(time.getTime() / 1000);

/** @param {unknown} value */
export const json = (value) => JSON.stringify(value);
