// How records go into the core and answers come out: the other side of `pkg/src/exchange.rs`, which describes both.

import { type Core, type Sent, views } from "./core.js";
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
  /** The record that it is about. */
  readonly sent: Sent;
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
const MARGIN = 1024;
const ANSWER_HEAD = 28;
const SMALLEST_ROOM = 16 * 1024;
const LARGEST_KEPT = 1024 * 1024;
const LONGEST_BY_HAND = 128;

const encoder = new TextEncoder();
/** Reads UTF-8, also where it need not be any. A byte order mark is part of a body, or of an id, like any other bytes. */
export const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Puts a record into the core, where it stays until the next; gives its length in bytes.
 * @param room how many bytes the body takes, if that is known
 */
export function send(
  core: Core,
  fields: readonly Field[],
  body: string | Uint8Array,
  room = roomFor(body),
): number {
  // Now and not at the end: whatever may go wrong meanwhile, the record of before is no longer there.
  const sent = { length: 0, bodyLength: 0 };
  core.sent = sent;
  const table = WORD * (1 + fields.length);
  // A UTF-16 code unit becomes three bytes of UTF-8 at most.
  let wanted = table + MARGIN + room + MARGIN;
  for (const field of fields) {
    wanted += roomFor(field);
  }
  const start = makeRoom(core, wanted);
  const { bytes, numbers } = views(core);
  numbers.setUint32(start, fields.length, true);
  let at = start + WORD;
  let end = start + table;
  for (const field of fields) {
    let length = ABSENT_LENGTH;
    if (field === REPEATED) {
      length = REPEATED_LENGTH;
    } else if (field !== undefined) {
      length = write(bytes, end, field);
      end += length;
    }
    numbers.setUint32(at, length, true);
    at += WORD;
  }
  end += MARGIN;
  sent.bodyLength = write(bytes, end, body);
  sent.length = end + sent.bodyLength - start;
  return sent.length;
}

/** The bytes of the body that is in the core: not a copy. */
export function sentBody(core: Core): Uint8Array {
  const { length, bodyLength } = core.sent;
  const end = core.room.address + length;
  return views(core).bytes.subarray(end - bodyLength, end);
}

/** Overwrites the record in the core: it held a secret. */
export function wipe(core: Core): void {
  core.exchange.wipe();
  core.sent = { length: 0, bodyLength: 0 };
}

/** The address of room for so many bytes. */
function makeRoom(core: Core, wanted: number): number {
  const { length } = core.room;
  // What a large body has blown up is given back by the next small one.
  if (wanted > length || (length > LARGEST_KEPT && wanted <= LARGEST_KEPT)) {
    const made = Math.max(wanted, SMALLEST_ROOM);
    core.room = { address: core.exchange.reserve(made) >>> 0, length: made };
  }
  return core.room.address;
}

function roomFor(field: Field): number {
  if (typeof field === "string") {
    return field.length * 3;
  }
  return field instanceof Uint8Array ? field.length : 0;
}

function write(bytes: Uint8Array, at: number, field: string | Uint8Array): number {
  if (typeof field === "string") {
    return writeAscii(bytes, at, field) ?? encode(bytes, at, field);
  }
  bytes.set(field, at);
  return field.length;
}

/** Writes a short text of ASCII, for which calling the encoder takes longer. Gives its length, or nothing if it is none. */
function writeAscii(bytes: Uint8Array, at: number, text: string): number | undefined {
  if (text.length > LONGEST_BY_HAND) {
    return undefined;
  }
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) {
      return undefined;
    }
    bytes[at + index] = code;
  }
  return text.length;
}

function encode(bytes: Uint8Array, at: number, text: string): number {
  return encoder.encodeInto(text, bytes.subarray(at, at + 3 * text.length)).written;
}

/** Takes the answer at an address out of the core; an answer that is an error is thrown. */
export function receive(core: Core, address: number): Answer {
  const { bytes, numbers } = views(core);
  const start = address >>> 0;
  const outcome = numbers.getUint32(start, true);
  const count = numbers.getUint32(start + 20, true);
  const length = numbers.getUint32(start + 24, true);
  const lengths = start + ANSWER_HEAD;
  const at = lengths + WORD * count;
  // All at once, and cut up as text: a call for each would cost more.
  const all = length === 0 ? "" : decoder.decode(bytes.subarray(at, at + length));
  const texts: (string | undefined)[] = [];
  let from = 0;
  for (let index = 0; index < count; index++) {
    const units = numbers.getUint32(lengths + WORD * index, true);
    if (units === ABSENT_LENGTH) {
      texts.push(undefined);
    } else {
      texts.push(all.slice(from, from + units));
      from += units;
    }
  }
  throwIfError(outcome, texts);
  return {
    sent: core.sent,
    json: numbers.getUint32(start + 4, true) as JsonState,
    key: numbers.getUint32(start + 8, true),
    signedAt: numbers.getFloat64(start + 12, true),
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
