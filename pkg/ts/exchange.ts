// How records go into the core and answers come out: the other side of `pkg/src/exchange.rs`, which describes both.

import type { Core } from "./core.js";
import {
  DecodeError,
  type DecodeErrorCode,
  KeyError,
  type KeyErrorCode,
  Rejection,
  type RejectionCode,
  SchemeError,
  type SchemeErrorCode,
} from "./errors.js";

/** Stands in place of a field: the header arrived more than once. */
export const REPEATED = Symbol("repeated");

/** A field of a record. */
export type Field = string | Uint8Array | typeof REPEATED | undefined;

/** What the core found. */
export interface Answer {
  readonly json: JsonState;
  readonly key: number;
  /** Milliseconds since 1970, or `NaN`. */
  readonly signedAt: number;
  readonly texts: readonly (string | undefined)[];
}

/** What is known of the body as JSON. */
export const JsonState = { notRead: 0, strict: 1, strictWithBigIntegers: 2, notStrict: 3 } as const;
export type JsonState = (typeof JsonState)[keyof typeof JsonState];

const Outcome = { done: 0, rejected: 1, unreadable: 2, noKey: 3, noScheme: 4 } as const;

const ABSENT_LENGTH = 0xffff_ffff;
const REPEATED_LENGTH = 0xffff_fffe;
const WORD = 4;
const ANSWER_HEAD = 28;

const encoder = new TextEncoder();
// A byte order mark at the start of an id is part of it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Puts a record into the core. */
export function send(core: Core, fields: readonly Field[], rest: string | Uint8Array): void {
  const table = WORD * (1 + fields.length);
  // A UTF-16 code unit becomes three bytes of UTF-8 at most.
  let room = table + roomFor(rest);
  for (const field of fields) {
    room += roomFor(field);
  }
  const address = core.exchange.reserve(room) >>> 0;
  const { buffer } = core.memory;
  const record = new Uint8Array(buffer, address, room);
  const words = new DataView(buffer, address, table);
  words.setUint32(0, fields.length, true);
  let at = WORD;
  let end = table;
  for (const field of fields) {
    let length = ABSENT_LENGTH;
    if (field === REPEATED) {
      length = REPEATED_LENGTH;
    } else if (field !== undefined) {
      length = write(record, end, field);
      end += length;
    }
    words.setUint32(at, length, true);
    at += WORD;
  }
  end += write(record, end, rest);
  core.exchange.shorten(end);
}

function roomFor(field: Field): number {
  if (typeof field === "string") {
    return field.length * 3;
  }
  return field instanceof Uint8Array ? field.length : 0;
}

function write(record: Uint8Array, at: number, field: string | Uint8Array): number {
  if (typeof field === "string") {
    return encoder.encodeInto(field, record.subarray(at)).written;
  }
  record.set(field, at);
  return field.length;
}

/** Takes the answer at an address out of the core; an answer that is an error is thrown. */
export function receive(core: Core, address: number): Answer {
  const { buffer } = core.memory;
  const start = address >>> 0;
  const head = new DataView(buffer, start);
  const outcome = head.getUint32(0, true);
  const count = head.getUint32(20, true);
  const bytes = head.getUint32(24, true);
  // All at once, and cut up as text: a call for each would cost more.
  const all = decoder.decode(new Uint8Array(buffer, start + ANSWER_HEAD + WORD * count, bytes));
  const texts: (string | undefined)[] = [];
  let from = 0;
  for (let index = 0; index < count; index++) {
    const length = head.getUint32(ANSWER_HEAD + WORD * index, true);
    if (length === ABSENT_LENGTH) {
      texts.push(undefined);
    } else {
      texts.push(all.slice(from, from + length));
      from += length;
    }
  }
  throwIfError(outcome, texts);
  return {
    json: head.getUint32(4, true) as JsonState,
    key: head.getUint32(8, true),
    signedAt: head.getFloat64(12, true),
    texts,
  };
}

function throwIfError(
  outcome: number,
  [code = "", message = ""]: readonly (string | undefined)[],
): void {
  switch (outcome) {
    case Outcome.done:
      return;
    case Outcome.rejected:
      throw new Rejection(code as RejectionCode, message);
    case Outcome.unreadable:
      throw new DecodeError(code as DecodeErrorCode, message);
    case Outcome.noKey:
      throw new KeyError(code as KeyErrorCode, message);
    case Outcome.noScheme:
      throw new SchemeError(code as SchemeErrorCode, message);
    default:
      throw new Error(
        "countersign: the JavaScript and the wasm of this package are of different versions",
      );
  }
}
