// Installing the senders' own libraries, which tests/oracles asks. They are apart from the project's
// packages: nobody who builds needs them.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { canInstallDebianPackages, installDebianPackages } from "./debian.mjs";
import { inRoot, isStartedDirectly, readText, toolsDir, withoutTools } from "./lib/project.mjs";
import { Failure, main, mustRun, step } from "./lib/run.mjs";
import { readStamp, writeStamp } from "./lib/stamp.mjs";

const FOLDER = "tests/oracles";

const PYTHON = process.platform === "win32" ? "python" : "python3";

/** Where the Python libraries are, apart from those of the system. */
const pythonPackages = join(toolsDir, "oracles", "packages");

/** A Python environment that is made only where the system's Python has no pip. */
const pythonEnvironment = join(toolsDir, "oracles", "environment");

/**
 * Installs them unless they are there.
 * @returns the environment that the tests need
 */
export async function ensureOracles() {
  await installNpmOracles();
  await installPythonOracles();
  return { PYTHONPATH: pythonPackages };
}

async function installNpmOracles() {
  const stamp = inRoot(`${FOLDER}/node_modules/.countersign-oracles`);
  const wanted = hash(readText(`${FOLDER}/package-lock.json`));
  if (readStamp(stamp) === wanted) return;
  await step("Installing the senders' libraries for Node", () =>
    // No scripts: nothing of these libraries runs before a test asks it.
    mustRun("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: inRoot(FOLDER),
      env: withoutTools(),
      hint: "Check the connection to the npm registry, and run this command again.",
    }),
  );
  writeStamp(stamp, wanted);
}

async function installPythonOracles() {
  const version = pythonVersion();
  const stamp = join(toolsDir, "oracles", "packages.version");
  const wanted = hash(`${version}\n${readText(`${FOLDER}/requirements.txt`)}`);
  if (readStamp(stamp) === wanted && existsSync(pythonPackages)) return;
  await step("Installing the senders' libraries for Python", async () => {
    rmSync(pythonPackages, { recursive: true, force: true });
    // They share nothing with what else is installed, so no conflict with it matters.
    const flags = [
      "--quiet",
      "--disable-pip-version-check",
      "--no-warn-conflicts",
      "--root-user-action=ignore",
    ];
    const requirements = ["--requirement", inRoot(`${FOLDER}/requirements.txt`)];
    const python = await pythonWithPip();
    const install = ["-m", "pip", "install", ...flags, "--target", pythonPackages, ...requirements];
    await mustRun(python, install, {
      hint: "Check the connection to the Python package index, and run this command again.",
    });
  });
  writeStamp(stamp, wanted);
}

function pythonVersion() {
  const { status, stdout } = spawnSync(PYTHON, ["--version"], { encoding: "utf8" });
  if (status === 0) return stdout.trim();
  throw new Failure(
    `\`${PYTHON}\` was not found, and some of the senders' libraries are for Python. Install Python 3.10 or newer, and run this command again.`,
  );
}

/** The system's Python where it has pip, else one in an environment, which brings it. */
async function pythonWithPip() {
  if (answers(["-m", "pip", "--version"])) return PYTHON;
  if (!answers(["-c", "import ensurepip"]) && canInstallDebianPackages()) {
    await installDebianPackages(["python3-venv"]);
  }
  await mustRun(PYTHON, ["-m", "venv", "--clear", pythonEnvironment], {
    hint: "Install pip for this Python (on Debian and Ubuntu: sudo apt-get install python3-venv), and run this command again.",
  });
  const bin = process.platform === "win32" ? "Scripts" : "bin";
  return join(pythonEnvironment, bin, "python");
}

/** @param {string[]} args */
const answers = (args) => spawnSync(PYTHON, args, { stdio: "ignore" }).status === 0;

/** @param {string} text */
const hash = (text) => createHash("sha256").update(text).digest("hex");

if (isStartedDirectly(import.meta.url)) main(ensureOracles);
