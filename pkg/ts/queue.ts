// The gate's queue messages: the versioned contract of `worker/src/message.rs`, read back into the event it was made of.

import { DecodeError } from "./errors.js";
import { type Authenticated, VerifiedEvent } from "./event.js";
import { JsonState } from "./exchange.js";
import type { SchemeName } from "./keys.js";
import type { Event } from "./payload.js";

/** The versions of the contract that this package reads: a message that holds its body, and one that names it. */
const INLINE = 1;
const POINTER = 2;
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
  /** Which replay this is, counted from one, where an operator asked for it. */
  readonly replay?: number;
  /** The body, in envelope 1. */
  readonly data_base64?: string;
  /** The name of the object in the gate's bucket that holds the body, in envelope 2. */
  readonly dataref?: string;
  /** The length of that body in bytes. */
  readonly datasize?: number;
}

/** What a message says beyond the event itself. */
export interface Received {
  /** The event, as `verify` gave it to the gate. */
  readonly event: Event<SchemeName>;
  /** The name of the source in the gate's settings. */
  readonly source: string;
  /** What tells this event from every other of every source, and a replay from the first time: act once for each. */
  readonly key: string;
  /** When the gate took it in. */
  readonly receivedAt: Date;
}

/**
 * Reads a message of the gate: `message.body` of a queue's consumer. The body of the event is the bytes that the gate
 * received.
 * @param body the bytes of the object that `message.dataref` names, where it names one: a body that is too long for a
 *   message stands in the gate's bucket
 * @throws {DecodeError} `not_json`, if it is no message of a version that this package knows
 * @throws {TypeError} if the body stands in the bucket and is not given, or has not the length that it should have
 */
export function readMessage(message: unknown, body?: Uint8Array | ArrayBuffer): Received {
  const parsed: unknown = typeof message === "string" ? parse(message) : message;
  if (!isMessage(parsed)) {
    throw new DecodeError(
      "not_json",
      `this is no message of the gate in envelope ${INLINE} or ${POINTER}: a newer gate may need a newer version of this package`,
    );
  }
  const findings = {
    source: parsed.scheme as SchemeName,
    type: parsed.type === UNTYPED ? undefined : parsed.type,
    signedAt: parsed.signedtime === undefined ? undefined : new Date(parsed.signedtime),
    keyId: parsed.keyid,
    authenticated: parsed.authenticated,
    unsigned: { id: parsed.unsignedid, type: parsed.unsignedtype },
  };
  // The source begins with a slash, so no id makes one event's key that of a replay of another.
  const replay = parsed.replay === undefined ? "" : `replay ${parsed.replay} `;
  return {
    event: new VerifiedEvent(
      findings,
      parsed.id,
      bodyOf(parsed, body),
      JsonState.notRead,
      undefined,
    ) as Event<SchemeName>,
    source: parsed.source.replace(/^\/in\//, ""),
    key: `${replay}${parsed.source} ${parsed.id}`,
    receivedAt: new Date(parsed.time),
  };
}

/** The bytes of the body: from the message, or as given where the message only names them. */
function bodyOf(message: Message, given: Uint8Array | ArrayBuffer | undefined): Uint8Array {
  if (message.data_base64 !== undefined) {
    return Uint8Array.from(atob(message.data_base64), (letter) => letter.charCodeAt(0));
  }
  if (given === undefined) {
    throw new TypeError(
      `the body of this message is the object "${message.dataref}" of the gate's bucket: give its bytes to readMessage`,
    );
  }
  const body = given instanceof Uint8Array ? given : new Uint8Array(given);
  if (body.length !== message.datasize) {
    throw new TypeError(
      `the body of this message has ${message.datasize} bytes, and what was given has ${body.length}`,
    );
  }
  return body;
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
  const { id, source, type, time, scheme, keyid, authenticated, replay } = candidate;
  return (
    holdsOrNamesBody(candidate) &&
    [id, source, type, time, scheme, keyid].every((text) => typeof text === "string") &&
    (authenticated === "content" || authenticated === "sender") &&
    (replay === undefined || typeof replay === "number")
  );
}

function holdsOrNamesBody(candidate: { readonly [Name in keyof Message]?: unknown }): boolean {
  const { envelope, data_base64, dataref, datasize } = candidate;
  return envelope === INLINE
    ? typeof data_base64 === "string" && isBase64(data_base64)
    : envelope === POINTER && typeof dataref === "string" && typeof datasize === "number";
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
