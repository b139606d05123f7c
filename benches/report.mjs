// Turns the cells of a run (one per runtime, peer and size of body) into tables and sentences.

import { target } from "./targets.mjs";

/** @typedef {import("./peers/suite.js").Cell} Cell */
/** @typedef {import("./peers/measure.js").Spread} Spread */

/**
 * Prints a size: `256 B`, `4 KB`, `1 MB`.
 * @param {number} bytes
 */
export const sizeName = (bytes) => {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${bytes / 1024} KB` : `${bytes / 1024 / 1024} MB`;
};

const number = (/** @type {number} */ value) =>
  value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);

/** @param {Spread} spread */
const withQuartiles = ({ median, q1, q3 }) => `${number(median)} (${number(q1)} to ${number(q3)})`;

/**
 * Prints a row for each cell: the microseconds of a call, the ratio of the two, and whether it meets its target.
 * @param {string} runtime
 * @param {Cell[]} cells
 */
export function printCells(runtime, cells) {
  const rows = cells.map(({ peer, size, ours, theirs, ratio }) => {
    const wanted = target(runtime, peer, size);
    const met = wanted === undefined ? "" : ratio.median >= wanted ? "met" : "MISSED";
    return {
      peer,
      body: sizeName(size),
      "ours, µs": withQuartiles(ours),
      "theirs, µs": withQuartiles(theirs),
      "theirs / ours": withQuartiles(ratio),
      target: wanted === undefined ? "" : `${number(wanted)} ${met}`,
    };
  });
  console.table(rows);
}

/**
 * Returns a table in Markdown with the sizes at which Countersign is faster, for each peer and runtime. The documentation
 * shows it.
 * @param {Record<string, { cells: Cell[] }>} results by runtime
 */
export function aheadTable(results) {
  const runtimes = Object.keys(results);
  const all = Object.values(results).flatMap(({ cells }) => cells.map(({ peer }) => peer));
  const peers = [...new Set(all)].filter((peer) => !peer.startsWith("itself"));
  const row = (/** @type {string[]} */ texts) => `| ${texts.join(" | ")} |`;
  const rows = peers.map((peer) =>
    row([
      peer,
      ...runtimes.map((name) =>
        sizesAhead(results[name].cells.filter((cell) => cell.peer === peer)),
      ),
    ]),
  );
  return [row(["ahead of", ...runtimes]), row(["---", ...runtimes.map(() => "---")]), ...rows].join(
    "\n",
  );
}

/** Peers that hash a token and not the body. The floors hash the body, so they are not the minimum for these. */
const TOKEN_PEERS = ["jsonwebtoken", "jose"];

/**
 * Returns a sentence with the number of cells that meet their target. It also counts the others whose target is less time
 * than a floor took in the same run, so that they could hardly be met. A floor is the least code that verifies by hand.
 * @param {Record<string, { cells: Cell[] }>} results by runtime
 */
export function describeTargets(results) {
  const compared = Object.entries(results).flatMap(([runtime, { cells }]) =>
    cells.flatMap(({ peer, size, theirs, ratio }) => {
      const wanted = target(runtime, peer, size);
      if (wanted === undefined) return [];
      const isMet = ratio.median >= wanted;
      const isBelowFloor =
        !TOKEN_PEERS.includes(peer) && theirs.median / wanted < floorTime(cells, size);
      return [{ isMet, isBelowFloor: !isMet && isBelowFloor }];
    }),
  );
  const met = compared.filter(({ isMet }) => isMet).length;
  const below = compared.filter(({ isBelowFloor }) => isBelowFloor).length;
  return `${met} of ${compared.length} cells meet their target. Of the other ${compared.length - met}, ${below} ask for less time than the floor takes.`;
}

/**
 * Returns the microseconds of the faster floor, or 0 if none was measured.
 * @param {Cell[]} cells of one runtime
 * @param {number} size
 */
function floorTime(cells, size) {
  const floors = cells.filter((cell) => cell.peer.startsWith("floor") && cell.size === size);
  return floors.length === 0 ? 0 : Math.min(...floors.map(({ theirs }) => theirs.median));
}

/**
 * Returns the sizes at which Countersign is faster, in words.
 * @param {Cell[]} cells of one peer, ordered by size
 */
function sizesAhead(cells) {
  if (cells.length === 0) return "";
  const sizes = cells.map(({ size }) => size);
  const ahead = cells.filter(({ ratio }) => ratio.median > 1).map(({ size }) => size);
  const [first, last] = [ahead[0], ahead[ahead.length - 1]];
  if (first === undefined) return "never";
  if (ahead.length === sizes.length) return "always";
  const isRange = sizes.filter((size) => size >= first && size <= last).length === ahead.length;
  if (isRange && first === sizes[0]) return `up to ${sizeName(last)}`;
  if (isRange && last === sizes[sizes.length - 1]) return `from ${sizeName(first)}`;
  return ahead.map(sizeName).join(", ");
}
