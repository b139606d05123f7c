// Why a delivery was refused, and what would have made it pass: what the core finds, and what only JavaScript knows.

import { descriptions, schemes } from "../dist/generated/schemes.js";
import type { DecodeErrorCode, RejectionCode } from "./errors.js";
import type { Answer } from "./exchange.js";

/**
 * What became of a delivery, check by check. It holds no secret, no expected signature and nothing of the body. It is for
 * logs and people on the receiver's side: never answer a request with it.
 */
export interface Explanation {
  /** `"valid"`, or the code of the error that `verify` throws. */
  readonly verdict: "valid" | RejectionCode | DecodeErrorCode;
  /** The checks in their order. Only the last can have failed: those after it were not reached. */
  readonly checks: readonly Check[];
  /** What to change. Where the signature does not fit, it is what made it fit. */
  readonly hints: readonly Hint[];
}

/** One check and how it went. */
export interface Check {
  readonly name: "headers" | "layout" | "key" | "signature" | "time" | "body" | "id";
  readonly ok: boolean;
  /** What was found. */
  readonly detail: string;
}

/** Something to change. */
export interface Hint {
  readonly code: HintCode;
  /** What is wrong and what to do about it. */
  readonly message: string;
}

/** The stable name of a mistake. */
export type HintCode =
  /** The body was parsed as JSON and printed again. */
  | "json_reprinted"
  | "final_newline"
  | "white_space"
  | "line_endings"
  | "byte_order_mark"
  | "charset"
  /** Suspected, since it cannot be undone: the body was decoded although it is no UTF-8. */
  | "lossy_decoding"
  /** Suspected: something has read or parsed the body before. */
  | "body_missing"
  /** The secret is right, and one side decodes it, or not, or cuts off its prefix, or has more around it. */
  | "secret_encoding"
  | "secret_prefix"
  | "secret_white_space"
  | "secret_quotes"
  /** A key of another source fits. */
  | "other_source"
  /** The headers are another sender's. */
  | "other_sender"
  | "url"
  | "method"
  /** Seconds are taken for milliseconds or the other way round, by the sender or here. */
  | "time_unit"
  | "late_delivery"
  | "clock_behind"
  /** Not a mistake: a key that is not the first one fits. */
  | "previous_key";

/**
 * Takes an explanation out of an answer, which `pkg/src/exchange.rs` describes.
 * @internal
 */
export function readExplanation({ key: checkCount, texts }: Answer): Explanation {
  const [verdict, ...rest] = texts as [Explanation["verdict"], ...string[]];
  const pairs = Array.from({ length: rest.length / 2 }, (_, index) => {
    return [rest[2 * index] ?? "", rest[2 * index + 1] ?? ""] as const;
  });
  return {
    verdict,
    checks: pairs.slice(0, checkCount).map(([name, detail], index) => {
      const ok = verdict === "valid" || index < checkCount - 1;
      return { name: name as Check["name"], ok, detail };
    }),
    hints: pairs.slice(checkCount).map(([code, message]) => ({ code: code as HintCode, message })),
  };
}

/**
 * What is said of the key that made the signature, if one did.
 * @internal
 */
export function signingKey({ checks }: Explanation): string | undefined {
  return checks.find(({ name, ok }) => name === "signature" && ok)?.detail;
}

/**
 * What is to be said of a delivery that was signed for another source.
 * @internal
 */
export function otherSource(name: string, key: string): Hint {
  return {
    code: "other_source",
    message: `it was signed for the source \`${name}\` (${key}): use that key here, or let the sender deliver there`,
  };
}

/** Senders to name at most. Some headers are used by many. */
const MAX_NAMED = 3;

/**
 * The senders whose signature headers have arrived, where none of the own ones did.
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
    message: `the \`${header}\` header has arrived, which is used by ${titles.slice(0, MAX_NAMED).join(" and ")}: choose the scheme of the sender that this is from`,
  };
}

/** The headers in which a sender's proof may be. */
function proofHeaders(name: string): readonly string[] {
  const { signature, token, sharedToken } = JSON.parse(descriptions[name] ?? "{}");
  const place = signature?.place ?? sharedToken ?? token;
  // All sorts of requests have an Authorization header.
  return [place?.header ?? place?.anyHeader ?? []]
    .flat()
    .filter((header) => header !== "authorization");
}
