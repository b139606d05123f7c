// The exact bytes of a body, out of a text box that keeps neither bytes nor line endings.

/** How the text in the box stands for bytes. */
export type BodyForm = "lf" | "crlf" | "base64";

/** The bytes that a text stands for; none where it was to be base64 and is not. */
export function bytesOf(text: string, form: BodyForm): Uint8Array | undefined {
  switch (form) {
    case "lf":
      return new TextEncoder().encode(text);
    case "crlf":
      return new TextEncoder().encode(text.replaceAll("\n", "\r\n"));
    case "base64":
      return decodeBase64(text);
  }
}

/** The most readable text that stands for exactly these bytes. */
export function textFor(bytes: Uint8Array): { text: string; form: BodyForm } {
  const decoded = decodeUtf8(bytes);
  if (decoded !== undefined) {
    // What a text box makes of it.
    const text = decoded.replace(/\r\n?/g, "\n");
    for (const form of ["lf", "crlf"] as const) {
      if (isSame(bytesOf(text, form), bytes)) {
        return { text, form };
      }
    }
  }
  return { text: encodeBase64(bytes), form: "base64" };
}

/** What is worth knowing of bytes that a signature does not fit. */
export function describeBytes(bytes: Uint8Array): string {
  const size = `${bytes.length.toLocaleString("en")} ${bytes.length === 1 ? "byte" : "bytes"}`;
  if (bytes.length === 0) {
    return size;
  }
  const ending = bytes.at(-1) === 0x0a ? "a newline at the end" : "no newline at the end";
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const facts = [size, decodeUtf8(bytes) === undefined ? "not UTF-8" : "UTF-8", ending];
  return [...facts, ...(marked ? ["a byte order mark in front"] : [])].join(", ");
}

/** The text of some bytes, byte order mark and all; none where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Base64 for people and shells. */
export function encodeBase64(bytes: Uint8Array): string {
  // In pieces: a call takes only so many arguments.
  const letters: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) {
    letters.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  }
  return btoa(letters.join(""));
}

/** Reads base64 with or without line breaks and padding, in either alphabet. */
function decodeBase64(text: string): Uint8Array | undefined {
  try {
    const letters = atob(text.replace(/\s/g, "").replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function isSame(left: Uint8Array | undefined, right: Uint8Array): boolean {
  return left?.length === right.length && left.every((byte, index) => byte === right[index]);
}
