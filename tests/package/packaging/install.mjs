// Packs the package as npm would publish it, and installs it in a project outside this checkout.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { inRoot, npmBin, withoutTools } from "../../../scripts/lib/project.mjs";

export const sample = (name) => inRoot(`tests/package/packaging/samples/${name}`);

/** Turns off update checks, telemetry and colours. */
const QUIET = {
  NO_COLOR: "1",
  DENO_NO_UPDATE_CHECK: "1",
  WRANGLER_SEND_METRICS: "false",
  npm_config_update_notifier: "false",
};

/** Runs a command and returns its output. If it fails, the error holds the output. */
export function execute(command, args, options = {}) {
  try {
    return execFileSync(command, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      ...options,
      env: { ...withoutTools(), ...QUIET, ...options.env },
    });
  } catch (error) {
    throw new Error(`${command} ${args.join(" ")}\n${error.stdout ?? ""}${error.stderr ?? error}`);
  }
}

/**
 * Returns the project with the installed package, the tarball, and the files of the package. All of them are deleted
 * after the tests of the file.
 * @returns {{ project: string, tarball: string, installed: string, files: string[] }}
 */
export function install() {
  const folder = mkdtempSync(join(tmpdir(), "countersign-packed-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const options = ["--ignore-scripts", "--offline", "--loglevel=error"];
  // On Windows, npm is a shell script.
  execute("npm", ["pack", "--pack-destination", folder, ...options], {
    cwd: inRoot("pkg"),
    shell: process.platform === "win32",
  });
  const [name] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  const tarball = join(folder, name);

  const project = join(folder, "project");
  const installed = join(project, "node_modules", "countersign");
  mkdirSync(installed, { recursive: true });
  execute("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ type: "module", dependencies: { countersign: "*" } }),
  );
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(installed.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
  return { project, tarball, installed, files };
}

/** Writes a file into a folder and returns its path. */
export function write(folder, name, text) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

export const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

export { nodes } from "../runtimes/nodes.mjs";
export { npmBin };
