// `npm run bench`: Countersign beside what people use instead, in every runtime, in one run. `npm run bench -- peers
// imports` runs parts of it; `--runtimes node,deno --sizes 256,1024 --peers stripe --samples 9` make it shorter, and
// `--bodies text` takes bodies that are quick to parse. The numbers mean something on a machine that does nothing else.

import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { buildGate, buildPackage } from "../scripts/build.mjs";
import { installApart } from "../scripts/lib/apart.mjs";
import { inRoot, isStartedDirectly } from "../scripts/lib/project.mjs";
import { Failure, main, mustRun, step } from "../scripts/lib/run.mjs";
import { setup } from "../scripts/setup.mjs";
import { measureImports, measureSizes } from "./imports.mjs";
import { HOSTILE_LIMIT_US, measureGrowth } from "./linear.mjs";
import { plot } from "./plot.mjs";
import { aheadTable, printCells, sizeName } from "./report.mjs";
import { runtimes } from "./runtimes.mjs";
import { measureGate } from "./worker.mjs";

/** What a whole run on an idle machine found is kept; of any other run it is only to be looked at. */
const KEPT = { results: "benches/results.json", plot: "docs/bench.svg" };
const TRIED = { results: "target/bench/results.json", plot: "target/bench/bench.svg" };
/** With more than this to do besides, a machine is not idle. */
const IDLE_LOAD = 0.5;

/** Installs the peers unless they are there. */
export const ensurePeers = () =>
  installApart("benches", "Installing the packages to measure beside");

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runtimes: { type: "string", default: Object.keys(runtimes).join(",") },
    sizes: { type: "string", default: "256,1024,4096,16384,65536,1048576" },
    peers: { type: "string", default: "" },
    bodies: { type: "string", default: "lines" },
    samples: { type: "string", default: "41" },
    "sample-ms": { type: "string", default: "3" },
    "warm-up-ms": { type: "string", default: "150" },
    starts: { type: "string", default: "9" },
    // Of each round of two thousand, half a second of CPU is counted in hundredths.
    requests: { type: "string", default: "18000" },
    // How many requests the gate's memory is watched for; a million takes ten minutes.
    growth: { type: "string" },
  },
});
const list = (/** @type {string} */ text) => text.split(",").filter(Boolean);
const effort = {
  samples: Number(options.samples),
  sampleMs: Number(options["sample-ms"]),
  warmUpMs: Number(options["warm-up-ms"]),
};
const sizes = list(options.sizes).map(Number);

/** Whether every cell is measured, with the effort that is usual. */
const isWhole = process.argv.length === 2;

/** @type {Record<string, () => Promise<unknown>>} what each part found */
const parts = {
  async native() {
    await mustRun("cargo", [
      "bench",
      "--locked",
      "--manifest-path",
      "benches/native/Cargo.toml",
      "--target-dir",
      "target/benches",
    ]);
  },
  async peers() {
    await ensurePeers();
    const found = {};
    for (const name of list(options.runtimes)) {
      if (!(name in runtimes)) throw new Failure(`Runtimes: ${Object.keys(runtimes).join(", ")}`);
      const { version, measure } = runtimes[name];
      const cells = await step(`Measuring in ${name}`, () =>
        measure({ sizes, peers: list(options.peers), bodies: options.bodies, effort }),
      );
      printCells(name, cells);
      found[name] = { version: await version(), cells };
    }
    return found;
  },
  async imports() {
    const found = await measureImports(list(options.runtimes), Number(options.starts));
    const rounded = (spread) => (spread ? Number(spread.median.toFixed(1)) : "");
    console.log("\nmilliseconds in a fresh process");
    console.table(
      Object.entries(found).map(([runtime, { imported, first }]) => ({
        runtime,
        import: rounded(imported),
        "to the first event": rounded(first),
      })),
    );
    const artifacts = measureSizes();
    console.log("\nbytes");
    console.table(artifacts);
    return { starts: found, artifacts };
  },
  async linear() {
    const found = measureGrowth(sizes, effort);
    const micros = (/** @type {number} */ value) => Number(value.toFixed(2));
    console.table(
      found.body.map(({ size, took, nanosecondsPerByte }) => ({
        body: sizeName(size),
        µs: micros(took.median),
        "ns per byte": micros(nanosecondsPerByte),
      })),
    );
    console.table(
      found.keys.map(({ keys, signatures, took, each }) => ({
        keys,
        signatures,
        µs: micros(took.median),
        "µs per key and signature": micros(each),
      })),
    );
    console.table(
      found.hostile.map(({ name, took }) => ({
        "128 KB of headers": name,
        µs: micros(took.median),
        limit: took.median < HOSTILE_LIMIT_US ? "met" : "MISSED",
      })),
    );
    return found;
  },
  async worker() {
    const found = await measureGate({
      sizes: sizes.filter((size) => size <= 65_536),
      requests: Number(options.requests),
      growth: Number(options.growth ?? options.requests),
    });
    console.log("\nmilliseconds of the process's CPU for a request, and what starting takes");
    console.table(found.cpu);
    console.table(found.start);
    console.table(found.memory);
    return found;
  },
};

async function bench() {
  if (!["lines", "text"].includes(options.bodies)) throw new Failure("Bodies: lines, text");
  const asked = positionals.length > 0 ? positionals : Object.keys(parts);
  const unknown = asked.find((name) => !(name in parts));
  if (unknown)
    throw new Failure(`No part is called "${unknown}". Parts: ${Object.keys(parts).join(", ")}`);
  await setup();
  await buildPackage();
  if (asked.some((name) => ["imports", "worker"].includes(name))) await buildGate();
  const [{ model }] = cpus();
  const load = loadavg()[0];
  const machine = { cpu: model, cores: cpus().length, load };
  console.log(`${machine.cpu}, ${machine.cores} cores, load ${load.toFixed(1)}`);
  const isIdle = load < IDLE_LOAD;
  if (!isIdle) console.log("The machine is at work already: nothing here should be quoted.");
  const results = { date: new Date().toISOString().slice(0, 10), machine, effort };
  for (const name of asked) results[name] = await parts[name]();
  const to = isWhole && isIdle ? KEPT : TRIED;
  write(to.results, `${JSON.stringify(results, rounded, 2)}\n`);
  if (results.peers) {
    write(to.plot, plot(results.peers));
    console.log(`\n${aheadTable(results.peers)}`);
  }
}

/** No more digits than a measurement has; what was counted is exact. */
const rounded = (/** @type {string} */ _, /** @type {unknown} */ value) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

/**
 * @param {string} path
 * @param {string} text
 */
function write(path, text) {
  mkdirSync(dirname(inRoot(path)), { recursive: true });
  writeFileSync(inRoot(path), text);
  console.log(`written: ${path}`);
}

if (isStartedDirectly(import.meta.url)) main(bench);
