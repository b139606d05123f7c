// What the project asks of itself: how many times as long as ours the peer's call is to take, at least.

const KB = 1024;
/** Runtimes in which hashing is native to some peers, or to all. */
const ON_SERVERS = ["node", "deno", "bun"];

/** Of a peer that nothing else is said of: that ours is not the slower one. */
const NOT_BEHIND = 1;

/** @type {Record<string, (size: number) => number | undefined>} for servers, by peer */
const onServers = {
  standardwebhooks: (size) => (size <= 4 * KB ? 4 : 6),
  svix: (size) => (size <= 4 * KB ? 4 : 6),
  stripe: (size) => (size <= KB ? 1.3 : NOT_BEHIND),
  "stripe (async)": (size) => (size <= KB ? 1.3 : NOT_BEHIND),
  // It may be 15 % ahead where the hash is most of the work.
  "@octokit/webhooks-methods": (size) => (size < KB ? NOT_BEHIND : 1 / 1.15),
  jsonwebtoken: () => 5,
  "floor: node:crypto": (size) => (size < 4 * KB ? undefined : 1 / 1.5),
};

/**
 * The ratio that is asked for; `undefined` where nothing is.
 * @param {string} runtime
 * @param {string} peer
 * @param {number} size
 */
export function target(runtime, peer, size) {
  const own = ON_SERVERS.includes(runtime) ? onServers[peer] : undefined;
  if (own !== undefined) return own(size);
  return /^(?:floor|itself)/.test(peer) ? undefined : NOT_BEHIND;
}
