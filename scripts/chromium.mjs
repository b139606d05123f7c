// Finds the Chromium that the browser tests control, or installs it. Prints its path when started directly.

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
 * Whether the executable runs: on Ubuntu, `chromium` may be a stub that only tells the user to install a snap.
 * @param {string} path
 */
const runs = (path) =>
  spawnSync(path, ["--version"], { stdio: "ignore", timeout: 20_000 }).status === 0;

/** The path at which `playwright-core install` puts its Chromium. */
async function playwrightPath() {
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
    if (runs(named)) return named;
    throw new Failure(`CHROMIUM_PATH is ${named}, which does not run.`);
  }
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  const candidates = [
    ...COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command))),
    ...APPLICATIONS,
    await playwrightPath(),
  ];
  return candidates.find((path) => existsSync(path) && runs(path));
}

/** Finds Chromium. If there is none, installs it if this process may install Debian packages. */
export async function ensureChromium() {
  const found = await findChromium();
  if (found) return found;
  return installChromium();
}

export async function installChromium() {
  if (!canInstallDebianPackages()) {
    throw new Failure(`The browser tests need Chromium, which was not found.\n${ADVICE}`);
  }
  await step("Installing Chromium", () => installDebianPackages(["chromium"]));
  const found = await findChromium();
  if (found) return found;
  throw new Failure(`The Debian package \`chromium\` contains no browser that runs.\n${ADVICE}`);
}

if (isStartedDirectly(import.meta.url)) main(async () => console.log(await ensureChromium()));
