// Installs the npm packages of a folder that has its own package.json, outside of the workspace. Benchmarks
// and oracles need many packages; a build needs none of them.

import { createHash } from "node:crypto";
import { inRoot, readText, withoutTools } from "./project.mjs";
import { mustRun, step } from "./run.mjs";
import { readStamp, writeStamp } from "./stamp.mjs";

/**
 * Installs the packages of the folder's lock file unless they are already there.
 * @param {string} folder
 * @param {string} title of the step
 */
export async function installFolder(folder, title) {
  const stamp = inRoot(`${folder}/node_modules/.countersign-installed`);
  const wanted = hash(readText(`${folder}/package-lock.json`));
  if (readStamp(stamp) === wanted) return;
  await step(title, () =>
    // Without install scripts, these packages run no code before a test imports them.
    mustRun("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: inRoot(folder),
      env: withoutTools(),
      hint: "Check the connection to the npm registry, then run this command again.",
    }),
  );
  writeStamp(stamp, wanted);
}

/** @param {string} text */
export const hash = (text) => createHash("sha256").update(text).digest("hex");
