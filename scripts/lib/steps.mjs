// The steps of `npm test` and `npm run test:full`, in the order in which they are started.

import { existsSync, readdirSync } from "node:fs";
import { inRoot, node, npmBin } from "./project.mjs";
import { Failure } from "./run.mjs";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {() => string[][]} commands
 * @property {keyof typeof import("./count.mjs").counters} [counter]
 *   how to count tests in the output; a step without a counter counts as a single test
 * @property {NodeJS.ProcessEnv} [env] added to the environment
 * @property {string[]} [needs] the names of steps that must succeed first
 * @property {string} [uses] a folder that only one step at a time may write to
 * @property {boolean} [isSlow] whether only `npm run test:full` runs it
 */

const WASM = ["--target", "wasm32-unknown-unknown"];
const WASM_CRATES = ["countersign-js", "countersign-worker"];

/** Cargo locks this folder, so two of the steps would only wait for each other. */
const DEBUG = "target/debug";

const RUNTIMES = ["node-esm", "node-cjs", "deno", "bun", "workerd", "chromium"];

const TINY_BENCH = [
  "--runtimes=node",
  "--sizes=256",
  "--samples=3",
  "--sample-ms=0.1",
  "--warm-up-ms=1",
];

/** @param {string} folder */
const rustFiles = (folder) =>
  readdirSync(inRoot(folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".rs"))
    .map((path) => `${folder}/${path}`);

/** @type {Step[]} */
export const STEPS = [
  {
    // `cargo fmt` does not find the senders by itself, because a macro declares their modules.
    name: "rustfmt",
    commands: () => [["cargo", "fmt", "--all", "--check", "--", ...rustFiles("src")]],
  },
  { name: "biome", commands: () => [[npmBin("biome"), "ci", ...colors(), "."]] },
  { name: "circles", commands: () => [[node(), "scripts/circles.mjs"]] },
  nodeTests("scripts", "scripts/tests"),
  { name: "find browser", commands: () => [[node(), "scripts/chromium.mjs"]] },
  { name: "build package", commands: () => [build("package")], uses: DEBUG },
  { name: "build gate", commands: () => [build("gate")], uses: "target/gate" },
  {
    name: "build gate with faults",
    commands: () => [build("gate-with-faults")],
    uses: "target/gate",
  },
  {
    name: "clippy",
    commands: () => [
      ["cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
      // Separately, as they are built: together each would also get the features that only the other needs.
      ...WASM_CRATES.map((crate) => clippyForWasm(crate)),
    ],
    uses: DEBUG,
  },
  { name: "build page", commands: () => [build("page")], needs: ["build package"] },
  {
    name: "tsc",
    commands: () => [[npmBin("tsc"), "--noEmit", "-p", "tsconfig.json"]],
    needs: ["build package"],
  },
  {
    name: "native",
    // One command, so that all crates share their compiled dependencies.
    commands: () => [["cargo", "test", "--workspace", "--no-fail-fast"]],
    counter: "cargo",
    uses: DEBUG,
  },
  ...RUNTIMES.map((name) => ({
    name,
    commands: () => [[node(), "tests/package/runtimes/run.mjs", name]],
    counter: /** @type {const} */ ("runtime"),
    needs: ["build package", ...(name === "chromium" ? ["find browser"] : [])],
  })),
  nodeTests("package", "tests/package/packaging", { needs: ["build package"] }),
  nodeTests("gate", "tests/gate", {
    needs: ["build package", "build gate", "build gate with faults", "build page"],
  }),
  nodeTests("browser page", "tests/page", {
    needs: ["build package", "build gate", "build page", "find browser"],
  }),
  {
    name: "chaos",
    commands: () => [[node(), "tests/gate/chaos/run.mjs"]],
    needs: ["build package", "build gate", "build gate with faults"],
  },
  // Short steps that wait for target/debug, which the longer ones above occupy first.
  {
    name: "no-std",
    commands: () => [["cargo", "check", "-p", "countersign", "--target", "wasm32v1-none"]],
    uses: DEBUG,
  },
  {
    name: "rustdoc",
    commands: () => [["cargo", "doc", "--no-deps", "-p", "countersign"]],
    env: { RUSTDOCFLAGS: "-D warnings" },
    uses: DEBUG,
  },
  nodeTests("docs", "tests/docs", { needs: ["build package"], uses: DEBUG }),
  { name: "install next", commands: () => [[node(), "scripts/next.mjs"]], isSlow: true },
  nodeTests("next", "tests/package/next", {
    needs: ["build package", "install next"],
    isSlow: true,
  }),
  {
    // The quick run of the same test, in the step "native", makes 2 000 descriptions.
    name: "many descriptions",
    commands: () => [
      ["cargo", "test", "-p", "countersign", "--test", "generated", "--", "--nocapture"],
    ],
    env: { COUNTERSIGN_DESCRIPTIONS: "100000", COUNTERSIGN_SEED: "1000000" },
    counter: "cargo",
    uses: DEBUG,
    isSlow: true,
  },
  {
    name: "install oracles",
    commands: () => [[node(), "scripts/oracles.mjs"]],
    isSlow: true,
  },
  nodeTests("oracles", "tests/oracles", {
    needs: ["build package", "install oracles"],
    // For each of four libraries.
    env: { DIFFERENTIAL_ROUNDS: "100000" },
    isSlow: true,
  }),
  {
    name: "long chaos",
    commands: () => [
      [node(), "tests/gate/chaos/run.mjs", "--deliveries=10000", "--kills=200", "--seed=2"],
    ],
    needs: ["build package", "build gate", "build gate with faults"],
    isSlow: true,
  },
  {
    // Each of a few gates that are broken on purpose must fail a test. `npm run test:broken` tries all of them.
    name: "broken gates",
    commands: () => [[node(), "tests/gate/broken/run.mjs", "--selection"]],
    needs: ["build package"],
    isSlow: true,
  },
  {
    // Checks that the benchmark runs and that all libraries agree on the outcome; it measures nothing. Of the
    // benchmark in Rust, it checks the lock file.
    name: "bench smoke",
    commands: () => [
      ["cargo", "fetch", "--locked", "--manifest-path", "benches/native/Cargo.toml"],
      [node(), "benches/run.mjs", "peers", "linear", ...TINY_BENCH],
    ],
    needs: ["build package"],
    isSlow: true,
  },
];

/** Biome prints colours even if its output is not a terminal. */
const colors = () => (process.stdout.isTTY ? [] : ["--colors=off"]);

/** @param {string} part of what scripts/build.mjs builds */
function build(part) {
  return [node(), "scripts/build.mjs", part];
}

/** @param {string} crate */
function clippyForWasm(crate) {
  return ["cargo", "clippy", "-p", crate, "--lib", ...WASM, "--", "-D", "warnings"];
}

/**
 * A step that runs the `*.test.mjs` files of a folder.
 * @param {string} name
 * @param {string} folder
 * @param {Partial<Step>} [more]
 * @returns {Step}
 */
function nodeTests(name, folder, more) {
  const commands = () => {
    const files = existsSync(inRoot(folder))
      ? readdirSync(inRoot(folder)).filter((file) => file.endsWith(".test.mjs"))
      : [];
    if (files.length === 0) throw new Failure(`There are no *.test.mjs files in ${folder}.`);
    const paths = files.sort().map((file) => `${folder}/${file}`);
    // One file at a time: tests of the gate load the machine on purpose, and would disturb each other.
    return [[node(), "--test", "--test-concurrency=1", "--test-reporter=spec", ...paths]];
  };
  return { name, commands, counter: "node", ...more };
}

/**
 * The steps to run.
 * @param {object} choice
 * @param {string[]} [choice.words] only the steps of these names, or else whose names contain a word, and the
 *   steps that they need
 * @param {boolean} [choice.full] whether slow steps run too
 * @param {boolean} [choice.rest] only the slow steps, after a run of all others
 * @param {Step[]} [steps]
 * @returns {Step[]}
 */
export function selectSteps({ words = [], full = false, rest = false }, steps = STEPS) {
  if (words.length > 0) return selectByWords(words, steps);
  if (!rest) return steps.filter(({ isSlow }) => full || !isSlow);
  return steps.filter(({ isSlow }) => isSlow);
}

/**
 * @param {string[]} words
 * @param {Step[]} steps
 */
function selectByWords(words, steps) {
  const wanted = new Set();
  const want = (/** @type {string} */ name) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const needed of steps.find((step) => step.name === name)?.needs ?? []) want(needed);
  };
  for (const word of words) {
    const named = steps.filter(({ name }) => name === word);
    const matching = named.length > 0 ? named : steps.filter(({ name }) => name.includes(word));
    if (matching.length === 0) {
      const names = steps.map(({ name }) => name).join(", ");
      throw new Failure(`No step has "${word}" in its name. Steps: ${names}`);
    }
    for (const { name } of matching) want(name);
  }
  return steps.filter(({ name }) => wanted.has(name));
}
