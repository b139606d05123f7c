// `npm run load`: how many deliveries a second the gate takes, and how long each waits, on workerd on this machine; beside
// a Worker in plain JavaScript that verifies and sends to the queue, in the same run. `npm run load -- --deliveries 100000
// --senders 32` is another run. The numbers mean something on a machine that does nothing else; they are of this
// machine's disk, and say nothing of Cloudflare's.

import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import { Signer } from "countersign";
import { startWorkerd, until } from "../workerd.mjs";

const SECRET = "load-secret";
/** What an event of Stripe's weighs. */
const BODY_BYTES = 2000;
const PATIENCE_MS = 120_000;

const { values } = parseArgs({
  options: {
    deliveries: { type: "string", default: "2000" },
    senders: { type: "string", default: "16" },
  },
});
const deliveries = Number(values.deliveries);
const senders = Number(values.senders);
const sources = { stripe: { scheme: "stripe", keys: ["SECRET"] } };
const plain = readFileSync(new URL("plain.js", import.meta.url), "utf8");

const rows = [];
for (const { name, main } of [{ name: "the gate" }, { name: "plain JavaScript", main: plain }]) {
  // Signed first: what is measured is the Worker.
  const signer = new Signer("stripe", SECRET);
  const sent = Array.from({ length: deliveries }, (_, index) => {
    const note = "x".repeat(BODY_BYTES);
    const body = JSON.stringify({ id: `evt_${index}`, type: "load", note });
    return { body, headers: signer.sign({ body }) };
  });
  // Each runs by itself, after the other has ended.
  const gate = await startWorkerd({
    sources,
    secrets: { SECRET },
    main,
    outbox: main === undefined,
  });
  const agent = new Agent({ keepAlive: true, maxSockets: senders });
  const waits = [];
  const left = [...sent];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: senders }, async () => {
      for (let delivery = left.pop(); delivery !== undefined; delivery = left.pop()) {
        const before = performance.now();
        const status = await post(`${gate.url}/in/stripe`, delivery, agent);
        if (status !== 202) throw new Error(`${name} answered ${status}`);
        waits.push(performance.now() - before);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const arrived = () => new Set(gate.sink.messages.map(({ id }) => id)).size;
  await until(
    () => arrived() === deliveries,
    () => `${arrived()} arrived`,
    PATIENCE_MS,
  );
  const drained = (performance.now() - began) / 1000;
  agent.destroy();
  await gate.stop();
  waits.sort((one, other) => one - other);
  const percentile = (share) => `${waits[Math.floor((waits.length - 1) * share)].toFixed(1)} ms`;
  rows.push({
    worker: name,
    deliveries,
    "per second": Math.round(deliveries / seconds),
    p50: percentile(0.5),
    p99: percentile(0.99),
    "all on the queue after": `${drained.toFixed(1)} s`,
  });
}
console.table(rows);

/** Posts a delivery, and gives the status. `fetch` would cost more than what is measured. */
function post(url, { body, headers }, agent) {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: "POST", headers, agent }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode));
    });
    sending.once("error", reject);
    sending.end(body);
  });
}
