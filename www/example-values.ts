// Values that the page enters itself (secret, URL, time of arrival), so that a sample needs no input. When the user
// chooses another sender, these values are removed. Values that the user entered stay.

import { fields } from "./fields.js";

type TextField = HTMLInputElement | HTMLTextAreaElement;

const examples = new Map<TextField, string>();
/** The scheme that the examples belong to. */
let exampleScheme = "";

/** Fills a blank field with an example for a scheme. */
export function fillExample(field: TextField, text: string, scheme: string): void {
  if (field.value.trim() === "") {
    field.value = text;
    examples.set(field, text);
    exampleScheme = scheme;
  }
}

/** Whether a field holds a value that the page entered itself. */
export function holdsExample(field: TextField): boolean {
  return examples.get(field) === field.value;
}

/** Sets the time of arrival to that of a recorded delivery. */
export function fillExampleArrival(receivedAt: Date, scheme: string): void {
  fields.receivedAt.value = "";
  fillExample(fields.receivedAt, receivedAt.toISOString(), scheme);
  fields.clock.value = "received-at";
}

/** Empties the fields that still hold an example for a scheme other than this one. */
export function clearExamplesOfOtherSchemes(scheme: string): void {
  if (scheme === exampleScheme) {
    return;
  }
  for (const [field, text] of examples) {
    if (field.value === text) {
      field.value = "";
    }
  }
  const isArrivalCleared = examples.has(fields.receivedAt) && fields.receivedAt.value === "";
  if (isArrivalCleared && fields.clock.value === "received-at") {
    fields.clock.value = "now";
  }
  examples.clear();
}
