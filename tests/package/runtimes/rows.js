// The rows of the attack catalogue that the package answers for: signature and encoding, time, replay, body, token,
// misuse. The other rows are about primitives, which the core tests, and about the gate.

const range = (first, last) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const ROWS = [
  ...[1, 2, ...range(4, 16), 20, 21, ...range(24, 26), ...range(30, 33), 36],
  ...[50, ...range(52, 57), ...range(60, 62), 71],
].map((row) => `A-${String(row).padStart(2, "0")}`);

/** How many tests each row has, by its name. */
export function coverage(names) {
  const counts = new Map(ROWS.map((row) => [row, 0]));
  for (const name of names) {
    const row = name.match(/^A-\d\d/)?.[0];
    if (row !== undefined) {
      counts.set(row, (counts.get(row) ?? 0) + 1);
    }
  }
  return counts;
}

/** A line that lists the rows and their tests. */
export const describeCoverage = (names) =>
  [...coverage(names)].map(([row, count]) => `${row} ${count}`).join(", ");
