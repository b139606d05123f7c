// Installs the senders' own libraries, with which tests/oracles compares Countersign. They are separate from the
// project's packages, because a build does not need them.

import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { canInstallDebianPackages, installDebianPackages } from "./debian.mjs";
import { hash, installFolder } from "./lib/install.mjs";
import { inRoot, isStartedDirectly, readText, toolsDir } from "./lib/project.mjs";
import { Failure, main, mustRun, step } from "./lib/run.mjs";
import { readStamp, writeStamp } from "./lib/stamp.mjs";

const FOLDER = "tests/oracles";

/** The system's Python. */
export const PYTHON = process.platform === "win32" ? "python" : "python3";

/** The folder of the Python libraries, separate from the system's. */
export const pythonPackages = join(toolsDir, "oracles", "packages");

/** A Python environment, created only if the system's Python has no pip. */
const pythonEnvironment = join(toolsDir, "oracles", "environment");

/** Installs the libraries that are missing. */
export async function ensureOracles() {
  await installFolder(FOLDER, "Installing the senders' libraries for Node");
  await installPythonOracles();
}

async function installPythonOracles() {
  await ensurePython();
  const stamp = join(toolsDir, "oracles", "packages.version");
  const wanted = hash(`${pythonVersion()}\n${readText(`${FOLDER}/requirements.txt`)}`);
  if (readStamp(stamp) === wanted && existsSync(pythonPackages)) return;
  await step("Installing the senders' libraries for Python", async () => {
    rmSync(pythonPackages, { recursive: true, force: true });
    // Conflicts with other installed packages do not matter in a separate folder.
    const flags = ["--quiet", "--disable-pip-version-check", "--no-warn-conflicts"];
    const where = ["--root-user-action=ignore", "--target", pythonPackages];
    const what = ["--requirement", inRoot(`${FOLDER}/requirements.txt`)];
    const python = await pythonWithPip();
    await mustRun(python, ["-m", "pip", "install", ...flags, ...where, ...what], {
      hint: "Check the connection to the Python package index, then run this command again.",
    });
  });
  writeStamp(stamp, wanted);
}

async function ensurePython() {
  if (pythonAnswers(["--version"])) return;
  if (!canInstallDebianPackages()) {
    throw new Failure(
      `Some senders' libraries are for Python, and \`${PYTHON}\` was not found. Install Python 3.11 or newer, then run this command again.`,
    );
  }
  await step("Installing Python", () => installDebianPackages(["python3", "python3-venv"]));
}

const pythonVersion = () => spawnSync(PYTHON, ["--version"], { encoding: "utf8" }).stdout.trim();

/** The system's Python if it has pip, otherwise that of a new environment, which includes pip. */
async function pythonWithPip() {
  if (pythonAnswers(["-m", "pip", "--version"])) return PYTHON;
  if (!pythonAnswers(["-c", "import ensurepip"]) && canInstallDebianPackages()) {
    await installDebianPackages(["python3-venv"]);
  }
  await mustRun(PYTHON, ["-m", "venv", "--clear", pythonEnvironment], {
    hint: "Install pip for this Python (on Debian and Ubuntu: sudo apt-get install python3-venv), then run this command again.",
  });
  return join(pythonEnvironment, process.platform === "win32" ? "Scripts" : "bin", "python");
}

/** @param {string[]} args */
const pythonAnswers = (args) => spawnSync(PYTHON, args, { stdio: "ignore" }).status === 0;

if (isStartedDirectly(import.meta.url)) main(ensureOracles);
