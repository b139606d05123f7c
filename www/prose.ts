// The package's messages, as a page words them.

import { printSpan } from "./time.js";

/** A message of the package as a sentence of its own, with long times in units that people think in. */
export function asSentence(message: string): string {
  const timed = message.replace(/\b\d{3,} s\b/g, (span) => {
    return `${span} (${printSpan(Number.parseInt(span, 10))})`;
  });
  return `${timed.charAt(0).toUpperCase()}${timed.slice(1)}${/[.?!]$/.test(timed) ? "" : "."}`;
}
