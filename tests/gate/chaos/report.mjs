// The report of a chaos run, as text and as a verdict. In: the rows of the judge. Out: lines, and whether every promise was
// kept and each could have been broken.

const WIDTH = 42;
/** The most examples of a broken promise that are printed. */
const EXAMPLES = 3;
/** In a run with this many kills for each crash point, each must have been reached: some are passed rarely. */
const KILLS_FOR_FULL_COVERAGE = 10;

/**
 * @param {import("./judge.mjs").Row[]} rows
 * @param {Record<string, number>} counts
 */
export function report(rows, counts) {
  const lines = ["", `${"broken promises".padEnd(WIDTH)} ${"times".padStart(7)}   opportunities`];
  for (const { name, found, chances } of rows) {
    lines.push(`${name.padEnd(WIDTH)} ${String(found.length).padStart(7)}   of ${chances}`);
  }
  lines.push("", "counted");
  for (const [name, value] of Object.entries(counts)) {
    lines.push(`${name.padEnd(WIDTH)} ${String(value).padStart(7)}`);
  }
  for (const { name, found, chances } of rows) {
    // A row that cannot be anything but zero says nothing.
    if (chances === 0)
      lines.push(`"${name}" had no opportunity in this run. Send more deliveries.`);
    for (const example of found.slice(0, EXAMPLES)) {
      lines.push(`${name}, for example: ${JSON.stringify(example, undefined, 1)}`);
    }
  }
  return {
    lines,
    isGood: rows.every(({ found, chances }) => found.length === 0 && chances > 0),
  };
}

/**
 * The rows about the run itself: whether it killed the gate as often and in as many places as it should.
 * @param {Record<string, number>} killsAt
 * @param {number} wanted
 * @returns {import("./judge.mjs").Row[]}
 */
export function judgeKills(killsAt, wanted) {
  const happened = Object.values(killsAt).reduce((sum, times) => sum + times, 0);
  const points = Object.entries(killsAt).filter(([point]) => point !== "random");
  const mustReachAll = wanted >= KILLS_FOR_FULL_COVERAGE * points.length;
  const missed = points.filter(([, times]) => times === 0).map(([point]) => point);
  return [
    {
      name: "kills that did not happen",
      found: Array.from({ length: wanted - happened }),
      chances: wanted,
    },
    {
      name: "crash points never reached",
      found: mustReachAll ? missed : [],
      chances: points.length,
    },
  ];
}
