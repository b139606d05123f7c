// The names of the crash points, read from worker/src/faults.rs, in the order in which an event passes them.

import { readFileSync } from "node:fs";

const faults = readFileSync(new URL("../../worker/src/faults.rs", import.meta.url), "utf8");
export const crashPoints = [...faults.matchAll(/=> "([a-z-]+)",/g)].map(([, name]) => name);
