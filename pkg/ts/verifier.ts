// Verifying: a delivery becomes an event, or an error says why not.

import { Verifier as CoreVerifier } from "#bindings";
import { type Core, guarded } from "./core.js";
import { type Delivery, everyHeader, isWellFormed, millis, pick, rawBody } from "./delivery.js";
import type { SchemeDescription } from "./description.js";
import { DecodeError, type DecodeErrorCode, Rejection } from "./errors.js";
import { VerifiedEvent } from "./event.js";
import { type Answer, type Field, receive, send, wipe } from "./exchange.js";
import {
  type Explanation,
  type Hint,
  otherSender,
  otherSource,
  readExplanation,
  signingKey,
} from "./explanation.js";
import { hashesAtOnce, hashesLater, withDigests } from "./host.js";
import { KeptBody } from "./kept.js";
import { describe, type Key, type KeyValue, keyFields, readKey, type SchemeName } from "./keys.js";
import type { Event } from "./payload.js";

/** How far the signed time may lie from now, in seconds: either way, or each way by itself. */
export type Tolerance = number | { readonly past?: number; readonly future?: number };

/** What a verifier may be told beyond its keys. */
export interface VerifierOptions {
  /** The window for the signed time; it can be narrow or wide, but not switched off. The scheme's own otherwise. */
  readonly tolerance?: Tolerance;
  /**
   * The URL that the sender was given, for schemes that sign it. Behind a proxy the URL of the request is another, and
   * what a proxy says of it in headers is not to be trusted.
   */
  readonly url?: string;
  /**
   * From how many bytes of body on the runtime hashes instead of the core: `node:crypto`, where there is one, and in
   * `receive` else WebCrypto. The verdict is the same. Unless it is given, what was measured: for `node:crypto` 256 in Bun,
   * 384 in Node, 640 in Deno, 1280 in workerd, and 65536 for WebCrypto. `Infinity` for never.
   */
  readonly hostHashFrom?: number;
}

/** What an explanation may draw on beyond the verifier itself. */
export interface ExplainOptions {
  /** Verifiers of other sources, such as those for live and for test mode, by names that mean something to you. */
  readonly others?: Readonly<Record<string, AnyVerifier>>;
}

type AnyVerifier = Verifier<SchemeName | SchemeDescription>;

/** What to answer to a handshake: `new Response(reply.body, reply)`, with what else your framework needs. */
export interface HandshakeReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body; `null` where the status allows none. */
  readonly body: string | null;
  /**
   * The URL that the sender wants to be visited, which is one of its own: fetch it before you answer, follow no
   * redirect, and let the sender try again should that fail.
   */
  readonly visit: string | undefined;
}

/** What a handshake needs beyond the keys. */
export interface HandshakeOptions {
  /** The secret that a sender (Meta) shows in its handshake: chosen for this alone, and not one of the keys. */
  readonly verifyToken?: string;
}

/** What the core says of the scheme when a verifier is made. */
interface Facts {
  readonly source: string;
  /** The headers that cross, in this order. */
  readonly headers: readonly string[];
  readonly authenticated: "content" | "sender";
  readonly needsMethod: boolean;
  readonly needsUrl: boolean;
  /** Whether the sender has a handshake that stands in the query. */
  readonly asksInQuery: boolean;
}

/**
 * Decides whether deliveries of one sender are genuine and fresh. It holds the keys ready for use, so make it once
 * and keep it. Several keys are the normal case: while a secret is being replaced, both are good.
 */
export class Verifier<Scheme extends SchemeName | SchemeDescription = SchemeName> {
  readonly #description: string;
  readonly #keys: readonly { id: string | undefined; value: KeyValue }[];
  readonly #tolerance: { past: number | undefined; future: number | undefined };
  readonly #url: string | undefined;
  readonly #hostHashFrom: number | undefined;
  readonly #facts: Facts;
  #inner: CoreVerifier;
  #generation: number;

  /**
   * @throws {SchemeError} if there is no such scheme, or its description would let through what nobody signed
   * @throws {KeyError} if there is no key, or one that does not fit the scheme
   */
  constructor(scheme: Scheme, keys: Key | readonly Key[], options: VerifierOptions = {}) {
    this.#description = describe(scheme);
    this.#keys = (Array.isArray(keys) ? keys : [keys]).map(readKey);
    this.#tolerance = readTolerance(options?.tolerance);
    this.#url = readUrl(options?.url);
    this.#hostHashFrom = readLength(options?.hostHashFrom);
    [this.#inner, this.#facts, this.#generation] = guarded((core) => [
      ...this.#open(core),
      core.generation,
    ]);
  }

  /**
   * Checks that one of the keys signed this delivery, then that its time lies in the window around `now`. Reads no
   * more of the body than the event's id and type take.
   * @throws {Rejection} if it is not genuine or not fresh
   * @throws {DecodeError} if it is genuine, but has no readable id where the id must come from the body
   * @throws {TypeError} if the body is not the raw body, the headers are none, the sender signs a URL or a method that is
   *   not given, or `now` is no valid date: mistakes of the calling code, whoever sent the delivery
   */
  verify(delivery: Delivery, now: Date = new Date()): Event<SourceOf<Scheme>> {
    checkShape(delivery);
    const raw = rawBody(delivery.body);
    return this.#verify(delivery, raw, now, hashesAtOnce(raw.length, this.#hostHashFrom));
  }

  #verify(
    delivery: Delivery,
    raw: Uint8Array | string,
    now: Date,
    isHosted: boolean,
  ): Event<SourceOf<Scheme>> {
    const fields = pick(delivery.headers, this.#facts.headers);
    this.#addRequest(fields, delivery);
    const answer = this.#run(fields, raw, now, { isHosted });
    const [id, type, unsignedId, unsignedType, code, message = ""] = answer.texts;
    const findings = {
      source: this.#facts.source as SourceOf<Scheme>,
      type,
      signedAt: Number.isNaN(answer.signedAt) ? undefined : new Date(answer.signedAt),
      keyId: this.#keys[answer.key]?.id ?? answer.key,
      authenticated: this.#facts.authenticated,
      unsigned: { id: unsignedId, type: unsignedType },
    };
    const idOrBody = id || new KeptBody(raw, answer.sent, isHosted);
    const error =
      code === undefined ? undefined : new DecodeError(code as DecodeErrorCode, message);
    return new VerifiedEvent(findings, idOrBody, raw, answer.json, error) as Event<
      SourceOf<Scheme>
    >;
  }

  /**
   * Answers a handshake, by which a sender makes sure that somebody listens at an address: Slack's `url_verification`,
   * Zoom's URL validation, Discord's PING, Twitch's and Meta's challenge, the tokens of Microsoft Graph and X, the
   * confirmation of an SNS subscription. `undefined` where the request is none: verify it then.
   *
   * What is signed is verified before anything is sent back. Those that stand in the query need the request's `url`,
   * and an empty body.
   * @throws {Rejection} if it is not genuine or not fresh, its verify token is wrong, or its token is not harmless
   * @throws {TypeError} if the body is not the raw body, or the URL is missing that the sender asks by
   */
  handshake(
    delivery: Delivery,
    now: Date = new Date(),
    { verifyToken }: HandshakeOptions = {},
  ): HandshakeReply | undefined {
    checkShape(delivery);
    if (
      verifyToken !== undefined &&
      (typeof verifyToken !== "string" || verifyToken.trim() === "")
    ) {
      throw new TypeError("verifyToken is a string that is not blank: is the secret configured?");
    }
    const url = readUrl(delivery.url);
    if (this.#facts.asksInQuery && url === undefined) {
      throw new TypeError("this sender's handshake stands in the query: pass the request's `url`");
    }
    const fields = pick(delivery.headers, this.#facts.headers);
    this.#addRequest(fields, delivery);
    fields.push(fields.pop() ?? url, verifyToken);
    const { key: status, texts } = this.#run(fields, rawBody(delivery.body), now, {
      isHandshake: true,
    });
    const [contentType, body, visit] = texts;
    if (contentType === undefined) {
      return undefined;
    }
    return {
      status,
      headers: { "content-type": contentType, "x-content-type-options": "nosniff" },
      body: status === 204 ? null : (body ?? ""),
      visit,
    };
  }

  /**
   * Reads the body of a request, then verifies it. Unless it is given, the time is taken when the body is complete.
   * @throws what {@link verify} throws, as a rejected promise
   */
  async receive(request: Request, now?: Date): Promise<Event<SourceOf<Scheme>>> {
    if (request.bodyUsed) {
      throw new TypeError(
        "the body of this request was read before: verify first, and read it from the event",
      );
    }
    const body = new Uint8Array(await request.arrayBuffer());
    const { headers, method, url } = request;
    const delivery = { headers, body, method, url };
    const time = now ?? new Date();
    const { length } = body;
    if (hashesAtOnce(length, this.#hostHashFrom) || !hashesLater(length, this.#hostHashFrom)) {
      return this.verify(delivery, time);
    }
    return withDigests((isHosted) => {
      const event = this.#verify(delivery, body, time, isHosted);
      // Where it is a digest, WebCrypto makes it as well, which nobody could wait for later.
      void event.id;
      return event;
    });
  }

  /**
   * Says how each check went and, where the delivery is refused, what would have made it pass. Where the signature does
   * not fit, the usual mistakes are undone one by one until it does: a few hundred attempts at most, and none with
   * another body where it has more than 256 KiB.
   *
   * It is for logs and people on the receiver's side. Never answer a request with it.
   * @throws {TypeError} if the body is not the raw body
   */
  explain(
    delivery: Delivery,
    now: Date = new Date(),
    { others = {} }: ExplainOptions = {},
  ): Explanation {
    checkShape(delivery);
    const headers = everyHeader(delivery.headers);
    const { method } = delivery;
    const request = [typeof method === "string" ? method : undefined, this.#givenUrl(delivery)];
    const texts = this.#keys.flatMap(({ value }) =>
      typeof value === "string" ? [undefined, value] : [],
    );
    const raw = rawBody(delivery.body);
    const time = millis(now);
    const explanation = guarded((core) => {
      const inner = this.#current(core);
      const length = send(core, [...request, ...headers, ...texts], raw);
      const address = inner.explain(core.exchange, length, time);
      wipe(core);
      return readExplanation(receive(core, address));
    });
    if (signingKey(explanation) !== undefined) {
      return explanation;
    }
    const names = headers.filter((_, index) => index % 2 === 0);
    const hint = askOthers(delivery, now, others) ?? otherSender(this.#facts.headers, names);
    return hint === undefined ? explanation : { ...explanation, hints: [hint] };
  }

  #run(
    fields: Field[],
    raw: Uint8Array | string,
    now: Date,
    { isHandshake = false, isHosted = false },
  ): Answer {
    const time = millis(now);
    return guarded((core) => {
      const inner = this.#current(core);
      const length = send(core, fields, raw);
      return receive(core, inner.verify(core.exchange, length, time, isHandshake, isHosted));
    });
  }

  /** Adds the method and the URL, where the scheme signs them. */
  #addRequest(fields: Field[], delivery: Delivery): void {
    const { needsMethod, needsUrl } = this.#facts;
    const { method } = delivery;
    const given = this.#givenUrl(delivery);
    if (needsUrl && given === undefined) {
      throw new TypeError(
        "this sender signs the URL: pass `url` with the delivery, or once to the verifier, as the sender was given it",
      );
    }
    if (needsMethod && typeof method !== "string") {
      throw new TypeError(
        "this sender signs the request's method: pass `method` with the delivery",
      );
    }
    fields.push(needsMethod ? method : undefined, needsUrl ? given : undefined);
  }

  #givenUrl({ url }: Delivery): string | undefined {
    return this.#url ?? readUrl(url);
  }

  /** The verifier in the core, made anew where the core has started again. */
  #current(core: Core): CoreVerifier {
    if (core.generation !== this.#generation) {
      [this.#inner] = this.#open(core);
      this.#generation = core.generation;
    }
    return this.#inner;
  }

  #open(core: Core): [CoreVerifier, Facts] {
    const fields: Field[] = [this.#description];
    for (const { id, value } of this.#keys) {
      fields.push(id, ...keyFields(value));
    }
    const length = send(core, fields, "");
    const { past, future } = this.#tolerance;
    const opened = CoreVerifier.open(core.exchange, length, past, future);
    wipe(core);
    const { key: bits, texts } = receive(core, core.exchange.latest);
    if (opened === undefined) {
      throw new Error("countersign: a verifier could not be made");
    }
    const [source = "", ...headers] = texts as string[];
    const facts: Facts = {
      source,
      headers,
      authenticated: bits & 1 ? "content" : "sender",
      needsMethod: (bits & 2) !== 0,
      needsUrl: (bits & 4) !== 0,
      asksInQuery: (bits & 8) !== 0,
    };
    return [opened, facts];
  }
}

/** The name that events of a scheme carry as their source. */
export type SourceOf<Scheme> = Scheme extends SchemeDescription ? Scheme["name"] : Scheme & string;

/** Whether the delivery was signed for another source. */
function askOthers(
  delivery: Delivery,
  now: Date,
  others: NonNullable<ExplainOptions["others"]>,
): Hint | undefined {
  for (const [name, other] of Object.entries(others)) {
    // Explaining what is not signed takes all the attempts.
    if (isSignedFor(other, delivery, now)) {
      return otherSource(name, signingKey(other.explain(delivery, now)) ?? "");
    }
  }
  return undefined;
}

function isSignedFor(other: AnyVerifier, delivery: Delivery, now: Date): boolean {
  try {
    other.verify(delivery, now);
    return true;
  } catch (error) {
    const isLate = error instanceof Rejection && /^(?:stale|premature)$/.test(error.code);
    return isLate || error instanceof DecodeError;
  }
}

function checkShape(delivery: unknown): asserts delivery is Delivery {
  if (typeof delivery !== "object" || delivery === null) {
    throw new TypeError("a delivery is `{ headers, body }`: the request as it arrived");
  }
}

function readUrl(url: unknown): string | undefined {
  if (url !== undefined && (typeof url !== "string" || !isWellFormed(url))) {
    throw new TypeError("url is a string: the address that the sender was given");
  }
  return url;
}

function readLength(length: unknown): number | undefined {
  if (length !== undefined && !(typeof length === "number" && length >= 0)) {
    throw new TypeError("hostHashFrom is a number of bytes, or Infinity");
  }
  return length;
}

function readTolerance(tolerance: unknown) {
  const isOneNumber = typeof tolerance === "number";
  const isObject = typeof tolerance === "object" && tolerance !== null && !Array.isArray(tolerance);
  const { past, future } = (isObject ? tolerance : { past: tolerance, future: tolerance }) as {
    past?: number;
    future?: number;
  };
  const isWindow = (seconds: unknown) =>
    seconds === undefined ||
    (Number.isInteger(seconds) && Number(seconds) >= 0 && Number(seconds) <= 0xffff_ffff);
  // A side that is misspelt would be as wide as the scheme has it.
  const hasOnlySides =
    isObject && Object.keys(tolerance).every((side) => side === "past" || side === "future");
  const isKnown = tolerance === undefined || isOneNumber || hasOnlySides;
  if (!isKnown || !isWindow(past) || !isWindow(future)) {
    throw new TypeError(
      "tolerance is a whole number of seconds from 0 to 4294967295, or `{ past, future }`; it cannot be switched off",
    );
  }
  return { past, future };
}
