// Responses to senders: a reply of the core goes in, an object that fits `new Response` comes out.

import type { CoreReply } from "#bindings";
import { DecodeError, Rejection } from "./errors.js";

/** A response that a sender understands. Send it with `new Response(answer.body, answer)`, or as your framework does. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body; `null` if the response has none. */
  readonly body: string | null;
}

/** What became of a genuine delivery. */
export type Outcome = "accepted" | "duplicate" | "filtered";

/**
 * Returns the response of a reply.
 * @internal
 */
export function answerOf({ status, contentType, headers, body }: CoreReply): Answer {
  // Part of the body may be the sender's text, so browsers must not guess another content type.
  const ofBody = contentType && {
    "content-type": contentType,
    "x-content-type-options": "nosniff",
  };
  return {
    status,
    headers: { ...ofBody, ...Object.fromEntries(headers) },
    body: contentType ? body : null,
  };
}

/**
 * Returns the outcome of a delivery that threw this.
 * @internal
 */
export function outcomeOf(error: unknown): "rejected" | "unreadable" | "failed" {
  if (error instanceof Rejection) {
    return "rejected";
  }
  return error instanceof DecodeError ? "unreadable" : "failed";
}
