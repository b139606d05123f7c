// `npm run chaos`: kills the gate again and again, at each crash point and at random times, while senders send, the queue and
// the bucket fail, and the handler fails in every way. Then it compares what was promised with what happened.
//
// `npm run chaos -- --deliveries 200000 --kills 1000 --seed 7` runs with other numbers. The seed determines the events, what
// is forged and repeated, the crash points, the pauses, and what the queue, the bucket and the handler do.
//
// How the data flows: plan.mjs says what is sent. senders.mjs, queue.mjs, handler.mjs and faults.mjs act at the same time and
// write into ledger.mjs. judge.mjs reads the ledger at the end, and report.mjs prints its rows.

// Threat model: F1, F2, F4, F5, F6, F8, F16, F23, I1, I2, I3, I4, I6.
// Threat model: crash point after-verification.
// Threat model: crash point after-body-stored.
// Threat model: crash point before-outbox-request.
// Threat model: crash point before-row-written.
// Threat model: crash point after-row-written.
// Threat model: crash point after-outbox-answer.
// Threat model: crash point before-response.
// Threat model: crash point before-batch-sent.
// Threat model: crash point after-batch-sent.
// Threat model: crash point before-lease.
// Threat model: crash point after-lease.
// Threat model: crash point after-handler.
// Threat model: crash point before-done-written.
// Threat model: crash point after-done-written.
// Threat model: crash point before-acknowledgement.
// Threat model: crash point after-dead-letter-stored.

import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startWorkerd } from "../workerd.mjs";
import { Api } from "./api.mjs";
import { Faults } from "./faults.mjs";
import { Handler } from "./handler.mjs";
import { count, judge } from "./judge.mjs";
import { isAcknowledged, Ledger } from "./ledger.mjs";
import { makePlan, secrets, sources } from "./plan.mjs";
import { Queue } from "./queue.mjs";
import { judgeKills, report } from "./report.mjs";
import { Senders } from "./senders.mjs";

/** At the end, if nothing happens for this long, nothing will. A lease ends a minute after a crash. */
const QUIET_TIMEOUT_MS = 100_000;
/** How often the run says how far it is. */
const PROGRESS_MS = 60_000;

const { values } = parseArgs({
  options: {
    deliveries: { type: "string", default: "3000" },
    kills: { type: "string", default: "48" },
    seed: { type: "string", default: "1" },
  },
});
const [deliveries, kills, seed] = [values.deliveries, values.kills, values.seed].map(Number);
const started = Date.now();
const plan = makePlan(deliveries, seed);
const ledger = new Ledger(plan);
const sent = () => senders.next / plan.length;
const faults = new Faults({ kills, seed, sent, ledger });
const gate = await startWorkerd({
  sources,
  secrets,
  bucket: true,
  handler: true,
  faults: true,
  quiet: true,
  harness: (point) => faults.atCrashPoint(point),
});
const api = new Api(gate.url);
const handler = new Handler(gate, ledger, seed);
const queue = new Queue(gate, ledger, seed);
const limit = () => plan.length * faults.limit();
const senders = new Senders({ url: gate.url, plan, ledger, limit, seed });
const sending = senders.run();
const progress = setInterval(() => {
  const killed = Object.values(ledger.kills).reduce((sum, times) => sum + times, 0);
  console.log(
    `so far ${killed} kills, ${senders.next} events sent, ${ledger.acted} of them acted on`,
  );
}, PROGRESS_MS);
await faults.run(gate, handler, () => api.redrive());
await sending;
handler.mayHang = false;
await waitForRest();
await queue.stop();
clearInterval(progress);
const listed = { events: await api.list("events"), letters: await api.list("dead-letters") };
await gate.stop();

const rows = [...judge(ledger, listed), ...judgeKills(ledger.kills, kills)];
const killsAt = Object.entries(ledger.kills).map(([point, times]) => `${point} ${times}`);
const { lines, isGood } = report(rows, {
  ...count(ledger),
  "pauses of the process": ledger.freezes,
  seconds: Math.round((Date.now() - started) / 1000),
});
console.log(
  `seed ${seed}, ${deliveries} deliveries of ${plan.length} events, ${kills} kills\nkilled at ${killsAt.join(", ")}`,
);
console.log(lines.join("\n"));
process.exitCode = isGood ? 0 : 1;

/** Waits until every event has been acted on and nothing is left, or until nothing happens any more. */
async function waitForRest() {
  const wanted = [...ledger.stories.values()].filter(isAcknowledged).length;
  let before = "";
  let since = Date.now();
  while (Date.now() - since < QUIET_TIMEOUT_MS) {
    // It is asked again, and what it leaves is listed at the end.
    await api.redrive().catch(() => {});
    await sleep(500);
    if (ledger.acted >= wanted && queue.open === 0 && !(await api.isAnyLeft())) return;
    const state = `${ledger.acted} ${queue.open}`;
    if (state !== before) since = Date.now();
    before = state;
  }
}
