// Hashing by the host, whose processor has instructions for it that wasm does not reach.

/** Where a runtime has no such module, the core hashes by itself. */
const crypto = globalThis.process?.getBuiltinModule?.("node:crypto");

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
  into.set(crypto.createHash(name).update(before).update(body).update(after).digest());
  return true;
}
