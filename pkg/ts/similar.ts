// Finds the name that a person probably meant: a word goes in; the most similar of some names comes out.

/** The number of letters that a misspelt name may differ by. */
const MAX_EDITS = 2;

/**
 * Returns the name that differs from the word by the fewest edits, or `undefined` if each differs by more than two. An
 * edit inserts, deletes or replaces one letter.
 * @internal
 */
export function mostSimilar(word: string, names: readonly string[]): string | undefined {
  let best: { name: string; edits: number } | undefined;
  for (const name of names) {
    // A difference in length is a lower bound, and it excludes long texts at once.
    if (Math.abs(name.length - word.length) > MAX_EDITS) continue;
    const edits = countEdits(word.toLowerCase(), name);
    if (edits <= MAX_EDITS && edits < (best?.edits ?? MAX_EDITS + 1)) best = { name, edits };
  }
  return best?.name;
}

/** The Levenshtein distance of two words. */
function countEdits(one: string, other: string): number {
  // One row of the usual table: the edits that turn the letters of `one` so far into each beginning of `other`.
  let row = Array.from({ length: other.length + 1 }, (_, length) => length);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (let at = 0; at < other.length; at++) {
      const replaced = (row[at] ?? 0) + (letter === other[at] ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
