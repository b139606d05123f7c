// Runs the suite in one runtime: `node tests/package/runtimes/run.mjs <runtime>`. Prints the failures and, as the last
// line, the numbers of passed and failed tests.

import { ensureChromium } from "../../../scripts/chromium.mjs";
import { inRoot } from "../../../scripts/lib/project.mjs";
import { Failure, main } from "../../../scripts/lib/run.mjs";
import { report } from "./hosts/report.js";
import { inBun, inChromium, inDeno, inNode, inWorkerd, tool } from "./launch.mjs";
import { nodes, versionOf } from "./nodes.mjs";

const host = (name) => inRoot(`tests/package/runtimes/hosts/${name}`);

/** @type {Record<string, () => Promise<number>>} each returns the exit code */
const runtimes = {
  "node-esm": () => inNodes(host("esm.mjs")),
  "node-cjs": () => inNodes(host("commonjs.cjs")),
  deno: async () => {
    console.log(versionOf(tool("deno")));
    return (await inDeno(host("esm.mjs"))).code;
  },
  bun: async () => {
    console.log(versionOf(tool("bun")));
    return (await inBun(host("esm.mjs"))).code;
  },
  workerd: async () => {
    console.log(versionOf(tool("workerd")));
    return (await inWorkerd(await bundled("workerd.js"))).code;
  },
  chromium: async () => {
    console.log(versionOf(await ensureChromium()));
    const result = await inChromium(await bundled("chromium.js"));
    report(result);
    return result.failed > 0 ? 1 : 0;
  },
};

/** @param {string} path */
async function inNodes(path) {
  const outputs = [];
  let worst = 0;
  for (const { version, command } of nodes()) {
    console.log(`Node ${version}`);
    const { code, output } = await inNode(command, path, { capture: true });
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

/** @param {string} name of a host */
async function bundled(name) {
  const { bundle } = await import("./bundle.mjs");
  const { readFiles } = await import("./hosts/files.mjs");
  return (folder, conditions) => bundle(host(name), folder, { conditions, data: readFiles() });
}

main(async () => {
  const [name] = process.argv.slice(2);
  const start = runtimes[name];
  if (!start) {
    throw new Failure(`Which runtime? One of: ${Object.keys(runtimes).join(", ")}`);
  }
  process.exitCode = await start();
});
