// Compares the Content-Length header with the body in the form.

import type { Header } from "./headers.js";

/**
 * Returns a message if Content-Length contradicts the body, otherwise `undefined`. The header proves nothing, but a
 * different length shows that the body in the form is not the body that arrived.
 */
export function lengthMismatch(headers: readonly Header[], body: Uint8Array): string | undefined {
  const headerValue = (wanted: string) =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "";
  const contentLength = headerValue("content-length");
  // The header of a compressed body counts the compressed bytes.
  const isComparable =
    /^\d+$/.test(contentLength) && /^(?:identity)?$/.test(headerValue("content-encoding"));
  if (!isComparable || Number(contentLength) === body.length) {
    return undefined;
  }
  return `This is not the body that arrived: Content-Length is ${contentLength} bytes, but the body here has ${body.length}.`;
}
