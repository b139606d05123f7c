// Parses the points in time that people paste, and prints points in time and durations for people.

const ISO_DATE =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))? ?(Z|UTC|GMT|[+-]\d\d:\d\d)?$/i;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * Parses a Unix timestamp in seconds or milliseconds, an ISO 8601 date or an HTTP date. Without a time zone, the date is
 * UTC. Returns `undefined` for any other text.
 */
export function parseInstant(text: string): Date | undefined {
  const trimmed = text.trim();
  if (/^\d{9,11}$/.test(trimmed)) {
    return new Date(Number(trimmed) * 1000);
  }
  if (/^\d{12,14}$/.test(trimmed)) {
    return new Date(Number(trimmed));
  }
  // `Date` alone accepts nearly any text and reads most of it in the time zone of the browser.
  const [, day, time = "00:00", zone = "Z"] = trimmed.match(ISO_DATE) ?? [];
  const standard = `${day}T${time}${/^[+-]/.test(zone) ? zone : "Z"}`;
  const date = new Date(HTTP_DATE.test(trimmed) ? trimmed : standard);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Prints a point in time to the second, in UTC. */
export function printInstant(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** Prints a duration in the largest unit of which it has at least two, so that rounding down loses little. */
export function printDuration(seconds: number): string {
  const [unit, length] = UNITS.find(([, length]) => seconds >= 2 * length) ?? ["second", 1];
  const count = Math.floor(seconds / length);
  return `${count.toLocaleString("en")} ${unit}${count === 1 ? "" : "s"}`;
}

/** Prints how long before or after the check a point in time is. */
export function printDistance(date: Date, checkedAt: Date): string {
  const seconds = Math.floor(checkedAt.getTime() / 1000) - Math.floor(date.getTime() / 1000);
  if (seconds === 0) {
    return "at the time of this check";
  }
  return `${printDuration(Math.abs(seconds))} ${seconds > 0 ? "before" : "after"} this check`;
}
