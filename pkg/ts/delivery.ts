// A delivery as callers pass it goes in; the header values, the body and the time that the core reads come out.

import { bytesOf } from "./bytes.js";
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

/** The properties of a delivery as they were read. */
export interface ReadDelivery {
  readonly headers: DeliveryHeaders;
  readonly body: DeliveryBody;
  readonly method: string | undefined;
  readonly url: string | undefined;
}

/**
 * Returns the value of each of these headers, in the order of `names`, which are in lower case.
 * @param joined the names of those that may arrive more than once, whose values are joined with a comma. A name that ends
 *   with `-*` is every header with a number from 1 to 100 in that place.
 * @throws {Rejection} `malformed_header`, if a value is not a string
 * @throws {TypeError} if `headers` are not headers
 * @internal
 */
export function headerValues(
  headers: DeliveryHeaders,
  names: readonly string[],
  joined: readonly string[] = [],
): Field[] {
  const values = singleValues(headers, names);
  for (const name of joined) {
    values[names.indexOf(name)] = joinedValue(headers, name);
  }
  return values;
}

/** The values of a header that may arrive more than once, joined as runtimes do. */
function joinedValue(headers: DeliveryHeaders, name: string): string | undefined {
  const prefix = name.endsWith("*") ? name.slice(0, -1) : undefined;
  const values: string[] = [];
  const add = (value: unknown, own: string) => {
    const field = Array.isArray(value) ? value : [value];
    values.push(...field.map((item) => String(fieldOf(own, item))));
  };
  if (isHeaders(headers)) {
    const numbered = Array.from({ length: MAX_NUMBER }, (_, index) => `${prefix}${index + 1}`);
    for (const own of prefix === undefined ? [name] : numbered) {
      const value = headers.get(own);
      if (value !== null && value !== undefined) {
        add(value, own);
      }
    }
  } else {
    const isOwn = (header: unknown) =>
      typeof header === "string" &&
      (prefix === undefined
        ? name.length === header.length && isSameName(name, header)
        : isSameName(prefix, header) && isNumber(header.slice(prefix.length)));
    forEachHeader(
      headers,
      (header) => (isOwn(header) ? 0 : -1),
      (value) => {
        if (value !== undefined) {
          add(value, name);
        }
      },
    );
  }
  return values.length === 0 ? undefined : values.join(", ");
}

/** The most headers that a sender numbers. */
const MAX_NUMBER = 100;

function isNumber(digits: string): boolean {
  return /^[1-9]\d{0,2}$/.test(digits) && Number(digits) <= MAX_NUMBER;
}

function singleValues(headers: DeliveryHeaders, names: readonly string[]): Field[] {
  if (isHeaders(headers)) {
    return names.map((name) => fieldOf(name, headers.get(name) ?? undefined));
  }
  const values: Field[] = names.map(() => undefined);
  const indexOf = (name: unknown) =>
    typeof name === "string" ? indexOfName(names, name, values) : -1;
  forEachHeader(headers, indexOf, (value, index) => {
    const field = fieldOf(names[index] ?? "", value);
    if (field !== undefined) {
      values[index] = values[index] === undefined ? field : REPEATED;
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
      const { 0: name, 1: value } = pair;
      const index = indexOf(name);
      if (index >= 0) {
        visit(value, index, name);
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

/**
 * Whether these are `Headers`, of this realm or another, or an object with their methods that cannot be iterated. Other objects
 * with these methods are iterated: `get` of URLSearchParams and FormData returns the first of several values.
 */
function isHeaders(headers: DeliveryHeaders): headers is Headers {
  if (typeof headers !== "object" || headers === null) {
    throw new TypeError(
      "headers must be a Headers object, a record of strings, or pairs of name and value",
    );
  }
  return (
    Object.prototype.toString.call(headers) === "[object Headers]" ||
    (typeof (headers as Headers).get === "function" && !(Symbol.iterator in headers))
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

/**
 * The field for a header's value, which Node passes as an array if the header arrived more than once. Each property of the
 * array is read once.
 */
function fieldOf(name: string, value: unknown): Field {
  if (value === undefined || typeof value === "string") {
    return value;
  }
  if (Array.isArray(value)) {
    const items: unknown[] = Array.from(value);
    if (items.every((item) => typeof item === "string")) {
      return items.length > 1 ? REPEATED : items[0];
    }
  }
  throw new Rejection(
    "malformed_header",
    `the \`${name}\` header is malformed: its value is not a string`,
  );
}

/**
 * Returns a body as bytes or text. Bytes are not copied, unless their memory is shared or resizable.
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
  const bytes = bytesOfBody(body);
  if (bytes !== undefined) {
    return bytes;
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

function bytesOfBody(body: unknown): Uint8Array | undefined {
  try {
    return bytesOf(body);
  } catch (cause) {
    throw new TypeError(
      "body cannot be read, because its memory was transferred or has shrunk: verify before you hand the bytes on",
      { cause },
    );
  }
}

/**
 * Returns a time in milliseconds since 1970.
 * @throws {TypeError} if it is not a valid Date, of this realm or another
 * @internal
 */
export function millisOf(now: Date): number {
  let millis = Number.NaN;
  try {
    // A class that extends Date may override the method, and the core must get the time that the object holds.
    millis = Reflect.apply(getTime, now, []);
  } catch {
    // It is not a Date.
  }
  if (Number.isNaN(millis)) {
    throw new TypeError("now must be a valid Date");
  }
  return millis;
}

const { getTime } = Date.prototype;

/**
 * Reads each property of a delivery once, because a getter may return another value the next time.
 * @throws {TypeError} if it is not an object
 * @internal
 */
export function readDelivery(delivery: Delivery): ReadDelivery {
  if (typeof delivery !== "object" || delivery === null) {
    throw new TypeError("a delivery must be `{ headers, body }`: pass the request as received");
  }
  const { headers, body, method, url } = delivery;
  return { headers, body, method, url };
}

/**
 * Checks a URL.
 * @throws {TypeError} if it is neither a text nor `undefined`
 * @internal
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
