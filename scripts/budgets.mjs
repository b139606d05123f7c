// The largest allowed size of each WebAssembly module, in bytes. The build prints size and budget; tests hold them.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { inRoot } from "./lib/project.mjs";

/**
 * The gate's budget is its size when last changed, rounded up. The package's is a limit that was chosen: it leaves
 * room for the cryptography of well-known libraries.
 * @type {Record<string, Size>}
 */
export const budgets = {
  "pkg/dist/core.wasm": { raw: 389_000, gzip: 167_500 },
  "worker/build/index_bg.wasm": { raw: 1_103_000, gzip: 429_000 },
};

/**
 * @typedef {{ raw: number, gzip: number }} Size
 */

/**
 * @param {string} path of a file in the checkout
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
  const allowed = budget
    ? ` (budget: ${kilobytes(budget.raw)} raw, ${kilobytes(budget.gzip)} gzip)`
    : "";
  return `${path}: ${kilobytes(raw)} raw, ${kilobytes(gzip)} gzip${allowed}`;
}
