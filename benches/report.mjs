// What a run found, as tables.

import { target } from "./targets.mjs";

/** @typedef {import("./peers/suite.js").Cell} Cell */
/** @typedef {import("./peers/measure.js").Spread} Spread */

/** @param {number} bytes */
export const sizeName = (bytes) => {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${bytes / 1024} KB` : `${bytes / 1024 / 1024} MB`;
};

const digits = (/** @type {number} */ value) =>
  value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);

/** @param {Spread} spread */
const withQuartiles = ({ median, q1, q3 }) => `${digits(median)} (${digits(q1)} to ${digits(q3)})`;

/**
 * A row for each cell: microseconds for a call, and how many times as long theirs takes.
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
      target: wanted === undefined ? "" : `${digits(wanted)} ${met}`,
    };
  });
  console.table(rows);
}

/**
 * At which sizes Countersign is ahead of each peer in each runtime, as a table in Markdown: the README shows it.
 * @param {Record<string, { cells: Cell[] }>} found by runtime
 */
export function aheadTable(found) {
  const runtimes = Object.keys(found);
  const all = Object.values(found).flatMap(({ cells }) => cells.map(({ peer }) => peer));
  const peers = [...new Set(all)].filter((peer) => !peer.startsWith("itself"));
  const row = (/** @type {string[]} */ texts) => `| ${texts.join(" | ")} |`;
  const rows = peers.map((peer) =>
    row([
      peer,
      ...runtimes.map((name) => ahead(found[name].cells.filter((cell) => cell.peer === peer))),
    ]),
  );
  return [row(["ahead of", ...runtimes]), row(["---", ...runtimes.map(() => "---")]), ...rows].join(
    "\n",
  );
}

/** Peers that hash a token and not the body, so the floors, which hash the body, are none for them. */
const OF_TOKENS = ["jsonwebtoken", "jose"];

/**
 * How many of the cells that have a target meet it, and how many of the others cannot be expected to: what is asked there
 * is less time than the least that can be written by hand took in the same run.
 * @param {Record<string, { cells: Cell[] }>} found by runtime
 */
export function describeTargets(found) {
  const judged = Object.entries(found).flatMap(([runtime, { cells }]) =>
    cells.flatMap(({ peer, size, theirs, ratio }) => {
      const wanted = target(runtime, peer, size);
      if (wanted === undefined) return [];
      const isMet = ratio.median >= wanted;
      const isBelowFloor = !OF_TOKENS.includes(peer) && theirs.median / wanted < floor(cells, size);
      return [{ isMet, isBelowFloor: !isMet && isBelowFloor }];
    }),
  );
  const met = judged.filter(({ isMet }) => isMet).length;
  const below = judged.filter(({ isBelowFloor }) => isBelowFloor).length;
  return `${met} of ${judged.length} cells meet their target. Of the other ${judged.length - met}, ${below} ask for less time than the floor takes.`;
}

/**
 * Microseconds that the faster of a runtime's floors took; none where they were not measured.
 * @param {Cell[]} cells of one runtime
 * @param {number} size
 */
function floor(cells, size) {
  const floors = cells.filter((cell) => cell.peer.startsWith("floor") && cell.size === size);
  return floors.length === 0 ? 0 : Math.min(...floors.map(({ theirs }) => theirs.median));
}

/** @param {Cell[]} cells of one peer, by size */
function ahead(cells) {
  if (cells.length === 0) return "";
  const sizes = cells.map(({ size }) => size);
  const won = cells.filter(({ ratio }) => ratio.median > 1).map(({ size }) => size);
  const [first, last] = [won[0], won[won.length - 1]];
  if (first === undefined) return "never";
  if (won.length === sizes.length) return "always";
  const isUnbroken = sizes.filter((size) => size >= first && size <= last).length === won.length;
  if (isUnbroken && first === sizes[0]) return `up to ${sizeName(last)}`;
  if (isUnbroken && last === sizes[sizes.length - 1]) return `from ${sizeName(first)}`;
  return won.map(sizeName).join(", ");
}
