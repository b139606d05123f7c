// Runs commands: with a heading and the time taken, and without leaving processes behind.

import { spawn } from "node:child_process";
import { root, withTools } from "./project.mjs";

/** A failure whose message tells the reader what to do. It is printed without a stack. */
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

/** The exit code after Ctrl-C. A server sets it to 0, because Ctrl-C is the way to stop it. */
export const onInterrupt = { exitCode: 130 };

/** After a signal this process starts, awaits and reports nothing more. */
let interrupted = false;

// Each child leads a process group, so that a signal reaches its own children too.
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
    // It has already ended.
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
 * Ends a command with all processes that it started, and waits until it has ended.
 * @param {import("node:child_process").ChildProcess} child
 */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once("close", resolve));
  signalGroup(child, "SIGTERM");
  const killTimer = setTimeout(() => signalGroup(child, "SIGKILL"), 5000);
  await closed;
  clearTimeout(killTimer);
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
 * Runs a command to its end and shows its output as it arrives.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions & { capture?: boolean, quiet?: boolean, minutes?: number }} [options]
 *   `capture`: return the output as well; `quiet`: return it and do not show it; `minutes`: the longest time allowed
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
 * Runs a command, and fails if it does.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions & { hint?: string, quiet?: boolean }} [options]
 *   `hint`: what the reader can do about a failure; `quiet`: show the output only of a failure
 */
export async function mustRun(command, args, { hint, quiet = false, ...options } = {}) {
  const { code, output } = await run(command, args, { quiet, ...options });
  if (code === 0) return;
  const failed = `\`${[command.replace(`${root}/`, ""), ...args].join(" ")}\` failed (exit code ${code}).`;
  throw new Failure([output.trim(), failed, hint].filter(Boolean).join("\n"));
}

/**
 * Runs a script's main function. If it fails, prints the reason and exits with code 1.
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
