// The checkout's folders and files, and the environment in which the project's own tools run.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** The cargo tools that set-up builds for this checkout; git ignores them. */
export const toolsDir = join(root, ".tools");

const npmBinDir = join(root, "node_modules", ".bin");

/** @param {string} path an absolute path, or one inside the checkout with forward slashes */
export const inRoot = (path) => resolve(root, path);

/** @param {string} path */
export const readText = (path) => readFileSync(inRoot(path), "utf8");

/**
 * Reads a TOML file. The parser is loaded late, because set-up has to install it first.
 * @param {string} path
 */
export async function readToml(path) {
  const { parse } = await import("smol-toml");
  return parse(readText(path));
}

/** @param {string} name a command of an npm package */
export const npmBin = (name) => join(npmBinDir, name);

/** @param {string} name a command that set-up builds with cargo */
export const cargoBin = (name) => join(toolsDir, "bin", name);

/**
 * The Node that runs the tools: the pinned one, whichever Node runs this script. A platform without a pinned
 * Node uses the Node that runs this script.
 */
export const node = () => (existsSync(npmBin("node")) ? npmBin("node") : process.execPath);

/**
 * The environment with the pinned tools first in PATH.
 * @returns {NodeJS.ProcessEnv}
 */
export const withTools = () => ({
  ...process.env,
  PATH: [npmBinDir, join(toolsDir, "bin"), withoutTools().PATH].join(delimiter),
});

/**
 * The environment without the pinned tools, which `npm run` puts into PATH: npm must not run on a Node that
 * it is about to delete.
 * @returns {NodeJS.ProcessEnv}
 */
export const withoutTools = () => ({
  ...process.env,
  PATH: (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => entry !== npmBinDir && entry !== join(toolsDir, "bin"))
    .join(delimiter),
});

/** @param {string} moduleUrl the `import.meta.url` of the calling module */
export function isStartedDirectly(moduleUrl) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === realpathSync(fileURLToPath(moduleUrl));
}
