// What the codes mean to whoever has to fix it. The package's own message comes first; this adds what a page can
// know: what the form holds, and what people usually got wrong.

import type { Hint, SchemeInfo } from "countersign";
import type { Question, Reason } from "./judge.js";
import { asSentence } from "./prose.js";

/** The code in a few words. */
export function headlineFor({ code }: Reason, { scheme }: Question): string {
  const headlines = isProvedInBody(scheme) ? { ...HEADLINES, ...BODY_HEADLINES } : HEADLINES;
  return headlines[code] ?? "Refused";
}

const HEADLINES: Readonly<Record<string, string>> = {
  missing_header: "A header is missing",
  malformed_header: "A header is malformed",
  malformed_timestamp: "The timestamp is malformed",
  malformed_token: "The token is malformed",
  unsupported_signature: "No signature that this sender uses",
  too_many_signatures: "Too many signatures",
  signature_mismatch: "The signature does not fit",
  stale: "Genuine, but too old",
  premature: "Genuine, but from the future",
  body_mismatch: "Genuine, but with another body",
};

/** The codes speak of headers, as nearly all senders do. */
const BODY_HEADLINES: Readonly<Record<string, string>> = {
  missing_header: "The proof in the body is missing",
  malformed_header: "The proof in the body is malformed",
};

function isProvedInBody({ headers }: SchemeInfo): boolean {
  return headers.length === 0;
}

/** What to try, most likely first: what the package has tried already, then what only people can find out. */
export function adviceFor(reason: Reason, hints: readonly Hint[], question: Question): string[] {
  const tried = hints.map(({ message }) => asSentence(message));
  return [...tried, ...furtherAdvice(reason, hints.length > 0, question)];
}

function furtherAdvice(reason: Reason, isExplained: boolean, question: Question): string[] {
  const { scheme } = question;
  if (isProvedInBody(scheme) && reason.code in BODY_HEADLINES) {
    return [
      `${scheme.title} puts its proof into the body. Paste the whole body, as it arrived. Is this the right sender?`,
    ];
  }
  switch (reason.code) {
    case "missing_header":
      return [
        ...(isExplained
          ? []
          : [`${scheme.title} sends ${listed(scheme.headers)}. Is this the right sender?`]),
        "Paste all headers of the request; a framework may have renamed them or a proxy dropped some.",
        "A delivery without a signature may be somebody else’s: refusing it is right.",
      ];
    case "malformed_header":
    case "malformed_timestamp":
    case "malformed_token":
      return isExplained
        ? []
        : [
            "Copy the header again, whole: logs and terminals cut long lines or break them.",
            `If it arrived like this, it is not from ${scheme.title}, or something on the way changed it.`,
          ];
    case "unsupported_signature":
      return [
        `Check that the sender is ${scheme.title}, and that the key is of the kind that it signs with.`,
      ];
    case "signature_mismatch":
      return [...lengthAdvice(question), ...(isExplained ? [] : mismatchAdvice(question))];
    case "stale":
      return ["From a log or a replay? Check it as if it had just arrived."];
    case "body_mismatch":
      return [
        "What vouches for the body belongs to another event, or the body was changed on the way. Refusing it is right.",
      ];
    default:
      return [];
  }
}

/** Whether a click on "as if it had just arrived" would answer the next question. */
export function isAboutTime({ code }: Reason): boolean {
  return code === "stale" || code === "premature";
}

function lengthAdvice(question: Question): string[] {
  const contradiction = lengthContradiction(question);
  return contradiction === undefined ? [] : [contradiction];
}

function mismatchAdvice({ scheme: { title, authenticated } }: Question): string[] {
  const secret = `Each endpoint at ${title} may have a secret of its own, and test mode another than live mode.`;
  return authenticated === "content"
    ? [
        secret,
        "A body that was printed again, has other line endings or lost a newline would have been noticed. Load the raw bytes from a file to rule out the rest.",
      ]
    : [secret];
}

/** The length that a header gives proves nothing, but shows when the body in the form is not what arrived. */
export function lengthContradiction({
  headers,
  body,
}: Pick<Question, "headers" | "body">): string | undefined {
  const headerOf = (wanted: string) =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "";
  const announced = headerOf("content-length");
  // A compressed body was counted before it was unpacked.
  const isComparable =
    /^\d+$/.test(announced) && /^(?:identity)?$/.test(headerOf("content-encoding"));
  if (!isComparable || Number(announced) === body.length) {
    return undefined;
  }
  return `The body here is not the one that arrived: Content-Length says ${announced} bytes, and these are ${body.length}.`;
}

function listed(headers: readonly string[]): string {
  const names = headers.map((name) => `“${name}”`);
  return names.length === 1 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
