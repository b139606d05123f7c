// A delivery as callers pass it goes in; the header values, the body and the time that the core reads come out.

import { Rejection } from "./errors.js";
import { type Field, REPEATED } from "./exchange.js";
import { isWellFormed } from "./utf8.js";

/** Request headers in any shape that runtimes and frameworks use. Names are matched without regard to case. */
export type DeliveryHeaders =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | Iterable<readonly [string, string]>;

/** A body exactly as received: not parsed, and not serialized again. A string is encoded as UTF-8. */
export type DeliveryBody = Uint8Array | ArrayBuffer | string;

/**
 * One HTTP request as it was received. Nothing in it is trusted.
 * @example
 * const delivery: Delivery = { headers: request.headers, body: rawBody };
 */
export interface Delivery {
  /** All headers of the request. Only those that the scheme names are read. */
  readonly headers: DeliveryHeaders;
  /** The raw body. */
  readonly body: DeliveryBody;
  /** The method, such as `"POST"`. Required if the scheme signs it. */
  readonly method?: string;
  /** The URL that the sender was given. Required if the scheme signs it. */
  readonly url?: string;
}

/**
 * Returns the value of each of these headers, in the order of `names`, which are in lower case.
 * @throws {Rejection} `malformed_header`, if a value is not a string
 * @throws {TypeError} if `headers` are not headers
 * @internal
 */
export function headerValues(headers: DeliveryHeaders, names: readonly string[]): Field[] {
  if (isHeaders(headers)) {
    return names.map((name) => headers.get(name) ?? undefined);
  }
  const values: Field[] = names.map(() => undefined);
  const indexOf = (name: unknown) =>
    typeof name === "string" ? indexOfName(names, name, values) : -1;
  forEachHeader(headers, indexOf, (value, index) => {
    if (value !== undefined) {
      const isFirst = values[index] === undefined;
      values[index] = isFirst ? fieldOf(names[index] ?? "", value) : REPEATED;
    }
  });
  return values;
}

/**
 * Returns all headers as a flat list: name, value, name, value. A value that is not a string becomes an empty one.
 * @throws {TypeError} if `headers` are not headers
 * @internal
 */
export function flatHeaders(headers: DeliveryHeaders): string[] {
  const flat: string[] = [];
  const add = (name: unknown, value: unknown) => {
    if (typeof name === "string" && value !== undefined) {
      for (const item of Array.isArray(value) ? value : [value]) {
        flat.push(name, typeof item === "string" ? item : "");
      }
    }
  };
  if (isHeaders(headers)) {
    headers.forEach((value, name) => {
      add(name, value);
    });
  } else {
    const everyName = () => 0;
    forEachHeader(headers, everyName, (value, _, name) => add(name, value));
  }
  return flat;
}

/** Visits the headers for whose names `indexOf` returns an index. Only their values are read. */
function forEachHeader(
  headers: Exclude<DeliveryHeaders, Headers>,
  indexOf: (name: unknown) => number,
  visit: (value: unknown, index: number, name: unknown) => void,
): void {
  if (Symbol.iterator in headers) {
    for (const pair of headers) {
      if (typeof pair === "string") {
        throw new TypeError(
          "a list of headers must hold pairs of name and value: pass `headers` of Node's request, not `rawHeaders`",
        );
      }
      const index = indexOf(pair[0]);
      if (index >= 0) {
        visit(pair[1], index, pair[0]);
      }
    }
  } else {
    // Own properties only: inherited ones are not headers of the request.
    for (const name of Object.keys(headers)) {
      const index = indexOf(name);
      if (index >= 0) {
        visit(headers[name], index, name);
      }
    }
  }
}

/** Whether these are `Headers`, of this realm or another. */
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

/** The index of a header's name, or -1 if it is not in the list or is already known to be repeated. */
function indexOfName(names: readonly string[], header: string, values: readonly Field[]): number {
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    // A request has some twenty headers. Most differ in length, so their letters need not be compared.
    const isCandidate = name.length === header.length && values[index] !== REPEATED;
    if (isCandidate && (name === header || isSameName(name, header))) {
      return index;
    }
  }
  return -1;
}

/**
 * Whether a header has this lower-case name. Only ASCII letters are folded: `toLowerCase` also maps some other letters,
 * such as the Kelvin sign, to ASCII.
 */
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

/** The field for a header's value, which Node passes as an array if the header arrived more than once. */
function fieldOf(name: string, value: unknown): Field {
  if (typeof value === "string") {
    return value;
  }
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
    return value.length > 1 ? REPEATED : value[0];
  }
  throw new Rejection(
    "malformed_header",
    `the \`${name}\` header is malformed: its value is not a string`,
  );
}

/**
 * Returns a body as bytes or text, without copying it.
 * @throws {TypeError} if it is not a raw body
 * @internal
 */
export function rawBody(body: unknown): Uint8Array | string {
  if (typeof body === "string") {
    if (!isWellFormed(body)) {
      throw new TypeError(
        "body is a string with half a surrogate pair, which no request can carry: pass the raw bytes",
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
      "body is missing: pass the raw request body (if it is empty, an empty string)",
    );
  }
  throw new TypeError(
    "body must be the raw request body (Uint8Array, ArrayBuffer or string), not a parsed object: the signature covers the exact bytes, so read the body before any JSON middleware does",
  );
}

/**
 * Returns a time in milliseconds since 1970.
 * @throws {TypeError} if it is not a valid Date, of this realm or another
 * @internal
 */
export function millisOf(now: Date): number {
  // Test runners run code in realms whose Date is not this one.
  const isDate = Object.prototype.toString.call(now) === "[object Date]";
  const millis = isDate ? now.getTime() : Number.NaN;
  if (Number.isNaN(millis)) {
    throw new TypeError("now must be a valid Date");
  }
  return millis;
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

/**
 * Checks that a delivery is an object.
 * @throws {TypeError} if it is not
 */
export function checkDelivery(delivery: unknown): asserts delivery is Delivery {
  if (typeof delivery !== "object" || delivery === null) {
    throw new TypeError("a delivery must be `{ headers, body }`: pass the request as received");
  }
}

/**
 * Checks a URL, which may be absent.
 * @throws {TypeError} if it is not text
 */
export function readUrl(url: unknown): string | undefined {
  if (url !== undefined && (typeof url !== "string" || !isWellFormed(url))) {
    throw new TypeError("url must be a string: the address that the sender was given");
  }
  return url;
}

/** Returns a method that is text, and `undefined` for anything else. */
export function readMethod(method: unknown): string | undefined {
  return typeof method === "string" && isWellFormed(method) ? method : undefined;
}
