// Request headers as people have them at hand: lines, JSON, or a curl command.

export type Header = readonly [name: string, value: string];

/** A line that was not understood. It is not quoted: it may hold a secret that was pasted into the wrong field. */
export interface Problem {
  /** Counted from one. */
  readonly line: number;
  readonly reason: string;
}

export interface ParsedHeaders {
  readonly headers: readonly Header[];
  readonly problems: readonly Problem[];
}

/** Reads all headers that can be read, and says which lines cannot. */
export function parseHeaders(text: string): ParsedHeaders {
  if (/^\s*[{[]/.test(text)) {
    return parseJson(text);
  }
  return isCurl(text) ? parseCurl(text) : parseLines(text);
}

/** Writes headers the way {@link parseHeaders} reads them best. */
export function printHeaders(headers: Iterable<Header>): string {
  return Array.from(headers, ([name, value]) => `${name}: ${value}`).join("\n");
}

/** Collects what parsers find. */
class Findings {
  readonly headers: Header[] = [];
  readonly problems: Problem[] = [];

  add(line: number, name: string, value: string): void {
    if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      this.headers.push([name, value.trim()]);
    } else {
      this.refuse(line, "what stands before the colon is no header name");
    }
  }

  /** Reads `Name: value`, or a name and a value with a tab between them, as tables are copied. */
  addLine(line: number, text: string): void {
    const separator = text.search(/[:\t]/);
    if (separator === -1) {
      this.refuse(line, "there is no colon; a header is written “Name: value”");
    } else {
      this.add(line, text.slice(0, separator).trim(), text.slice(separator + 1));
    }
  }

  refuse(line: number, reason: string): void {
    this.problems.push({ line, reason });
  }
}

function parseLines(text: string): ParsedHeaders {
  const findings = new Findings();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    // `curl -v` and its kin mark what was sent and received.
    const line = raw.replace(/^\s*[<>](?=\s|$)/, "").trim();
    const quoted = line.match(/^("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*"),?$/);
    if (line === "" || isNoHeader(line)) {
      continue;
    }
    const [name, value] = [parsedString(quoted?.[1]), parsedString(quoted?.[2])];
    if (name !== undefined && value !== undefined) {
      findings.add(index + 1, name, value);
    } else {
      findings.addLine(index + 1, line);
    }
  }
  return findings;
}

/** What is copied along with headers: the request or status line, and the pseudo-headers of HTTP/2. */
function isNoHeader(line: string): boolean {
  return /^[A-Z]+ \S+ HTTP\/[\d.]+$|^HTTP\/[\d.]+ \d{3}\b|^:[a-z]+:/.test(line);
}

/** The text of a JSON string. */
function parsedString(json: string | undefined): string | undefined {
  try {
    return json === undefined ? undefined : (JSON.parse(json) as string);
  } catch {
    return undefined;
  }
}

/**
 * An object of strings or lists of strings (what frameworks hand out), the same under `headers` (what serverless
 * events and log lines hold), pairs, objects with `name` and `value`, or Node's flat list of names and values.
 */
function parseJson(text: string): ParsedHeaders {
  const findings = new Findings();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const line = Number(String(error).match(/\bline (\d+)/)?.[1] ?? 1);
    findings.refuse(
      line,
      "this begins like JSON, but is not (names and values need double quotes)",
    );
    return findings;
  }
  if (isObject(json) && isObject(json.headers)) {
    json = json.headers;
  }
  for (const [name, value] of pairsOf(json)) {
    const line = lineOf(text, name);
    if (typeof value === "string" || typeof value === "number") {
      findings.add(line, name, String(value));
    } else if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
      for (const item of value) {
        findings.add(line, name, item);
      }
    } else if (value !== null) {
      findings.refuse(line, "the value of a header is a string, or a list of strings");
    }
  }
  return findings;
}

function pairsOf(json: unknown): [name: string, value: unknown][] {
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

/** The line on which a name stands in JSON. */
function lineOf(text: string, name: string): number {
  const at = Math.max(0, text.indexOf(JSON.stringify(name)));
  return text.slice(0, at).split("\n").length;
}

function isCurl(text: string): boolean {
  return /^\s*(?:\$ *)?(?:curl(?:\.exe)?\s|-H|--header\b)/m.test(text);
}

/** Takes the `-H` options out of a command; its other words are none of our business. */
function parseCurl(text: string): ParsedHeaders {
  const findings = new Findings();
  let isHeaderNext = false;
  for (const { line, word, isOpen } of shellWords(text)) {
    const attached = word.match(/^(?:-H|--header=)(.+)$/s)?.[1];
    if (isOpen) {
      findings.refuse(line, "a quotation mark is opened here and never closed");
    } else if (isHeaderNext || attached !== undefined) {
      // `Name;` is how curl is told to send a header without a value.
      findings.addLine(line, (attached ?? word).trim().replace(/^([^:]+);$/, "$1:"));
    }
    isHeaderNext = !isHeaderNext && (word === "-H" || word === "--header");
  }
  return findings;
}

interface Word {
  readonly line: number;
  readonly word: string;
  /** Whether a quotation mark in it is never closed. */
  readonly isOpen: boolean;
}

const SHELL_PIECE =
  /(?<blank>(?:\s|\\\r?\n)+)|'(?<single>[^']*)'|\$'(?<ansi>(?:\\.|[^'\\])*)'|"(?<double>(?:\\.|[^"\\])*)"|\\(?<escaped>.)|(?<plain>[^\s'"\\$]+|\$)|(?<open>['"\\].*)/gsu;

/** Splits a command into words as a POSIX shell does, and remembers the line on which each begins. */
function shellWords(text: string): Word[] {
  const words: Word[] = [];
  let current: Word | undefined;
  for (const piece of text.matchAll(SHELL_PIECE)) {
    const { blank, single, ansi, double, escaped, plain, open } = piece.groups ?? {};
    if (blank !== undefined) {
      current = undefined;
      continue;
    }
    const part =
      single ??
      ansi?.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code, letter) =>
        code ? String.fromCharCode(Number.parseInt(code, 16)) : letter,
      ) ??
      double?.replace(/\\(["\\$`])/g, "$1") ??
      escaped ??
      plain ??
      "";
    const line = current?.line ?? text.slice(0, piece.index).split("\n").length;
    const isFirst = current === undefined;
    current = { line, word: (current?.word ?? "") + part, isOpen: open !== undefined };
    words.splice(words.length - (isFirst ? 0 : 1), 1, current);
  }
  return words;
}
