// Installing npm packages in a folder of their own, apart from the project's: nobody who builds needs them.

import { createHash } from "node:crypto";
import { inRoot, readText, withoutTools } from "./project.mjs";
import { mustRun, step } from "./run.mjs";
import { readStamp, writeStamp } from "./stamp.mjs";

/**
 * Installs what the folder's lock file says, unless it is there.
 * @param {string} folder
 * @param {string} title of the step
 */
export async function installApart(folder, title) {
  const stamp = inRoot(`${folder}/node_modules/.countersign-installed`);
  const wanted = hash(readText(`${folder}/package-lock.json`));
  if (readStamp(stamp) === wanted) return;
  await step(title, () =>
    // No scripts: nothing of these packages runs before it is asked to.
    mustRun("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: inRoot(folder),
      env: withoutTools(),
      hint: "Check the connection to the npm registry, and run this command again.",
    }),
  );
  writeStamp(stamp, wanted);
}

/** @param {string} text */
export const hash = (text) => createHash("sha256").update(text).digest("hex");
