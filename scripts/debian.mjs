// Installs Debian packages, if this process may do so without a password.

import { existsSync } from "node:fs";
import { mustRun } from "./lib/run.mjs";

export const canInstallDebianPackages = () =>
  process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");

/** @param {string[]} names */
export async function installDebianPackages(names) {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  await mustRun("apt-get", ["update", "-qq"], options);
  await mustRun("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...names], {
    ...options,
    hint: `Install these packages by hand: ${names.join(" ")}.`,
  });
}
