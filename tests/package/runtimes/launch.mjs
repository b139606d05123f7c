// Starts a host in a runtime: as a file in Node, Deno and Bun, and as a bundle in workerd and Chromium.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "../../../scripts/chromium.mjs";
import { npmBin, withoutTools } from "../../../scripts/lib/project.mjs";
import { Failure, run } from "../../../scripts/lib/run.mjs";
import { versionOf } from "./nodes.mjs";

/** @typedef {Awaited<ReturnType<typeof run>>} Ended the exit code of a process, and its output if it was captured */

/**
 * @typedef {object} Options
 * @property {string[]} [args] arguments of the host
 * @property {boolean} [capture] whether to return the output as well as print it
 * @property {boolean} [quiet] whether to return the output without printing it
 */

/** @param {string} name */
export function tool(name) {
  const path = npmBin(name);
  if (existsSync(path) && versionOf(path) !== "") return path;
  throw new Failure(`${name} is missing or does not run: \`npm run setup\` installs it.`);
}

/**
 * @param {string} command the path of Node
 * @param {string} host
 * @param {Options} [options]
 */
export const inNode = (command, host, { args = [], ...options } = {}) =>
  run(command, [host, ...args], { env: withoutTools(), ...options });

/**
 * @param {string} host
 * @param {Options} [options]
 */
export function inDeno(host, { args = [], ...options } = {}) {
  // Deno must fetch nothing. It reads packages from the node_modules that npm installed.
  const offline = ["--no-lock", "--node-modules-dir=manual", "--cached-only", "--no-prompt"];
  const allowed = ["--allow-read", "--allow-env"];
  const command = ["run", ...offline, ...allowed, host, ...args];
  return run(tool("deno"), command, { env: plain(), ...options });
}

/**
 * @param {string} host
 * @param {Options} [options]
 */
export const inBun = (host, { args = [], ...options } = {}) =>
  run(tool("bun"), ["run", "--no-install", host, ...args], { env: plain(), ...options });

const plain = () => ({ ...withoutTools(), NO_COLOR: "1" });

/** @param {string[]} flags */
const workerdConfig = (flags) => `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(
    name = "suite",
    worker = (
      compatibilityDate = "2026-01-01",
      compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(", ")}],
      modules = [
        (name = "workerd.js", esModule = embed "workerd.js"),
        (name = "core.wasm", wasm = embed "core.wasm"),
      ],
    ),
  )],
);
`;

/**
 * @param {(folder: string, conditions: string[]) => Promise<unknown>} bundle
 *   writes `workerd.js` and `core.wasm` into a folder, resolving packages with these conditions
 * @param {Omit<Options, "args"> & { flags?: string[] }} [options] `flags`: compatibility flags
 * @returns {Promise<Ended>}
 */
export const inWorkerd = (bundle, { flags = [], ...options } = {}) =>
  inTemporaryFolder(async (folder) => {
    await bundle(folder, ["workerd", "worker", "browser"]);
    const config = join(folder, "config.capnp");
    writeFileSync(config, workerdConfig(flags));
    return run(tool("workerd"), ["test", config], { env: plain(), ...options });
  });

const CHROMIUM_FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const PAGE_HEADERS = {
  // The strictest policy under which a page can run the package.
  "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
  // An isolated page has a finer clock.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/**
 * @param {(folder: string, conditions: string[]) => Promise<unknown>} bundle
 *   writes `chromium.js` into a folder, resolving packages with these conditions
 * @returns {Promise<any>} the host's export `result`
 */
export const inChromium = (bundle) =>
  inTemporaryFolder(async (folder) => {
    const executablePath = await ensureChromium();
    const { chromium } = await import("playwright-core");
    await bundle(folder, ["browser"]);
    const script = await readFile(join(folder, "chromium.js"));

    const server = createServer(({ url }, response) => {
      const [type, body] =
        url === "/suite.js"
          ? ["text/javascript", script]
          : ["text/html", "<!doctype html><title>suite</title>"];
      response.writeHead(200, { "content-type": type, ...PAGE_HEADERS }).end(body);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

    const browser = await chromium.launch({
      executablePath,
      args: CHROMIUM_FLAGS,
      chromiumSandbox: false,
    });
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${port}/`);
      return await page.evaluate(() => import("/suite.js").then((suite) => suite.result));
    } finally {
      await browser.close();
      server.close();
    }
  });

/**
 * @template T
 * @param {(folder: string) => Promise<T>} work
 */
async function inTemporaryFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "countersign-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
