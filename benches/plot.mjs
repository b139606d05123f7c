// Draws the plot of the documentation as SVG: a panel for each runtime, and in it a line for each peer. A line shows the
// peer's time divided by Countersign's, by the size of the body. Both axes are logarithmic.

import { sizeName } from "./report.mjs";

/** @typedef {import("./peers/suite.js").Cell} Cell */

const PANEL = { width: 300, height: 240, left: 44, top: 34, right: 22, bottom: 34 };
const LEGEND = { height: 76, columns: 4, column: 220, line: 20 };
const PANELS_PER_ROW = 3;
const MIN_RATIO = 1 / 16;
const MAX_RATIO = 16;
const TICKS = [1 / 16, 1 / 4, 1, 4, 16];
/** Distinguishable with colour blindness. */
const COLOURS = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#7f3c8d",
  "#555",
];

/**
 * @param {Record<string, { version: string, cells: Cell[] }>} runtimes by name
 * @returns {string} SVG
 */
export function plot(runtimes) {
  const panels = Object.entries(runtimes);
  const isPeer = ({ peer }) => !/^(?:floor|itself)/.test(peer);
  const peers = [
    ...new Set(panels.flatMap(([, { cells }]) => cells.filter(isPeer).map(({ peer }) => peer))),
  ];
  const colour = (peer) => COLOURS[peers.indexOf(peer) % COLOURS.length];
  const width = PANELS_PER_ROW * PANEL.width;
  const rows = Math.ceil(panels.length / PANELS_PER_ROW);
  const drawn = panels.map(([, { version, cells }], index) => {
    const x = (index % PANELS_PER_ROW) * PANEL.width;
    const y = Math.floor(index / PANELS_PER_ROW) * PANEL.height;
    // Some runtimes add a platform after their name and version.
    const title = version.split(" ").slice(0, 2).join(" ");
    return `<g transform="translate(${x} ${y})">${panel(title, cells.filter(isPeer), colour)}</g>`;
  });
  const height = rows * PANEL.height + LEGEND.height;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#333">
<title>How many times as long as Countersign's a peer's call takes, by the size of the body</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${drawn.join("\n")}
${legend(peers, colour, rows * PANEL.height)}
</svg>
`;
}

/**
 * @param {string} title
 * @param {Cell[]} cells
 * @param {(peer: string) => string} colour
 */
function panel(title, cells, colour) {
  const sizes = [...new Set(cells.map(({ size }) => size))].sort((one, other) => one - other);
  const x = scale([sizes[0], sizes.at(-1) ?? sizes[0]], [PANEL.left, PANEL.width - PANEL.right]);
  const y = scale([MIN_RATIO, MAX_RATIO], [PANEL.height - PANEL.bottom, PANEL.top]);
  const parts = [`<text x="${PANEL.left}" y="20" font-weight="bold">${title}</text>`];
  for (const tick of TICKS) {
    const label = tick < 1 ? `1/${1 / tick}` : `${tick}`;
    const stroke = tick === 1 ? 'stroke="#333"' : 'stroke="#ddd"';
    parts.push(
      `<line x1="${PANEL.left}" x2="${PANEL.width - PANEL.right}" y1="${y(tick)}" y2="${y(tick)}" ${stroke}/>`,
      `<text x="${PANEL.left - 6}" y="${Number(y(tick)) + 4}" text-anchor="end">${label}</text>`,
    );
  }
  for (const size of sizes) {
    parts.push(
      `<text x="${x(size)}" y="${PANEL.height - PANEL.bottom + 16}" text-anchor="middle">${sizeName(size)}</text>`,
    );
  }
  for (const [peer, line] of Map.groupBy(cells, ({ peer }) => peer)) {
    const clamp = (ratio) => Math.min(MAX_RATIO, Math.max(MIN_RATIO, ratio));
    const points = line.map(({ size, ratio }) => `${x(size)},${y(clamp(ratio.median))}`);
    parts.push(
      `<polyline points="${points.join(" ")}" fill="none" stroke="${colour(peer)}" stroke-width="2"/>`,
    );
  }
  return parts.join("");
}

function legend(peers, colour, top) {
  const items = peers.map((peer, index) => {
    const x = 20 + (index % LEGEND.columns) * LEGEND.column;
    const y = top + 36 + Math.floor(index / LEGEND.columns) * LEGEND.line;
    const line = `<line x1="${x}" x2="${x + 20}" y1="${y}" y2="${y}" stroke="${colour(peer)}" stroke-width="2"/>`;
    return `${line}<text x="${x + 26}" y="${y + 4}">${peer}</text>`;
  });
  const caption = `<text x="20" y="${top + 14}">theirs / ours, by the size of the body: above 1 Countersign is ahead</text>`;
  return [caption, ...items].join("\n");
}

/** Returns a function that maps a range to positions on a logarithmic scale. */
function scale([from, to], [start, end]) {
  const length = Math.log(to / from) || 1;
  return (value) => (start + (Math.log(value / from) / length) * (end - start)).toFixed(1);
}
