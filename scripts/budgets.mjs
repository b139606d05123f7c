// How large the WebAssembly may be, in bytes: printed by the build beside what it is, and held by tests.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { inRoot } from "./lib/project.mjs";

/**
 * What is measured now, rounded up. The package is to stay under 80 KB gzip, which is 81 920 bytes, come what may.
 * @type {Record<string, Size>}
 */
export const budgets = {
  "pkg/dist/core.wasm": { raw: 179_900, gzip: 81_500 },
  "worker/build/index_bg.wasm": { raw: 845_000, gzip: 337_000 },
};

/**
 * @typedef {{ raw: number, gzip: number }} Size
 */

/**
 * @param {string} path
 * @returns {Size}
 */
export function sizeOf(path) {
  const bytes = readFileSync(inRoot(path));
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
}

const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} KB`;

/** @param {string} path */
export function describeSize(path) {
  const { raw, gzip } = sizeOf(path);
  const budget = budgets[path];
  const allowed = budget ? `, of ${kilobytes(budget.raw)} and ${kilobytes(budget.gzip)}` : "";
  return `${path}: ${kilobytes(raw)} raw, ${kilobytes(gzip)} gzip${allowed}`;
}
