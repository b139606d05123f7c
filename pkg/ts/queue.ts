// The gate's queue messages: the versioned contract of `worker/src/message.rs`, read back into the event it was made of.

import { DecodeError } from "./errors.js";
import { type Authenticated, VerifiedEvent } from "./event.js";
import { JsonState } from "./exchange.js";
import type { SchemeName } from "./keys.js";
import type { Event } from "./payload.js";

/** The version of the contract that this package reads. */
const ENVELOPE = 1;
/** What stands in the place of the type where the sender names none. */
const UNTYPED = "countersign.untyped";

/** A message as the gate puts it on the queue. Attributes have the names of CloudEvents 1.0 in JSON format. */
export interface Message {
  readonly specversion: "1.0";
  /** The version of the contract. */
  readonly envelope: number;
  /** What tells the event from every other of its source. */
  readonly id: string;
  /** The path that it came in by: `/in/<source>`. */
  readonly source: string;
  readonly type: string;
  /** When the gate took it in, in RFC 3339. */
  readonly time: string;
  readonly scheme: string;
  /** The name of the secret that fits. */
  readonly keyid: string;
  readonly authenticated: Authenticated;
  /** When the sender signed it, in RFC 3339. */
  readonly signedtime?: string;
  readonly unsignedid?: string;
  readonly unsignedtype?: string;
  /** `consumer`, where the gate could not tell copies apart. */
  readonly dedupe?: "consumer";
  readonly data_base64: string;
}

/** What a message says beyond the event itself. */
export interface Received {
  /** The event, as `verify` gave it to the gate. */
  readonly event: Event<SchemeName>;
  /** The name of the source in the gate's settings. */
  readonly source: string;
  /** What tells this event from every other of every source: act once for each. */
  readonly key: string;
  /** When the gate took it in. */
  readonly receivedAt: Date;
}

/**
 * Reads a message of the gate: `message.body` of a queue's consumer. The body of the event is the bytes that the gate
 * received.
 * @throws {DecodeError} `not_json`, if it is no message of a version that this package knows
 */
export function readMessage(message: unknown): Received {
  const parsed: unknown = typeof message === "string" ? parse(message) : message;
  if (!isMessage(parsed)) {
    throw new DecodeError(
      "not_json",
      `this is no message of the gate in envelope ${ENVELOPE}: a newer gate may need a newer version of this package`,
    );
  }
  const findings = {
    source: parsed.scheme as SchemeName,
    id: parsed.id,
    type: parsed.type === UNTYPED ? undefined : parsed.type,
    signedAt: parsed.signedtime === undefined ? undefined : new Date(parsed.signedtime),
    keyId: parsed.keyid,
    authenticated: parsed.authenticated,
    unsigned: { id: parsed.unsignedid, type: parsed.unsignedtype },
  };
  const body = Uint8Array.from(atob(parsed.data_base64), (letter) => letter.charCodeAt(0));
  return {
    event: new VerifiedEvent(findings, body, JsonState.notRead, undefined) as Event<SchemeName>,
    source: parsed.source.replace(/^\/in\//, ""),
    key: `${parsed.source} ${parsed.id}`,
    receivedAt: new Date(parsed.time),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isMessage(message: unknown): message is Message {
  if (typeof message !== "object" || message === null) {
    return false;
  }
  const candidate: { readonly [Name in keyof Message]?: unknown } = message;
  const { id, source, type, time, scheme, keyid, data_base64, authenticated } = candidate;
  return (
    candidate.envelope === ENVELOPE &&
    [id, source, type, time, scheme, keyid].every((text) => typeof text === "string") &&
    (authenticated === "content" || authenticated === "sender") &&
    typeof data_base64 === "string" &&
    isBase64(data_base64)
  );
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
