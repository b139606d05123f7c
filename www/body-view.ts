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

/** Returns the body of a verified event: JSON or a form, or after a warning if it is neither. */
export function eventBody(event: Event): Node[] {
  const fields = formFields(event);
  if (fields !== undefined) {
    return [make("h3", {}, "Fields"), formTable(fields)];
  }
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

/** The most fields that are shown, because a row for each would slow the page. */
const MAX_FIELDS = 500;

/** Matches a name and a value that begin a form. No JSON begins like this. */
const BEGINS_LIKE_FORM = /^[\w%.+*[\]~-]+=/;

/** The fields of a form; `undefined` if the body is not one. */
function formFields(event: Event): [name: string, value: string][] | undefined {
  try {
    const fields = BEGINS_LIKE_FORM.test(event.text()) ? [...event.form()] : [];
    return fields.length > 0 && fields.length <= MAX_FIELDS ? fields : undefined;
  } catch (error) {
    if (error instanceof DecodeError) {
      return undefined;
    }
    throw error;
  }
}

function formTable(fields: readonly (readonly [name: string, value: string])[]): HTMLElement {
  const rows = fields.map(([name, value]) => {
    const head = make("th", { className: "data", scope: "row" }, name);
    return make("tr", {}, head, make("td", { className: "data" }, value));
  });
  const table = make("table", { className: "fields" }, make("tbody", {}, ...rows));
  table.setAttribute("aria-label", "Fields of the form");
  return table;
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
