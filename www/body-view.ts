// Shows the body of a delivery: JSON formatted and coloured, other text as it is, other bytes in hexadecimal.

import { DecodeError, type Event } from "countersign";
import { decodeUtf8 } from "./body-bytes.js";
import { make, makeProse } from "./dom.js";
import { formatJson } from "./json-tokens.js";
import { toSentence } from "./sentence.js";

/** Longer bodies are shown unformatted, because an element for each token would slow the page. */
const MAX_FORMATTED_LENGTH = 200_000;
/** How many bytes are shown of a body that is not text. */
const MAX_HEX_BYTES = 256;

/** Returns the body of a verified event, after a warning if it cannot be read as JSON. */
export function eventBody(event: Event): Node[] {
  try {
    const text = event.text();
    // Throws if the body is not JSON, or if parsers read it differently. The event itself is genuine in both cases.
    event.json({ strict: true });
    return bodySection(event.body, text.length > MAX_FORMATTED_LENGTH ? [text] : coloured(text));
  } catch (error) {
    if (error instanceof DecodeError) {
      const message = event.body.length === 0 ? "The body is empty." : toSentence(error.message);
      return [warning(message), ...plainBody(event.body)];
    }
    throw error;
  }
}

/** Returns a body as text, or in hexadecimal if it is not UTF-8. */
export function plainBody(bytes: Uint8Array): Node[] {
  return bodySection(bytes, [decodeUtf8(bytes) ?? hexadecimal(bytes)]);
}

export function warning(text: string): HTMLElement {
  return make("p", { className: "warning" }, ...makeProse(text));
}

function bodySection(bytes: Uint8Array, content: (Node | string)[]): Node[] {
  if (bytes.length === 0) {
    return [];
  }
  // The block may scroll, so it can be focused from the keyboard.
  const block = make("pre", { className: "data body", tabIndex: 0 }, ...content);
  block.setAttribute("role", "region");
  block.setAttribute("aria-label", "Formatted body");
  return [make("h3", {}, "Body"), block];
}

function coloured(json: string): Node[] {
  return formatJson(json).map(({ kind, text }) =>
    kind === "layout"
      ? document.createTextNode(text)
      : make("span", { className: `json-${kind}` }, text),
  );
}

function hexadecimal(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, MAX_HEX_BYTES), (byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  return shown.join(" ") + (bytes.length > MAX_HEX_BYTES ? " …" : "");
}
