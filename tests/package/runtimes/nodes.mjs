// Finds the versions of Node to test with.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { node, withoutTools } from "../../../scripts/lib/project.mjs";

/** @param {string} command */
export const versionOf = (command) =>
  (spawnSync(command, ["--version"], { encoding: "utf8" }).stdout ?? "").trim().split("\n")[0];

/**
 * Returns the pinned Node, and the Node of the PATH if its version is different. The latter may be the oldest version
 * that the package supports.
 * @returns {{ version: string, command: string }[]}
 */
export function nodes() {
  const folders = (withoutTools().PATH ?? "").split(delimiter);
  const own = folders.map((folder) => join(folder, "node")).find((command) => existsSync(command));
  const byVersion = new Map(
    [node(), own ?? process.execPath].map((command) => [versionOf(command), command]),
  );
  return [...byVersion].map(([version, command]) => ({ version, command }));
}
