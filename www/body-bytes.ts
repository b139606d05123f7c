// Converts between the text in the body field and the exact bytes of a body. A text box keeps neither bytes nor line
// endings, so the text comes with a format that says which bytes it means.

/** How the text in the body field is turned into bytes. */
export type BodyFormat = "lf" | "crlf" | "base64";

/** Returns the bytes that a text means, or `undefined` if it should be base64 and is not valid. */
export function bytesFromText(text: string, format: BodyFormat): Uint8Array | undefined {
  switch (format) {
    case "lf":
      return new TextEncoder().encode(text);
    case "crlf":
      return new TextEncoder().encode(text.replaceAll("\n", "\r\n"));
    case "base64":
      return decodeBase64(text);
  }
}

/** Returns the most readable text, with its format, that means exactly these bytes. */
export function textFromBytes(bytes: Uint8Array): { text: string; format: BodyFormat } {
  const decoded = decodeUtf8(bytes);
  if (decoded !== undefined) {
    // A text box normalizes line endings in the same way.
    const text = decoded.replace(/\r\n?/g, "\n");
    for (const format of ["lf", "crlf"] as const) {
      if (areEqual(bytesFromText(text, format), bytes)) {
        return { text, format };
      }
    }
  }
  return { text: encodeBase64(bytes), format: "base64" };
}

/** Describes the size, encoding and ending of a body: the details that most often break a signature. */
export function describeBytes(bytes: Uint8Array): string {
  const size = `${bytes.length.toLocaleString("en")} ${bytes.length === 1 ? "byte" : "bytes"}`;
  if (bytes.length === 0) {
    return size;
  }
  const encoding = decodeUtf8(bytes) === undefined ? "not UTF-8" : "UTF-8";
  const ending = bytes.at(-1) === 0x0a ? "ends with a newline" : "no newline at the end";
  const hasByteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const mark = hasByteOrderMark ? ["starts with a byte order mark"] : [];
  return [size, encoding, ending, ...mark].join(", ");
}

/** Decodes UTF-8 and keeps a byte order mark. Returns `undefined` for bytes that are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Encodes bytes as padded base64 in the standard alphabet. */
export function encodeBase64(bytes: Uint8Array): string {
  // A call accepts a limited number of arguments, so the bytes are passed in chunks.
  const chunks: string[] = [];
  for (let start = 0; start < bytes.length; start += 0x8000) {
    chunks.push(String.fromCharCode(...bytes.subarray(start, start + 0x8000)));
  }
  return btoa(chunks.join(""));
}

/** Decodes base64 in the standard or the URL alphabet, with or without line breaks and padding. */
function decodeBase64(text: string): Uint8Array | undefined {
  try {
    const decoded = atob(text.replace(/\s/g, "").replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(decoded, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function areEqual(left: Uint8Array | undefined, right: Uint8Array): boolean {
  return left?.length === right.length && left.every((byte, index) => byte === right[index]);
}
