// The contests in each runtime, started as the tests start it.

import { ensureChromium } from "../scripts/chromium.mjs";
import { inRoot, node } from "../scripts/lib/project.mjs";
import { Failure } from "../scripts/lib/run.mjs";
import { bundle } from "../tests/package/runtimes/bundle.mjs";
import {
  inBun,
  inChromium,
  inDeno,
  inNode,
  inWorkerd,
  tool,
} from "../tests/package/runtimes/launch.mjs";
import { versionOf } from "../tests/package/runtimes/nodes.mjs";
import { nodeOfRuntime, withoutNode } from "./bundling.mjs";

/** @typedef {import("./peers/suite.js").Cell} Cell */
/** @typedef {Omit<import("./peers/suite.js").Asked, "runtime">} Asked */

/** workerd's clock counts whole milliseconds. */
const WORKERD_SAMPLE_MS = 30;

const host = (name) => inRoot(`benches/hosts/${name}`);

/**
 * @typedef {object} Runtime
 * @property {() => Promise<string> | string} version
 * @property {(asked: Asked) => Promise<Cell[]>} measure
 */

/** @type {Record<string, Runtime>} */
export const runtimes = {
  node: {
    version: () => `Node ${versionOf(node())}`,
    measure: async (asked) =>
      cellsOf(await inNode(node(), host("files.mjs"), argued("node", asked))),
  },
  deno: {
    version: () => versionOf(tool("deno")),
    measure: async (asked) => cellsOf(await inDeno(host("files.mjs"), argued("deno", asked))),
  },
  bun: {
    version: () => `Bun ${versionOf(tool("bun"))}`,
    measure: async (asked) => cellsOf(await inBun(host("files.mjs"), argued("bun", asked))),
  },
  workerd: {
    version: () => versionOf(tool("workerd")),
    measure: async (asked) => {
      const effort = {
        ...asked.effort,
        sampleMs: Math.max(asked.effort.sampleMs, WORKERD_SAMPLE_MS),
      };
      const data = { runtime: "workerd", ...asked, effort };
      const make = (folder, conditions) =>
        bundle(host("workerd.js"), folder, { conditions, data, plugins: [nodeOfRuntime] });
      return cellsOf(await inWorkerd(make, { quiet: true, flags: ["nodejs_compat"] }));
    },
  },
  chromium: {
    version: async () => versionOf(await ensureChromium()),
    measure: (asked) => {
      const data = { runtime: "chromium", ...asked };
      return inChromium((folder, conditions) =>
        bundle(host("chromium.js"), folder, { conditions, data, plugins: [withoutNode] }),
      );
    },
  },
};

/**
 * @param {string} runtime
 * @param {Asked} asked
 */
const argued = (runtime, asked) => ({
  args: [JSON.stringify({ runtime, ...asked })],
  quiet: true,
});

/**
 * The cells, in the line of what a host wrote that is a list.
 * @param {{ code: number, output: string }} ended
 * @returns {Cell[]}
 */
function cellsOf({ code, output }) {
  const answer = output.split("\n").find((line) => line.startsWith("[{"));
  if (code === 0 && answer) return JSON.parse(answer);
  throw new Failure(`The contests did not come to an end (exit code ${code}):\n${output}`);
}
