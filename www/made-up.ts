// What the page fills in by itself, so that a sample needs nothing of the user's. It gives way to another sample, where
// the user's own would stay.

import { fields } from "./form.js";

type TextField = HTMLInputElement | HTMLTextAreaElement;

const madeUp = new Map<TextField, string>();
let madeUpFor = "";

/** Fills a field that is blank, for a sender. */
export function makeUp(field: TextField, text: string, scheme: string): void {
  if (field.value.trim() === "") {
    field.value = text;
    madeUp.set(field, text);
    madeUpFor = scheme;
  }
}

/** Makes up when a delivery arrived. */
export function makeUpArrival(at: Date, scheme: string): void {
  fields.instant.value = "";
  makeUp(fields.instant, at.toISOString(), scheme);
  fields.clock.value = "other";
}

/** Empties the fields that hold what was made up for another sender. */
export function takeBack(scheme: string): void {
  if (scheme === madeUpFor) {
    return;
  }
  for (const [field, text] of madeUp) {
    if (field.value === text) {
      field.value = "";
    }
  }
  if (fields.clock.value === "other" && fields.instant.value === "" && madeUp.has(fields.instant)) {
    fields.clock.value = "now";
  }
  madeUp.clear();
}
