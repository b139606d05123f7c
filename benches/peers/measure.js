// Measures two functions against each other. Both are warmed up, then short samples of the two alternate, so that a slow
// phase of the machine affects both. Returns medians and quartiles of the microseconds for a call, and of their ratio.

/**
 * @typedef {object} Effort
 * @property {number} samples of each function
 * @property {number} sampleMs the approximate duration of a sample
 * @property {number} warmUpMs the duration of the warm-up of each function
 */

/**
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} q1
 * @property {number} q3
 */

/**
 * @typedef {object} Candidate
 * @property {(input: any) => unknown} call the function that is timed
 * @property {() => any} input makes the input of a call, which is not timed
 * @property {boolean} [fresh] whether each call needs a new input
 */

/** The most calls in a sample if each needs a new input. */
const MAX_FRESH_INPUTS = 256;

/**
 * Measures the microseconds of a call for each candidate, and the ratio of the second to the first.
 * @param {Candidate} one
 * @param {Candidate} other
 * @param {Effort} effort
 * @returns {Promise<{ one: Spread, other: Spread, ratio: Spread }>}
 */
export async function compare(one, other, { samples, sampleMs, warmUpMs }) {
  const ones = [];
  const others = [];
  const ratios = [];
  const calls = [await warmUp(one, warmUpMs, sampleMs), await warmUp(other, warmUpMs, sampleMs)];
  for (let index = 0; index < samples; index++) {
    // The first of a pair may find cold caches or a full heap, so the order alternates.
    const isReversed = index % 2 === 1;
    const first = await sample(isReversed ? other : one, calls[isReversed ? 1 : 0]);
    const second = await sample(isReversed ? one : other, calls[isReversed ? 0 : 1]);
    const [a, b] = isReversed ? [second, first] : [first, second];
    ones.push(a);
    others.push(b);
    ratios.push(b / a);
  }
  return { one: spread(ones), other: spread(others), ratio: spread(ratios) };
}

/** Runs a candidate for some time and returns how many calls fill a sample. */
async function warmUp(candidate, warmUpMs, sampleMs) {
  const deadline = performance.now() + warmUpMs;
  let calls = 1;
  let each = 0;
  do {
    each = await sample(candidate, calls);
    const wanted = Math.max(1, Math.round((sampleMs * 1000) / each));
    calls = Math.min(wanted, calls * 4, candidate.fresh ? MAX_FRESH_INPUTS : wanted);
  } while (performance.now() < deadline);
  return calls;
}

/** Returns the mean microseconds of a call over a number of calls. */
async function sample({ call, input, fresh = false }, calls) {
  const inputs = fresh ? Array.from({ length: calls }, input) : undefined;
  const shared = fresh ? undefined : input();
  let last;
  const start = performance.now();
  for (let index = 0; index < calls; index++) {
    last = call(inputs ? inputs[index] : shared);
    // A synchronous result is not awaited, because that would add to its time.
    if (last instanceof Promise) last = await last;
  }
  const took = performance.now() - start;
  if (last === undefined) throw new Error("a call returned nothing");
  return (Math.max(took, 0.001) * 1000) / calls;
}

/**
 * Returns the median and the quartiles.
 * @param {number[]} values
 * @returns {Spread}
 */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.round((sorted.length - 1) * share)];
  return { median: at(0.5), q1: at(0.25), q3: at(0.75) };
}
