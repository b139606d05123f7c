// A verified event: the core's result and the raw body go in, the object that callers work with comes out.

import { checkJson, JsonState } from "#bindings";
import type { BufferedBody } from "./buffered-body.js";
import { withCore } from "./core.js";
import { DecodeError } from "./errors.js";
import { writeRecord } from "./exchange.js";
import { parseWithBigIntegers } from "./json.js";
import { decoder, strictDecoder } from "./utf8.js";

/** The property that holds the body of an event whose id is a digest. Unlike a private field, proxies pass it on. */
const BUFFERED = Symbol("buffered body");

const ID_FROM_BODY: PropertyDescriptor & ThisType<VerifiedEvent> = {
  enumerable: true,
  configurable: true,
  get() {
    return this[BUFFERED]?.id;
  },
  // The id of other events is a plain property, which JavaScript code may set.
  set(id: string) {
    Object.defineProperty(this, "id", { value: id, writable: true });
  },
};

/** The first byte of a compressed body. */
const GZIP = 0x1f;

/** The method by which Node, Deno and Bun ask an object how to display it. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** The scope of the proof: the body (`"content"`), or only the identity of the sender (`"sender"`). */
export type Authenticated = "content" | "sender";

/** The properties of an event without its body. */
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

/** Values from unsigned headers: display them, never act on them. */
export interface Unsigned {
  /** The sender's id of the delivery. */
  readonly id: string | undefined;
  /** The sender's name for the type of the event. */
  readonly type: string | undefined;
}

/** How `json` reads a body. */
export interface JsonOptions {
  /** Whether a duplicate key anywhere in the body, or nesting deeper than 64 levels, is an error. */
  readonly strict?: boolean;
}

/** An authentic and recent event. Programs use this class by the type `Event`. */
export class VerifiedEvent<
  Source extends string = string,
  Type extends string | undefined = string | undefined,
  Body = unknown,
> {
  // These properties are only declared: defining them twice, here and as a getter, would make the objects slow.
  /** The name of the scheme that verified the event. */
  declare readonly source: Source;
  /**
   * The id of the event, which a redelivery repeats: the sender's signed id or, if the sender signs none, `sha256:` and
   * a digest of the signed content. A digest of the body is computed when the id is first read.
   */
  declare readonly id: string;
  /** The sender's name for the type of the event; `undefined` if no signed content holds one. */
  declare readonly type: Type;
  /** When the sender signed it; `undefined` if the scheme signs no timestamp. */
  declare readonly signedAt: Date | undefined;
  /** The key that verified the signature: its id or, if it has none, its position in the list of keys. */
  declare readonly keyId: string | number;
  /** Whether the body itself is signed, or only the identity of the sender is proven. */
  declare readonly authenticated: Authenticated;
  /** Values from unsigned headers. */
  declare readonly unsigned: Unsigned;
  /** @internal */
  declare readonly [BUFFERED]?: BufferedBody;
  readonly #raw: Uint8Array | string;
  #bytes: Uint8Array | undefined;
  /** What the core has found out about the body as JSON, read strictly if the sender did not sign it as a whole. */
  #json: JsonState;
  #jsonError: DecodeError | undefined;
  /** Whether the whole body was read strictly, and why it was rejected. */
  #wasReadStrictly: boolean;
  #strictError: DecodeError | undefined;
  /** The text inside a body that wraps it: JSON in a form, or compressed text. The query of a delivery by GET. */
  readonly #wrapped: string | undefined;

  /** @internal */
  constructor(
    findings: Omit<Findings<Source, Type>, "id">,
    id: string | BufferedBody,
    raw: Uint8Array | string,
    json: JsonState = JsonState.NotRead,
    jsonError?: DecodeError,
    wrapped?: string,
  ) {
    this.source = findings.source;
    if (typeof id === "string") {
      this.id = id;
    } else {
      Object.defineProperty(this, "id", ID_FROM_BODY);
      this[BUFFERED] = id;
    }
    this.type = findings.type;
    this.signedAt = findings.signedAt;
    this.keyId = findings.keyId;
    this.authenticated = findings.authenticated;
    this.unsigned = findings.unsigned;
    this.#raw = raw;
    this.#json = json;
    this.#jsonError = jsonError;
    this.#wrapped = wrapped;
    this.#wasReadStrictly = json !== JsonState.NotRead && findings.authenticated !== "content";
  }

  /**
   * The bytes of the body, exactly as they were passed in. They are not copied, unless their memory is shared or resizable:
   * reusing the buffer changes this view.
   * @example
   * await writeFile("body.bin", event.body);
   */
  get body(): Uint8Array {
    this.#bytes ??= typeof this.#raw === "string" ? new TextEncoder().encode(this.#raw) : this.#raw;
    return this.#bytes;
  }

  /**
   * Returns the body as text. A compressed body (Stream) is decompressed.
   * @throws {DecodeError} `not_text`, if the body is not UTF-8
   * @example
   * const text = event.text();
   */
  text(): string {
    const content = this[BUFFERED]?.content ?? this.#raw;
    if (typeof content === "string") {
      return content;
    }
    if (this.#wrapped !== undefined && content[0] === GZIP) {
      return this.#wrapped;
    }
    const isJson = this.#json === JsonState.Json || this.#json === JsonState.JsonWithBigIntegers;
    if (isJson && this.#wrapped === undefined) {
      // The core has checked that it is UTF-8. In some runtimes a decoder that checks takes ten times as long.
      return decoder.decode(content);
    }
    try {
      return strictDecoder.decode(content);
    } catch {
      throw new DecodeError("not_text", "authentic, but the body is not UTF-8: use `body`");
    }
  }

  /**
   * Returns the fields of a body in `application/x-www-form-urlencoded`. A delivery by GET (Twilio) has them in its URL.
   * @throws {DecodeError} `not_form`, if the body holds an invalid escape; `not_text`, if it is not UTF-8
   * @example
   * const callSid = event.form().get("CallSid");
   */
  form(): URLSearchParams {
    const text = this.#raw.length === 0 ? (this.#wrapped ?? "") : this.text();
    try {
      decodeURIComponent(text);
    } catch {
      throw new DecodeError("not_form", "authentic, but the body is not form-encoded: use `body`");
    }
    // Without the `&`, URLSearchParams would drop a question mark at the start, which is part of the first name.
    return new URLSearchParams(`&${text}`);
  }

  /**
   * Returns the body parsed as JSON, as `JSON.parse` reads it, except that integers beyond 2^53 - 1 become `bigint`, so no
   * number is rounded. A form that holds the JSON in its only field, as senders of GitHub's kind post, is unwrapped. The
   * type is the one that the sender documents for the event, or the type argument; the body is
   * not checked against it.
   *
   * With `strict`, a body that parsers read differently is an error. A body that the sender did not sign as a whole
   * (`authenticated` is `"sender"`) is always read strictly.
   * @throws {DecodeError} `not_json`, if the body is not JSON; if it is read strictly, also `duplicate_key`, if an object
   *   repeats a key, and `too_deep`, if the body is nested deeper than 64 levels
   * @example
   * if (event.type === "invoice.paid") {
   *   console.log(event.json().data);
   * }
   */
  json(options?: JsonOptions): Body;
  json<P>(options?: JsonOptions): P;
  json({ strict = false }: JsonOptions = {}): unknown {
    const isStrict = strict || this.authenticated !== "content";
    const error = this.#check(isStrict);
    if (error !== undefined) {
      throw error;
    }
    const text = this.#wrapped ?? this.text();
    const hasBigIntegers = this.#json === JsonState.JsonWithBigIntegers;
    return hasBigIntegers ? parseWithBigIntegers(text) : JSON.parse(text);
  }

  /**
   * Returns everything but the body. `JSON.stringify` and loggers call it.
   * @example
   * console.log(JSON.stringify(event));
   */
  toJSON(): Findings<Source, Type> {
    const { source, id, type, signedAt, keyId, authenticated, unsigned } = this;
    return { source, id, type, signedAt, keyId, authenticated, unsigned };
  }

  /**
   * Returns the text that `console.log` shows: the properties of `toJSON`, with the id instead of its getter.
   * @internal
   */
  [INSPECT](_depth: number, options: object, inspect: (value: unknown, options: object) => string) {
    return `VerifiedEvent ${inspect(this.toJSON(), options)}`;
  }

  /** Lets the core read the body, unless that was done before. Returns why it was rejected. */
  #check(isStrict: boolean): DecodeError | undefined {
    if (isStrict ? !this.#wasReadStrictly : this.#json === JsonState.NotRead) {
      try {
        this.#json = withCore((core) => {
          const length =
            this.#wrapped === undefined
              ? (this[BUFFERED]?.writeInto(core) ?? writeRecord(core, [], this.#raw))
              : writeRecord(core, [], this.#wrapped);
          return checkJson(core.exchange, length, isStrict);
        });
      } catch (error) {
        if (!(error instanceof DecodeError)) {
          throw error;
        }
        if (isStrict) {
          // A body that is not strict JSON may still be JSON.
          this.#strictError = error;
        } else {
          this.#json = JsonState.Rejected;
          this.#jsonError = error;
        }
      }
      this.#wasReadStrictly ||= isStrict;
    }
    return (isStrict ? this.#strictError : undefined) ?? this.#jsonError;
  }
}
