// The Nodes to test with.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { node, withoutTools } from "../../../scripts/lib/project.mjs";

/** @param {string} command */
export const versionOf = (command) =>
  (spawnSync(command, ["--version"], { encoding: "utf8" }).stdout ?? "").trim().split("\n")[0];

/**
 * The pinned Node, and the one that people have where it is another: it may be the oldest that the package supports.
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
