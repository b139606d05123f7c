// Measures how long the package takes to start in a fresh process of each runtime, and the size of what is shipped.

import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { inRoot, node } from "../scripts/lib/project.mjs";
import { Failure } from "../scripts/lib/run.mjs";
import { bundle } from "../tests/package/runtimes/bundle.mjs";
import { inBun, inChromium, inDeno, inNode, inWorkerd } from "../tests/package/runtimes/launch.mjs";
import { bodyOf, deliveryOf } from "./peers/deliveries.js";
import { spread } from "./peers/measure.js";

const SECRET = "a secret";
const host = (name) => inRoot(`benches/hosts/start-${name}`);

/** @typedef {{ imported?: number, first: number }} Start milliseconds */

/**
 * Starts each runtime with a delivery to verify.
 * @type {Record<string, (delivery: unknown[]) => Promise<Start>>}
 */
const starts = {
  node: async (delivery) =>
    resultOf(await inNode(node(), host("files.mjs"), withArgument(delivery))),
  deno: async (delivery) => resultOf(await inDeno(host("files.mjs"), withArgument(delivery))),
  bun: async (delivery) => resultOf(await inBun(host("files.mjs"), withArgument(delivery))),
  workerd: async (delivery) => {
    const makeBundle = bundleHost("start-workerd.js", "workerd.js", delivery);
    return resultOf(await inWorkerd(makeBundle, { quiet: true }));
  },
  chromium: (delivery) => inChromium(bundleHost("start-chromium.js", "chromium.js", delivery)),
};

const withArgument = (delivery) => ({ args: [JSON.stringify(delivery)], quiet: true });

/** Returns a function that bundles a host script under the file name that its runtime loads. */
function bundleHost(name, file, data) {
  return async (folder, conditions) => {
    await bundle(inRoot(`benches/hosts/${name}`), folder, { conditions, data });
    renameSync(join(folder, name), join(folder, file));
  };
}

/** @returns {Start} the line of JSON in the output of a host */
function resultOf({ code, output }) {
  const line = output.split("\n").find((text) => text.startsWith("{"));
  if (code === 0 && line) return JSON.parse(line);
  throw new Failure(`The package did not start (exit code ${code}):\n${output}`);
}

/** The files that are downloaded or deployed. */
const ARTIFACTS = ["pkg/dist/esm/inline.js", "pkg/dist/core.wasm", "worker/build/index_bg.wasm"];

/**
 * Measures the milliseconds of the import, and from there to the first event. workerd has no time of the import, because
 * it loads the package with the Worker.
 * @param {string[]} runtimes
 * @param {number} count of starts for each runtime
 */
export async function measureImports(runtimes, count) {
  const results = {};
  for (const runtime of runtimes) {
    const measured = [];
    for (let index = 0; index < count; index++) {
      // Signed here, because signing in the new process would already start the package.
      const body = bodyOf(1024);
      const { headers } = deliveryOf("stripe", SECRET, body);
      measured.push(await starts[runtime](["stripe", SECRET, headers, body]));
    }
    const imported = measured.flatMap((start) => start.imported ?? []);
    results[runtime] = {
      ...(imported.length > 0 && { imported: spread(imported) }),
      first: spread(measured.map(({ first }) => first)),
    };
  }
  return results;
}

/** Returns the size of each artifact in bytes, raw and compressed with gzip. */
export const measureSizes = () =>
  ARTIFACTS.map((path) => {
    const bytes = readFileSync(inRoot(path));
    return { path, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
  });
