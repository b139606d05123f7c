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
