// Text and its bytes in UTF-8, in both directions.

const encoder = new TextEncoder();

/** Decodes UTF-8 and replaces what is invalid. A byte order mark is part of the text, as it is part of a body. */
export const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes UTF-8 and throws a TypeError if it is invalid. */
export const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The longest text that is encoded here, letter by letter: a call of the encoder takes longer than that. */
const MAX_LOOP_LENGTH = 128;

/** The most bytes of UTF-8 that a UTF-16 code unit becomes. */
export const MAX_BYTES_PER_UNIT = 3;

/** Writes a text into `bytes` at an offset and returns its length in bytes. */
export function writeText(bytes: Uint8Array, offset: number, text: string): number {
  return writeShortAscii(bytes, offset, text) ?? encode(bytes, offset, text);
}

/** Does what `writeText` does, or returns `undefined` if the text is long or not ASCII. */
function writeShortAscii(bytes: Uint8Array, offset: number, text: string): number | undefined {
  if (text.length > MAX_LOOP_LENGTH) {
    return undefined;
  }
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) {
      return undefined;
    }
    bytes[offset + index] = code;
  }
  return text.length;
}

function encode(bytes: Uint8Array, offset: number, text: string): number {
  const room = bytes.subarray(offset, offset + MAX_BYTES_PER_UNIT * text.length);
  return encoder.encodeInto(text, room).written;
}

/** Whether a string is valid Unicode. Half a surrogate pair would be encoded as a replacement character. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
