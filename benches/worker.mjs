// Compares the gate with a Worker in plain JavaScript, each in its own workerd process: CPU time per request, start-up time
// and growth of memory. The numbers come from /proc, so this needs Linux.
//
// Only verification is compared. The gate stores every event before it answers, so the requests have an event type that the
// source filters out: both Workers verify, decode and answer, and neither stores or sends anything. The gate also writes a
// log line for each request, so a third Worker is measured: plain JavaScript that writes such a line. The logs go to a file,
// because waking the reader of a pipe would take most of the time.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { Signer } from "countersign";
import { Failure } from "../scripts/lib/run.mjs";
import { startWorkerd } from "../tests/gate/workerd.mjs";
import { bodyOf } from "./peers/deliveries.js";
import { spread } from "./peers/measure.js";
import { sizeName } from "./report.mjs";

const SECRET = "bench-secret";
const sources = {
  stripe: { scheme: "stripe", keys: ["SECRET"], events: ["a.type.that.is.not.sent"] },
};
const ROUNDS = 9;
/** How often memory is read during the requests. */
const MEMORY_READINGS = 10;
/** Over how many connections the requests for the memory measurement arrive. */
const CONNECTIONS = 8;

/**
 * @param {object} options
 * @param {number[]} options.sizes of bodies, in bytes
 * @param {number} options.requests for each size
 * @param {number} [options.growth] the number of requests for the memory measurement
 */
export async function measureGate({ sizes, requests, growth = requests }) {
  if (!existsSync("/proc/self/stat"))
    throw new Failure("The gate's benchmark reads CPU and memory from /proc, so it needs Linux.");
  const plainSource = readFileSync(new URL("../tests/gate/load/plain.js", import.meta.url), "utf8");
  const [gate, plain, logging] = [
    await startWorker(),
    await startWorker(plainSource),
    await startWorker(plainSource, { LOGS: "yes" }),
  ];
  try {
    const cpu = [];
    for (const size of sizes) cpu.push(await compare({ gate, plain, logging }, size, requests));
    const memory = [
      ...(await memoryOver("the gate", gate, growth)),
      ...(await memoryOver("plain JavaScript", plain, growth)),
    ];
    const start = [
      { worker: "the gate", ...gate.start },
      { worker: "plain JavaScript", ...plain.start },
    ];
    return { cpu, start, memory };
  } finally {
    await gate.stop();
    await plain.stop();
    await logging.stop();
  }
}

/** Starts a Worker, and measures the milliseconds until it answers and those of the first delivery. */
async function startWorker(main, settings = {}) {
  const startedAt = performance.now();
  const worker = await startWorkerd({
    sources,
    secrets: { SECRET, ...settings },
    main,
    outbox: main === undefined,
    quiet: true,
  });
  const ready = performance.now() - startedAt;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const postedAt = performance.now();
  await post(worker, signedDelivery(256), agent);
  const first = performance.now() - postedAt;
  const milliseconds = (value) => Number(value.toFixed(1));
  return {
    ...worker,
    agent,
    start: {
      "ms until it answers": milliseconds(ready),
      "ms of the first delivery": milliseconds(first),
    },
    stop: () => {
      agent.destroy();
      return worker.stop();
    },
  };
}

/**
 * Measures the CPU time of a request for each Worker, in rounds in which the Workers take turns.
 * @param {Record<string, Awaited<ReturnType<typeof startWorker>>>} workers
 * @param {number} size
 * @param {number} requests
 */
async function compare(workers, size, requests) {
  const delivery = signedDelivery(size);
  const requestsPerRound = Math.max(1, Math.floor(requests / ROUNDS));
  const samples = { gate: [], plain: [], logging: [] };
  // The first round warms the Workers up and is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, worker] of Object.entries(workers)) {
      const cpu = await cpuPerRequest(worker, delivery, requestsPerRound);
      if (round > 0) samples[name].push(cpu);
    }
  }
  const [ours, plain, logging] = Object.values(samples).map((each) => spread(each).median);
  return {
    body: sizeName(size),
    "the gate, ms": Number(ours.toFixed(3)),
    "plain JavaScript, ms": Number(plain.toFixed(3)),
    "with a log line, ms": Number(logging.toFixed(3)),
    "plain / gate": Number((plain / ours).toFixed(2)),
    "with a log line / gate": Number((logging / ours).toFixed(2)),
  };
}

/** Returns the mean milliseconds of CPU time for a request. */
async function cpuPerRequest(worker, delivery, requests) {
  const before = cpuTime(worker.pid());
  for (let index = 0; index < requests; index++) await post(worker, delivery, worker.agent);
  return (cpuTime(worker.pid()) - before) / requests;
}

/** Returns the resident memory and the memory of the WebAssembly module, read several times during the requests. */
async function memoryOver(name, worker, requests) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const read = async (count) => ({
    worker: name,
    "requests so far": count,
    "MB resident": residentMemory(worker.pid()),
    "MB of wasm": await wasmMemory(worker),
  });
  const readings = [await read(0)];
  for (let part = 1; part <= MEMORY_READINGS; part++) {
    // Signed again for each part, because a signature is only valid for some minutes.
    const delivery = signedDelivery(1024);
    const perConnection = Math.floor(requests / MEMORY_READINGS / CONNECTIONS);
    const useConnection = async () => {
      for (let index = 0; index < perConnection; index++) await post(worker, delivery, agent);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, useConnection));
    const reading = await read(part * perConnection * CONNECTIONS);
    console.log(`${name}, ${reading["requests so far"]} requests: ${reading["MB resident"]} MB`);
    readings.push(reading);
  }
  agent.destroy();
  return readings;
}

/** Returns the megabytes of WebAssembly memory that a Worker reports, or `undefined` if it reports none. */
async function wasmMemory({ url }) {
  const response = await fetch(`${url}/metrics`);
  const bytes = (await response.text()).match(/^countersign_wasm_bytes (\d+)$/m)?.[1];
  return bytes && Number((Number(bytes) / 1e6).toFixed(2));
}

function signedDelivery(size) {
  const body = bodyOf(size);
  return { body, headers: new Signer("stripe", SECRET).sign({ body }) };
}

/** Posts a delivery. Rejects unless the Worker accepts it. */
function post({ url }, { body, headers }, agent) {
  return new Promise((resolve, reject) => {
    const sending = request(`${url}/in/stripe`, { method: "POST", headers, agent }, (response) => {
      response.resume();
      response.once("end", () =>
        response.statusCode < 300
          ? resolve(undefined)
          : reject(new Error(`the Worker answered ${response.statusCode}`)),
      );
    });
    sending.once("error", reject);
    sending.end(body);
  });
}

/** Returns the milliseconds of CPU time that the threads of a process have used, in user and kernel mode. */
function cpuTime(pid) {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

/** Returns the resident memory of a process in megabytes. */
const residentMemory = (pid) =>
  Math.round(
    Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+)/m)[1]) / 1000,
  );
