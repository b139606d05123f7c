// `npm run bench`: Countersign beside what people use instead, in every runtime, in one run. `npm run bench -- peers
// imports` runs parts of it; `--runtimes node,deno --sizes 256,1024 --peers stripe --bodies lines --samples 9` make it
// shorter. The numbers mean something on a machine that does nothing else.

import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { installFolder } from "../scripts/lib/install.mjs";
import { inRoot, isStartedDirectly } from "../scripts/lib/project.mjs";
import { Failure, main, mustRun, step } from "../scripts/lib/run.mjs";
import { measureImports, measureSizes } from "./imports.mjs";
import { HOSTILE_LIMIT_US, measureGrowth } from "./linear.mjs";
import { plot } from "./plot.mjs";
import { aheadTable, describeTargets, printCells, sizeName } from "./report.mjs";
import { runtimes } from "./runtimes.mjs";
import { measureGate } from "./worker.mjs";

/** What a whole run on an idle machine found is kept; of any other run it is only to be looked at. */
const KEPT = { results: "benches/results.json", plots: "docs" };
const TRIED = { results: "target/bench/results.json", plots: "target/bench" };
/** With more than this to do besides, a machine is not idle. */
const IDLE_LOAD = 0.5;

/** Many lines, which are the most work to parse, and one long text, which is the least. */
const KINDS_OF_BODIES = ["lines", "text"];

/** Installs the peers unless they are there. */
export const ensurePeers = () =>
  installFolder("benches", "Installing the packages to measure beside");

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runtimes: { type: "string", default: Object.keys(runtimes).join(",") },
    sizes: { type: "string", default: "256,1024,4096,16384,65536,1048576" },
    peers: { type: "string", default: "" },
    bodies: { type: "string", default: KINDS_OF_BODIES.join(",") },
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
    for (const bodies of list(options.bodies)) {
      found[bodies] = {};
      for (const name of list(options.runtimes)) {
        const { version, measure } = runtimes[name];
        const cells = await step(`Measuring in ${name}, bodies of ${bodies}`, () =>
          measure({ sizes, peers: list(options.peers), bodies, effort }),
        );
        printCells(name, cells);
        found[bodies][name] = { version: await version(), cells };
      }
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
  requireKnown("Bodies", list(options.bodies), KINDS_OF_BODIES);
  requireKnown("Runtimes", list(options.runtimes), Object.keys(runtimes));
  const asked = positionals.length > 0 ? positionals : Object.keys(parts);
  requireKnown("Parts", asked, Object.keys(parts));
  const [{ model }] = cpus();
  const load = loadavg()[0];
  const machine = { cpu: model, cores: cpus().length, load };
  console.log(`${machine.cpu}, ${machine.cores} cores, load ${load.toFixed(1)}`);
  const isIdle = load < IDLE_LOAD;
  if (!isIdle) console.log("The machine is at work already: nothing here should be quoted.");
  const results = { date: new Date().toISOString().slice(0, 10), machine, effort };
  for (const name of asked) results[name] = await parts[name]();
  const to = isWhole && isIdle ? KEPT : TRIED;
  write(to.results, `${printed(results)}\n`);
  for (const [bodies, found] of Object.entries(results.peers ?? {})) {
    write(`${to.plots}/bench-${bodies}.svg`, plot(found));
    console.log(`\nbodies of ${bodies}\n\n${aheadTable(found)}\n\n${describeTargets(found)}`);
  }
}

/**
 * @param {string} what
 * @param {string[]} asked
 * @param {string[]} known
 */
function requireKnown(what, asked, known) {
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown) throw new Failure(`There is no "${unknown}". ${what}: ${known.join(", ")}`);
}

/** No more digits than a measurement has; what was counted is exact. */
const rounded = (/** @type {string} */ _, /** @type {unknown} */ value) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

/** As JSON, with what holds nothing but values in one line where it fits, as the project's formatter has it. */
const printed = (/** @type {unknown} */ results) =>
  JSON.stringify(results, rounded, 2).replace(/\{[^{}[\]]*\}/g, (flat, offset, text) => {
    const line = flat.replace(/\n\s*/g, " ");
    const end = offset - text.lastIndexOf("\n", offset) + line.length;
    return end < 100 ? line : flat;
  });

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
