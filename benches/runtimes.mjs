// Runs the benchmark suite in each runtime, started in the same way as the package's tests.

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
/** @typedef {Omit<import("./peers/suite.js").SuiteOptions, "runtime">} Options */

/** Longer samples for workerd, whose clock counts whole milliseconds. */
const MIN_WORKERD_SAMPLE_MS = 30;

const host = (name) => inRoot(`benches/hosts/${name}`);

/**
 * @typedef {object} Runtime
 * @property {() => Promise<string> | string} version
 * @property {(options: Options) => Promise<Cell[]>} measure
 */

/** @type {Record<string, Runtime>} by name */
export const runtimes = {
  node: {
    version: () => `Node ${versionOf(node())}`,
    measure: async (options) =>
      cellsOf(await inNode(node(), host("files.mjs"), withArgument("node", options))),
  },
  deno: {
    version: () => versionOf(tool("deno")),
    measure: async (options) =>
      cellsOf(await inDeno(host("files.mjs"), withArgument("deno", options))),
  },
  bun: {
    version: () => `Bun ${versionOf(tool("bun"))}`,
    measure: async (options) =>
      cellsOf(await inBun(host("files.mjs"), withArgument("bun", options))),
  },
  workerd: {
    version: () => versionOf(tool("workerd")),
    measure: async (options) => {
      const effort = {
        ...options.effort,
        sampleMs: Math.max(options.effort.sampleMs, MIN_WORKERD_SAMPLE_MS),
      };
      const data = { runtime: "workerd", ...options, effort };
      const makeBundle = (folder, conditions) =>
        bundle(host("workerd.js"), folder, { conditions, data, plugins: [nodeOfRuntime] });
      return cellsOf(await inWorkerd(makeBundle, { quiet: true, flags: ["nodejs_compat"] }));
    },
  },
  chromium: {
    version: async () => versionOf(await ensureChromium()),
    measure: (options) => {
      const data = { runtime: "chromium", ...options };
      return inChromium((folder, conditions) =>
        bundle(host("chromium.js"), folder, { conditions, data, plugins: [withoutNode] }),
      );
    },
  },
};

/**
 * @param {string} runtime
 * @param {Options} options
 */
const withArgument = (runtime, options) => ({
  args: [JSON.stringify({ runtime, ...options })],
  quiet: true,
});

/**
 * Reads the cells from the line of JSON in the output of a host.
 * @param {{ code: number, output: string }} result
 * @returns {Cell[]}
 */
function cellsOf({ code, output }) {
  const line = output.split("\n").find((each) => each.startsWith("[{"));
  if (code === 0 && line) return JSON.parse(line);
  throw new Failure(`The suite did not finish (exit code ${code}):\n${output}`);
}
