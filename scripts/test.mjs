// `npm test`: sets up, builds, and runs every test. `npm test -- <word>...` runs the steps whose
// names contain a word. A step that fails stops none but those that need what it builds.

import { existsSync, readdirSync } from "node:fs";
import { buildGate, buildGateWithFaults, buildPackage, buildPage } from "./build.mjs";
import { ensureChromium } from "./chromium.mjs";
import { counters } from "./lib/count.mjs";
import { inRoot, isStartedDirectly, node, npmBin, withTools } from "./lib/project.mjs";
import { describe, elapsed, Failure, main, run } from "./lib/run.mjs";
import { ensureOracles } from "./oracles.mjs";
import { setup } from "./setup.mjs";

/** A step that takes longer than this hangs. */
const MINUTES = 20;

const WASM = ["--target", "wasm32-unknown-unknown"];
const WASM_CRATES = ["countersign-js", "countersign-worker"];

/** The hosts of the one suite that runs everywhere, in tests/package/runtimes. */
const RUNTIMES = ["node-esm", "node-cjs", "deno", "bun", "workerd", "chromium"];

const TINY_BENCH = [
  "--runtimes=node",
  "--sizes=256",
  "--samples=3",
  "--sample-ms=0.1",
  "--warm-up-ms=1",
];

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string[]} [needs] the names of steps that have to succeed first
 * @property {() => string[][]} [commands]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {keyof typeof counters} [counter] without one the step counts as a single test
 * @property {() => Promise<NodeJS.ProcessEnv | void>} [prepare]
 *   work done in this process; what it returns is added to the environment of later steps
 */

/** @type {Step[]} */
const STEPS = [
  { name: "rustfmt", commands: () => [["cargo", "fmt", "--all", "--check"]] },
  {
    name: "clippy",
    commands: () => [
      ["cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
      // One by one: together they would share a standard library, which the package does without.
      ...WASM_CRATES.map((crate) => clippyFor(crate)),
    ],
  },
  {
    name: "no-std",
    commands: () => [["cargo", "build", "-p", "countersign", "--target", "wasm32v1-none"]],
  },
  {
    name: "rustdoc",
    commands: () => [["cargo", "doc", "--no-deps", "-p", "countersign"]],
    env: { RUSTDOCFLAGS: "-D warnings" },
  },
  { name: "circles", commands: () => [[node(), "scripts/circles.mjs"]] },
  { name: "biome", commands: () => [[npmBin("biome"), "ci", ...plain(), "."]] },
  {
    name: "native",
    commands: () => [
      ["cargo", "test", "--workspace", ...exclude(WASM_CRATES), "--no-fail-fast"],
      // What of the gate needs no runtime.
      ["cargo", "test", "-p", "countersign-worker", "--lib"],
    ],
    counter: "cargo",
  },
  { name: "build package", prepare: buildPackage },
  { name: "build gate", prepare: buildGate },
  { name: "build gate with faults", prepare: buildGateWithFaults },
  { name: "build page", prepare: buildPage, needs: ["build package"] },
  {
    name: "tsc",
    commands: () => [[npmBin("tsc"), "--noEmit", "-p", "tsconfig.json"]],
    needs: ["build package"],
  },
  {
    name: "find browser",
    prepare: async () => ({ CHROMIUM_PATH: await ensureChromium() }),
  },
  ...RUNTIMES.map((name) => ({
    name,
    commands: () => [[node(), "tests/package/runtimes/run.mjs", name]],
    counter: /** @type {const} */ ("host"),
    needs: ["build package", ...(name === "chromium" ? ["find browser"] : [])],
  })),
  {
    // That it runs, and that all agree about what arrived; how fast is not asked. Of the part in Rust, that its lock fits.
    name: "bench smoke",
    commands: () => [
      ["cargo", "fetch", "--locked", "--manifest-path", "benches/native/Cargo.toml"],
      [node(), "benches/run.mjs", "peers", "linear", ...TINY_BENCH],
    ],
    needs: ["build package"],
  },
  nodeTests("package", "tests/package/packaging", ["build package"]),
  nodeTests("scripts", "scripts/tests", []),
  nodeTests("docs", "tests/docs", ["build package"]),
  { ...nodeTests("oracles", "tests/oracles", ["build package"]), prepare: ensureOracles },
  nodeTests("gate", "tests/gate", [
    "build package",
    "build gate",
    "build gate with faults",
    "build page",
  ]),
  {
    name: "chaos",
    commands: () => [[node(), "tests/gate/chaos/run.mjs"]],
    needs: ["build package", "build gate with faults"],
  },
  nodeTests("browser page", "tests/page", [
    "build package",
    "build gate",
    "build page",
    "find browser",
  ]),
];

/** Biome colours what it prints even where no terminal reads it. */
const plain = () => (process.stdout.isTTY ? [] : ["--colors=off"]);

/** @param {string[]} names */
const exclude = (names) => names.flatMap((name) => ["--exclude", name]);

/**
 * @param {string} name
 * @param {string} folder
 * @param {string[]} needs
 * @returns {Step}
 */
function nodeTests(name, folder, needs) {
  const commands = () => {
    const files = existsSync(inRoot(folder))
      ? readdirSync(inRoot(folder)).filter((file) => file.endsWith(".test.mjs"))
      : [];
    if (files.length === 0) throw new Failure(`There are no *.test.mjs in ${folder}.`);
    const paths = files.sort().map((file) => `${folder}/${file}`);
    return [[node(), "--test", "--test-reporter=spec", ...paths]];
  };
  return { name, commands, counter: "node", needs };
}

/** @param {string} crate */
function clippyFor(crate) {
  return ["cargo", "clippy", "-p", crate, "--lib", ...WASM, "--", "-D", "warnings"];
}

/**
 * The steps to run: those that were named, with all that they need.
 * @param {string[]} words
 */
function select(words) {
  if (words.length === 0) return STEPS;
  const wanted = new Set();
  const want = (/** @type {string} */ name) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const needed of STEPS.find((step) => step.name === name)?.needs ?? []) want(needed);
  };
  for (const word of words) {
    const found = STEPS.filter(({ name }) => name.includes(word));
    if (found.length === 0) {
      const names = STEPS.map(({ name }) => name).join(", ");
      throw new Failure(`No step is called like "${word}". Steps: ${names}`);
    }
    for (const { name } of found) want(name);
  }
  return STEPS.filter(({ name }) => wanted.has(name));
}

/**
 * @typedef {import("./lib/count.mjs").Counts & { name: string, time: string, why: string }} Result
 */

/**
 * @param {Step} step
 * @param {NodeJS.ProcessEnv} environment added to by steps that prepare something
 * @returns {Promise<Omit<Result, "name" | "time">>}
 */
async function perform({ prepare, commands, env, counter }, environment) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const reasons = [];
  try {
    Object.assign(environment, await prepare?.());
    for (const [command, ...args] of commands?.() ?? []) {
      const { code, output, timedOut } = await run(command, args, {
        capture: counter !== undefined,
        minutes: MINUTES,
        env: { ...withTools(), ...env, ...environment },
      });
      const counts = counter ? counters[counter](output) : { passed: 0, failed: 0, skipped: 0 };
      for (const key of /** @type {const} */ (["passed", "failed", "skipped"])) {
        total[key] += counts[key];
      }
      if (timedOut) reasons.push(`ended after ${MINUTES} minutes`);
      else if (code !== 0) reasons.push(`exit code ${code}`);
    }
    if (counter && reasons.length === 0 && total.passed + total.failed === 0) {
      reasons.push("ran no tests");
    }
  } catch (error) {
    const [reason, ...rest] = describe(error).split("\n");
    if (rest.length > 0) console.error(rest.join("\n"));
    reasons.push(reason);
  }
  if (reasons.length > 0 && total.failed === 0) total.failed = 1;
  if (!counter && reasons.length === 0) total.passed = 1;
  return { ...total, why: reasons.join(", ") };
}

/** @param {string[]} words */
async function test(words) {
  const start = performance.now();
  const steps = select(words);
  /** @type {Result[]} */
  const results = [];
  const environment = {};
  try {
    await setup();
  } catch (error) {
    console.error(`\n${describe(error)}`);
    const time = elapsed(start);
    report([{ name: "set-up", passed: 0, failed: 1, skipped: 0, time, why: "" }], time);
    return;
  }
  for (const step of steps) {
    const since = performance.now();
    const lacking = step.needs?.find((need) =>
      results.some(({ name, failed }) => name === need && failed > 0),
    );
    console.log(`\n=== ${step.name}`);
    const result = lacking
      ? { passed: 0, failed: 1, skipped: 0, why: `not run: "${lacking}" failed` }
      : await perform(step, environment);
    if (result.why) console.log(`    ${result.why}`);
    results.push({ name: step.name, time: elapsed(since), ...result });
    console.log(`=== ${step.name}: ${result.failed > 0 ? "FAILED" : "ok"}, ${elapsed(since)}`);
  }
  report(results, elapsed(start));
}

/**
 * Prints the table of steps and, as the last line, the sum of all tests.
 * @param {Result[]} results
 * @param {string} time
 */
function report(results, time) {
  const sum = (/** @type {"passed" | "failed" | "skipped"} */ key) =>
    results.reduce((total, result) => total + result[key], 0);
  const rows = [
    ["step", "passed", "failed", "skipped", "time", ""],
    ...results.map(({ name, passed, failed, skipped, time, why }) => [
      ...[name, String(passed), String(failed), String(skipped), time],
      failed > 0 ? `FAILED ${why}` : "",
    ]),
    ["", "", "", "", time, ""],
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...rows.map((row) => row[column].length)),
  );
  console.log("");
  for (const [name, ...cells] of rows) {
    const aligned = cells.map((cell, index) => cell.padStart(widths[index + 1] ?? 0));
    console.log(`${name.padEnd(widths[0])}  ${aligned.join("  ")}`.trimEnd());
  }
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") > 0 ? 1 : 0;
}

if (isStartedDirectly(import.meta.url)) main(() => test(process.argv.slice(2)));
