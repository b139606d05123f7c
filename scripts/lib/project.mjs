// Where things are, and the environment that the project's own tools run in.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** The cargo tools, built once for this checkout and ignored by git. */
export const toolsDir = join(root, ".tools");

const npmBinDir = join(root, "node_modules", ".bin");

/** @param {string} path a path inside the checkout, with forward slashes */
export const inRoot = (path) => join(root, ...path.split("/"));

/** @param {string} path */
export const readText = (path) => readFileSync(inRoot(path), "utf8");

/** @param {string} name a command of an npm package */
export const npmBin = (name) => join(npmBinDir, name);

/** @param {string} name a command that setup built with cargo */
export const cargoBin = (name) => join(toolsDir, "bin", name);

/**
 * The Node that the tools run on: the pinned one, whatever Node started the script.
 * On a platform that the pinned one does not exist for, this Node has to do.
 */
export const node = () => (existsSync(npmBin("node")) ? npmBin("node") : process.execPath);

/**
 * The environment with the pinned tools in front.
 * @returns {NodeJS.ProcessEnv}
 */
export const withTools = () => ({
  ...process.env,
  PATH: [npmBinDir, join(toolsDir, "bin"), withoutTools().PATH].join(delimiter),
});

/**
 * The environment as it was before npm put the pinned tools in front:
 * npm must not run on a Node that it is about to delete.
 * @returns {NodeJS.ProcessEnv}
 */
export const withoutTools = () => ({
  ...process.env,
  PATH: (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => entry !== npmBinDir && entry !== join(toolsDir, "bin"))
    .join(delimiter),
});

/** @param {string} moduleUrl the `import.meta.url` of the asking module */
export function isStartedDirectly(moduleUrl) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === realpathSync(fileURLToPath(moduleUrl));
}
