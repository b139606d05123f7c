// A seeded random number generator (mulberry32). The same seed gives the same cases in every run and every runtime.

export function seeded(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const below = (limit) => Math.floor(next() * limit);
  const pick = (list) => list[below(list.length)];
  const bytes = (length) => Uint8Array.from({ length }, () => below(256));
  const text = (length, letters) => Array.from({ length }, () => pick(letters)).join("");
  return { below, pick, bytes, text };
}
