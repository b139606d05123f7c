// Reads the form into values and says what is still missing before the delivery can be verified.

import type { SchemeInfo } from "countersign";
import { type BodyFormat, bytesFromText, textFromBytes } from "./body-bytes.js";
import { fields } from "./fields.js";
import { type ParsedHeaders, parseHeaders } from "./headers.js";
import { chosenScheme } from "./scheme-select.js";
import { parseInstant } from "./time.js";
import type { Clock, DeliveryToVerify, Secret } from "./verify-delivery.js";

/** The values in the form. A value is `undefined` if its field cannot be read. */
export interface FormContents {
  readonly scheme: SchemeInfo;
  readonly secrets: readonly Secret[];
  readonly headers: ParsedHeaders;
  readonly body: Uint8Array | undefined;
  readonly method: string;
  /** Empty if the scheme does not sign the URL. */
  readonly url: string;
  readonly clock: Clock | undefined;
  /** In seconds. */
  readonly tolerance: number | "default" | undefined;
}

export function readForm(): FormContents {
  const scheme = chosenScheme();
  const clock = scheme.signsTime ? readClock() : "now";
  return {
    scheme,
    secrets: readSecrets(),
    headers: parseHeaders(fields.headers.value),
    body: bytesFromText(fields.body.value, fields.bodyFormat.value as BodyFormat),
    method: scheme.signsMethod ? fields.method.value : "POST",
    url: scheme.signsUrl ? fields.url.value.trim() : "",
    clock,
    tolerance: scheme.signsTime && clock !== "signed-at" ? readTolerance() : "default",
  };
}

/** Returns the delivery to verify, or as `missing` a request to the user to complete or correct the form. */
export function deliveryIn(
  contents: FormContents,
): DeliveryToVerify | { readonly missing: string } {
  const { scheme, secrets, headers, body, method, url, clock, tolerance } = contents;
  if (secrets.length === 0) {
    return { missing: `Paste the secret that ${scheme.title} shows for this endpoint.` };
  }
  if (scheme.signsUrl && url === "") {
    return {
      missing: `Paste the URL that you registered with ${scheme.title}. The signature covers it.`,
    };
  }
  if (scheme.headers.length > 0 && headers.headers.length === 0) {
    return {
      missing:
        headers.problems.length === 0
          ? "Paste the headers of the request."
          : "No header could be read. Correct the lines that are listed under Headers.",
    };
  }
  if (body === undefined) {
    return { missing: "The body is not valid base64. Correct it, or choose a text format for it." };
  }
  if (clock === undefined) {
    return { missing: "Enter the time at which the request was received." };
  }
  if (tolerance === undefined) {
    return { missing: "Enter the tolerance as a whole number of seconds." };
  }
  return {
    ...{ scheme, secrets, headers: headers.headers, body, method, url, clock },
    tolerance: tolerance === "default" ? undefined : tolerance,
  };
}

/** Puts a body into the form, in a format that keeps every byte. */
export function fillBody(bytes: Uint8Array): void {
  const { text, format } = textFromBytes(bytes);
  fields.body.value = text;
  fields.bodyFormat.value = format;
}

/** Matches a key in PEM or a JSON Web Key, which may take several lines, or any other non-blank line. */
const KEY = /^-----BEGIN [\s\S]*?-----END .*|^[ \t]*\{[^{}]*\}[ \t]*$|^.*\S.*/gm;

/** Keys are not trimmed: a blank in a secret may be part of it. */
function readSecrets(): Secret[] {
  const text = fields.secret.value;
  return Array.from(text.matchAll(KEY), (match) => {
    return { line: text.slice(0, match.index).split("\n").length, text: match[0] };
  });
}

function readClock(): Clock | undefined {
  switch (fields.clock.value) {
    case "signed-at":
      return "signed-at";
    case "received-at":
      return parseInstant(fields.receivedAt.value);
    default:
      return "now";
  }
}

const MAX_TOLERANCE_SECONDS = 0xffff_ffff;

function readTolerance(): number | "default" | undefined {
  const text = fields.tolerance.value.trim();
  if (text === "") {
    return "default";
  }
  const seconds = Number(text);
  return /^\d+$/.test(text) && seconds <= MAX_TOLERANCE_SECONDS ? seconds : undefined;
}
