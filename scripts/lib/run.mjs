// Running commands: with a heading and the time it took, and never leaving one behind.

import { spawn } from "node:child_process";
import { root, withTools } from "./project.mjs";

/** A failure whose message says what to do. It is printed alone, without a stack. */
export class Failure extends Error {}

/** @param {unknown} error */
export function describe(error) {
  if (error instanceof Failure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** @param {number} since a `performance.now()` */
export function elapsed(since) {
  const seconds = (performance.now() - since) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} m ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
}

/**
 * Does one step of the work under a heading.
 * @template T
 * @param {string} title
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const start = performance.now();
  console.log(`\n==> ${title}`);
  const result = await work();
  console.log(`    ${elapsed(start)}`);
  return result;
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** The exit code after Ctrl-C. A server that is meant to be stopped this way sets it to 0. */
export const onInterrupt = { exitCode: 130 };

/** From the signal on nothing is started, awaited or reported any more. */
let interrupted = false;

// Each child leads its own process group: only so can its children be ended with it.
const ownGroup = process.platform !== "win32";

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(ownGroup ? -child.pid : child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/**
 * Starts a command that ends when this process does.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 */
export function start(command, args, options = {}) {
  if (running.size === 0) watchSignals();
  const child = spawn(command, args, {
    cwd: root,
    env: withTools(),
    detached: ownGroup,
    ...options,
  });
  running.add(child);
  child.once("close", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/**
 * Ends a command and all that it started; waits until it is gone.
 * @param {import("node:child_process").ChildProcess} child
 */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once("close", resolve));
  signalGroup(child, "SIGTERM");
  const impatience = setTimeout(() => signalGroup(child, "SIGKILL"), 5000);
  await closed;
  clearTimeout(impatience);
}

let watching = false;

function watchSignals() {
  if (watching) return;
  watching = true;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, async () => {
      interrupted = true;
      await Promise.all([...running].map(end));
      process.exit(onInterrupt.exitCode);
    });
  }
  process.on("exit", () => {
    for (const child of running) signalGroup(child, "SIGKILL");
  });
}

/**
 * Runs a command to its end, its output shown as it comes.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions & { capture?: boolean, quiet?: boolean, minutes?: number }} [options]
 *   `capture`: keep the output as well; `quiet`: keep it and do not show it; `minutes`: how long it may take
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>}
 */
export function run(command, args, { quiet = false, capture = quiet, minutes, ...options } = {}) {
  const child = start(command, args, {
    stdio: ["ignore", capture ? "pipe" : "inherit", capture ? "pipe" : "inherit"],
    ...options,
  });
  let output = "";
  for (const [from, to] of /** @type {const} */ ([
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])) {
    from?.setEncoding("utf8").on("data", (text) => {
      output += text;
      if (!quiet) to.write(text);
    });
  }
  let timedOut = false;
  const limit =
    minutes === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          end(child);
        }, minutes * 60_000);
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      clearTimeout(limit);
      reject(new Failure(`${command} could not be started: ${error.message}`));
    });
    child.once("close", (code) => {
      clearTimeout(limit);
      if (!interrupted) resolve({ code: code ?? 1, output, timedOut });
    });
  });
}

/**
 * Runs a command that has to succeed.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions & { hint?: string }} [options]
 *   `hint`: what the reader can do when it fails
 */
export async function mustRun(command, args, { hint, ...options } = {}) {
  const { code } = await run(command, args, options);
  if (code === 0) return;
  const what = `\`${[command.replace(`${root}/`, ""), ...args].join(" ")}\` failed (exit code ${code}).`;
  throw new Failure(hint ? `${what}\n${hint}` : what);
}

/**
 * Runs a script's main function and tells of a failure in its own words.
 * @param {() => Promise<unknown>} work
 */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (interrupted) return;
    console.error(`\n${describe(error)}`);
    process.exit(1);
  }
}
