// Shows below each field how its text was read, or what is wrong with it.

import type { SchemeInfo } from "countersign";
import { describeBytes } from "./body-bytes.js";
import { lengthMismatch } from "./content-length.js";
import { find, setText } from "./dom.js";
import { fields } from "./fields.js";
import type { FormContents } from "./form.js";
import { printInstant } from "./time.js";
import type { Clock } from "./verify-delivery.js";

/** Updates the notes of the headers, the body and the time. */
export function annotateForm(contents: FormContents): void {
  const { problems } = contents.headers;
  const lines = problems.map(({ line, message }) => `Line ${line}: ${message}.`);
  showProblem(fields.headers, lines.join(" "));
  annotateBody(contents);
  annotateTime(contents);
}

/** Shows a problem below a field and marks the field as invalid. An empty message clears both. */
export function showProblem(field: HTMLElement, message: string): void {
  const place = find(`${field.id}-problem`, HTMLElement);
  setText(place, message);
  place.hidden = message === "";
  if (message === "") {
    field.removeAttribute("aria-invalid");
  } else {
    field.setAttribute("aria-invalid", "true");
  }
}

function annotateBody({ headers: { headers }, body }: FormContents): void {
  const facts = body === undefined ? "" : `${describeBytes(body)}.`;
  setText(find("body-facts", HTMLElement), facts);
  const mismatch = body && lengthMismatch(headers, body);
  showProblem(fields.body, body === undefined ? "This is not valid base64." : (mismatch ?? ""));
}

function annotateTime({ scheme, clock, tolerance }: FormContents): void {
  find("time", HTMLFieldSetElement).disabled = !scheme.signsTime;
  fields.tolerance.disabled = clock === "signed-at";
  find("other-time", HTMLElement).hidden = fields.clock.value !== "received-at";
  setText(find("received-at-facts", HTMLElement), clock instanceof Date ? printInstant(clock) : "");
  const isTimeUnreadable = clock === undefined && fields.receivedAt.value.trim() !== "";
  showProblem(
    fields.receivedAt,
    isTimeUnreadable ? "Enter a date, such as 2026-08-18T09:30:00Z, or a Unix timestamp." : "",
  );
  showProblem(
    fields.tolerance,
    tolerance === undefined
      ? "Enter a whole number of seconds. The check cannot be switched off."
      : "",
  );
  setText(find("time-hint", HTMLElement), timeHint(scheme, clock));
}

function timeHint({ title, signsTime, tolerance }: SchemeInfo, clock: Clock | undefined): string {
  if (!signsTime) {
    return `${title} does not sign a timestamp, so old deliveries are not rejected. Detect duplicates by event id.`;
  }
  if (clock === "signed-at") {
    return "Only the signature is checked. The age is ignored.";
  }
  const { past, future } = tolerance;
  const range =
    past === future
      ? `${past} seconds in the past or future`
      : `${past} seconds in the past, ${future} in the future`;
  return `Default for ${title}: ${range}.`;
}
