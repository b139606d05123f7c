// Stamps: work is done again only when what goes into it has changed.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { inRoot, root } from "./project.mjs";

const BUILT = new Set(["node_modules", "dist", "build", "target", ".wrangler"]);

/**
 * The files at or under a path, without what is built.
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !(entry.isDirectory() && BUILT.has(entry.name)))
    .flatMap((entry) => filesUnder(join(path, entry.name)))
    .sort();
}

/**
 * The names and contents of files and folders as one hash.
 * @param {string[]} paths
 */
export function fingerprint(paths) {
  const hash = createHash("sha256");
  for (const path of paths.map(inRoot).flatMap(filesUnder)) {
    const content = readFileSync(path);
    hash.update(`${relative(root, path)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** @param {string} path */
export function readStamp(path) {
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

/**
 * @param {string} path
 * @param {string} value
 */
export function writeStamp(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${value}\n`);
}

/**
 * Does the work unless it was done from the same inputs and its outputs are still there.
 * @param {{ name: string, inputs: string[], outputs: string[] }} unit
 * @param {() => Promise<void>} work
 */
export async function ifChanged({ name, inputs, outputs }, work) {
  const stamp = inRoot(`target/stamps/${name}`);
  const now = fingerprint(inputs);
  if (readStamp(stamp) === now && outputs.every((path) => existsSync(inRoot(path)))) {
    console.log("    unchanged");
    return;
  }
  await work();
  writeStamp(stamp, now);
}
