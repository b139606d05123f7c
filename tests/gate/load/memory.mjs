// `npm run memory`: measures the memory of the gate and of a Worker in plain JavaScript while each answers many requests
// of one kind: accepted, duplicate or forged. It prints the resident memory of the process as the requests go on, and the
// WebAssembly memory of the gate at the end. `npm run memory -- --requests 1000000 --only forged` runs with other choices.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Signer } from "countersign";
import { startWorkerd } from "../workerd.mjs";
import { sendAll } from "./client.mjs";

const SECRET = "memory-secret";
const SENDERS = 16;
/** The shares of the requests after which memory is read. */
const SHARES = [0, 0.1, 0.25, 0.5, 0.75, 1];
const MIB = 1024 * 1024;

const signer = new Signer("stripe", SECRET);
const forger = new Signer("stripe", "another-secret");
/** Each kind of request: what it sends as its `index`th, and the status that answers it. */
const kinds = {
  accepted: { send: (index) => sign(signer, `evt_${index}`), status: 200 },
  duplicate: { send: () => sign(signer, "evt_same"), status: 200 },
  forged: { send: (index) => sign(forger, `evt_${index}`), status: 401 },
};

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "20000" },
    only: { type: "string", multiple: true, default: Object.keys(kinds) },
  },
});
const requests = Number(values.requests);
const unknown = values.only.find((name) => !Object.hasOwn(kinds, name));
if (unknown !== undefined) {
  throw new Error(`"${unknown}" is not a kind of request; use ${Object.keys(kinds).join(", ")}`);
}
const plain = readFileSync(new URL("plain.js", import.meta.url), "utf8");
const rows = [];
for (const kind of values.only) {
  for (const { name, main } of [{ name: "the gate" }, { name: "plain JavaScript", main: plain }]) {
    const figures = await measure(kinds[kind], main);
    console.log(`${name}, ${kind}: ${JSON.stringify(figures)}`);
    rows.push({ worker: name, requests: kind, ...figures });
  }
}
console.table(rows);

/** Sends the requests of one kind to a Worker of its own, and returns the figures. */
async function measure({ send, status: expected }, main) {
  const gate = await startWorkerd({
    sources: { stripe: { scheme: "stripe", keys: ["SECRET"] } },
    secrets: { SECRET },
    main,
    outbox: main === undefined,
    quiet: true,
  });
  // The queue of this test would keep every message.
  const forgetting = setInterval(() => {
    gate.sink.messages.length = 0;
  }, 100);
  const resident = {};
  const began = performance.now();
  try {
    let sent = 0;
    for (const share of SHARES) {
      const until = Math.round(requests * share);
      const next = () => (sent < until ? send(sent++) : undefined);
      await sendAll(`${gate.url}/in/stripe`, SENDERS, next, (status) => {
        if (status !== expected) throw new Error(`the answer was ${status}, not ${expected}`);
      });
      resident[`MiB at ${share * 100} %`] = Math.round(residentBytes(gate.pid()) / MIB);
    }
    const seconds = (performance.now() - began) / 1000;
    const wasm = main === undefined ? Math.round((await wasmBytes(gate.url)) / 1024) : undefined;
    return { ...resident, "wasm KiB": wasm, "per second": Math.round(requests / seconds) };
  } finally {
    clearInterval(forgetting);
    await gate.stop();
  }
}

function sign(signerOfKind, id) {
  const body = JSON.stringify({ id, type: "memory" });
  return { body, headers: signerOfKind.sign({ body }) };
}

/** The resident memory of a process in bytes, as Linux reports it. */
function residentBytes(pid) {
  const [, kib] = readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB$/m);
  return Number(kib) * 1024;
}

/** The size of the gate's WebAssembly memory, from its metrics. */
async function wasmBytes(url) {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(metrics.match(/^countersign_wasm_bytes (\d+)$/m)[1]);
}
