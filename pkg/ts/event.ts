// What a verified delivery means.

import { checkJson } from "#bindings";
import { guarded } from "./core.js";
import { DecodeError } from "./errors.js";
import { JsonState, receive, send } from "./exchange.js";
import { parseWithBigIntegers } from "./json.js";

// A byte order mark is part of the body like any other bytes.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a proof covers: the body itself, or only who sent it. */
export type Authenticated = "content" | "sender";

/** What verification found out. */
export interface Findings<
  Source extends string,
  Type extends string | undefined = string | undefined,
> {
  readonly source: Source;
  readonly id: string;
  readonly type: Type;
  readonly signedAt: Date | undefined;
  readonly keyId: string | number;
  readonly authenticated: Authenticated;
  readonly unsigned: Unsigned;
}

/** What headers say that nobody signed: good to show, not to decide by. */
export interface Unsigned {
  /** The sender's id of the delivery. */
  readonly id: string | undefined;
  /** The sender's name of the event's type. */
  readonly type: string | undefined;
}

/** What there is to an event of one type; programs know it as `Event`. */
export class VerifiedEvent<
  Source extends string = string,
  Type extends string | undefined = string | undefined,
  Body = unknown,
> {
  /** The name of the scheme it came by. */
  readonly source: Source;
  /**
   * What tells this event from every other of the source: the sender's signed id, or `sha256:` and a digest of what
   * was signed. A repeated delivery has the same id.
   */
  readonly id: string;
  /** The sender's name for the type of event, where something signed says it. */
  readonly type: Type;
  /** When the sender signed it, where the scheme signs a time. */
  readonly signedAt: Date | undefined;
  /** Which key fits: the name it was given, or its position. */
  readonly keyId: string | number;
  /** Whether the body itself is signed, or only its sender known. */
  readonly authenticated: Authenticated;
  /** What headers say that nobody signed. */
  readonly unsigned: Unsigned;
  readonly #raw: Uint8Array | string;
  #bytes: Uint8Array | undefined;
  #json: JsonState;
  #jsonError: DecodeError | undefined;

  /** @internal */
  constructor(
    findings: Findings<Source, Type>,
    raw: Uint8Array | string,
    json: JsonState,
    jsonError: DecodeError | undefined,
  ) {
    this.source = findings.source;
    this.id = findings.id;
    this.type = findings.type;
    this.signedAt = findings.signedAt;
    this.keyId = findings.keyId;
    this.authenticated = findings.authenticated;
    this.unsigned = findings.unsigned;
    this.#raw = raw;
    this.#json = json;
    this.#jsonError = jsonError;
  }

  /** The body's bytes, exactly as they were passed in; they are not copied. */
  get body(): Uint8Array {
    this.#bytes ??= typeof this.#raw === "string" ? new TextEncoder().encode(this.#raw) : this.#raw;
    return this.#bytes;
  }

  /**
   * The body as text.
   * @throws {DecodeError} `not_text`, if it is not UTF-8
   */
  text(): string {
    if (typeof this.#raw === "string") {
      return this.#raw;
    }
    if (this.#json === JsonState.strict || this.#json === JsonState.strictWithBigIntegers) {
      // The core has found it to be UTF-8. Some decoders take ten times as long where they have to find out.
      return decoder.decode(this.#raw);
    }
    try {
      return strictDecoder.decode(this.#raw);
    } catch {
      throw new DecodeError("not_text", "genuine, but the body is not UTF-8: use `body`");
    }
  }

  /**
   * The fields of a body in `application/x-www-form-urlencoded`.
   * @throws {DecodeError} `not_form`, if an escape in it is broken, `not_text`, if it is not UTF-8
   */
  form(): URLSearchParams {
    const text = this.text();
    try {
      decodeURIComponent(text);
    } catch {
      throw new DecodeError("not_form", "genuine, but the body is not form-encoded: use `body`");
    }
    // A question mark at the start is part of the first name here, and would be dropped.
    return new URLSearchParams(`&${text}`);
  }

  /**
   * The body parsed as JSON. Integers beyond 2^53 - 1 become `bigint`; nothing is rounded. Its type is what the sender
   * is known to send, or the one that is asked for; the body is not compared with it.
   * @throws {DecodeError} if it is not JSON, names a member of an object twice, or is nested deeper than 64 levels
   */
  json(): Body;
  json<P>(): P;
  json(): unknown {
    if (this.#json === JsonState.notRead) {
      this.#check();
    }
    if (this.#jsonError !== undefined) {
      throw this.#jsonError;
    }
    const text = this.text();
    const hasBigIntegers = this.#json === JsonState.strictWithBigIntegers;
    return hasBigIntegers ? parseWithBigIntegers(text) : JSON.parse(text);
  }

  /** What `JSON.stringify` and loggers show: everything but the body. */
  toJSON(): Findings<Source, Type> {
    const { source, id, type, signedAt, keyId, authenticated, unsigned } = this;
    return { source, id, type, signedAt, keyId, authenticated, unsigned };
  }

  #check(): void {
    try {
      this.#json = guarded((core) => {
        const length = send(core, [], this.#raw);
        return receive(core, checkJson(core.exchange, length)).json;
      });
    } catch (error) {
      if (error instanceof DecodeError) {
        this.#json = JsonState.notStrict;
        this.#jsonError = error;
      }
      throw error;
    }
  }
}
