// The project's targets: the least ratio of the peer's time to Countersign's, by runtime, peer and size of body.

const KB = 1024;
/** Runtimes in which some peers or all use native hashing. */
const SERVER_RUNTIMES = ["node", "deno", "bun"];

/** The target for all other peers: Countersign is not slower. */
const NOT_SLOWER = 1;

/** @type {Record<string, (size: number) => number | undefined>} by peer */
const serverTargets = {
  standardwebhooks: (size) => (size <= 4 * KB ? 4 : 6),
  svix: (size) => (size <= 4 * KB ? 4 : 6),
  stripe: (size) => (size <= KB ? 1.3 : NOT_SLOWER),
  "stripe (async)": (size) => (size <= KB ? 1.3 : NOT_SLOWER),
  // The peer may be 15 % faster for larger bodies, where the hash is most of the work.
  "@octokit/webhooks-methods": (size) => (size < KB ? NOT_SLOWER : 1 / 1.15),
  jsonwebtoken: () => 5,
  "floor: node:crypto": (size) => (size < 4 * KB ? undefined : 1 / 1.5),
};

/**
 * Returns the target ratio, or `undefined` if there is none.
 * @param {string} runtime
 * @param {string} peer
 * @param {number} size of the body, in bytes
 */
export function target(runtime, peer, size) {
  const specific = SERVER_RUNTIMES.includes(runtime) ? serverTargets[peer] : undefined;
  if (specific !== undefined) return specific(size);
  return /^(?:floor|itself)/.test(peer) ? undefined : NOT_SLOWER;
}
