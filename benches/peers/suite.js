// Every contest of a runtime at every size.

import { contests, ours } from "./contests.js";
import { bodyOf, deliveryOf, requestOf } from "./deliveries.js";
import { compare } from "./measure.js";

/**
 * @typedef {object} Asked
 * @property {string} runtime
 * @property {number[]} sizes of bodies, in bytes
 * @property {string[]} peers those of these names; all if there are none
 * @property {"lines" | "text"} bodies what they are made up of
 * @property {import("./measure.js").Effort} effort
 */

/**
 * @typedef {object} Cell
 * @property {string} peer
 * @property {number} size
 * @property {import("./measure.js").Spread} ours microseconds for a call
 * @property {import("./measure.js").Spread} theirs
 * @property {import("./measure.js").Spread} ratio theirs over ours
 */

/**
 * @param {Asked} asked
 * @returns {Promise<Cell[]>}
 */
export async function run({ runtime, sizes, peers, bodies, effort }) {
  const isAsked = ({ peer }) => peers.length === 0 || peers.includes(peer);
  const asked = contests.filter(
    (contest) => isAsked(contest) && contest.runtimes.includes(runtime),
  );
  // Runtimes compile WebAssembly a second time, and well, once it has run for a while: that is over before it counts.
  if (asked.length > 0)
    await measure(asked[0], bodyOf(sizes[0], bodies), {
      ...effort,
      warmUpMs: 10 * effort.warmUpMs,
    });
  const cells = [];
  for (const contest of asked) {
    for (const size of sizes) {
      const found = await measure(contest, bodyOf(size, bodies), effort);
      cells.push({ peer: contest.peer, size, ...found });
    }
  }
  return cells;
}

/**
 * @param {import("./contests.js").Contest} contest
 * @param {string} body
 * @param {import("./measure.js").Effort} effort
 */
async function measure(contest, body, effort) {
  const { peer, scheme, secret, request: fresh = false } = contest;
  // Signed now: a delivery is stale after five minutes.
  const delivery = deliveryOf(scheme, secret, body);
  const input = fresh ? () => requestOf(delivery) : () => delivery;
  const own = { call: ours(contest), input, fresh };
  const other = { call: await contest.theirs(secret), input, fresh };
  await checkSame(own, other, peer);
  const { one, other: theirs, ratio } = await compare(own, other, effort);
  return { ours: one, theirs, ratio };
}

/** Both have to give the same event, or what is measured is not the same work. */
async function checkSame(own, other, peer) {
  const [mine, theirs] = [await own.call(own.input()), await other.call(other.input())];
  if (JSON.stringify(mine) !== JSON.stringify(theirs)) {
    throw new Error(`${peer} and Countersign disagree about what arrived`);
  }
}
