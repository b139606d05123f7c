// Everything that the package exports, the same from every entry.

import { schemes as known } from "../dist/generated/schemes.js";
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
  ContentPart,
  Encoding,
  HandshakeDescription,
  HeaderNames,
  Pointer,
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
export type { Authenticated, Findings, Unsigned } from "./event.js";
export type { Check, Explanation, Hint, HintCode } from "./explanation.js";
export { type FetchKeysOptions, fetchKeys, KeyCache, KeyFetchError } from "./fetch-keys.js";
export type { Key, KeyValue, SchemeName } from "./keys.js";
export type { Event, EventType, Payload, UnlistedType } from "./payload.js";
export { type Message, type Received, readMessage } from "./queue.js";
export { Signer, type Signing } from "./signer.js";
export {
  type ExplainOptions,
  type HandshakeOptions,
  type HandshakeReply,
  type Tolerance,
  Verifier,
  type VerifierOptions,
} from "./verifier.js";

/** What is known of a sender. */
export interface SchemeInfo {
  /** The name to choose it by. */
  readonly name: SchemeName;
  /** The sender's name as people write it. */
  readonly title: string;
  /** The page that the scheme was made from. */
  readonly docs: string;
  /** How the scheme is known to be right. */
  readonly confirmed: "vector" | "oracle" | "documented";
  /** What a successful verification proves. */
  readonly authenticated: Authenticated;
  /** Whether what has the same id is the same event. It is not where bodies say no more than that something has changed. */
  readonly tellsEvents: boolean;
  /** Whether a time is signed, so that late copies are refused. */
  readonly signsTime: boolean;
  /** Whether the URL that the sender was given is signed, so that deliveries need their `url`. */
  readonly signsUrl: boolean;
  /** Whether the request's method is signed, so that deliveries need their `method`. */
  readonly signsMethod: boolean;
  /** How the text of a secret becomes a key. */
  readonly key: SchemeDescription["key"];
  /** The window for the signed time unless another is chosen, in seconds. */
  readonly tolerance: { readonly past: number; readonly future: number };
  /** The headers that are read, in lower case. */
  readonly headers: readonly string[];
}

/** Every sender that is known by name. */
export const schemes: readonly SchemeInfo[] = known;
