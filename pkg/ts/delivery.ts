// A delivery as JavaScript has it, and the little of it that the core needs.

import { Rejection } from "./errors.js";
import { type Field, REPEATED } from "./exchange.js";

/** Request headers, in any of the shapes that runtimes and frameworks hand out. */
export type DeliveryHeaders =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | Iterable<readonly [string, string]>;

/** A body exactly as it arrived: not parsed, not decoded and encoded again. */
export type DeliveryBody = Uint8Array | ArrayBuffer | string;

/** One HTTP request as it arrived: untrusted. */
export interface Delivery {
  /** All of its headers; only those that the scheme reads are looked at. */
  readonly headers: DeliveryHeaders;
  /** Its raw body. */
  readonly body: DeliveryBody;
  /** Its method, for schemes that sign it. */
  readonly method?: string;
  /** The URL that the sender was given, for schemes that sign it. */
  readonly url?: string;
}

/**
 * The values of the headers of these names (in lower case), in their order.
 * @internal
 */
export function pick(headers: DeliveryHeaders, names: readonly string[]): Field[] {
  if (isHeaders(headers)) {
    return names.map((name) => headers.get(name) ?? undefined);
  }
  const found: Field[] = names.map(() => undefined);
  const indexOf = (header: unknown) =>
    typeof header === "string" ? indexOfName(names, header, found) : -1;
  forEach(headers, indexOf, (value, index) => {
    if (value !== undefined) {
      found[index] = found[index] === undefined ? single(names[index] ?? "", value) : REPEATED;
    }
  });
  return found;
}

/**
 * All headers, names and values in turn. What is no text is an empty one.
 * @internal
 */
export function everyHeader(headers: DeliveryHeaders): string[] {
  const found: string[] = [];
  const add = (header: unknown, value: unknown) => {
    if (typeof header === "string" && value !== undefined) {
      for (const item of Array.isArray(value) ? value : [value]) {
        found.push(header, typeof item === "string" ? item : "");
      }
    }
  };
  if (isHeaders(headers)) {
    headers.forEach((value, name) => {
      add(name, value);
    });
  } else {
    const all = () => 0;
    forEach(headers, all, (value, _, header) => add(header, value));
  }
  return found;
}

/** Adds the headers that have an index. The values of others are not even read: most are not wanted. */
function forEach(
  headers: Exclude<DeliveryHeaders, Headers>,
  indexOf: (header: unknown) => number,
  add: (value: unknown, index: number, header: unknown) => void,
): void {
  if (Symbol.iterator in headers) {
    for (const pair of headers) {
      if (typeof pair === "string") {
        throw new TypeError(
          "headers in a list are pairs of name and value; of Node's request pass `headers`, not `rawHeaders`",
        );
      }
      const index = indexOf(pair[0]);
      if (index >= 0) {
        add(pair[1], index, pair[0]);
      }
    }
  } else {
    // Own properties only: what a prototype carries did not arrive.
    for (const header of Object.keys(headers)) {
      const index = indexOf(header);
      if (index >= 0) {
        add(headers[header], index, header);
      }
    }
  }
}

/** `Headers` of this realm or another. */
function isHeaders(headers: DeliveryHeaders): headers is Headers {
  if (typeof headers !== "object" || headers === null) {
    throw new TypeError(
      "headers must be a Headers object, a record of strings, or pairs of name and value",
    );
  }
  return (
    typeof (headers as Headers).get === "function" &&
    typeof (headers as Headers).append === "function"
  );
}

/** Which of these names a header has, unless it is known already to have come more than once: that is all there is to it. */
function indexOfName(names: readonly string[], header: string, found: readonly Field[]): number {
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    // Comparing lengths first spares looking at the letters of most of twenty headers.
    const mayBe = name.length === header.length && found[index] !== REPEATED;
    if (mayBe && (name === header || isSameName(name, header))) {
      return index;
    }
  }
  return -1;
}

/** Whether these are one name but for the case of ASCII letters; other letters have lower cases in ASCII too. */
function isSameName(name: string, header: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = header.charCodeAt(index);
    const isCapital = code >= 0x41 && code <= 0x5a;
    if ((isCapital ? code | 0x20 : code) !== name.charCodeAt(index)) {
      return false;
    }
  }
  return true;
}

function single(name: string, value: unknown): Field {
  if (typeof value === "string") {
    return value;
  }
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
    return value.length > 1 ? REPEATED : value[0];
  }
  throw new Rejection(
    "malformed_header",
    `the \`${name}\` header is malformed: it is not a string`,
  );
}

/**
 * The body in a form that can cross. A text is encoded as UTF-8 on the way.
 * @internal
 */
export function rawBody(body: unknown): Uint8Array | string {
  if (typeof body === "string") {
    if (!isWellFormed(body)) {
      throw new TypeError(
        "body is a string with half a surrogate pair in it, which no request can carry: pass the raw bytes",
      );
    }
    return body;
  }
  if (ArrayBuffer.isView(body)) {
    return body instanceof Uint8Array
      ? body
      : new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  }
  if (Object.prototype.toString.call(body) === "[object ArrayBuffer]") {
    return new Uint8Array(body as ArrayBuffer);
  }
  if (body === undefined || body === null) {
    throw new TypeError(
      "body is missing: pass the raw request body (an empty one is an empty string)",
    );
  }
  throw new TypeError(
    "body must be the raw request body (Uint8Array, ArrayBuffer or string), not a parsed object: the signature covers the exact bytes, so read the body before any JSON middleware does",
  );
}

/**
 * Whether a string is Unicode text: one with half a surrogate pair would be encoded as something else.
 * @internal
 */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/**
 * A time as the core takes it.
 * @internal
 */
export function millis(now: Date): number {
  // A Date of any realm, such as a test runner's.
  const isDate = Object.prototype.toString.call(now) === "[object Date]";
  const value = isDate ? now.getTime() : Number.NaN;
  if (Number.isNaN(value)) {
    throw new TypeError("now must be a valid Date");
  }
  return value;
}

/**
 * Whether this is a Uint8Array, of this realm or another.
 * @internal
 */
export function isBytes(value: unknown): value is Uint8Array {
  return (
    ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]"
  );
}
