// How long the package takes to start in a fresh process, and how large it is.

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
 * A start in each runtime, with a delivery to verify.
 * @type {Record<string, (delivery: unknown[]) => Promise<Start>>}
 */
const starts = {
  node: async (delivery) => answer(await inNode(node(), host("files.mjs"), argued(delivery))),
  deno: async (delivery) => answer(await inDeno(host("files.mjs"), argued(delivery))),
  bun: async (delivery) => answer(await inBun(host("files.mjs"), argued(delivery))),
  workerd: async (delivery) => {
    const make = bundled("start-workerd.js", "workerd.js", delivery);
    return answer(await inWorkerd(make, { quiet: true }));
  },
  chromium: (delivery) => inChromium(bundled("start-chromium.js", "chromium.js", delivery)),
};

const argued = (delivery) => ({ args: [JSON.stringify(delivery)], quiet: true });

/** Makes the bundle of a host under the name that its runtime looks for. */
function bundled(name, file, data) {
  return async (folder, conditions) => {
    await bundle(inRoot(`benches/hosts/${name}`), folder, { conditions, data });
    renameSync(join(folder, name), join(folder, file));
  };
}

/** @returns {Start} the line of what a host wrote that is an object */
function answer({ code, output }) {
  const line = output.split("\n").find((text) => text.startsWith("{"));
  if (code === 0 && line) return JSON.parse(line);
  throw new Failure(`The start failed (exit code ${code}):\n${output}`);
}

/** What is downloaded or deployed. */
const ARTIFACTS = ["pkg/dist/esm/inline.js", "pkg/dist/core.wasm", "worker/build/index_bg.wasm"];

/**
 * Milliseconds of the import, and from then to the first event. workerd loads the package with the Worker.
 * @param {string[]} runtimes
 * @param {number} times how often each is started
 */
export async function measureImports(runtimes, times) {
  const results = {};
  for (const runtime of runtimes) {
    const found = [];
    for (let index = 0; index < times; index++) {
      // It comes from outside: signing it there would start what is to be measured.
      const { headers, body } = deliveryOf("stripe", SECRET, bodyOf(1024));
      found.push(await starts[runtime](["stripe", SECRET, headers, body.toString()]));
    }
    const imported = found.flatMap((start) => start.imported ?? []);
    results[runtime] = {
      ...(imported.length > 0 && { imported: spread(imported) }),
      first: spread(found.map(({ first }) => first)),
    };
  }
  return results;
}

/** Bytes of what is shipped, as it is and compressed. */
export const measureSizes = () =>
  ARTIFACTS.map((path) => {
    const bytes = readFileSync(inRoot(path));
    return { path, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
  });
