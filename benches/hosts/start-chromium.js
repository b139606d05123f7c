// Measures a start in a browser: milliseconds from the request for the module until it is evaluated, and from there to the
// first event.

import { Verifier } from "countersign";
import files from "files";

const evaluated = performance.now();
const [scheme, secret, headers, body] = files;
new Verifier(scheme, secret).verify({ headers, body }).json();
const verified = performance.now();
const [request] = performance.getEntriesByType("resource");

export const result = { imported: evaluated - request.startTime, first: verified - evaluated };
