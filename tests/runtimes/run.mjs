// Runs the suite in one runtime: `node tests/runtimes/run.mjs <runtime>`. Prints what failed and, as the last line,
// how many tests passed.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "../../scripts/chromium.mjs";
import { inRoot, npmBin, withoutTools } from "../../scripts/lib/project.mjs";
import { Failure, main, run } from "../../scripts/lib/run.mjs";
import { report } from "./hosts/report.js";
import { nodes, versionOf } from "./nodes.mjs";

const host = (name) => inRoot(`tests/runtimes/hosts/${name}`);

/** @type {Record<string, () => Promise<number>>} each gives the exit code */
const runtimes = {
  "node-esm": () => inNodes(host("esm.mjs")),
  "node-cjs": () => inNodes(host("commonjs.cjs")),
  deno: () => {
    // Nothing is fetched: packages come from node_modules as npm has laid them out.
    const offline = ["--no-lock", "--node-modules-dir=manual", "--cached-only", "--no-prompt"];
    return inProcess(tool("deno"), [
      "run",
      ...offline,
      "--allow-read",
      "--allow-env",
      host("esm.mjs"),
    ]);
  },
  bun: () => inProcess(tool("bun"), ["run", "--no-install", host("esm.mjs")]),
  workerd: () => inTemporaryFolder(inWorkerd),
  chromium: () => inTemporaryFolder(inChromium),
};

/** @param {string} name */
function tool(name) {
  const path = npmBin(name);
  if (existsSync(path) && versionOf(path) !== "") return path;
  throw new Failure(`${name} is missing or does not run: \`npm run setup\` installs it.`);
}

/**
 * @param {string} command
 * @param {string[]} args
 */
async function inProcess(command, args) {
  console.log(versionOf(command));
  const { code } = await run(command, args, { env: { ...withoutTools(), NO_COLOR: "1" } });
  return code;
}

/** @param {string} path */
async function inNodes(path) {
  const outputs = [];
  let worst = 0;
  for (const { version, command } of nodes()) {
    console.log(`Node ${version}`);
    const { code, output } = await run(command, [path], { capture: true, env: withoutTools() });
    outputs.push(output);
    worst ||= code;
  }
  if (outputs.length > 1) {
    const counts = outputs.map(
      (output) => output.match(/^(\d+) passed, (\d+) failed$/m) ?? [0, 0, 0],
    );
    const sum = (/** @type {number} */ group) =>
      counts.reduce((total, count) => total + Number(count[group]), 0);
    console.log(`${sum(1)} passed, ${sum(2)} failed`);
  }
  return worst;
}

/** @param {(folder: string) => Promise<number>} work */
async function inTemporaryFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "countersign-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(
    name = "suite",
    worker = (
      compatibilityDate = "2026-01-01",
      modules = [
        (name = "workerd.js", esModule = embed "workerd.js"),
        (name = "core.wasm", wasm = embed "core.wasm"),
      ],
    ),
  )],
);
`;

/** @param {string} folder */
async function inWorkerd(folder) {
  const workerd = tool("workerd");
  const { bundle } = await import("./bundle.mjs");
  await bundle(host("workerd.js"), folder, ["workerd", "worker", "browser"]);
  const config = join(folder, "config.capnp");
  writeFileSync(config, CONFIG);
  return inProcess(workerd, ["test", config]);
}

const CHROMIUM_FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The strictest policy under which a page can run the package. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

/** @param {string} folder */
async function inChromium(folder) {
  const executablePath = await ensureChromium();
  const { bundle } = await import("./bundle.mjs");
  const { chromium } = await import("playwright-core");
  await bundle(host("chromium.js"), folder, ["browser"]);
  const script = await readFile(join(folder, "chromium.js"));

  const server = createServer(({ url }, response) => {
    const [type, body] =
      url === "/suite.js"
        ? ["text/javascript", script]
        : ["text/html", "<!doctype html><title>suite</title>"];
    response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

  console.log(versionOf(executablePath));
  const browser = await chromium.launch({
    executablePath,
    args: CHROMIUM_FLAGS,
    chromiumSandbox: false,
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    const result = await page.evaluate(() => import("/suite.js").then((suite) => suite.result));
    report(result);
    return result.failed > 0 ? 1 : 0;
  } finally {
    await browser.close();
    server.close();
  }
}

main(async () => {
  const [name] = process.argv.slice(2);
  const start = runtimes[name];
  if (!start) {
    throw new Failure(`Which runtime? One of: ${Object.keys(runtimes).join(", ")}`);
  }
  process.exitCode = await start();
});
