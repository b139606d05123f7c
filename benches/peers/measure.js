// Measuring two functions beside each other: both are warmed up, then short samples of one and the other alternate, so
// that whatever slows the machine down slows down both.

/**
 * @typedef {object} Effort
 * @property {number} samples of each
 * @property {number} sampleMs how long a sample takes, about
 * @property {number} warmUpMs
 */

/**
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} q1
 * @property {number} q3
 */

/**
 * @typedef {object} Contestant
 * @property {(input: any) => unknown} call what is timed
 * @property {() => any} input makes the input of a call, untimed
 * @property {boolean} [fresh] whether each call needs an input of its own
 */

/** Calls that need inputs of their own are timed in batches of so many at most. */
const LARGEST_POOL = 256;

/**
 * How long a call takes, in microseconds: of each contestant, and the second over the first.
 * @param {Contestant} one
 * @param {Contestant} other
 * @param {Effort} effort
 * @returns {Promise<{ one: Spread, other: Spread, ratio: Spread }>}
 */
export async function compare(one, other, { samples, sampleMs, warmUpMs }) {
  const ones = [];
  const others = [];
  const ratios = [];
  const calls = [await warmUp(one, warmUpMs, sampleMs), await warmUp(other, warmUpMs, sampleMs)];
  for (let index = 0; index < samples; index++) {
    // Whoever goes first may find the caches cold or the heap full: they take turns.
    const isTurned = index % 2 === 1;
    const first = await sample(isTurned ? other : one, calls[isTurned ? 1 : 0]);
    const second = await sample(isTurned ? one : other, calls[isTurned ? 0 : 1]);
    const [a, b] = isTurned ? [second, first] : [first, second];
    ones.push(a);
    others.push(b);
    ratios.push(b / a);
  }
  return { one: spread(ones), other: spread(others), ratio: spread(ratios) };
}

/** Runs a contestant for some time; gives how many calls fill a sample. */
async function warmUp(contestant, warmUpMs, sampleMs) {
  const deadline = performance.now() + warmUpMs;
  let calls = 1;
  let each = 0;
  do {
    each = await sample(contestant, calls);
    const wanted = Math.max(1, Math.round((sampleMs * 1000) / each));
    calls = Math.min(wanted, calls * 4, contestant.fresh ? LARGEST_POOL : wanted);
  } while (performance.now() < deadline);
  return calls;
}

/** Microseconds for a call, the mean of so many. */
async function sample({ call, input, fresh = false }, calls) {
  const inputs = fresh ? Array.from({ length: calls }, input) : undefined;
  const same = fresh ? undefined : input();
  let last;
  const start = performance.now();
  for (let index = 0; index < calls; index++) {
    last = call(inputs ? inputs[index] : same);
    // Who answers at once is not made to wait.
    if (last instanceof Promise) last = await last;
  }
  const took = performance.now() - start;
  if (last === undefined) throw new Error("a call gave nothing");
  return (Math.max(took, 0.001) * 1000) / calls;
}

/**
 * @param {number[]} values
 * @returns {Spread}
 */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.round((sorted.length - 1) * share)];
  return { median: at(0.5), q1: at(0.25), q3: at(0.75) };
}
