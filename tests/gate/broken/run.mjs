// `npm run test:broken`: builds each gate that is broken on purpose, and shows which check notices it. It fails if a broken
// gate passes every check, or does not build, or if the unbroken gate fails one of the checks.
//
// `npm run test:broken -- lease alarm` builds those whose names contain a word. `--selection` builds a few of different
// kinds, `--jobs 2` builds and checks two at a time, and `--write` puts the results into docs/trust.md.

import { parseArgs } from "node:util";
import { describe, elapsed, Failure, main } from "../../../scripts/lib/run.mjs";
import { setup } from "../../../scripts/setup.mjs";
import { checkNames, runCheck } from "./checks.mjs";
import { openLane } from "./lane.mjs";
import { BROKEN_GATES, SELECTION } from "./list.mjs";
import { writeResults } from "./page.mjs";

/** @typedef {typeof BROKEN_GATES[number]} BrokenGate */
/** @typedef {import("./page.mjs").Result} Result */

main(async () => {
  const { values, positionals } = parseArgs({
    options: {
      selection: { type: "boolean", default: false },
      jobs: { type: "string", default: "1" },
      write: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new Failure("--jobs must be a whole number from 1.");
  const chosen = choose(positionals, values.selection);
  await setup();
  const lanes = Array.from({ length: jobs }, (_, index) => openLane(index + 1));
  const control = new Control(lanes);
  await control.run([...new Set(chosen.map(({ noticedBy }) => noticedBy))]);

  const waiting = [...chosen];
  /** @type {Result[]} */
  const results = [];
  // Each result at once, so that a run that is interrupted leaves what it found.
  const report = (/** @type {Result} */ result) => {
    results.push(result);
    const { name, noticedBy, seconds } = result;
    console.log(`${name} | ${noticedBy || "NOT NOTICED"} | ${seconds} s`);
    if (values.write) writeResults([result]);
  };
  /** @type {{ gate: BrokenGate, seconds: number }[]} */
  const unnoticed = [];
  /** @type {string[]} */
  const unbuilt = [];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
        const result = await tryGate(gate, gate.noticedBy, lane);
        if (result === undefined) unbuilt.push(gate.name);
        else if (result.noticedBy === "") {
          console.log(`${gate.name} | passes ${gate.noticedBy}, so all others follow later`);
          unnoticed.push({ gate, seconds: result.seconds });
        } else report(result);
      }
    }),
  );
  // Their own check missed these. All others follow, after the unbroken gate has passed them.
  if (unnoticed.length > 0) await control.run(checkNames());
  await Promise.all(
    lanes.map(async (lane) => {
      for (let missed = unnoticed.shift(); missed !== undefined; missed = unnoticed.shift())
        report(await tryOthers(missed, lane));
    }),
  );
  const survivors = results.filter(({ noticedBy }) => noticedBy === "");
  console.log(
    `\n${results.length - survivors.length} of ${results.length} broken gates were noticed.`,
  );
  const complaints = [
    ...survivors.map(({ name }) => `It passes every check, so a test is missing: ${name}`),
    ...unbuilt.map((name) => `It cannot be built, so its edit is wrong: ${name}`),
  ];
  if (complaints.length > 0) throw new Failure(complaints.join("\n"));
});

/**
 * @param {string[]} words
 * @param {boolean} isSelection
 */
function choose(words, isSelection) {
  const chosen = BROKEN_GATES.filter(
    ({ name }) =>
      (!isSelection || SELECTION.includes(name)) &&
      (words.length === 0 || words.some((word) => name.includes(word))),
  );
  if (chosen.length === 0)
    throw new Failure(`No broken gate has ${words.join(" or ")} in its name.`);
  return chosen;
}

/** The unbroken gate, built like the broken ones. A check that fails on it says nothing about a broken gate. */
class Control {
  /** @param {ReturnType<typeof openLane>[]} lanes */
  constructor(lanes) {
    this.lanes = lanes;
    this.passed = new Set();
  }

  /**
   * Runs the checks that have not run yet. All must pass.
   * @param {string[]} checks
   */
  async run(checks) {
    const waiting = checks.filter((name) => !this.passed.has(name));
    await Promise.all(
      this.lanes.map(async (lane) => {
        if (waiting.length > 0) await lane.build([]);
        for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
          const start = performance.now();
          const { passed, failure, output } = await runCheck(check, lane.builds);
          if (!passed)
            throw new Failure(
              `${output.slice(-4000)}\nThe unbroken gate fails ${check}: ${failure}`,
            );
          this.passed.add(check);
          console.log(`the unbroken gate | passes ${check} | ${elapsed(start)}`);
        }
      }),
    );
  }
}

/**
 * Builds a broken gate and runs one check.
 * @param {BrokenGate} gate
 * @param {string} check
 * @param {ReturnType<typeof openLane>} lane
 * @returns {Promise<Result | undefined>} undefined if it cannot be built
 */
async function tryGate({ name, edits }, check, lane) {
  const start = performance.now();
  try {
    await lane.build(edits);
  } catch (error) {
    console.log(`${describe(error)}\n${name} | CANNOT BE BUILT`);
    return undefined;
  }
  const noticedBy = await notice(check, lane);
  return { name, noticedBy, seconds: secondsSince(start) };
}

/**
 * Runs all other checks, up to the first that notices.
 * @param {{ gate: BrokenGate, seconds: number }} missed by its own check, which took so many seconds
 * @param {ReturnType<typeof openLane>} lane
 * @returns {Promise<Result>}
 */
async function tryOthers({ gate, seconds: before }, lane) {
  const { name, noticedBy: own, edits } = gate;
  const start = performance.now();
  await lane.build(edits);
  for (const check of checkNames().filter((other) => other !== own)) {
    const noticedBy = await notice(check, lane);
    if (noticedBy !== "") return { name, noticedBy, seconds: before + secondsSince(start) };
  }
  return { name, noticedBy: "", seconds: before + secondsSince(start) };
}

/**
 * The check and its test that failed, or nothing.
 * @param {string} check
 * @param {ReturnType<typeof openLane>} lane
 */
async function notice(check, lane) {
  const { passed, failure } = await runCheck(check, lane.builds);
  return passed ? "" : `${check}: ${failure}`;
}

/** @param {number} start */
const secondsSince = (start) => Math.round((performance.now() - start) / 1000);
