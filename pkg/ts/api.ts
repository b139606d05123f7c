// Everything that the package exports. Each entry adds the way in which its runtime loads the core.

import { schemes as knownSchemes } from "../dist/generated/schemes.js";
import type { SchemeDescription } from "./description.js";
import type { Authenticated } from "./event.js";
import type { SchemeName } from "./keys.js";

export type {
  flash,
  flashVault,
  flexprice,
  resend,
  stripe,
  subscribeflow,
} from "../dist/generated/payloads.js";
export type { Delivery, DeliveryBody, DeliveryHeaders } from "./delivery.js";
export type {
  Algorithm,
  AnswersDescription,
  ContentPart,
  Encoding,
  HandshakeDescription,
  HeaderNames,
  Pointer,
  ResponseDescription,
  SchemeDescription,
  SignatureDescription,
  TagDescription,
  TokenDescription,
  UrlPattern,
} from "./description.js";
export {
  DecodeError,
  type DecodeErrorCode,
  KeyError,
  type KeyErrorCode,
  Rejection,
  type RejectionCode,
  SchemeError,
  type SchemeErrorCode,
} from "./errors.js";
export type { Authenticated, Findings, JsonOptions, Unsigned } from "./event.js";
export type { Check, Explanation, Hint, HintCode } from "./explanation.js";
export { type FetchKeysOptions, fetchKeys, KeyCache, KeyFetchError } from "./fetch-keys.js";
export { type HandshakeOptions, type HandshakeReply, setUp } from "./handshake.js";
export type { Key, KeyValue, SchemeName } from "./keys.js";
export type { Event, EventType, Payload, UnlistedType } from "./payload.js";
export { type Message, type Received, readMessage } from "./queue.js";
export type { Answer, Outcome } from "./reply.js";
export { Signer, type Signing } from "./signer.js";
export {
  type ExplainOptions,
  type Tolerance,
  Verifier,
  type VerifierOptions,
} from "./verifier.js";

/** A sender that the package knows by name. */
export interface SchemeInfo {
  /** The name to pass to `Verifier` and `Signer`. */
  readonly name: SchemeName;
  /** The sender's name as people write it. */
  readonly title: string;
  /** The page of the sender's documentation that describes its signatures. */
  readonly docs: string;
  /** How the scheme was checked: by a published vector, against the sender's library, or by its documentation. */
  readonly confirmed: "vector" | "oracle" | "documented";
  /** The proof that a verified delivery gives: of its content, or only of its sender. */
  readonly authenticated: Authenticated;
  /**
   * Whether events with the same id are the same event. If not, the sender's bodies only say that something changed, and
   * two events may have the same body.
   */
  readonly identifiesEvents: boolean;
  /** Whether a timestamp is signed. If not, an old delivery can be replayed. */
  readonly signsTime: boolean;
  /** Whether the URL is signed. If so, pass `url` with each delivery or once to the verifier. */
  readonly signsUrl: boolean;
  /** Whether the method is signed. If so, pass `method` with each delivery. */
  readonly signsMethod: boolean;
  /** How the text of a secret becomes a key. */
  readonly key: SchemeDescription["key"];
  /** The default tolerance for the timestamp, in seconds. */
  readonly tolerance: { readonly past: number; readonly future: number };
  /** The headers that the verifier reads, in lower case. */
  readonly headers: readonly string[];
}

/**
 * All senders that the package knows by name.
 * @example
 * const names = schemes.map(({ name }) => name);
 */
export const schemes: readonly SchemeInfo[] = knownSchemes;
