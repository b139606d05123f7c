// The gate beside a Worker in plain JavaScript, each in a workerd of its own, taking turns: CPU of the process for a
// request, what starting takes, and how memory grows. Read from /proc, so it needs Linux. The gate stores every event
// before it answers; so that verification is what is compared, the requests here are not of a type that the source
// takes: both verify, decode and answer, and neither stores or sends. The gate writes its line about each as well, to a
// file: of a pipe, most of the time would be that of waking whoever reads it. So a third one is measured: plain JavaScript
// that writes such a line.

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
/** How often memory is looked at while it might grow, and over how many connections requests come meanwhile. */
const LOOKS = 10;
const CONNECTIONS = 8;

/**
 * @param {object} options
 * @param {number[]} options.sizes of bodies
 * @param {number} options.requests at each size
 * @param {number} [options.growth] how many requests memory is watched for
 */
export async function measureGate({ sizes, requests, growth = requests }) {
  if (!existsSync("/proc/self/stat"))
    throw new Failure("CPU and memory are read from /proc: this needs Linux.");
  const plain = readFileSync(new URL("../tests/gate/load/plain.js", import.meta.url), "utf8");
  const [gate, beside, logging] = [
    await started(),
    await started(plain),
    await started(plain, { LOGS: "yes" }),
  ];
  try {
    const cpu = [];
    for (const size of sizes) cpu.push(await compare({ gate, beside, logging }, size, requests));
    const memory = [
      ...(await memoryOver("the gate", gate, growth)),
      ...(await memoryOver("plain JavaScript", beside, growth)),
    ];
    const start = [
      { worker: "the gate", ...gate.start },
      { worker: "plain JavaScript", ...beside.start },
    ];
    return { cpu, start, memory };
  } finally {
    await gate.stop();
    await beside.stop();
    await logging.stop();
  }
}

/** A Worker, with the milliseconds until its process answers at all, and for the first delivery. */
async function started(main, settings = {}) {
  const before = performance.now();
  const worker = await startWorkerd({
    sources,
    secrets: { SECRET, ...settings },
    main,
    outbox: main === undefined,
    quiet: true,
  });
  const ready = performance.now() - before;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const since = performance.now();
  await post(worker, signed(256), agent);
  const first = performance.now() - since;
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
 * @param {Record<string, Awaited<ReturnType<typeof started>>>} workers
 * @param {number} size
 * @param {number} requests
 */
async function compare(workers, size, requests) {
  const delivery = signed(size);
  const inRound = Math.max(1, Math.floor(requests / ROUNDS));
  const found = { gate: [], beside: [], logging: [] };
  // The first round warms them up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, worker] of Object.entries(workers)) {
      const cpu = await cpuOf(worker, delivery, inRound);
      if (round > 0) found[name].push(cpu);
    }
  }
  const [ours, plain, logging] = Object.values(found).map((each) => spread(each).median);
  return {
    body: sizeName(size),
    "the gate, ms": Number(ours.toFixed(3)),
    "plain JavaScript, ms": Number(plain.toFixed(3)),
    "with a log line, ms": Number(logging.toFixed(3)),
    "plain / gate": Number((plain / ours).toFixed(2)),
    "with a log line / gate": Number((logging / ours).toFixed(2)),
  };
}

/** Milliseconds of CPU for a request, over so many. */
async function cpuOf(worker, delivery, requests) {
  const before = cpuTime(worker.pid());
  for (let index = 0; index < requests; index++) await post(worker, delivery, worker.agent);
  return (cpuTime(worker.pid()) - before) / requests;
}

/** Resident memory along the way of so many requests, and what of it is wasm's. */
async function memoryOver(name, worker, requests) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const look = async (after) => ({
    worker: name,
    "requests so far": after,
    "MB resident": resident(worker.pid()),
    "MB of wasm": await wasmOf(worker),
  });
  const found = [await look(0)];
  for (let part = 1; part <= LOOKS; part++) {
    // Signed anew, for a signature is good for some minutes only.
    const delivery = signed(1024);
    const each = Math.floor(requests / LOOKS / CONNECTIONS);
    const one = async () => {
      for (let index = 0; index < each; index++) await post(worker, delivery, agent);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, one));
    const seen = await look(part * each * CONNECTIONS);
    console.log(Object.values(seen).join(", "));
    found.push(seen);
  }
  agent.destroy();
  return found;
}

/** Megabytes that the wasm of a worker has taken, by its own word. */
async function wasmOf({ url }) {
  const response = await fetch(`${url}/metrics`);
  const bytes = (await response.text()).match(/^countersign_wasm_bytes (\d+)$/m)?.[1];
  return bytes && Number((Number(bytes) / 1e6).toFixed(2));
}

function signed(size) {
  const body = bodyOf(size);
  return { body, headers: new Signer("stripe", SECRET).sign({ body }) };
}

/** Posts a delivery; it has to be taken for genuine. */
function post({ url }, { body, headers }, agent) {
  return new Promise((resolve, reject) => {
    const sending = request(`${url}/in/stripe`, { method: "POST", headers, agent }, (response) => {
      response.resume();
      response.once("end", () =>
        response.statusCode < 300
          ? resolve(undefined)
          : reject(new Error(`it answered ${response.statusCode}`)),
      );
    });
    sending.once("error", reject);
    sending.end(body);
  });
}

/** Milliseconds of CPU that the threads of a process have used, in the kernel and outside. */
function cpuTime(pid) {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

/** Megabytes of a process's memory that are resident. */
const resident = (pid) =>
  Math.round(
    Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+)/m)[1]) / 1000,
  );
