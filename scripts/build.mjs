// Builds the npm package (its wasm, JavaScript and types), the gate and the page. `npm run build -- package gate`
// builds only those parts. Output: pkg/dist, worker/build, www/dist; with `gate-with-faults`, target/gate-with-faults.

import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { describeSize } from "./budgets.mjs";
import {
  cargoBin,
  inRoot,
  isStartedDirectly,
  node,
  npmBin,
  root,
  withTools,
} from "./lib/project.mjs";
import { Failure, main, mustRun, step } from "./lib/run.mjs";
import { ifChanged } from "./lib/stamp.mjs";
import { writeSenders } from "./senders.mjs";
import { setup } from "./setup.mjs";

const CARGO_WASM = "target/wasm32-unknown-unknown/release/countersign_js.wasm";
const BINDINGS = "target/bindings";
const PACKAGE_WASM = "pkg/dist/core.wasm";

/** Inputs of every step besides its own sources. */
const TOOL_VERSIONS = [
  "package-lock.json",
  ".tools/wasm-bindgen.version",
  ".tools/worker-build.version",
  "scripts/build.mjs",
];

// Listed one by one: with `--all-features`, wasm-opt uses encodings that some runtimes cannot read yet.
const WASM_FEATURES = [
  "simd",
  "bulk-memory",
  "sign-ext",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "multivalue",
];

/**
 * LLVM options that make the package's wasm 1 % smaller and, as measured, not slower. The compiler overestimates the
 * size of a call in wasm, so it inlines less here. It adds a variable for each address that a loop walks along, and copies
 * instructions to both sides of a branch.
 */
const SMALLER = ["inline-threshold=6", "disable-lsr", "bonus-inst-threshold=0"].map(
  (option) => `-Cllvm-args=-${option}`,
);

/** @type {Record<string, () => Promise<void>>} the parts by the names that the command line takes */
const parts = {
  package: buildPackage,
  gate: buildGate,
  page: buildPage,
  "gate-with-faults": buildGateWithFaults,
};

/** Builds what people use: everything except the gate with faults. */
export async function build() {
  await buildPackage();
  await step("Writing docs/senders.md", writeSenders);
  await buildGate();
  await buildPage();
}

/** Builds the npm package: its wasm, then the JavaScript and types around it. */
export async function buildPackage() {
  await step("Compiling the core of the npm package to wasm", async () => {
    // First, so that rustflags() finds the folders of the sources.
    await mustRun("cargo", ["fetch", "--locked"]);
    const target = ["--release", "--target", "wasm32-unknown-unknown"];
    await mustRun("cargo", ["build", ...target, ...rustflags(), "-p", "countersign-js", "--lib"], {
      env: wasmEnv(),
    });
  });
  await step("Generating its bindings and shrinking it", async () => {
    await ifChanged(
      {
        name: "package-wasm",
        inputs: [CARGO_WASM, ...TOOL_VERSIONS],
        outputs: [PACKAGE_WASM, `${BINDINGS}/core.js`],
      },
      bindPackage,
    );
    printSize(PACKAGE_WASM);
  });
  await step("Building the npm package", () =>
    buildWithScript(
      "package",
      "pkg/build.mjs",
      ["src", "pkg", "tsconfig.json", BINDINGS, PACKAGE_WASM],
      "pkg/dist",
    ),
  );
}

async function bindPackage() {
  mkdirSync(inRoot("pkg/dist"), { recursive: true });
  await mustRun(cargoBin("wasm-bindgen"), [
    inRoot(CARGO_WASM),
    ...["--target", "web", "--out-dir", inRoot(BINDINGS), "--out-name", "core"],
    // After a trap the instance's memory may be inconsistent: this lets the package start a new instance.
    "--experimental-reset-state-function",
    // The package locates the module itself.
    "--omit-default-module-path",
    "--remove-name-section",
    "--remove-producers-section",
  ]);
  await mustRun(npmBin("wasm-opt"), [
    "-Oz",
    // A function inlined into its only caller makes the module smaller, but gzip compresses it worse.
    "--one-caller-inline-max-function-size=1",
    // The end of the stack is at the bottom of memory, so correct code reads from no address that small.
    "--low-memory-unused",
    "--converge",
    "--strip-target-features",
    ...WASM_FEATURES.map((feature) => `--enable-${feature}`),
    inRoot(`${BINDINGS}/core_bg.wasm`),
    ...["-o", inRoot(PACKAGE_WASM)],
  ]);
}

/** Builds the gate as wrangler serves and deploys it. */
export async function buildGate() {
  await step("Building the gate", () => buildGateInto("worker/build", "gate"));
}

/** Builds the gate with the crash points and failing routes that tests use. */
export async function buildGateWithFaults() {
  const features = ["--", "--features", "faults"];
  await step("Building the gate with faults, for tests", () =>
    buildGateInto("target/gate-with-faults", "gate-with-faults", features),
  );
}

/**
 * @param {string} folder
 * @param {string} name of the stamp
 * @param {string[]} [options] options for cargo
 */
async function buildGateInto(folder, name, options = []) {
  requireFile("worker/Cargo.toml");
  const sources = ["src", "worker", "Cargo.toml", "Cargo.lock"];
  const settings = [".cargo/config.toml", "rust-toolchain.toml"];
  const wasm = `${folder}/index_bg.wasm`;
  const unit = {
    name,
    inputs: [...sources, ...settings, ...TOOL_VERSIONS],
    outputs: [wasm, `${folder}/index.js`, `${folder}/entry.js`],
    // Both gates are compiled into one folder of target, so only one at a time.
    lock: "worker-build",
  };
  await ifChanged(unit, async () => {
    await compileGate(folder, { options });
    await mustRun(npmBin("wasm-opt"), [
      "-O2",
      ...[...WASM_FEATURES, "exception-handling"].map((feature) => `--enable-${feature}`),
      inRoot(wasm),
      ...["-o", inRoot(wasm)],
    ]);
  });
  printSize(wasm);
}

/**
 * Compiles the gate of a checkout with worker-build, without optimizing the wasm further.
 * @param {string} folder for the output
 * @param {object} [how]
 * @param {string} [how.checkout] the folder of the sources
 * @param {string} [how.profile] the profile of cargo
 * @param {string[]} [how.options] options for cargo
 * @param {NodeJS.ProcessEnv} [how.env] added to the environment
 * @param {boolean} [how.quiet] whether to show the output only of a failure
 */
export async function compileGate(folder, how = {}) {
  const { checkout = root, profile = "gate", options = [], env = {}, quiet = false } = how;
  const crate = join(checkout, "worker");
  await mustRun(
    cargoBin("worker-build"),
    ["--profile", profile, "--out-dir", relative(crate, inRoot(folder)), ...options],
    {
      cwd: crate,
      quiet,
      // Without these variables worker-build downloads versions of its own choice.
      env: {
        ...wasmEnv(),
        WASM_BINDGEN_BIN: cargoBin("wasm-bindgen"),
        WASM_OPT_BIN: npmBin("wasm-opt"),
        ESBUILD_BIN: npmBin("esbuild"),
        ...env,
      },
    },
  );
  copyFileSync(join(crate, "src/entry.js"), inRoot(`${folder}/entry.js`));
}

/** Builds the page, which runs the package's wasm. */
export async function buildPage() {
  await step("Building the page", () =>
    buildWithScript(
      "page",
      "www/build.mjs",
      ["www", "pkg", "scripts/samples.mjs", "tests/vectors", "tsconfig.json", PACKAGE_WASM],
      "www/dist",
    ),
  );
}

/**
 * @param {string} name
 * @param {string} script
 * @param {string[]} inputs
 * @param {string} output
 */
async function buildWithScript(name, script, inputs, output) {
  requireFile(script);
  await ifChanged({ name, inputs: [...inputs, ...TOOL_VERSIONS], outputs: [output] }, () =>
    mustRun(node(), [inRoot(script)]),
  );
}

/** The environment without the user's RUSTFLAGS, which would replace those of .cargo/config.toml. */
function wasmEnv() {
  const { RUSTFLAGS: _, CARGO_ENCODED_RUSTFLAGS: __, ...env } = withTools();
  return env;
}

/**
 * Panic messages contain the paths of source files. These flags replace the folder of cargo's registry in them, so that the
 * wasm does not depend on the machine that built it. Cargo merges them with the flags in .cargo/config.toml.
 */
function rustflags() {
  const sources = join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "registry", "src");
  const folders = existsSync(sources) ? readdirSync(sources) : [];
  const remapped = folders.map((folder) => `--remap-path-prefix=${join(sources, folder)}=crates`);
  return [
    "--config",
    `target.wasm32-unknown-unknown.rustflags=${JSON.stringify([...remapped, ...SMALLER])}`,
  ];
}

/** @param {string} path */
function requireFile(path) {
  if (!existsSync(inRoot(path)))
    throw new Failure(`${path} is missing, so this checkout is incomplete.`);
}

const printSize = (/** @type {string} */ path) => console.log(`    ${describeSize(path)}`);

if (isStartedDirectly(import.meta.url)) {
  main(async () => {
    const { positionals: names } = parseArgs({ allowPositionals: true });
    const known = Object.keys(parts);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown) throw new Failure(`"${unknown}" cannot be built. Parts: ${known.join(", ")}.`);
    await setup();
    for (const name of names) await parts[name]();
    if (names.length === 0) await build();
  });
}
