// Verifies deliveries: a request goes in, an event comes out, or an error that says why the request was rejected.

import { Verifier as CoreVerifier, type SchemeSummary } from "#bindings";
import { BufferedBody } from "./buffered-body.js";
import { copyOf } from "./bytes.js";
import { type Core, withCore } from "./core.js";
import {
  type Delivery,
  flatHeaders,
  headerValues,
  millisOf,
  type ReadDelivery,
  rawBody,
  readDelivery,
  readMethod,
  readUrl,
} from "./delivery.js";
import type { SchemeDescription } from "./description.js";
import { DecodeError, Rejection } from "./errors.js";
import { VerifiedEvent } from "./event.js";
import { decodeEvent } from "./event-layout.js";
import { type Field, writeRecord, writeSecretRecord } from "./exchange.js";
import {
  type Explanation,
  type Hint,
  otherSender,
  otherSource,
  signingKey,
} from "./explanation.js";
import {
  type HandshakeOptions,
  type HandshakeReply,
  handshakeReplyOf,
  readVerifyToken,
} from "./handshake.js";
import { hashesAsynchronously, hashesSynchronously, withDigests } from "./host.js";
import { describe, type Key, type KeyValue, keyFields, readKey, type SchemeName } from "./keys.js";
import type { Event } from "./payload.js";
import { type Answer, answerOf, type Outcome, outcomeOf } from "./reply.js";

/** How far the timestamp may differ from the time of verification, in seconds: in both directions, or in each. */
export type Tolerance = number | { readonly past?: number; readonly future?: number };

/** Optional settings of a verifier. */
export interface VerifierOptions {
  /** The tolerance for the timestamp. It cannot be switched off. The default is the scheme's own. */
  readonly tolerance?: Tolerance;
  /**
   * The URL that the sender was given, for schemes that sign it. Set it behind a proxy, where the URL of the request
   * differs: headers in which a proxy reports the original URL are not signed, and are not used. Set it for Twilio in
   * any case: its signature does not show where the URL of a request ends and the form begins. From the `url` of a
   * delivery only the parameters are then used that the sender adds itself.
   */
  readonly url?: string;
  /**
   * The shortest body, in bytes, that the runtime hashes instead of the core: with `node:crypto` or, if there is none,
   * in `receive` with WebCrypto. The verdict is the same. The defaults are measured: for `node:crypto` 256 in Bun, 384 in
   * Node, 640 in Deno and 1280 in workerd; for WebCrypto 65536. `Infinity` means never.
   */
  readonly hostHashFrom?: number;
}

/** Optional settings of an explanation. */
export interface ExplainOptions {
  /**
   * Verifiers of other sources, such as those for live mode and test mode, by any names. If one of them verifies the
   * delivery, a hint says so.
   */
  readonly others?: Readonly<Record<string, AnyVerifier>>;
}

type AnyVerifier = Verifier<SchemeName | SchemeDescription>;

/**
 * Verifies the deliveries of one sender. It keeps the parsed keys, so create it once and reuse it. While a secret is
 * rotated, pass the old and the new one: either verifies.
 * @example
 * const verifier = new Verifier("stripe", ["whsec_new", "whsec_old"]);
 * const event = verifier.verify({ headers, body });
 * @example
 * const verifier = new Verifier("github", { id: "2026", key: secret }, { tolerance: 60 });
 */
export class Verifier<Scheme extends SchemeName | SchemeDescription = SchemeName> {
  readonly #description: string;
  readonly #keys: readonly { id: string | undefined; value: KeyValue }[];
  readonly #tolerance: { past: number | undefined; future: number | undefined };
  readonly #url: string | undefined;
  readonly #hostHashFrom: number | undefined;
  readonly #summary: SchemeSummary;
  #inner: CoreVerifier;
  #generation: number;

  /**
   * @param scheme the name of a sender in `schemes`, or a description
   * @param keys one key or several
   * @throws {SchemeError} if no scheme has this name, or the description is unsound
   * @throws {KeyError} if the list of keys is empty, or a key does not fit the scheme
   * @throws {TypeError} if an option is invalid
   */
  constructor(scheme: Scheme, keys: Key | readonly Key[], options: VerifierOptions = {}) {
    this.#description = describe(scheme);
    this.#keys = Array.from(Array.isArray(keys) ? keys : [keys], readKey);
    this.#tolerance = readTolerance(options?.tolerance);
    this.#url = readUrl(options?.url);
    this.#hostHashFrom = readByteCount(options?.hostHashFrom);
    [this.#inner, this.#summary, this.#generation] = withCore((core) => {
      const inner = this.#open(core);
      return [inner, inner.summary(), core.generation];
    });
  }

  /**
   * Verifies the signature of a delivery, then its timestamp, and returns the event. It reads only as much of the body
   * as the event's id and type require.
   * @param now the time of verification
   * @throws {Rejection} if the delivery is not authentic, or its timestamp is outside the tolerance
   * @throws {DecodeError} if it is authentic, but the event's id must come from the body and cannot be read there
   * @throws {TypeError} if the calling code is wrong: the body is not the raw body, `headers` are not headers, `now` is
   *   not a valid date, or the sender signs the URL or the method and it is missing
   * @example
   * const event = verifier.verify({ headers: request.headers, body: rawBody });
   * console.log(event.id, event.type, event.json());
   */
  verify(delivery: Delivery, now: Date = new Date()): Event<SourceOf<Scheme>> {
    const read = readDelivery(delivery);
    const raw = rawBody(read.body);
    const fields = this.#fieldsOf(read);
    const usesHostHash = hashesSynchronously(raw.length, this.#hostHashFrom);
    return this.#verify(fields, raw, millisOf(now), usesHostHash);
  }

  #verify(
    fields: readonly Field[],
    raw: Uint8Array | string,
    millis: number,
    usesHostHash: boolean,
  ): Event<SourceOf<Scheme>> {
    const decoded = withCore((core) => {
      const inner = this.#current(core);
      const length = writeRecord(core, fields, raw);
      return decodeEvent(inner.verify(core.exchange, length, millis, usesHostHash));
    });
    const findings = {
      source: this.#summary.name as SourceOf<Scheme>,
      type: decoded.type,
      signedAt: decoded.signedAt,
      keyId: this.#keys[decoded.key]?.id ?? decoded.key,
      authenticated: this.#summary.authenticated,
      unsigned: { id: decoded.unsignedId, type: decoded.unsignedType },
    };
    const id = decoded.id || new BufferedBody(raw, usesHostHash);
    return new VerifiedEvent(
      findings,
      id,
      raw,
      decoded.json,
      decoded.jsonError,
      decoded.wrapped,
    ) as Event<SourceOf<Scheme>>;
  }

  /**
   * Answers a handshake, by which a sender checks that an address accepts its deliveries: Slack's `url_verification`,
   * Discord's PING, the challenges of Zoom, X, Meta, Dropbox and others, the test messages of MailerSend and Zendesk, the
   * confirmation of an SNS subscription. Returns `undefined` if the request is not a handshake: verify it then.
   *
   * A signed handshake is verified before it is answered. A handshake in the query needs the request's `url`, and an
   * empty body; one with `OPTIONS` needs its `method`. A sender that hands over its key is answered by {@link setUp}.
   * @param now the time of verification
   * @throws {Rejection} if the handshake is not authentic or not recent, its verify token is wrong, or its challenge is
   *   not safe to repeat
   * @throws {TypeError} if the calling code is wrong: the body is not the raw body, or the URL is missing
   * @example
   * const reply = verifier.handshake({ headers, body, url: request.url });
   * if (reply !== undefined) return new Response(reply.body, reply);
   */
  handshake(
    delivery: Delivery,
    now: Date = new Date(),
    options: HandshakeOptions = {},
  ): HandshakeReply | undefined {
    const read = readDelivery(delivery);
    const verifyToken = readVerifyToken(options);
    const url = readUrl(read.url);
    if (this.#summary.hasQueryHandshake && url === undefined) {
      throw new TypeError("this sender's handshake is in the query: pass the request's `url`");
    }
    const fields = this.#fieldsOf(read, { method: readMethod(read.method), url });
    const raw = rawBody(read.body);
    const millis = millisOf(now);
    const reply = withCore((core) => {
      const inner = this.#current(core);
      const length = writeRecord(core, fields, raw);
      return inner.handshake(core.exchange, length, millis, verifyToken);
    });
    return reply && handshakeReplyOf(reply);
  }

  /**
   * Returns the response that the sender expects: to a genuine delivery, or to the error that was caught. Most senders
   * get 200 with `{"id","status"}`. Xero gets an empty body, and Twilio gets an empty TwiML document.
   *
   * A `Rejection` is answered with 401, and a `DecodeError` with 422. Neither says why. Any other error is answered with
   * 500, so that the sender retries.
   * @param outcome `accepted`, `duplicate`, `filtered`, or the error that was caught
   * @param event the event, whose id is part of most answers
   * @throws {TypeError} if an outcome is misspelt, or the event is missing
   * @example
   * try {
   *   const event = await verifier.receive(request);
   *   const answer = verifier.answer("accepted", event);
   *   return new Response(answer.body, answer);
   * } catch (error) {
   *   const answer = verifier.answer(error);
   *   return new Response(answer.body, answer);
   * }
   */
  answer(outcome: Outcome, event: { readonly id: string }): Answer;
  answer(error: unknown): Answer;
  answer(outcome: unknown, event?: { readonly id: string }): Answer {
    if (outcome === "accepted" || outcome === "duplicate" || outcome === "filtered") {
      if (typeof event?.id !== "string") {
        throw new TypeError("pass the event, too: its id is part of most answers");
      }
      return this.#answer(outcome, event.id);
    }
    if (typeof outcome === "string") {
      throw new TypeError('the outcome must be "accepted", "duplicate", "filtered" or an error');
    }
    return this.#answer(outcomeOf(outcome), "");
  }

  #answer(outcome: Outcome | ReturnType<typeof outcomeOf>, id: string): Answer {
    return withCore((core) => answerOf(this.#current(core).answer(outcome, id)));
  }

  /**
   * Reads the body of a request, then verifies it.
   * @param now the time of verification; by default, the time when the body is complete
   * @throws the errors of {@link verify}, as a rejected promise
   * @example
   * async function handle(request) {
   *   const event = await verifier.receive(request);
   *   return new Response(event.id);
   * }
   */
  async receive(request: Request, now?: Date): Promise<Event<SourceOf<Scheme>>> {
    if (request.bodyUsed) {
      throw new TypeError(
        "the body of this request was read before: verify first, then read the body from the event",
      );
    }
    const raw = rawBody(await request.arrayBuffer());
    const { headers, method, url } = request;
    const read = { headers, body: raw, method, url };
    const time = now ?? new Date();
    const min = this.#hostHashFrom;
    if (hashesSynchronously(raw.length, min) || !hashesAsynchronously(raw.length, min)) {
      return this.verify(read, time);
    }
    const fields = this.#fieldsOf(read);
    const millis = millisOf(time);
    // Other code runs while WebCrypto hashes, and may still have the buffer.
    const body = typeof raw === "string" ? raw : copyOf(raw);
    return withDigests((usesHostHash) => {
      const event = this.#verify(fields, body, millis, usesHostHash);
      // An id that is a digest is computed now, because WebCrypto cannot compute it in the getter.
      void event.id;
      return event;
    });
  }

  /**
   * Explains the verdict on a delivery check by check. For a signature mismatch, it undoes common mistakes one by one
   * and verifies again: a hint names each mistake whose undoing made the signature match. The work is bounded; if it does
   * not suffice for all mistakes, as for a body of megabytes, the detail of the failed check says so.
   *
   * The explanation is meant for logs and for the operators of the receiver: never answer a request with it.
   * @param now the time of verification
   * @throws {TypeError} if the body is not the raw body, `headers` are not headers, or `now` is not a valid date
   * @example
   * const { verdict, hints } = verifier.explain({ headers, body });
   * console.warn(verdict, hints.map((hint) => hint.message));
   */
  explain(
    delivery: Delivery,
    now: Date = new Date(),
    { others = {} }: ExplainOptions = {},
  ): Explanation {
    const read = readDelivery(delivery);
    const headers = flatHeaders(read.headers);
    const { method } = read;
    const request = [typeof method === "string" ? method : undefined, ...this.#urlsOf(read)];
    // A field without a value, in place of a header's name, marks the text of a key.
    const secrets = this.#keys.flatMap(({ value }) =>
      typeof value === "string" ? [undefined, value] : [],
    );
    const raw = rawBody(read.body);
    const millis = millisOf(now);
    const explanation = withCore((core) => {
      const inner = this.#current(core);
      const length = writeSecretRecord(core, [...request, ...headers, ...secrets], raw);
      return inner.explain(core.exchange, length, millis);
    });
    if (signingKey(explanation) !== undefined) {
      return explanation;
    }
    const names = headers.filter((_, index) => index % 2 === 0);
    const pairs = names.map((name, index): [string, string] => [
      name,
      headers[2 * index + 1] ?? "",
    ]);
    const same = { ...read, headers: pairs, body: raw } as Delivery;
    const hint =
      findOther(same, new Date(millis), others) ?? otherSender(this.#summary.headers, names);
    return hint === undefined ? explanation : { ...explanation, hints: [hint] };
  }

  /**
   * The fields of a record: the headers of the scheme, the method and the URL, each read once.
   * @param handshake the method and the URL of a request that may be a handshake, for schemes that do not sign them
   */
  #fieldsOf(
    delivery: ReadDelivery,
    handshake?: { method: string | undefined; url: string | undefined },
  ): Field[] {
    const { headers, joinedHeaders, handshakeHeaders, signsMethod, signsUrl } = this.#summary;
    const names = handshake ? [...headers, ...handshakeHeaders] : headers;
    const fields = headerValues(delivery.headers, names, joinedHeaders);
    const { method } = delivery;
    const [signedUrl, arrivedAt] = this.#urlsOf(delivery);
    if (signsUrl && signedUrl === undefined) {
      throw new TypeError(
        "this sender signs the URL: pass the URL that it was given as `url`, with the delivery or once to the verifier",
      );
    }
    if (signsMethod && typeof method !== "string") {
      throw new TypeError(
        "this sender signs the request's method: pass `method` with the delivery",
      );
    }
    fields.push(signsMethod ? method : handshake?.method);
    fields.push(...(signsUrl ? [signedUrl, arrivedAt] : [handshake?.url]));
    return fields;
  }

  /** The URL that the sender was given and, if the verifier has that, the URL of the request. */
  #urlsOf({ url }: ReadDelivery): readonly [string | undefined, string | undefined] {
    const requestUrl = readUrl(url);
    return this.#url === undefined ? [requestUrl, undefined] : [this.#url, requestUrl];
  }

  /** The verifier in the core, which is opened again after the core was replaced. */
  #current(core: Core): CoreVerifier {
    if (core.generation !== this.#generation) {
      this.#inner = this.#open(core);
      this.#generation = core.generation;
    }
    return this.#inner;
  }

  #open(core: Core): CoreVerifier {
    const fields: Field[] = [this.#description];
    for (const { id, value } of this.#keys) {
      fields.push(id, ...keyFields(value));
    }
    const { past, future } = this.#tolerance;
    const length = writeSecretRecord(core, fields, "");
    return CoreVerifier.open(core.exchange, length, past, future);
  }
}

/** The name that events of a scheme have as their source. */
export type SourceOf<Scheme> = Scheme extends SchemeDescription ? Scheme["name"] : Scheme & string;

/** The hint for a delivery that one of the other sources verifies. */
function findOther(
  delivery: Delivery,
  now: Date,
  others: NonNullable<ExplainOptions["others"]>,
): Hint | undefined {
  for (const [name, other] of Object.entries(others)) {
    // Verifying first is cheaper: explaining a mismatch takes hundreds of attempts.
    if (hasSigned(other, delivery, now)) {
      return otherSource(name, signingKey(other.explain(delivery, now)) ?? "");
    }
  }
  return undefined;
}

/** Whether a key of this verifier signed the delivery, at any time. */
function hasSigned(verifier: AnyVerifier, delivery: Delivery, now: Date): boolean {
  try {
    verifier.verify(delivery, now);
    return true;
  } catch (error) {
    const isOutsideTolerance =
      error instanceof Rejection && /^(?:stale|premature)$/.test(error.code);
    return isOutsideTolerance || error instanceof DecodeError;
  }
}

function readByteCount(count: unknown): number | undefined {
  if (count !== undefined && !(typeof count === "number" && count >= 0)) {
    throw new TypeError("hostHashFrom must be a number of bytes, or Infinity");
  }
  return count;
}

/** The most seconds that the core can hold: 32 bits. */
const MAX_TOLERANCE = 0xffff_ffff;

function readTolerance(tolerance: unknown) {
  const isNumber = typeof tolerance === "number";
  const isObject = typeof tolerance === "object" && tolerance !== null && !Array.isArray(tolerance);
  const { past, future } = (isObject ? tolerance : { past: tolerance, future: tolerance }) as {
    past?: number;
    future?: number;
  };
  const isValid = (seconds: unknown) =>
    seconds === undefined ||
    (Number.isInteger(seconds) && Number(seconds) >= 0 && Number(seconds) <= MAX_TOLERANCE);
  // A misspelt direction would silently leave the scheme's own tolerance in force.
  const hasOnlyDirections =
    isObject && Object.keys(tolerance).every((name) => name === "past" || name === "future");
  const hasShape = tolerance === undefined || isNumber || hasOnlyDirections;
  if (!hasShape || !isValid(past) || !isValid(future)) {
    throw new TypeError(
      "tolerance must be a whole number of seconds from 0 to 4294967295, or `{ past, future }`; it cannot be switched off",
    );
  }
  return { past, future };
}
