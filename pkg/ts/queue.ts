// Reads the gate's queue messages: a message goes in, the event that the gate verified comes out. The format of messages
// is a versioned contract with `worker/src/message.rs`.

import { wrappedText } from "#bindings";
import { descriptions } from "../dist/generated/schemes.js";
import { withCore } from "./core.js";
import { rawBody } from "./delivery.js";
import { DecodeError } from "./errors.js";
import { type Authenticated, VerifiedEvent } from "./event.js";
import { writeRecord } from "./exchange.js";
import type { SchemeName } from "./keys.js";
import type { Event } from "./payload.js";

/** The versions of the contract: a message that holds the body, and one that names the object that holds it. */
const INLINE = 1;
const POINTER = 2;
/** The type of a message whose event has none. */
const UNTYPED = "countersign.untyped";

/** A message as the gate puts it on the queue. Its attributes have the names of the CloudEvents 1.0 JSON format. */
export interface Message {
  readonly specversion: "1.0";
  /** The version of the contract. */
  readonly envelope: number;
  /** The id of the event, which is unique for its source. */
  readonly id: string;
  /** The path that received the event: `/in/<source>`. */
  readonly source: string;
  readonly type: string;
  /** When the gate received the event, in RFC 3339. */
  readonly time: string;
  readonly scheme: string;
  /** The name of the key that verified the signature. */
  readonly keyid: string;
  readonly authenticated: Authenticated;
  /** When the sender signed the event, in RFC 3339. */
  readonly signedtime?: string;
  readonly unsignedid?: string;
  readonly unsignedtype?: string;
  /** The query of a delivery by GET. Its parameters are the fields of the event. */
  readonly query?: string;
  /** `consumer`, if the gate could not detect duplicates and the consumer must. */
  readonly dedupe?: "consumer";
  /** The number of the replay, counted from 1, if an operator replayed the event. */
  readonly replay?: number;
  /** The body, in envelope 1. */
  readonly data_base64?: string;
  /** The name of the object in the gate's bucket that holds the body, in envelope 2. */
  readonly dataref?: string;
  /** The length of that object in bytes. */
  readonly datasize?: number;
}

/** The event of a message, and what the gate adds to it. */
export interface Received {
  /** The event as the gate verified it. */
  readonly event: Event<SchemeName>;
  /** The name of the source in the gate's configuration. */
  readonly source: string;
  /**
   * The idempotency key: duplicates of an event have the same key, and no other event of any source has it. Each replay
   * has a key of its own.
   */
  readonly key: string;
  /** When the gate received the event. */
  readonly receivedAt: Date;
}

/**
 * Reads a message of the gate. The body of the event is the bytes that the gate received.
 * @param message the `body` of a message that a queue consumer gets, as an object or as JSON text
 * @param body the bytes of the object that `message.dataref` names, if it names one: a body that is too large for a
 *   message is stored in the gate's bucket
 * @throws {DecodeError} `not_json`, if it is not a message of a version that this package knows
 * @throws {TypeError} if the body is in the bucket and is not passed, or has the wrong length
 * @example
 * export default {
 *   async queue(batch, env) {
 *     for (const message of batch.messages) {
 *       const { event, key } = readMessage(message.body);
 *       await act(event, key);
 *       message.ack();
 *     }
 *   },
 * };
 */
export function readMessage(message: unknown, body?: Uint8Array | ArrayBuffer): Received {
  // The copy reads each property once.
  const parsed: unknown = typeof message === "string" ? parse(message) : { ...Object(message) };
  if (!isMessage(parsed)) {
    throw new DecodeError(
      "not_json",
      `this is not a message of the gate in envelope ${INLINE} or ${POINTER}: if the gate is newer than this package, update the package`,
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
  const bytes = bodyOf(parsed, body);
  const wrapped = parsed.query ?? textInside(parsed.scheme, bytes);
  const event = new VerifiedEvent(findings, parsed.id, bytes, undefined, undefined, wrapped);
  // A source begins with a slash, so no id can make the key of an event equal to that of a replay.
  const replay = parsed.replay === undefined ? "" : `replay ${parsed.replay} `;
  return {
    event: event as Event<SchemeName>,
    source: parsed.source.replace(/^\/in\//, ""),
    key: `${replay}${parsed.source} ${parsed.id}`,
    receivedAt: new Date(parsed.time),
  };
}

/** The text inside a body of a sender that wraps it, in the field of a form or in gzip. */
function textInside(scheme: string, body: Uint8Array): string | undefined {
  const description = Object.hasOwn(descriptions, scheme) ? descriptions[scheme] : undefined;
  if (description === undefined || !/"jsonOrField"|"json-or-gzip"/.test(description)) {
    return undefined;
  }
  return withCore((core) => wrappedText(core.exchange, writeRecord(core, [description], body)));
}

/** The bytes of the body: from the message or, if the message only names them, as the caller passed them. */
function bodyOf(message: Message, stored: Uint8Array | ArrayBuffer | undefined): Uint8Array {
  if (message.data_base64 !== undefined) {
    return Uint8Array.from(atob(message.data_base64), (letter) => letter.charCodeAt(0));
  }
  if (stored === undefined) {
    throw new TypeError(
      `the body of this message is the object "${message.dataref}" of the gate's bucket: pass the object's bytes to readMessage`,
    );
  }
  const body = rawBody(stored);
  if (typeof body === "string") {
    throw new TypeError("the body must be the bytes of the object: a Uint8Array or an ArrayBuffer");
  }
  if (body.length !== message.datasize) {
    throw new TypeError(
      `the body of this message has ${message.datasize} bytes, but the body passed to readMessage has ${body.length}`,
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
  const { id, source, type, time, scheme, keyid, authenticated, replay, query } = candidate;
  return (
    holdsOrNamesBody(candidate) &&
    [id, source, type, time, scheme, keyid].every((text) => typeof text === "string") &&
    (authenticated === "content" || authenticated === "sender") &&
    (replay === undefined || typeof replay === "number") &&
    (query === undefined || typeof query === "string")
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
