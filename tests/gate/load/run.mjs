// `npm run load`: measures how many deliveries the gate accepts per second and how long each takes, in workerd on this
// machine. The same run measures a Worker in plain JavaScript that verifies and sends to the queue. `npm run load --
// --deliveries 100000 --senders 32` runs with other numbers. Use an otherwise idle machine. The numbers depend on its disk
// and say nothing about Cloudflare's.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Signer } from "countersign";
import { startWorkerd, waitUntil } from "../workerd.mjs";
import { sendAll } from "./client.mjs";

const SECRET = "load-secret";
/** The size of a typical Stripe event. */
const BODY_BYTES = 2000;
const TIMEOUT_MS = 120_000;

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
  // The deliveries are signed in advance, so that only the Worker is measured.
  const signer = new Signer("stripe", SECRET);
  const sent = Array.from({ length: deliveries }, (_, index) => {
    const note = "x".repeat(BODY_BYTES);
    const body = JSON.stringify({ id: `evt_${index}`, type: "load", note });
    return { body, headers: signer.sign({ body }) };
  });
  // Each Worker runs alone.
  const gate = await startWorkerd({
    sources,
    secrets: { SECRET },
    main,
    outbox: main === undefined,
  });
  const times = [];
  const unsent = [...sent];
  const began = performance.now();
  await sendAll(
    `${gate.url}/in/stripe`,
    senders,
    () => unsent.pop(),
    (status, took) => {
      if (status !== 200) throw new Error(`${name} answered ${status}`);
      times.push(took);
    },
  );
  const seconds = (performance.now() - began) / 1000;
  const countOnQueue = () => new Set(gate.sink.messages.map(({ id }) => id)).size;
  await waitUntil(
    () => countOnQueue() === deliveries,
    () => `${countOnQueue()} arrived`,
    TIMEOUT_MS,
  );
  const drained = (performance.now() - began) / 1000;
  await gate.stop();
  times.sort((one, other) => one - other);
  const percentile = (share) => `${times[Math.floor((times.length - 1) * share)].toFixed(1)} ms`;
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
