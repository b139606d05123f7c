// Random numbers that a seed determines.

/** Creates a generator of numbers from 0 to 1 (mulberry32). The same seed gives the same numbers. */
export function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Picks one of several values by their weights.
 * @template {string} T
 * @param {() => number} random
 * @param {Record<T, number>} weights
 * @returns {T}
 */
export function pick(random, weights) {
  const entries = /** @type {[T, number][]} */ (Object.entries(weights));
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of entries) {
    left -= weight;
    if (left < 0) return value;
  }
  return entries[entries.length - 1][0];
}
