// The explanation of a verdict, and the two hints that JavaScript adds to those of the core.

import { descriptions, schemes } from "../dist/generated/schemes.js";
import type { DecodeErrorCode, RejectionCode } from "./errors.js";

/**
 * The verdict on a delivery, check by check. It holds no secret, no expected signature and nothing of the body. It is
 * meant for logs and for the operators of the receiver: never answer a request with it.
 */
export interface Explanation {
  /** `"valid"`, or the code of the error that `verify` throws. */
  readonly verdict: "valid" | RejectionCode | DecodeErrorCode;
  /** The checks in their order. Only the last one can have failed, because verification stops there. */
  readonly checks: readonly Check[];
  /**
   * Suggested changes. For a signature mismatch, each is a change that made the signature match; the codes
   * `lossy_decoding`, `body_missing` and `secret_api_key` are suspicions, and say so.
   */
  readonly hints: readonly Hint[];
}

/** One check and its result. */
export interface Check {
  readonly name: "headers" | "layout" | "key" | "signature" | "time" | "body" | "id";
  /** Whether the check passed. */
  readonly ok: boolean;
  /** The finding of the check. */
  readonly detail: string;
}

/** A suggested change. */
export interface Hint {
  readonly code: HintCode;
  /** The mistake, and how to correct it. */
  readonly message: string;
}

/** The stable name of a mistake. */
export type HintCode =
  /** The body was parsed as JSON and serialized again. */
  | "json_reprinted"
  | "final_newline"
  | "white_space"
  | "line_endings"
  | "byte_order_mark"
  | "charset"
  /** The body arrived in base64, for example from API Gateway. */
  | "base64"
  | "hexadecimal"
  /** The body arrived as a JSON string or in quotation marks. */
  | "quoted"
  /** The body arrived as a list of its bytes, as JSON makes of a `Buffer`. */
  | "byte_list"
  /** The whole event of a platform was passed, with the body inside. */
  | "inside_event"
  /** The body arrived compressed. */
  | "gzip"
  /** The body is a form and was decoded or encoded again, or the body was percent-encoded. */
  | "percent_encoding"
  /** Suspected, because it cannot be undone: the body was decoded as text although it is not valid UTF-8. */
  | "lossy_decoding"
  /** Suspected: other code has read or parsed the body before. */
  | "body_missing"
  /** The secret is right, but only one side decodes it. */
  | "secret_encoding"
  /** The secret is right, but only one side removes its prefix. */
  | "secret_prefix"
  /** The secret has white space around it. */
  | "secret_white_space"
  /** The secret has quotation marks around it. */
  | "secret_quotes"
  /** There is more text around the secret, such as its name. */
  | "secret_extra_text"
  /** Suspected by its form: an API key was passed in place of the secret. */
  | "secret_api_key"
  /** A key of another source verifies the signature. */
  | "other_source"
  /** The signature headers belong to another sender. */
  | "other_sender"
  /** The URL that was signed differs from the URL of the request. */
  | "url"
  | "method"
  /** Seconds were read as milliseconds or milliseconds as seconds, by the sender or by the receiver. */
  | "time_unit"
  | "late_delivery"
  | "clock_behind"
  /** Not a mistake: a key other than the first one verified the signature. */
  | "previous_key";

/**
 * Returns the detail about the key that verified the signature, or `undefined` if none did.
 * @internal
 */
export function signingKey({ checks }: Explanation): string | undefined {
  return checks.find(({ name, ok }) => name === "signature" && ok)?.detail;
}

/**
 * Returns the hint for a delivery that was signed for another source.
 * @internal
 */
export function otherSource(name: string, key: string): Hint {
  return {
    code: "other_source",
    message: `it was signed for the source \`${name}\` (${key}): use that key here, or change the sender's setting to deliver there`,
  };
}

/** The most senders that a hint names. Some headers are used by many senders. */
const MAX_NAMED = 3;

/**
 * Returns the hint for a delivery that has another sender's signature header and none of the own ones.
 * @param own the headers of the verifier's scheme
 * @param names the names of the headers that arrived
 * @internal
 */
export function otherSender(own: readonly string[], names: readonly string[]): Hint | undefined {
  const arrived = new Set(names.map((name) => name.toLowerCase()));
  const senders = schemes.flatMap(({ name, title }) => {
    const header = proofHeaders(name).find((candidate) => arrived.has(candidate));
    return header === undefined ? [] : [{ header, title }];
  });
  const header = senders[0]?.header;
  if (header === undefined || own.some((name) => arrived.has(name))) {
    return undefined;
  }
  const titles = senders.filter((sender) => sender.header === header).map(({ title }) => title);
  return {
    code: "other_sender",
    message: `the \`${header}\` header arrived, which ${titles.slice(0, MAX_NAMED).join(" and ")} use: choose the scheme of the sender of this delivery`,
  };
}

/** The headers that may hold a sender's signature or token. */
function proofHeaders(name: string): readonly string[] {
  const { signature, token, sharedToken } = JSON.parse(descriptions[name] ?? "{}");
  const place = signature?.place ?? sharedToken ?? token;
  // Requests of all kinds have an Authorization header.
  const { header, anyHeader, repeatedHeader, numberedHeader } = place ?? {};
  return [header ?? anyHeader ?? repeatedHeader ?? numberedHeader ?? []]
    .flat()
    .map((header: string) => header.replace("*", "1"))
    .filter((header) => header !== "authorization");
}
