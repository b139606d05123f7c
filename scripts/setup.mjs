// Brings a fresh clone to where it can be built: npm packages, Rust targets, cargo tools.
// Everything is done once and checked quickly afterwards.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { canInstallDebianPackages, installDebianPackages } from "./debian.mjs";
import {
  cargoBin,
  inRoot,
  isStartedDirectly,
  npmBin,
  readText,
  root,
  toolsDir,
  withoutTools,
  withTools,
} from "./lib/project.mjs";
import { Failure, main, mustRun, step } from "./lib/run.mjs";
import { readStamp, writeStamp } from "./lib/stamp.mjs";

const WORKER_BUILD = "0.8.7";
const OLDEST_NODE = 20;

/** What wrangler asks for; only where no pinned Node exists for the platform. */
const OLDEST_NODE_FOR_WRANGLER = 22;

export async function setup() {
  checkNode();
  checkRustup();
  await installNpmPackages();
  await installToolchain();
  await installCargoTools();
}

const majorOf = (/** @type {string} */ version) => Number.parseInt(version.replace(/^v/, ""), 10);

function checkNode() {
  if (majorOf(process.version) >= OLDEST_NODE) return;
  throw new Failure(
    `Node ${OLDEST_NODE} or newer is needed, and this is ${process.version}. Get a newer one from https://nodejs.org.`,
  );
}

function checkRustup() {
  for (const command of ["rustup", "cargo"]) {
    if (answers(command, ["--version"])) continue;
    throw new Failure(
      `\`${command}\` was not found. Install Rust with rustup (https://rustup.rs), open a new terminal, and run this command again.`,
    );
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 */
const answers = (command, args) =>
  spawnSync(command, args, { cwd: root, stdio: "ignore" }).status === 0;

async function installNpmPackages() {
  const stamp = inRoot("node_modules/.countersign-setup");
  const wanted = createHash("sha256").update(readText("package-lock.json")).digest("hex");
  // The link to the workspace is what `import "countersign"` finds.
  const linked = existsSync(inRoot("node_modules/countersign/package.json"));
  if (readStamp(stamp) === wanted && linked) return;
  await step("Installing the npm packages", async () => {
    // Quiet: on an older Node npm would warn that wrangler wants a newer one, which this brings.
    const flags = ["--include=dev", "--include=optional", "--no-audit", "--no-fund"];
    await mustRun("npm", ["ci", ...flags, "--loglevel=error"], {
      env: withoutTools(),
      hint: "If package.json and package-lock.json disagree, run `npm install`; otherwise check the connection to the npm registry, and run this command again.",
    });
    checkPinnedNode();
  });
  writeStamp(stamp, wanted);
}

function checkPinnedNode() {
  if (answers(npmBin("node"), ["--version"])) return;
  if (majorOf(process.version) >= OLDEST_NODE_FOR_WRANGLER) return;
  throw new Failure(
    `The pinned Node is not available for ${process.platform} ${process.arch}. Install Node ${OLDEST_NODE_FOR_WRANGLER} or newer, and run this command again.`,
  );
}

/** What rust-toolchain.toml asks for: a rustup that may not install by itself ignores it. */
function wantedToolchain() {
  const text = readText("rust-toolchain.toml");
  const list = (/** @type {string} */ name) =>
    [...(text.match(new RegExp(`^${name} = \\[(.*)\\]`, "m"))?.[1] ?? "").matchAll(/"(.+?)"/g)].map(
      ([, item]) => item,
    );
  return {
    channel: text.match(/^channel = "(.+)"/m)?.[1] ?? "stable",
    components: list("components"),
    targets: list("targets"),
  };
}

/** @type {Record<string, string>} where a component's name is not its file's */
const COMPONENT_FILES = { clippy: "clippy-driver" };

async function installToolchain() {
  const { channel, components, targets } = wantedToolchain();
  const hint =
    "Check the connection to the Rust release server, and run this command again; `rustup self update` helps an old rustup.";

  const sysroot = () =>
    spawnSync("rustc", ["--print", "sysroot"], { cwd: root, encoding: "utf8" }).stdout?.trim();
  let home = sysroot();
  if (!home) {
    await step(`Installing Rust ${channel}`, () =>
      mustRun("rustup", ["toolchain", "install", channel, "--profile", "minimal"], { hint }),
    );
    home = sysroot();
  }
  if (!home) throw new Failure(`Rust ${channel} does not run: try \`rustc --version\` here.`);

  const missingTargets = targets.filter(
    (target) => !existsSync(join(home, "lib", "rustlib", target, "lib")),
  );
  if (missingTargets.length > 0) {
    await step(`Adding the Rust targets ${missingTargets.join(", ")}`, () =>
      mustRun("rustup", ["target", "add", ...missingTargets], { hint }),
    );
  }
  const missingComponents = components.filter(
    (name) => !existsSync(join(home, "bin", COMPONENT_FILES[name] ?? name)),
  );
  if (missingComponents.length > 0) {
    await step(`Adding ${missingComponents.join(", ")}`, () =>
      mustRun("rustup", ["component", "add", ...missingComponents], { hint }),
    );
  }
}

/** The library's version decides: generated code and tool must be of one version. */
export function wasmBindgenVersion() {
  const version = readText("Cargo.toml").match(/^wasm-bindgen *=.*"=([\d.]+)"/m)?.[1];
  if (version) return version;
  throw new Failure("Cargo.toml does not pin wasm-bindgen to one version: `=<version>`.");
}

async function installCargoTools() {
  const tools = [
    { crate: "wasm-bindgen-cli", command: "wasm-bindgen", version: wasmBindgenVersion() },
    { crate: "worker-build", command: "worker-build", version: WORKER_BUILD },
  ].map((tool) => ({ ...tool, stamp: join(toolsDir, `${tool.command}.version`) }));
  const missing = tools.filter(
    ({ command, version, stamp }) => readStamp(stamp) !== version || !existsSync(cargoBin(command)),
  );
  if (missing.length === 0) return;

  await installSystemLibraries();
  for (const [index, { crate, command, version, stamp }] of missing.entries()) {
    const count = `${index + 1} of ${missing.length}, about a minute on two cores, only once`;
    await step(`Building ${crate} ${version} (${count})`, () =>
      cargoInstall(crate, command, version),
    );
    writeStamp(stamp, version);
  }
  rmSync(join(toolsDir, "target"), { recursive: true, force: true });
}

/**
 * @param {string} crate
 * @param {string} command
 * @param {string} version
 */
async function cargoInstall(crate, command, version) {
  // They work on a few hundred kilobytes for a fraction of a second: time to build them matters,
  // their own speed does not. One profile and one target folder let them share their dependencies.
  const cheap = ["opt-level=0", "debug=false", "codegen-units=16", "lto=false"];
  const args = ["install", crate, "--version", `=${version}`, "--bin", command, "--force"];
  const config = cheap.flatMap((setting) => ["--config", `profile.release.${setting}`]);
  await mustRun("cargo", [...args, "--root", toolsDir, ...config], {
    env: { ...withTools(), CARGO_TARGET_DIR: join(toolsDir, "target") },
    hint: "If a download failed, check the connection to crates.io; if compiling failed, the message above names what is missing. Then run this command again: what is built stays.",
  });
}

/** Linking needs a C compiler, and on Linux worker-build needs the headers of OpenSSL. */
async function installSystemLibraries() {
  if (process.platform !== "linux") return;
  const openssl =
    process.env.OPENSSL_DIR ||
    process.env.OPENSSL_LIB_DIR ||
    answers("pkg-config", ["--exists", "openssl"]);
  const missing = [
    ...(answers("cc", ["--version"]) ? [] : ["build-essential"]),
    ...(openssl ? [] : ["pkg-config", "libssl-dev"]),
  ];
  if (missing.length === 0) return;
  if (canInstallDebianPackages()) {
    await step(`Installing ${missing.join(", ")}`, () => installDebianPackages(missing));
    return;
  }
  throw new Failure(
    `Building the tools needs a C compiler, pkg-config and the OpenSSL headers. On Debian and Ubuntu: sudo apt-get install ${missing.join(" ")}; elsewhere the packages of the same purpose.`,
  );
}

if (isStartedDirectly(import.meta.url)) main(setup);
