// Reads a verified event from the core's memory. `pkg/src/event.rs` writes it and has the table of offsets.

import type { JsonState } from "#bindings";
import { DecodeError, type DecodeErrorCode } from "./errors.js";
import { views } from "./memory.js";
import { decoder } from "./utf8.js";

const SIGNED_AT = 0;
const KEY = 8;
const JSON_STATE = 12;
const TEXT_BYTES = 16;
const TEXT_LENGTHS = 20;
const TEXTS = 48;

/** The places of the texts among each other. */
const Text = {
  id: 0,
  type: 1,
  unsignedId: 2,
  unsignedType: 3,
  jsonErrorCode: 4,
  jsonErrorMessage: 5,
  wrapped: 6,
} as const;
const TEXT_COUNT = 7;

const WORD_BYTES = 4;
const ABSENT_LENGTH = 0xffff_ffff;

/** A verified event as the core decoded it. */
export interface DecodedEvent {
  /** Empty if the id is a digest of the body. */
  readonly id: string;
  readonly type: string | undefined;
  readonly unsignedId: string | undefined;
  readonly unsignedType: string | undefined;
  readonly signedAt: Date | undefined;
  /** The position of the key that verified the signature. */
  readonly key: number;
  readonly json: JsonState;
  /** Why the body is not strict JSON, if the core has read it. */
  readonly jsonError: DecodeError | undefined;
  /** The text inside a body that wraps it, or the query of a delivery by GET. */
  readonly wrapped: string | undefined;
}

/** Reads the event at an address in the core's memory. */
export function decodeEvent(address: number): DecodedEvent {
  const { bytes, numbers } = views();
  const signedAt = numbers.getFloat64(address + SIGNED_AT, true);
  const texts = decodeTexts(address, bytes, numbers);
  const code = texts[Text.jsonErrorCode] as DecodeErrorCode | undefined;
  return {
    id: texts[Text.id] ?? "",
    type: texts[Text.type],
    unsignedId: texts[Text.unsignedId],
    unsignedType: texts[Text.unsignedType],
    signedAt: Number.isNaN(signedAt) ? undefined : new Date(signedAt),
    key: numbers.getUint32(address + KEY, true),
    json: numbers.getUint32(address + JSON_STATE, true),
    jsonError:
      code === undefined ? undefined : new DecodeError(code, texts[Text.jsonErrorMessage] ?? ""),
    wrapped: texts[Text.wrapped],
  };
}

/** Decodes all texts in one call, which takes less time than a call for each, and slices the result. */
function decodeTexts(
  address: number,
  bytes: Uint8Array,
  numbers: DataView,
): readonly (string | undefined)[] {
  const length = numbers.getUint32(address + TEXT_BYTES, true);
  const start = address + TEXTS;
  const all = length === 0 ? "" : decoder.decode(bytes.subarray(start, start + length));
  const texts: (string | undefined)[] = [];
  let end = 0;
  for (let index = 0; index < TEXT_COUNT; index++) {
    const units = numbers.getUint32(address + TEXT_LENGTHS + WORD_BYTES * index, true);
    texts.push(units === ABSENT_LENGTH ? undefined : all.slice(end, end + units));
    end += units === ABSENT_LENGTH ? 0 : units;
  }
  return texts;
}
