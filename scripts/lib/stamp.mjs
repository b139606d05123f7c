// Stamps: work is repeated only if its inputs have changed since it was last done.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { withLock } from "./lock.mjs";
import { inRoot, root } from "./project.mjs";

const BUILT = new Set(["node_modules", "dist", "build", "target", ".wrangler"]);

/**
 * The files at or under a path, without build output.
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
 * One hash of the names and contents of files and folders.
 * @param {string[]} paths
 */
function fingerprint(paths) {
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
 * Does the work, unless it was done from the same inputs and its outputs still exist. Another process that does
 * work under the same lock finishes first.
 * @param {object} unit
 * @param {string} unit.name
 * @param {string[]} unit.inputs
 * @param {string[]} unit.outputs
 * @param {string} [unit.lock] the name of the lock, if units share one; otherwise the unit has its own
 * @param {() => Promise<void>} work
 */
export async function ifChanged({ name, inputs, outputs, lock = name }, work) {
  const stamp = inRoot(`target/stamps/${name}`);
  await withLock(inRoot(`target/stamps/${lock}.lock`), `build of ${name}`, async () => {
    const current = fingerprint(inputs);
    if (readStamp(stamp) === current && outputs.every((path) => existsSync(inRoot(path)))) {
      console.log("    unchanged");
      return;
    }
    await work();
    writeStamp(stamp, current);
  });
}
