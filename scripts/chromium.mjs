// Finding the Chromium that the browser tests drive, or installing it.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { canInstallDebianPackages, installDebianPackages } from "./debian.mjs";
import { isStartedDirectly } from "./lib/project.mjs";
import { Failure, main, step } from "./lib/run.mjs";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const APPLICATIONS = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const ADVICE =
  "Install Chromium or Google Chrome, or run `npx playwright-core install chromium`, or set CHROMIUM_PATH to its executable.";

/**
 * A path alone proves little: on Ubuntu `chromium` may be a stub that asks for a snap.
 * @param {string} path
 */
const works = (path) =>
  spawnSync(path, ["--version"], { stdio: "ignore", timeout: 20_000 }).status === 0;

/** Where `playwright-core install` would have put its own copy. */
async function playwrightCopy() {
  try {
    return (await import("playwright-core")).chromium.executablePath();
  } catch {
    return "";
  }
}

/** @returns {Promise<string | undefined>} */
export async function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (works(named)) return named;
    throw new Failure(`CHROMIUM_PATH is set to ${named}, which does not run.`);
  }
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  const candidates = [
    ...COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command))),
    ...APPLICATIONS,
    await playwrightCopy(),
  ];
  return candidates.find((path) => existsSync(path) && works(path));
}

/** Finds Chromium, and installs it first where that can be done. */
export async function ensureChromium() {
  const found = await findChromium();
  if (found) return found;
  return installChromium();
}

export async function installChromium() {
  if (!canInstallDebianPackages()) {
    throw new Failure(`The browser tests need Chromium, and none was found.\n${ADVICE}`);
  }
  await step("Installing Chromium", () => installDebianPackages(["chromium"]));
  const found = await findChromium();
  if (found) return found;
  throw new Failure(`The package \`chromium\` brought no browser that runs.\n${ADVICE}`);
}

if (isStartedDirectly(import.meta.url)) main(async () => console.log(await ensureChromium()));
