// Verifying: a delivery becomes an event, or an error says why not.

import { Verifier as CoreVerifier } from "#bindings";
import type { schemes } from "../dist/generated/schemes.js";
import { type Core, guarded } from "./core.js";
import { type Delivery, millis, pick, rawBody } from "./delivery.js";
import { DecodeError, type DecodeErrorCode } from "./errors.js";
import { VerifiedEvent } from "./event.js";
import { type Field, receive, send } from "./exchange.js";
import {
  findScheme,
  type Key,
  type KeyValue,
  keyFields,
  readKey,
  type SchemeName,
} from "./keys.js";
import type { Event } from "./payload.js";

/** How far the signed time may lie from now, in seconds: either way, or each way by itself. */
export type Tolerance = number | { readonly past?: number; readonly future?: number };

/** What a verifier may be told beyond its keys. */
export interface VerifierOptions {
  /** The window for the signed time; it can be narrow or wide, but not switched off. The scheme's own otherwise. */
  readonly tolerance?: Tolerance;
}

/**
 * Decides whether deliveries of one sender are genuine and fresh. It holds the keys ready for use, so make it once
 * and keep it. Several keys are the normal case: while a secret is being replaced, both are good.
 */
export class Verifier<Scheme extends SchemeName = SchemeName> {
  readonly #scheme: Extract<(typeof schemes)[number], { name: Scheme }>;
  readonly #keys: readonly { id: string | undefined; value: KeyValue }[];
  readonly #tolerance: { past: number; future: number };
  #inner: CoreVerifier;
  #generation: number;

  /**
   * @throws {SchemeError} if there is no such scheme
   * @throws {KeyError} if there is no key, or one that does not fit the scheme
   */
  constructor(scheme: Scheme, keys: Key | readonly Key[], options: VerifierOptions = {}) {
    this.#scheme = findScheme(scheme);
    this.#keys = (Array.isArray(keys) ? keys : [keys]).map(readKey);
    this.#tolerance = readTolerance(options?.tolerance, this.#scheme.tolerance);
    [this.#inner, this.#generation] = guarded((core) => [this.#open(core), core.generation]);
  }

  /**
   * Checks that one of the keys signed this delivery, then that its time lies in the window around `now`. Reads no
   * more of the body than the event's id and type take.
   * @throws {Rejection} if it is not genuine or not fresh
   * @throws {DecodeError} if it is genuine, but has no readable id where the id must come from the body
   * @throws {TypeError} if the body is not the raw body
   */
  verify(delivery: Delivery, now: Date = new Date()): Event<Scheme> {
    if (typeof delivery !== "object" || delivery === null) {
      throw new TypeError("a delivery is `{ headers, body }`: the request as it arrived");
    }
    const fields = pick(delivery.headers, this.#scheme.headers);
    const raw = rawBody(delivery.body);
    const time = millis(now);
    const answer = guarded((core) => {
      if (core.generation !== this.#generation) {
        this.#inner = this.#open(core);
        this.#generation = core.generation;
      }
      send(core, fields, raw);
      return receive(core, this.#inner.verify(core.exchange, time));
    });
    const [id = "", type, unsignedId, unsignedType, code, message = ""] = answer.texts;
    const findings = {
      source: this.#scheme.name as Scheme,
      id,
      type,
      signedAt: Number.isNaN(answer.signedAt) ? undefined : new Date(answer.signedAt),
      keyId: this.#keys[answer.key]?.id ?? answer.key,
      authenticated: this.#scheme.authenticated,
      unsigned: { id: unsignedId, type: unsignedType },
    };
    const jsonError =
      code === undefined ? undefined : new DecodeError(code as DecodeErrorCode, message);
    return new VerifiedEvent(findings, raw, answer.json, jsonError) as Event<Scheme>;
  }

  /**
   * Reads the body of a request, then verifies it. Unless it is given, the time is taken when the body is complete.
   * @throws what {@link verify} throws, as a rejected promise
   */
  async receive(request: Request, now?: Date): Promise<Event<Scheme>> {
    if (request.bodyUsed) {
      throw new TypeError(
        "the body of this request was read before: verify first, and read it from the event",
      );
    }
    const body = new Uint8Array(await request.arrayBuffer());
    const { headers, method, url } = request;
    return this.verify({ headers, body, method, url }, now ?? new Date());
  }

  #open(core: Core): CoreVerifier {
    const fields: Field[] = [this.#scheme.name];
    for (const { id, value } of this.#keys) {
      fields.push(id, ...keyFields(value));
    }
    send(core, fields, "");
    const { past, future } = this.#tolerance;
    const opened = CoreVerifier.open(core.exchange, past, future);
    core.exchange.wipe();
    if (opened === undefined) {
      receive(core, core.exchange.latest);
      throw new Error("countersign: a verifier could not be made");
    }
    return opened;
  }
}

function readTolerance(tolerance: unknown, usual: { past: number; future: number }) {
  const isOneNumber = typeof tolerance === "number";
  const isObject = typeof tolerance === "object" && tolerance !== null && !Array.isArray(tolerance);
  const given = isOneNumber ? { past: tolerance, future: tolerance } : isObject ? tolerance : {};
  const both = { ...usual, ...given };
  const isWindow = (seconds: unknown) =>
    Number.isInteger(seconds) && Number(seconds) >= 0 && Number(seconds) <= 0xffff_ffff;
  const isKnown = tolerance === undefined || isOneNumber || isObject;
  if (!isKnown || !isWindow(both.past) || !isWindow(both.future)) {
    throw new TypeError(
      "tolerance is a whole number of seconds from 0 to 4294967295, or `{ past, future }`; it cannot be switched off",
    );
  }
  return { past: both.past, future: both.future };
}
