// The checks that a broken gate has to fail: each test file that starts the gate in workerd, and the short chaos run. In:
// a folder of builds. Out: whether the check passed, or the name of the first test that failed.

import { readdirSync } from "node:fs";
import { inRoot, node, readText, withTools } from "../../../scripts/lib/project.mjs";
import { end, Failure, start } from "../../../scripts/lib/run.mjs";

const FOLDER = "tests/gate";
export const CHAOS = "chaos";
/** A check that takes longer has noticed that the gate hangs. */
const MAX_MINUTES = 6;
/** These look at the deployed build alone: it lacks the routes that trap, and is optimized. The gates here are not. */
const SKIPPED = [
  "does not have the routes that trap in the deployed build",
  "within its size budget",
];

/** The names of all checks, chaos last. */
export function checkNames() {
  const files = readdirSync(inRoot(FOLDER)).filter(
    (name) => name.endsWith(".test.mjs") && readText(`${FOLDER}/${name}`).includes("startWorkerd"),
  );
  return [...files.sort(), CHAOS];
}

/**
 * Runs a check, up to its first failure.
 * @param {string} name
 * @param {string} builds
 * @returns {Promise<{ passed: boolean, failure: string, output: string }>}
 */
export async function runCheck(name, builds) {
  const skip = SKIPPED.map((pattern) => `--test-skip-pattern=${pattern}`);
  const args =
    name === CHAOS
      ? [`${FOLDER}/chaos/run.mjs`]
      : ["--test", "--test-reporter=tap", ...skip, `${FOLDER}/${name}`];
  const child = start(node(), args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...withTools(), COUNTERSIGN_GATE_BUILDS: builds, NODE_TEST_CONTEXT: undefined },
  });
  let output = "";
  let failure = "";
  const fail = (/** @type {string} */ reason) => {
    if (failure !== "") return;
    failure = reason;
    end(child);
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      output += text;
      // A line counts only once it is complete.
      const failed = output.match(/^ *not ok \d+ - (.*)\n/m);
      if (failed && name !== CHAOS) fail(failed[1].replaceAll("\\#", "#"));
    });
  }
  const limit = setTimeout(
    () => fail(`not done after ${MAX_MINUTES} minutes`),
    MAX_MINUTES * 60_000,
  );
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(limit);
  if (failure.startsWith("# Interrupted")) throw new Failure(`${name} was interrupted.`);
  if (code !== 0 && failure === "") failure = lastWords(output);
  return { passed: code === 0 && failure === "", failure, output };
}

/**
 * The promises that the report of the chaos run calls broken, or else the last line of the output.
 * @param {string} output
 */
function lastWords(output) {
  const broken = [...output.matchAll(/^(\S.*?) +([1-9]\d*) {3}of \d+$/gm)];
  const words = broken.map(([, promise, times]) => `${promise}: ${times}`);
  return words.join(", ") || (output.trim().split("\n").at(-1) ?? "");
}
