// Turns a rejection into a headline and a list of things to do. The package's own message and hints come first. This file
// adds advice from the contents of the form and from common mistakes.

import type { Hint, SchemeInfo } from "countersign";
import { lengthMismatch } from "./content-length.js";
import { toSentence } from "./sentence.js";
import type { DeliveryToVerify, Reason } from "./verify-delivery.js";

/** Returns the code of a rejection in a few words. */
export function headlineFor({ code }: Reason, { scheme }: DeliveryToVerify): string {
  const headlines = isSignedInBody(scheme) ? { ...HEADLINES, ...BODY_HEADLINES } : HEADLINES;
  return headlines[code] ?? "Rejected";
}

const HEADLINES: Readonly<Record<string, string>> = {
  missing_header: "A header is missing",
  malformed_header: "A header is malformed",
  malformed_timestamp: "The timestamp is malformed",
  malformed_token: "The token is malformed",
  unsupported_signature: "Unsupported signature",
  too_many_signatures: "Too many signatures",
  signature_mismatch: "Signature mismatch",
  stale: "Authentic, but too old",
  premature: "Authentic, but dated in the future",
  body_mismatch: "Signed for a different body",
};

/** The codes mention headers, because nearly all senders put the signature in one. */
const BODY_HEADLINES: Readonly<Record<string, string>> = {
  missing_header: "The signature in the body is missing",
  malformed_header: "The signature in the body is malformed",
};

/** Whether the signature or token is in the body, not in a header. */
function isSignedInBody({ headers }: SchemeInfo): boolean {
  return headers.length === 0;
}

/** Returns what to do: first the hints that the package confirmed by trying them, then what only the user can check. */
export function adviceFor(
  reason: Reason,
  hints: readonly Hint[],
  delivery: DeliveryToVerify,
): string[] {
  const confirmed = hints.map(({ message }) => toSentence(message));
  return [...confirmed, ...furtherAdvice(reason, hints.length > 0, delivery)];
}

function furtherAdvice(reason: Reason, hasHints: boolean, delivery: DeliveryToVerify): string[] {
  const { title, headers } = delivery.scheme;
  if (isSignedInBody(delivery.scheme) && reason.code in BODY_HEADLINES) {
    return [
      `${title} puts its signature or token in the body. Paste the whole body as received, and check that you chose the right sender.`,
    ];
  }
  switch (reason.code) {
    case "missing_header":
      return [
        ...(hasHints
          ? []
          : [`${title} sends ${quotedList(headers)}. Check that you chose the right sender.`]),
        "Paste all headers of the request. A framework may have renamed some, or a proxy may have removed them.",
        `If the request never had a signature, it may not come from ${title}. Rejecting it is correct.`,
      ];
    case "malformed_header":
    case "malformed_timestamp":
    case "malformed_token":
      return hasHints
        ? []
        : [
            "Copy the whole header again. Logs and terminals cut or wrap long lines.",
            `If the header arrived like this, the request does not come from ${title} or was changed on the way.`,
          ];
    case "unsupported_signature":
      return [
        `Check that the sender is ${title} and that the key is of the type that ${title} signs with.`,
      ];
    case "signature_mismatch":
      return [...lengthAdvice(delivery), ...(hasHints ? [] : mismatchAdvice(delivery))];
    case "stale":
      return [
        "If the request comes from a log or a replay, ignore its age and check the signature only.",
      ];
    case "body_mismatch":
      return [
        "The signature belongs to another event, or the body was changed on the way. Rejecting the request is correct.",
      ];
    default:
      return [];
  }
}

/** Whether the delivery would be verified if its age were ignored. */
export function isAboutTime({ code }: Reason): boolean {
  return code === "stale" || code === "premature";
}

function lengthAdvice({ headers, body }: DeliveryToVerify): string[] {
  const mismatch = lengthMismatch(headers, body);
  return mismatch === undefined ? [] : [mismatch];
}

function mismatchAdvice({ scheme: { title, authenticated } }: DeliveryToVerify): string[] {
  const secret = `Check that the secret belongs to this endpoint. ${title} may use a different secret for each endpoint, and for test and live mode.`;
  return authenticated === "content"
    ? [
        secret,
        "Load the raw body from a file. Re-serialized JSON, different line endings and a lost final newline were tried already and do not explain the mismatch.",
      ]
    : [secret];
}

function quotedList(headers: readonly string[]): string {
  const names = headers.map((name) => `“${name}”`);
  return names.length === 1 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
