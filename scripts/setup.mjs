// Prepares a fresh clone for building: npm packages, the Rust toolchain, cargo tools. A set-up that finds
// everything in place takes a fraction of a second, so every command begins with one.

import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { canInstallDebianPackages, installDebianPackages } from "./debian.mjs";
import { hash } from "./lib/install.mjs";
import { withLock } from "./lib/lock.mjs";
import {
  cargoBin,
  inRoot,
  isStartedDirectly,
  npmBin,
  readText,
  readToml,
  root,
  toolsDir,
  withoutTools,
  withTools,
} from "./lib/project.mjs";
import { Failure, main, mustRun, step } from "./lib/run.mjs";
import { readStamp, writeStamp } from "./lib/stamp.mjs";

const WORKER_BUILD = "0.8.7";
const MIN_NODE = 20;

/** Wrangler's minimum. It matters only on platforms without a pinned Node. */
const MIN_NODE_FOR_WRANGLER = 22;

/** The first rustup whose `toolchain install` reads rust-toolchain.toml. */
const MIN_RUSTUP = [1, 28];

export async function setup() {
  checkNode();
  await withLock(join(toolsDir, "setup.lock"), "set-up of this checkout", async () => {
    await installNpmPackages();
    await installToolchain();
    await installCargoTools();
  });
}

const majorOf = (/** @type {string} */ version) => Number.parseInt(version.replace(/^v/, ""), 10);

function checkNode() {
  if (majorOf(process.version) >= MIN_NODE) return;
  throw new Failure(
    `Countersign needs Node ${MIN_NODE} or newer; this is ${process.version}. Install a newer one from https://nodejs.org.`,
  );
}

/**
 * @param {string} command
 * @param {string[]} args
 */
const answers = (command, args) =>
  spawnSync(command, args, { cwd: root, stdio: "ignore" }).status === 0;

async function installNpmPackages() {
  const stamp = inRoot("node_modules/.countersign-setup");
  const wanted = hash(readText("package-lock.json"));
  // `import "countersign"` resolves to this link into the workspace.
  const isLinked = existsSync(inRoot("node_modules/countersign/package.json"));
  if (readStamp(stamp) === wanted && isLinked) return;
  await step("Installing the npm packages", async () => {
    // Only errors: an older Node would warn that wrangler needs the newer one that this command installs.
    const flags = ["--include=dev", "--include=optional", "--no-audit", "--no-fund"];
    await mustRun("npm", ["ci", ...flags, "--loglevel=error"], {
      env: withoutTools(),
      hint: "If package.json and package-lock.json disagree, run `npm install`. Otherwise check the connection to the npm registry, then run this command again.",
    });
    checkPinnedNode();
  });
  writeStamp(stamp, wanted);
}

function checkPinnedNode() {
  if (answers(npmBin("node"), ["--version"])) return;
  if (majorOf(process.version) >= MIN_NODE_FOR_WRANGLER) return;
  throw new Failure(
    `Countersign pins Node for other platforms, but not for ${process.platform} ${process.arch}. Install Node ${MIN_NODE_FOR_WRANGLER} or newer, then run this command again.`,
  );
}

/** Installs the toolchain, components and targets that rust-toolchain.toml lists and that are missing. */
async function installToolchain() {
  checkRustup();
  const stamp = join(toolsDir, "rust-toolchain.version");
  const wanted = hash(readText("rust-toolchain.toml"));
  // Explicitly, because RUSTUP_AUTO_INSTALL=0 stops rustup from installing by itself.
  const install = (/** @type {boolean} */ quiet) =>
    mustRun("rustup", ["toolchain", "install", "--no-self-update"], {
      quiet,
      hint: "Check the connection to the Rust release server, then run this command again.",
    });
  // All checkouts share one rustup, which does not expect two installations at once.
  const lock = join(tmpdir(), `countersign-rustup-${userInfo().uid}.lock`);
  await withLock(lock, "installation of a Rust toolchain", async () => {
    if (readStamp(stamp) === wanted) return install(true);
    return step("Installing the Rust toolchain", () => install(false));
  });
  if (!answers("cargo", ["--version"])) {
    throw new Failure(
      "rustup installed the toolchain, but `cargo` does not run. Add the folder of rustup's commands (usually ~/.cargo/bin) to PATH, then run this command again.",
    );
  }
  writeStamp(stamp, wanted);
}

function checkRustup() {
  // Outside of the checkout, where rustup does not look for the toolchain that is still to come.
  const { stdout, status } = spawnSync("rustup", ["--version"], {
    cwd: tmpdir(),
    encoding: "utf8",
  });
  if (status !== 0) {
    throw new Failure(
      "`rustup` was not found. Install Rust with rustup (https://rustup.rs), open a new terminal, then run this command again.",
    );
  }
  const [major = 0, minor = 0] = (stdout.match(/\d+/g) ?? []).map(Number);
  if (major > MIN_RUSTUP[0] || (major === MIN_RUSTUP[0] && minor >= MIN_RUSTUP[1])) return;
  throw new Failure(
    `Countersign needs rustup ${MIN_RUSTUP.join(".")} or newer, which installs what rust-toolchain.toml lists; this is ${stdout.trim()}. Run \`rustup self update\`. If an operating system's package provides rustup, replace it with the one from https://rustup.rs.`,
  );
}

/** The command-line tool must have exactly the version of the library, because it reads the library's output. */
async function wasmBindgenVersion() {
  const { workspace } = await readToml("Cargo.toml");
  const version = workspace.dependencies["wasm-bindgen"].version.match(/^=([\d.]+)$/)?.[1];
  if (version) return version;
  throw new Failure("Cargo.toml must pin wasm-bindgen to one version: `=<version>`.");
}

async function installCargoTools() {
  const tools = [
    {
      crate: "wasm-bindgen-cli",
      command: "wasm-bindgen",
      version: await wasmBindgenVersion(),
      // Without TLS, which only its test runner uses and which takes long to compile.
      options: ["--no-default-features"],
    },
    { crate: "worker-build", command: "worker-build", version: WORKER_BUILD, options: [] },
  ].map((tool) => ({ ...tool, stamp: join(toolsDir, `${tool.command}.version`) }));
  const missing = tools.filter(
    ({ command, version, stamp }) => readStamp(stamp) !== version || !existsSync(cargoBin(command)),
  );
  if (missing.length === 0) return;

  await installSystemLibraries();
  for (const [index, tool] of missing.entries()) {
    const count = `${index + 1} of ${missing.length}; about a minute on two cores, only once`;
    await step(`Building ${tool.crate} ${tool.version} (${count})`, () => cargoInstall(tool));
    writeStamp(tool.stamp, tool.version);
  }
  rmSync(join(toolsDir, "target"), { recursive: true, force: true });
}

/** @param {{ crate: string, command: string, version: string, options: string[] }} tool */
async function cargoInstall({ crate, command, version, options }) {
  // Unoptimized, because the tools work for a fraction of a second: compiling them takes longer than running
  // them. They share a profile and a target folder, so that they share compiled dependencies.
  const cheap = ["opt-level=0", "debug=false", "codegen-units=16", "lto=false"];
  const args = [
    "install",
    crate,
    "--version",
    `=${version}`,
    "--bin",
    command,
    "--force",
    ...options,
  ];
  const config = cheap.flatMap((setting) => ["--config", `profile.release.${setting}`]);
  await mustRun("cargo", [...args, "--root", toolsDir, ...config], {
    env: { ...withTools(), CARGO_TARGET_DIR: join(toolsDir, "target") },
    hint: "If a download failed, check the connection to crates.io. If compiling failed, the message above names what is missing. Then run this command again; it continues with what is already built.",
  });
}

/** Installs a C compiler for linking and, on Linux, the OpenSSL headers that worker-build needs. */
async function installSystemLibraries() {
  if (process.platform !== "linux") return;
  const hasOpenssl =
    process.env.OPENSSL_DIR ||
    process.env.OPENSSL_LIB_DIR ||
    answers("pkg-config", ["--exists", "openssl"]);
  const missing = [
    ...(answers("cc", ["--version"]) ? [] : ["build-essential"]),
    ...(hasOpenssl ? [] : ["pkg-config", "libssl-dev"]),
  ];
  if (missing.length === 0) return;
  if (canInstallDebianPackages()) {
    await step(`Installing ${missing.join(", ")}`, () => installDebianPackages(missing));
    return;
  }
  throw new Failure(
    `Building the tools needs a C compiler, pkg-config and the OpenSSL headers. On Debian and Ubuntu run: sudo apt-get install ${missing.join(" ")}. On other systems install the equivalent packages.`,
  );
}

if (isStartedDirectly(import.meta.url)) main(setup);
