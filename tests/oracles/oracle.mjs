// What an oracle is, and what the adapters share.

import { createHmac } from "node:crypto";

/**
 * A request as a sender makes it.
 * @typedef {object} Delivery
 * @property {string} body
 * @property {Record<string, string>} headers names in lower case
 * @property {string} [id] the message's id, for schemes that sign one
 * @property {string} [method] for schemes that sign it
 * @property {string} [url] for schemes that sign it
 */

/**
 * A secret that both sides know, or the two halves of a key pair.
 * @typedef {string | { secret: string, public: string }} Key
 */

/**
 * A sender's own library, and how it is asked. What a library cannot do, its adapter leaves out.
 * @typedef {object} Oracle
 * @property {string} scheme
 * @property {string} sdk the npm package, or the PyPI package after `pypi:`
 * @property {string} [entry] the module inside the npm package, where it is not the main one
 * @property {boolean} [thirdParty] the library is not the sender's, so it confirms nothing
 * @property {boolean} [inBody] the signature stands in the body
 * @property {boolean} [withoutSigner] `Signer` does not make all that the library asks for, so only the library signs
 * @property {readonly [Key, Key]} keys the receiver's, and one of the same kind that is not the receiver's
 * @property {(now: Date) => { body: string } & Partial<Delivery>} delivery
 *   a realistic one that is not signed yet. Its headers are those that the library asks for beside the signature
 * @property {(sdk: any, delivery: Delivery, key: string, now: Date) => boolean | Promise<boolean>} accepts
 *   calls what the library has receivers call. An error that is no refusal is thrown on
 * @property {(sdk: any, delivery: Delivery, key: string, now: Date) => Partial<Delivery> | Promise<Partial<Delivery>>} [sign]
 *   what the library's own signing, if it has any, puts into the delivery
 * @property {(delivery: Delivery, key: string, now: Date) => Partial<Delivery>} [reference]
 *   what the sender does, where neither `Signer` nor the library makes signatures
 * @property {(delivery: Delivery) => Partial<Delivery>} [alter]
 *   changes one thing that is signed; without it, one byte of the body is
 */

/** Secrets that are used as the text that they are. */
export const TEXT = /** @type {const} */ ([
  "the account's signing secret",
  "somebody else's secret",
]);

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
 * Whether a call succeeds that throws to refuse.
 * @param {() => unknown} call
 * @param {RegExp | (new (...args: any[]) => Error)} refusal the message or the class of the error that refuses
 */
export async function succeeds(call, refusal) {
  try {
    await call();
    return true;
  } catch (error) {
    const refused =
      refusal instanceof RegExp ? refusal.test(String(error)) : error instanceof refusal;
    if (refused) return false;
    throw error;
  }
}

/**
 * A body in which one letter is another. Every body of the adapters names Ada, most of them Ada Čapková, whose name
 * has more bytes than letters.
 * @param {string} body
 */
export function changed(body) {
  if (!body.includes("Ada")) throw new Error("the body does not name Ada");
  return body.replace("Ada", "Ida");
}

/** @param {Date} time */
export const seconds = (time) => Math.floor(time.getTime() / 1000);

/** @param {unknown} value */
export const json = (value) => JSON.stringify(value);
