// Verifying: a delivery becomes an event, or an error says why not.

import { Verifier as CoreVerifier } from "#bindings";
import { type Core, guarded } from "./core.js";
import { type Delivery, isWellFormed, millis, pick, rawBody } from "./delivery.js";
import type { SchemeDescription } from "./description.js";
import { DecodeError, type DecodeErrorCode } from "./errors.js";
import { VerifiedEvent } from "./event.js";
import { type Field, receive, send } from "./exchange.js";
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
}

/** What the core says of the scheme when a verifier is made. */
interface Facts {
  readonly source: string;
  /** The headers that cross, in this order. */
  readonly headers: readonly string[];
  readonly authenticated: "content" | "sender";
  readonly needsMethod: boolean;
  readonly needsUrl: boolean;
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
   * @throws {TypeError} if the body is not the raw body
   */
  verify(delivery: Delivery, now: Date = new Date()): Event<SourceOf<Scheme>> {
    if (typeof delivery !== "object" || delivery === null) {
      throw new TypeError("a delivery is `{ headers, body }`: the request as it arrived");
    }
    const fields = pick(delivery.headers, this.#facts.headers);
    this.#addRequest(fields, delivery);
    const raw = rawBody(delivery.body);
    const time = millis(now);
    const answer = guarded((core) => {
      if (core.generation !== this.#generation) {
        [this.#inner] = this.#open(core);
        this.#generation = core.generation;
      }
      send(core, fields, raw);
      return receive(core, this.#inner.verify(core.exchange, time));
    });
    const [id = "", type, unsignedId, unsignedType, code, message = ""] = answer.texts;
    const findings = {
      source: this.#facts.source as SourceOf<Scheme>,
      id,
      type,
      signedAt: Number.isNaN(answer.signedAt) ? undefined : new Date(answer.signedAt),
      keyId: this.#keys[answer.key]?.id ?? answer.key,
      authenticated: this.#facts.authenticated,
      unsigned: { id: unsignedId, type: unsignedType },
    };
    const jsonError =
      code === undefined ? undefined : new DecodeError(code as DecodeErrorCode, message);
    return new VerifiedEvent(findings, raw, answer.json, jsonError) as Event<SourceOf<Scheme>>;
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
    return this.verify({ headers, body, method, url }, now ?? new Date());
  }

  /** Adds the method and the URL, where the scheme signs them. */
  #addRequest(fields: Field[], { method, url }: Delivery): void {
    const { needsMethod, needsUrl } = this.#facts;
    const given = this.#url ?? readUrl(url);
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

  #open(core: Core): [CoreVerifier, Facts] {
    const fields: Field[] = [this.#description];
    for (const { id, value } of this.#keys) {
      fields.push(id, ...keyFields(value));
    }
    send(core, fields, "");
    const { past, future } = this.#tolerance;
    const opened = CoreVerifier.open(core.exchange, past, future);
    core.exchange.wipe();
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
    };
    return [opened, facts];
  }
}

/** The name that events of a scheme carry as their source. */
export type SourceOf<Scheme> = Scheme extends SchemeDescription ? Scheme["name"] : Scheme & string;

function readUrl(url: unknown): string | undefined {
  if (url !== undefined && (typeof url !== "string" || !isWellFormed(url))) {
    throw new TypeError("url is a string: the address that the sender was given");
  }
  return url;
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
  const isKnown = tolerance === undefined || isOneNumber || isObject;
  if (!isKnown || !isWindow(past) || !isWindow(future)) {
    throw new TypeError(
      "tolerance is a whole number of seconds from 0 to 4294967295, or `{ past, future }`; it cannot be switched off",
    );
  }
  return { past, future };
}
