// All gates that are broken on purpose. `npm run test:broken` builds each and shows which check notices it.

import alarms from "./alarms.mjs";
import bodies from "./bodies.mjs";
import bypass from "./bypass.mjs";
import consumer from "./consumer.mjs";
import intake from "./intake.mjs";
import letters from "./letters.mjs";
import reading from "./reading.mjs";
import retention from "./retention.mjs";
import sending from "./sending.mjs";
import store from "./store.mjs";

/** @type {{ name: string, noticedBy: string, edits: import("./edit.mjs").Edit[] }[]} */
export const BROKEN_GATES = [
  ...store,
  ...bodies,
  ...sending,
  ...alarms,
  ...retention,
  ...letters,
  ...intake,
  ...bypass,
  ...consumer,
  ...reading,
].map(({ name, noticedBy, edits, file = "", find = "", replace = "" }) => ({
  name,
  noticedBy,
  edits: edits ?? [{ file, find, replace }],
}));

/** Broken gates of different kinds, which `npm run test:full` builds. Their checks take seconds. */
export const SELECTION = [
  "every duplicate is taken as new",
  "no event sets an alarm",
  "the purge forgets redriven events that are pending",
  "an event that neither the outbox nor the queue has is answered `accepted`",
  "5 % of the calls name a wrong type",
];
