// `npm test`: sets up, builds, and runs the tests, two steps at a time. `npm run test:full` also runs the slow
// ones. `npm test -- <word>...` runs the step of that name, or else the steps whose names contain the word, and
// shows their output.
//
// A failed step does not stop the others, except those that need what it builds. The last line of the output
// is the sum, `N passed, M failed`.

import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { counters } from "./lib/count.mjs";
import { inRoot, isStartedDirectly, withTools } from "./lib/project.mjs";
import { describe, elapsed, Failure, main, run } from "./lib/run.mjs";
import { schedule } from "./lib/schedule.mjs";
import { selectSteps } from "./lib/steps.mjs";
import { setup } from "./setup.mjs";

const USAGE = `Usage: npm test -- [--full] [--rest] [--verbose] [<word>...]

  <word>      run only the step of that name, or else the steps whose names contain the word, and the
              steps that they need
  --full      run the slow steps too: \`npm run test:full\`
  --rest      run only the slow steps, after \`npm test\`: \`npm run test:full -- --rest\`
  --verbose   show all output, one step at a time; without it only the output of failed steps is shown`;

/** A step that takes longer than this has stopped making progress. */
const MAX_MINUTES = 20;

const MAX_LANES = 2;

/** How often to print which steps are running. */
const PROGRESS_MS = 30_000;

const LOGS = "target/test-logs";

/**
 * @typedef {import("./lib/steps.mjs").Step} Step
 * @typedef {import("./lib/count.mjs").Counts & { name: string, time: string, why: string }} Result
 */

/** @param {string[]} args */
async function test(args) {
  const since = performance.now();
  const options = readArguments(args);
  const steps = selectSteps(options);
  try {
    await setup();
  } catch (error) {
    console.error(`\n${describe(error)}`);
    const time = elapsed(since);
    report([{ name: "set-up", passed: 0, failed: 1, skipped: 0, time, why: "" }], time);
    return;
  }
  const isVerbose = options.verbose || options.words.length > 0;
  console.log(`\nSet-up: ${elapsed(since)}. Running ${steps.length} steps.`);
  const results = await runSteps(steps, isVerbose);
  report(results, elapsed(since));
}

/** @param {string[]} args */
function readArguments(args) {
  const flag = /** @type {const} */ ({ type: "boolean", default: false });
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { full: flag, rest: flag, verbose: flag },
    });
    return { ...values, words: positionals };
  } catch (error) {
    throw new Failure(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

/**
 * @param {Step[]} steps
 * @param {boolean} isVerbose
 */
async function runSteps(steps, isVerbose) {
  /** @type {Map<string, number>} the running steps, by name, with the time of their start */
  const running = new Map();
  let started = 0;
  const progress = setInterval(() => {
    if (isVerbose || running.size === 0) return;
    const list = [...running].map(([name, since]) => `${name} (${elapsed(since)})`);
    console.log(`          running: ${list.join(", ")}`);
  }, PROGRESS_MS);
  const number = () => {
    started += 1;
    return `[${String(started).padStart(2)} of ${steps.length}]`;
  };
  const results = await schedule(steps, {
    lanes: isVerbose ? 1 : Math.min(MAX_LANES, availableParallelism()),
    perform: async (step) => {
      const position = number();
      const since = performance.now();
      running.set(step.name, since);
      console.log(`${isVerbose ? "\n" : ""}${position} ${step.name}`);
      const { output, ...result } = await perform(step, isVerbose);
      running.delete(step.name);
      const time = elapsed(since);
      if (result.failed > 0 && !isVerbose) console.log(`\n${output.trimEnd()}\n`);
      console.log(`${position} ${step.name}: ${summarize(result)}, ${time}`);
      return { name: step.name, time, ...result };
    },
    skip: (step, needed) => {
      const result = { passed: 0, failed: 1, skipped: 0, why: `not run: "${needed}" failed` };
      console.log(`${number()} ${step.name}: ${summarize(result)}`);
      return { name: step.name, time: "0.0 s", ...result };
    },
  });
  clearInterval(progress);
  return results;
}

/** @param {Pick<Result, "passed" | "failed" | "why">} result */
const summarize = ({ passed, failed, why }) =>
  failed > 0 ? `FAILED, ${why || `${failed} of ${passed + failed} failed`}` : `${passed} passed`;

/**
 * Runs the commands of a step and writes their output to a log file.
 * @param {Step} step
 * @param {boolean} isVerbose
 * @returns {Promise<Omit<Result, "name" | "time"> & { output: string }>}
 */
async function perform({ name, commands, env, counter }, isVerbose) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const reasons = [];
  const outputs = [];
  try {
    for (const [command, ...args] of commands()) {
      const { code, output, timedOut } = await run(command, args, {
        capture: true,
        quiet: !isVerbose,
        minutes: MAX_MINUTES,
        env: { ...withTools(), ...env },
      });
      outputs.push(output);
      const counts = counter ? counters[counter](output) : { passed: 0, failed: 0, skipped: 0 };
      for (const key of /** @type {const} */ (["passed", "failed", "skipped"])) {
        total[key] += counts[key];
      }
      if (timedOut) reasons.push(`stopped after ${MAX_MINUTES} minutes`);
      else if (code !== 0) reasons.push(`exit code ${code}`);
    }
    if (counter && reasons.length === 0 && total.passed + total.failed === 0) {
      reasons.push("ran no tests");
    }
  } catch (error) {
    outputs.push(describe(error));
    reasons.push(describe(error).split("\n")[0]);
  }
  if (reasons.length > 0 && total.failed === 0) total.failed = 1;
  if (!counter && reasons.length === 0) total.passed = 1;
  const output = outputs.join("\n");
  mkdirSync(inRoot(LOGS), { recursive: true });
  writeFileSync(inRoot(`${LOGS}/${name.replaceAll(" ", "-")}.log`), output);
  return { ...total, why: reasons.join(", "), output };
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
    ["all, with set-up", "", "", "", time, ""],
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...rows.map((row) => row[column].length)),
  );
  console.log("");
  for (const [name, ...cells] of rows) {
    const aligned = cells.map((cell, index) => cell.padStart(widths[index + 1] ?? 0));
    console.log(`${name.padEnd(widths[0])}  ${aligned.join("  ")}`.trimEnd());
  }
  console.log(`\nThe output of each step is in ${LOGS}.`);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") > 0 ? 1 : 0;
}

if (isStartedDirectly(import.meta.url)) main(() => test(process.argv.slice(2)));
