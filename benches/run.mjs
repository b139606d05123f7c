// `npm run bench`: compares the speed of Countersign with that of other libraries, in every runtime. Prints tables and writes
// the results as JSON and the plots as SVG. `npm run bench -- --help` prints the parts and options.

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

/** Where the results of a complete run on an idle machine go. They are committed. */
const COMMITTED = { results: "benches/results.json", plots: "docs" };
/** Where the results of any other run go. */
const TEMPORARY = { results: "target/bench/results.json", plots: "target/bench" };
/** A machine with a higher load average is not idle. */
const MAX_IDLE_LOAD = 0.5;

/** Bodies of many lines take the most work to parse, bodies of one long text take the least. */
const BODY_KINDS = ["lines", "text"];

const HELP = `Compares the speed of Countersign with that of other libraries.

Usage: npm run bench -- [part...] [options]

Parts (default: all, about twenty minutes):
  native    the Rust crate and the crates svix and standardwebhooks
  peers     verify() and the same call of npm packages, in each runtime
  imports   start-up time in a fresh process, and the size of what is shipped
  linear    how the time grows with the body, keys, signatures and headers
  worker    CPU, start-up time and memory of the gate (Linux only)

Options, with lists separated by commas:
  --runtimes node,deno        default: ${Object.keys(runtimes).join(",")}
  --sizes 256,1024            sizes of bodies in bytes
  --peers stripe,svix         default: all
  --bodies ${BODY_KINDS.join(",")}         content of the bodies: many lines, or one long text
  --samples 9                 samples of each call
  --sample-ms 3               approximate duration of a sample
  --warm-up-ms 150            duration of the warm-up of each call
  --starts 9                  starts of each runtime (imports)
  --requests 18000            requests for each size (worker)
  --growth 1000000            requests for the memory measurement (worker);
                              a million takes ten minutes
  --help                      print this text

A complete run on an idle machine writes benches/results.json and docs/bench-*.svg.
Any other run writes to target/bench. Only numbers from an idle machine are reliable.`;

/** Installs the other libraries if they are missing. */
export const ensurePeers = () =>
  installFolder("benches", "Installing the libraries to compare with");

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runtimes: { type: "string", default: Object.keys(runtimes).join(",") },
    sizes: { type: "string", default: "256,1024,4096,16384,65536,1048576" },
    peers: { type: "string", default: "" },
    bodies: { type: "string", default: BODY_KINDS.join(",") },
    samples: { type: "string", default: "41" },
    "sample-ms": { type: "string", default: "3" },
    "warm-up-ms": { type: "string", default: "150" },
    starts: { type: "string", default: "9" },
    // Two thousand a round: CPU time has a resolution of 10 ms, and a round takes about half a second of it.
    requests: { type: "string", default: "18000" },
    growth: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const list = (/** @type {string} */ text) => text.split(",").filter(Boolean);
const effort = {
  samples: Number(options.samples),
  sampleMs: Number(options["sample-ms"]),
  warmUpMs: Number(options["warm-up-ms"]),
};
const sizes = list(options.sizes).map(Number);

/** Whether every cell is measured, with the default effort. */
const isComplete = process.argv.length === 2;

/** @type {Record<string, () => Promise<unknown>>} each part measures, prints tables and returns its results */
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
    const results = {};
    for (const bodies of list(options.bodies)) {
      results[bodies] = {};
      for (const name of list(options.runtimes)) {
        const { version, measure } = runtimes[name];
        const cells = await step(`Measuring in ${name} with bodies of ${bodies}`, () =>
          measure({ sizes, peers: list(options.peers), bodies, effort }),
        );
        printCells(name, cells);
        results[bodies][name] = { version: await version(), cells };
      }
    }
    return results;
  },
  async imports() {
    const starts = await measureImports(list(options.runtimes), Number(options.starts));
    const median = (spread) => (spread ? Number(spread.median.toFixed(1)) : "");
    console.log("\nStart-up in a fresh process, in milliseconds");
    console.table(
      Object.entries(starts).map(([runtime, { imported, first }]) => ({
        runtime,
        import: median(imported),
        "from there to the first event": median(first),
      })),
    );
    const artifacts = measureSizes();
    console.log("\nSize in bytes");
    console.table(artifacts);
    return { starts, artifacts };
  },
  async linear() {
    const growth = measureGrowth(sizes, effort);
    const micros = (/** @type {number} */ value) => Number(value.toFixed(2));
    console.table(
      growth.body.map(({ size, took, nanosecondsPerByte }) => ({
        body: sizeName(size),
        µs: micros(took.median),
        "ns per byte": micros(nanosecondsPerByte),
      })),
    );
    console.table(
      growth.keys.map(({ keys, signatures, took, each }) => ({
        keys,
        signatures,
        µs: micros(took.median),
        "µs per key and signature": micros(each),
      })),
    );
    console.table(
      growth.hostile.map(({ name, took }) => ({
        "128 KB of headers": name,
        µs: micros(took.median),
        limit: took.median < HOSTILE_LIMIT_US ? "met" : "MISSED",
      })),
    );
    return growth;
  },
  async worker() {
    const gate = await measureGate({
      sizes: sizes.filter((size) => size <= 65_536),
      requests: Number(options.requests),
      growth: Number(options.growth ?? options.requests),
    });
    console.log("\nCPU time per request in milliseconds, start-up time, and memory");
    console.table(gate.cpu);
    console.table(gate.start);
    console.table(gate.memory);
    return gate;
  },
};

async function bench() {
  if (options.help) {
    console.log(HELP);
    return;
  }
  requireKnown("kind of body", list(options.bodies), BODY_KINDS);
  requireKnown("runtime", list(options.runtimes), Object.keys(runtimes));
  const selected = positionals.length > 0 ? positionals : Object.keys(parts);
  requireKnown("part", selected, Object.keys(parts));
  const [{ model }] = cpus();
  const load = loadavg()[0];
  const machine = { cpu: model, cores: cpus().length, load };
  console.log(`${machine.cpu}, ${machine.cores} cores, load ${load.toFixed(1)}`);
  const isIdle = load < MAX_IDLE_LOAD;
  if (!isIdle) console.log("This machine is not idle, so the numbers are not reliable.");
  const results = { date: new Date().toISOString().slice(0, 10), machine, effort };
  for (const name of selected) results[name] = await parts[name]();
  const to = isComplete && isIdle ? COMMITTED : TEMPORARY;
  write(to.results, `${toJson(results)}\n`);
  for (const [bodies, byRuntime] of Object.entries(results.peers ?? {})) {
    write(`${to.plots}/bench-${bodies}.svg`, plot(byRuntime));
    console.log(
      `\nBodies of ${bodies}\n\n${aheadTable(byRuntime)}\n\n${describeTargets(byRuntime)}`,
    );
  }
}

/**
 * Fails with a message that lists the known values if a value is not among them.
 * @param {string} noun what the values are
 * @param {string[]} values
 * @param {string[]} known
 */
function requireKnown(noun, values, known) {
  const unknown = values.find((value) => !known.includes(value));
  if (unknown) {
    throw new Failure(`Unknown ${noun} "${unknown}". Choose from: ${known.join(", ")}.`);
  }
}

/** Rounds measured numbers to four digits and keeps counted numbers exact. */
const rounded = (/** @type {string} */ _, /** @type {unknown} */ value) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

/** Prints JSON as the project's formatter does, with objects that hold only values on one line if they fit. */
const toJson = (/** @type {unknown} */ results) =>
  JSON.stringify(results, rounded, 2).replace(/\{[^{}[\]]*\}/g, (flat, offset, text) => {
    const line = flat.replace(/\n\s*/g, " ");
    const end = offset - text.lastIndexOf("\n", offset) + line.length;
    return end < 100 ? line : flat;
  });

/**
 * Writes a file and prints its path.
 * @param {string} path in the repository
 * @param {string} text
 */
function write(path, text) {
  mkdirSync(dirname(inRoot(path)), { recursive: true });
  writeFileSync(inRoot(path), text);
  console.log(`Wrote ${path}`);
}

if (isStartedDirectly(import.meta.url)) main(bench);
