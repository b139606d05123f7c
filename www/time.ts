// Instants and spans of time, as people write and read them.

const ISO_DATE =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))? ?(Z|UTC|GMT|[+-]\d\d:\d\d)?$/i;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** Reads an instant as logs have it: seconds or milliseconds since 1970, or a date. Without a zone it is UTC. */
export function parseInstant(text: string): Date | undefined {
  const trimmed = text.trim();
  if (/^\d{9,11}$/.test(trimmed)) {
    return new Date(Number(trimmed) * 1000);
  }
  if (/^\d{12,14}$/.test(trimmed)) {
    return new Date(Number(trimmed));
  }
  // `Date` alone would read almost anything, and most of it in the zone of whoever looks.
  const [, day, time = "00:00", zone = "Z"] = trimmed.match(ISO_DATE) ?? [];
  const standard = `${day}T${time}${/^[+-]/.test(zone) ? zone : "Z"}`;
  const date = new Date(HTTP_DATE.test(trimmed) ? trimmed : standard);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** An instant to the second. */
export function printInstant(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** A span in the largest unit that it fills twice, so that little is rounded away. */
export function printSpan(seconds: number): string {
  const [unit, length] = UNITS.find(([, length]) => seconds >= 2 * length) ?? ["second", 1];
  const count = Math.floor(seconds / length);
  return `${count.toLocaleString("en")} ${unit}${count === 1 ? "" : "s"}`;
}

/** How long before or after a moment something was. */
export function printDistance(date: Date, moment: Date): string {
  const seconds = Math.floor(moment.getTime() / 1000) - Math.floor(date.getTime() / 1000);
  if (seconds === 0) {
    return "at the time of this check";
  }
  return `${printSpan(Math.abs(seconds))} ${seconds > 0 ? "before" : "after"} this check`;
}
