// Runs every case of a runtime with every size of body, and returns a cell with the times for each.

import { cases, ours } from "./cases.js";
import { bodyOf, deliveryOf, requestOf } from "./deliveries.js";
import { compare } from "./measure.js";

/**
 * @typedef {object} SuiteOptions
 * @property {string} runtime
 * @property {number[]} sizes of bodies, in bytes
 * @property {string[]} peers names of the peers to measure; an empty list means all
 * @property {"lines" | "text"} bodies the content of the bodies, see `bodyOf`
 * @property {import("./measure.js").Effort} effort
 */

/**
 * @typedef {object} Cell
 * @property {string} peer
 * @property {number} size
 * @property {import("./measure.js").Spread} ours microseconds of a call
 * @property {import("./measure.js").Spread} theirs microseconds of the peer's call
 * @property {import("./measure.js").Spread} ratio theirs divided by ours
 */

/**
 * @param {SuiteOptions} options
 * @returns {Promise<Cell[]>}
 */
export async function run({ runtime, sizes, peers, bodies, effort }) {
  const isSelected = ({ peer }) => peers.length === 0 || peers.includes(peer);
  const selected = cases.filter((each) => isSelected(each) && each.runtimes.includes(runtime));
  // Runtimes recompile WebAssembly with optimizations after it has run for a while. This happens before the first cell.
  if (selected.length > 0)
    await measure(selected[0], bodyOf(sizes[0], bodies), {
      ...effort,
      warmUpMs: 10 * effort.warmUpMs,
    });
  const cells = [];
  for (const each of selected) {
    for (const size of sizes) {
      const times = await measure(each, bodyOf(size, bodies), effort);
      cells.push({ peer: each.peer, size, ...times });
    }
  }
  return cells;
}

/**
 * Measures a case with one body.
 * @param {import("./cases.js").Case} benchmarkCase
 * @param {string} body
 * @param {import("./measure.js").Effort} effort
 */
async function measure(benchmarkCase, body, effort) {
  const { peer, scheme, secret, request: fresh = false } = benchmarkCase;
  // Signed for each measurement, because a delivery is stale after five minutes.
  const delivery = deliveryOf(scheme, secret, body);
  const input = fresh ? () => requestOf(delivery) : () => delivery;
  const countersign = { call: ours(benchmarkCase), input, fresh };
  const peerCall = { call: await benchmarkCase.theirs(secret), input, fresh };
  await requireSameEvent(countersign, peerCall, peer);
  const { one, other: theirs, ratio } = await compare(countersign, peerCall, effort);
  return { ours: one, theirs, ratio };
}

/** Throws unless both return the same event, because only then they do the same work. */
async function requireSameEvent(countersign, peerCall, peer) {
  const ourEvent = await countersign.call(countersign.input());
  const theirEvent = await peerCall.call(peerCall.input());
  if (JSON.stringify(ourEvent) !== JSON.stringify(theirEvent)) {
    throw new Error(`${peer} and Countersign return different events for the same delivery`);
  }
}
