// Parses request headers in the forms in which people have them: lines, JSON or a curl command. Returns the headers that
// could be read, and a problem for each line that could not.

import { shellWords } from "./shell-words.js";

export type Header = readonly [name: string, value: string];

/** A line that could not be read. It is never quoted, because it may hold a secret pasted into the wrong field. */
export interface HeaderProblem {
  /** Counted from one. */
  readonly line: number;
  readonly message: string;
}

export interface ParsedHeaders {
  readonly headers: readonly Header[];
  readonly problems: readonly HeaderProblem[];
}

/** Recognizes the form of the text and reads all headers in it. */
export function parseHeaders(text: string): ParsedHeaders {
  if (/^\s*[{[]/.test(text)) {
    return parseJson(text);
  }
  return isCurl(text) ? parseCurl(text) : parseLines(text);
}

/** Prints headers as `Name: value` lines. */
export function printHeaders(headers: Iterable<Header>): string {
  return Array.from(headers, ([name, value]) => `${name}: ${value}`).join("\n");
}

/** Collects the headers and problems that a parser finds. */
class HeaderCollector {
  readonly headers: Header[] = [];
  readonly problems: HeaderProblem[] = [];

  add(line: number, name: string, value: string): void {
    if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      this.headers.push([name, value.trim()]);
    } else {
      this.addProblem(line, "the text before the colon is not a valid header name");
    }
  }

  /** Adds `Name: value`, or a name and a value with a tab between them, as copied from a table. */
  addLine(line: number, text: string): void {
    const separator = text.search(/[:\t]/);
    if (separator === -1) {
      this.addProblem(line, "there is no colon; write the header as “Name: value”");
    } else {
      this.add(line, text.slice(0, separator).trim(), text.slice(separator + 1));
    }
  }

  addProblem(line: number, message: string): void {
    this.problems.push({ line, message });
  }
}

function parseLines(text: string): ParsedHeaders {
  const collector = new HeaderCollector();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    // `curl -v` marks sent and received lines with > and <.
    const line = raw.replace(/^\s*[<>](?=\s|$)/, "").trim();
    if (line === "" || isStartLine(line)) {
      continue;
    }
    const quoted = line.match(/^("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*"),?$/);
    const [name, value] = [parseJsonString(quoted?.[1]), parseJsonString(quoted?.[2])];
    if (name !== undefined && value !== undefined) {
      collector.add(index + 1, name, value);
    } else {
      collector.addLine(index + 1, line);
    }
  }
  return collector;
}

/** Whether a line is a request line, a status line or a pseudo-header of HTTP/2, which are copied along with headers. */
function isStartLine(line: string): boolean {
  return /^[A-Z]+ \S+ HTTP\/[\d.]+$|^HTTP\/[\d.]+ \d{3}\b|^:[a-z]+:/.test(line);
}

function parseJsonString(json: string | undefined): string | undefined {
  try {
    return json === undefined ? undefined : (JSON.parse(json) as string);
  } catch {
    return undefined;
  }
}

/**
 * Reads an object of strings or lists of strings (as frameworks provide), such an object under `headers` (serverless
 * events and log lines), pairs, objects with `name` and `value`, or Node's flat list of names and values.
 */
function parseJson(text: string): ParsedHeaders {
  const collector = new HeaderCollector();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const line = Number(String(error).match(/\bline (\d+)/)?.[1] ?? 1);
    collector.addProblem(
      line,
      "the text starts like JSON but is not valid; names and values need double quotes",
    );
    return collector;
  }
  if (isObject(json) && isObject(json.headers)) {
    json = json.headers;
  }
  for (const [name, value] of pairsIn(json)) {
    const line = lineOf(text, name);
    if (typeof value === "string" || typeof value === "number") {
      collector.add(line, name, String(value));
    } else if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
      for (const item of value) {
        collector.add(line, name, item);
      }
    } else if (value !== null) {
      collector.addProblem(line, "the header value must be a string or a list of strings");
    }
  }
  return collector;
}

function pairsIn(json: unknown): [name: string, value: unknown][] {
  if (!Array.isArray(json)) {
    return isObject(json) ? Object.entries(json) : [];
  }
  if (json.every((item) => typeof item === "string")) {
    const names = json.filter((_, index) => index % 2 === 0);
    return names.map((name, index) => [name, json[2 * index + 1] ?? ""]);
  }
  return json.map((item) => {
    const [name, value] = Array.isArray(item) ? item : [item?.name ?? item?.key, item?.value];
    return [String(name), value];
  });
}

function isObject(
  value: unknown,
): value is Record<string, unknown> & { readonly headers?: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The line of the JSON text on which a name first occurs. */
function lineOf(text: string, name: string): number {
  const position = Math.max(0, text.indexOf(JSON.stringify(name)));
  return text.slice(0, position).split("\n").length;
}

/** Whether a text is a curl command, or some of its header options. */
export function isCurl(text: string): boolean {
  return /^\s*(?:\$ *)?(?:curl(?:\.exe)?\s|-H|--header\b)/m.test(text);
}

/** Reads the `-H` and `--header` options of a command and ignores its other words. */
function parseCurl(text: string): ParsedHeaders {
  const collector = new HeaderCollector();
  let isHeaderNext = false;
  for (const { line, word, isUnclosed } of shellWords(text)) {
    const attached = word.match(/^(?:-H|--header=)(.+)$/s)?.[1];
    if (isUnclosed) {
      collector.addProblem(line, "a quotation mark is opened here but never closed");
    } else if (isHeaderNext || attached !== undefined) {
      // In curl, `Name;` sends a header with an empty value.
      collector.addLine(line, (attached ?? word).trim().replace(/^([^:]+);$/, "$1:"));
    }
    isHeaderNext = !isHeaderNext && (word === "-H" || word === "--header");
  }
  return collector;
}
