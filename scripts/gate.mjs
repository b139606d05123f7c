// Runs the gate in workerd on this machine, with a local queue and without network access.

import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { inRoot, node, withTools } from "./lib/project.mjs";
import { end, Failure, start } from "./lib/run.mjs";

const WRANGLER = "node_modules/wrangler/bin/wrangler.js";
const MAX_START_MS = 60_000;

/**
 * @param {number} port
 */
export async function requireFreePort(port) {
  if (!(await isPortTaken(port))) return;
  throw new Failure(
    `Port ${port} is in use. Stop the process that listens there, or choose another port: PORT=${port + 1} npm start`,
  );
}

/**
 * Starts the gate and waits until it is healthy.
 * @param {object} options
 * @param {number} options.port
 * @param {string[]} [options.args] more arguments for `wrangler dev`
 * @param {import("node:child_process").StdioOptions} [options.stdio]
 */
export async function startGate({ port, args = [], stdio = ["ignore", "inherit", "inherit"] }) {
  await requireFreePort(port);
  const url = `http://localhost:${port}`;
  const child = start(
    node(),
    [
      ...[inRoot(WRANGLER), "dev", "--local", "--port", String(port)],
      // Without hotkeys, because Ctrl-C must reach this script and there may not be a terminal.
      "--show-interactive-dev-session=false",
      ...args,
    ],
    { stdio, env: gateEnv() },
  );
  let ended = false;
  const exit = new Promise((resolve) => child.once("close", resolve)).then(() => {
    ended = true;
  });
  const deadline = Date.now() + MAX_START_MS;
  while (!(await isHealthy(url))) {
    if (ended) throw new Failure("The gate did not start. The reason is printed above.");
    if (Date.now() > deadline) {
      await end(child);
      throw new Failure(
        `The gate did not answer on ${url}/healthz within ${MAX_START_MS / 1000} s.`,
      );
    }
    await Promise.race([sleep(200), exit]);
  }
  return { url, child, exit, stop: () => end(child) };
}

/**
 * An environment in which wrangler makes no requests of its own and keeps its state in the checkout. Only its registry of
 * running Workers stays the user's own: there the gate finds a handler that `wrangler dev` runs elsewhere.
 */
function gateEnv() {
  return {
    ...withTools(),
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
    WRANGLER_LOG_PATH: inRoot(".wrangler/logs"),
    WRANGLER_CACHE_DIR: inRoot(".wrangler/cache"),
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
  };
}

/** @param {string} url */
async function isHealthy(url) {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** @param {number} port */
function isPortTaken(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "localhost" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
