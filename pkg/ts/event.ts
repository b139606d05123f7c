// What a verified delivery means.

import { checkJson } from "#bindings";
import { guarded } from "./core.js";
import { DecodeError } from "./errors.js";
import { decoder, JsonState, receive, send } from "./exchange.js";
import { parseWithBigIntegers } from "./json.js";
import type { KeptBody } from "./kept.js";

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Under what an event has the body that its id is still to be made of. A proxy finds it, too, unlike a private field. */
const KEPT = Symbol("kept");

const ID_OF_KEPT: PropertyDescriptor & ThisType<VerifiedEvent> = {
  enumerable: true,
  configurable: true,
  get() {
    return this[KEPT]?.id;
  },
  // As it is with every other event, where no type forbids it.
  set(id: string) {
    Object.defineProperty(this, "id", { value: id, writable: true });
  },
};

/** The name by which Node, Deno and Bun ask how a value is to be shown. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

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
  // Only declared: a property that is there before it gets a getter makes an object slow.
  /** The name of the scheme it came by. */
  declare readonly source: Source;
  /**
   * What tells this event from every other of the source: the sender's signed id, or `sha256:` and a digest of what
   * was signed. A repeated delivery has the same id. A digest of the body is made when it is first read.
   */
  declare readonly id: string;
  /** The sender's name for the type of event, where something signed says it. */
  declare readonly type: Type;
  /** When the sender signed it, where the scheme signs a time. */
  declare readonly signedAt: Date | undefined;
  /** Which key fits: the name it was given, or its position. */
  declare readonly keyId: string | number;
  /** Whether the body itself is signed, or only its sender known. */
  declare readonly authenticated: Authenticated;
  /** What headers say that nobody signed. */
  declare readonly unsigned: Unsigned;
  /** @internal */
  declare readonly [KEPT]?: KeptBody;
  readonly #raw: Uint8Array | string;
  #bytes: Uint8Array | undefined;
  #json: JsonState;
  #jsonError: DecodeError | undefined;

  /** @internal */
  constructor(
    findings: Omit<Findings<Source, Type>, "id">,
    id: string | KeptBody,
    raw: Uint8Array | string,
    json: JsonState,
    jsonError: DecodeError | undefined,
  ) {
    this.source = findings.source;
    if (typeof id === "string") {
      this.id = id;
    } else {
      Object.defineProperty(this, "id", ID_OF_KEPT);
      this[KEPT] = id;
    }
    this.type = findings.type;
    this.signedAt = findings.signedAt;
    this.keyId = findings.keyId;
    this.authenticated = findings.authenticated;
    this.unsigned = findings.unsigned;
    this.#raw = raw;
    this.#json = json;
    this.#jsonError = jsonError;
  }

  /** The body's bytes, exactly as they were passed in. They are not copied: who uses them again changes them here. */
  get body(): Uint8Array {
    this.#bytes ??= typeof this.#raw === "string" ? new TextEncoder().encode(this.#raw) : this.#raw;
    return this.#bytes;
  }

  /**
   * The body as text.
   * @throws {DecodeError} `not_text`, if it is not UTF-8
   */
  text(): string {
    const content = this[KEPT]?.content ?? this.#raw;
    if (typeof content === "string") {
      return content;
    }
    if (this.#json === JsonState.strict || this.#json === JsonState.strictWithBigIntegers) {
      // The core has found it to be UTF-8. Some decoders take ten times as long where they have to find out.
      return decoder.decode(content);
    }
    try {
      return strictDecoder.decode(content);
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

  /**
   * What `console.log` shows: the same, with the id and not its getter.
   * @internal
   */
  [INSPECT](_depth: number, options: object, inspect: (value: unknown, options: object) => string) {
    return `VerifiedEvent ${inspect(this.toJSON(), options)}`;
  }

  #check(): void {
    try {
      this.#json = guarded((core) => {
        const length = this[KEPT]?.send(core) ?? send(core, [], this.#raw);
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
