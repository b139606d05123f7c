// A browser: how long the module takes from when it is asked for until it is evaluated, and from then to the first event.

import { Verifier } from "countersign";
import files from "files";

const evaluated = performance.now();
const [scheme, secret, headers, body] = files;
new Verifier(scheme, secret).verify({ headers, body }).json();
const verified = performance.now();
const [module] = performance.getEntriesByType("resource");

export const result = { imported: evaluated - module.startTime, first: verified - evaluated };
