// Hashes with the runtime's crypto module, which uses processor instructions that wasm cannot reach.

/** Undefined in a runtime without this module. The core then hashes by itself. */
const crypto = globalThis.process?.getBuiltinModule?.("node:crypto");

/** Short input is joined here, so that a single call hashes it. Most bodies fit. */
const joined = new Uint8Array(64 * 1024);

/**
 * Hashes three pieces, one after the other, and writes the digest.
 * @param {string} name of the hash function
 * @param {Uint8Array} before
 * @param {Uint8Array} body
 * @param {Uint8Array} after
 * @param {Uint8Array} into where the digest is written
 * @returns {boolean} whether the runtime could hash it
 */
export function digest(name, before, body, after, into) {
  if (crypto === undefined) return false;
  const length = before.length + body.length + after.length;
  // A longer body outweighs the cost of three calls, and a copy of it would stay in `joined`.
  if (length > joined.length) {
    into.set(crypto.createHash(name).update(before).update(body).update(after).digest());
    return true;
  }
  joined.set(before);
  joined.set(body, before.length);
  joined.set(after, before.length + body.length);
  into.set(crypto.hash(name, joined.subarray(0, length), "buffer"));
  // The pieces before and after the body may hold a secret.
  joined.fill(0, 0, before.length);
  joined.fill(0, before.length + body.length, length);
  return true;
}
