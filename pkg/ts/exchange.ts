// Writes records into the core. `pkg/src/exchange.rs` reads them and describes their layout.

import { isBytes } from "./bytes.js";
import type { Core, WrittenRecord } from "./core.js";
import { views } from "./memory.js";
import { MAX_BYTES_PER_UNIT, writeText } from "./utf8.js";

/** The value of a header that arrived more than once. */
export const REPEATED = Symbol("repeated");

/** A field of a record; `undefined` if it has no value. Bytes are a plain array, whose length is the number of its bytes. */
export type Field = string | Uint8Array | typeof REPEATED | undefined;

const ABSENT_LENGTH = 0xffff_ffff;
const REPEATED_LENGTH = 0xffff_fffe;
const WORD_BYTES = 4;
const MARGIN_BYTES = 1024;

/** The least room that is reserved, so that most deliveries fit without reserving again. */
const MIN_ROOM_BYTES = 16 * 1024;
/** Room beyond this size is returned as soon as a smaller record is written. */
const MAX_KEPT_ROOM_BYTES = 1024 * 1024;

/**
 * Writes a record into the core and returns its length in bytes. The record stays there until the next one is written.
 * @param bodyRoom the most bytes that the body takes, if that is known
 */
export function writeRecord(
  core: Core,
  fields: readonly Field[],
  body: string | Uint8Array,
  bodyRoom = roomFor(body),
): number {
  // Set before anything is written: if writing fails, the record before is overwritten in part.
  const record: WrittenRecord = { length: 0, bodyLength: 0 };
  core.record = record;
  const tableBytes = WORD_BYTES * (1 + fields.length);
  let wanted = tableBytes + MARGIN_BYTES + bodyRoom + MARGIN_BYTES;
  for (const field of fields) {
    wanted += roomFor(field);
  }
  const start = reserve(core, wanted);
  const { bytes, numbers } = views();
  numbers.setUint32(start, fields.length, true);
  let lengthAt = start + WORD_BYTES;
  let end = start + tableBytes;
  for (const field of fields) {
    let length = ABSENT_LENGTH;
    if (field === REPEATED) {
      length = REPEATED_LENGTH;
    } else if (field !== undefined) {
      length = write(bytes, end, field);
      end += length;
    }
    numbers.setUint32(lengthAt, length, true);
    lengthAt += WORD_BYTES;
  }
  end += MARGIN_BYTES;
  record.bodyLength = write(bytes, end, body);
  record.length = end + record.bodyLength - start;
  return record.length;
}

/** Does what `writeRecord` does with fields that hold secrets, for a call that wipes the record. */
export function writeSecretRecord(
  core: Core,
  fields: readonly Field[],
  body: string | Uint8Array,
): number {
  const length = writeRecord(core, fields, body);
  // After the call, the core no longer holds this record.
  core.record = { length: 0, bodyLength: 0 };
  return length;
}

/** Returns the body of the record that is in the core. It is a view, not a copy. */
export function bodyInCore(core: Core): Uint8Array {
  const { length, bodyLength } = core.record;
  const end = core.room.address + length;
  return views().bytes.subarray(end - bodyLength, end);
}

/** Makes sure that there is room for this many bytes, and returns its address. */
function reserve(core: Core, wanted: number): number {
  const { length } = core.room;
  const isTooLarge = length > MAX_KEPT_ROOM_BYTES && wanted <= MAX_KEPT_ROOM_BYTES;
  if (wanted > length || isTooLarge) {
    const reserved = Math.max(wanted, MIN_ROOM_BYTES);
    core.room = { address: core.exchange.reserve(reserved), length: reserved };
  }
  return core.room.address;
}

/** The most bytes that a field takes. */
function roomFor(field: Field): number {
  if (typeof field === "string") {
    return field.length * MAX_BYTES_PER_UNIT;
  }
  if (field === undefined || field === REPEATED) {
    return 0;
  }
  if (!isBytes(field)) {
    throw new TypeError("a value is neither text nor bytes");
  }
  return field.length;
}

function write(bytes: Uint8Array, offset: number, field: string | Uint8Array): number {
  if (typeof field === "string") {
    return writeText(bytes, offset, field);
  }
  bytes.set(field, offset);
  return field.length;
}
