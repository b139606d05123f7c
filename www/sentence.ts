// Turns a message of the package into a sentence for the page.

import { printDuration } from "./time.js";

/** Adds a capital and a full stop, and repeats long times in a larger unit: `301 s` becomes `301 s (5 minutes)`. */
export function toSentence(message: string): string {
  const withUnits = message.replace(/\b\d{3,} (?:s|seconds)\b/g, (duration) => {
    return `${duration} (${printDuration(Number.parseInt(duration, 10))})`;
  });
  const end = /[.?!]$/.test(withUnits) ? "" : ".";
  return `${withUnits.charAt(0).toUpperCase()}${withUnits.slice(1)}${end}`;
}
