// Hashing by the host, whose processor has instructions for it that wasm does not reach.

/** Where a runtime has no such module, the core hashes by itself. */
const crypto = globalThis.process?.getBuiltinModule?.("node:crypto");

/** What is hashed stands here in one piece, so that one call does it. Most bodies are shorter. */
const whole = new Uint8Array(64 * 1024);

/**
 * Writes the digest of three pieces in a row, and says whether it could.
 * @param {string} name of the hash function
 * @param {Uint8Array} before
 * @param {Uint8Array} body
 * @param {Uint8Array} after
 * @param {Uint8Array} into
 */
export function digest(name, before, body, after, into) {
  if (crypto === undefined) return false;
  const length = before.length + body.length + after.length;
  // A longer body has pieces enough to pay for three calls, and would stay here.
  if (length > whole.length) {
    into.set(crypto.createHash(name).update(before).update(body).update(after).digest());
    return true;
  }
  whole.set(before);
  whole.set(body, before.length);
  whole.set(after, before.length + body.length);
  into.set(crypto.hash(name, whole.subarray(0, length), "buffer"));
  // What stands around the body may hold a secret.
  whole.fill(0, 0, before.length);
  whole.fill(0, before.length + body.length, length);
  return true;
}
