// Signs deliveries as a sender does: a body goes in, headers come out. It is meant for tests, and for forwarding
// deliveries.

import { Signer as CoreSigner } from "#bindings";
import { type Core, withCore } from "./core.js";
import { type DeliveryBody, millisOf, rawBody, readUrl } from "./delivery.js";
import type { SchemeDescription } from "./description.js";
import { type Field, writeRecord, writeSecretRecord } from "./exchange.js";
import { describe, type KeyValue, keyFields, readKeyValue, type SchemeName } from "./keys.js";

/** The request to sign. */
export interface Signing {
  /** The body, exactly as it is going to be sent. */
  readonly body: DeliveryBody;
  /** The id of the delivery, for schemes that sign one in a header. The default is a random id. */
  readonly id?: string;
  /** The method of the request. Required if the scheme signs it. */
  readonly method?: string;
  /** The URL of the request. Required if the scheme signs it. */
  readonly url?: string;
}

/** The timestamps that have as many digits as receivers expect, in milliseconds: from 2001 to 5138. */
const MIN_MILLIS = 1e12;
const MAX_MILLIS = 1e14;

/**
 * Signs deliveries as one sender does.
 * @example
 * const body = '{"id":"evt_1","type":"invoice.paid"}';
 * const headers = new Signer("stripe", "whsec_test").sign({ body });
 * const event = new Verifier("stripe", "whsec_test").verify({ headers, body });
 */
export class Signer {
  readonly #description: string;
  readonly #key: KeyValue;
  #inner: CoreSigner;
  #generation: number;

  /**
   * @param scheme the name of a sender in `schemes`, or a description
   * @param key a shared secret or a private key, as the scheme requires
   * @throws {SchemeError} if no scheme has this name, or the description is unsound
   * @throws {KeyError} if the key does not fit the scheme, or cannot sign
   */
  constructor(scheme: SchemeName | SchemeDescription, key: KeyValue) {
    this.#description = describe(scheme);
    this.#key = readKeyValue(key);
    [this.#inner, this.#generation] = withCore((core) => [this.#open(core), core.generation]);
  }

  /**
   * Returns the headers to send with the body, by their names.
   * @param now the time of signing
   * @throws {TypeError} if the body is not a raw body, the id is not one that receivers accept, `now` is out of range,
   *   or the scheme signs the method or the URL and it is missing
   * @example
   * const headers = signer.sign({ body, id: "msg_1" });
   */
  sign(
    { body, id = randomId(), method, url }: Signing,
    now: Date = new Date(),
  ): Record<string, string> {
    if (typeof id !== "string" || !/^[!-+/-~-]{1,256}$/.test(id)) {
      throw new TypeError(
        "id must be 1 to 256 printable ASCII characters without dots, commas and spaces",
      );
    }
    if (method !== undefined && typeof method !== "string") {
      throw new TypeError("method must be a string");
    }
    const fields = [id, method, readUrl(url)];
    const raw = rawBody(body);
    const millis = millisOf(now);
    if (millis < MIN_MILLIS || millis >= MAX_MILLIS) {
      throw new TypeError(
        "now must lie between the years 2001 and 5138, in which timestamps have the number of digits that receivers expect",
      );
    }
    const headers = this.#run(fields, raw, (inner, core, length) =>
      inner.sign(core.exchange, length, millis),
    );
    if (Object.keys(headers).length === 0) {
      throw new TypeError(
        "this request gets no signature headers: pass `url` and `method` if the sender signs them, or use `signBody` if the signature is part of the body",
      );
    }
    return headers;
  }

  /**
   * Returns the body to send, for a sender whose signature or shared token is part of the body: it replaces the string
   * in its place. Write the timestamp into the body before you sign. Returns `undefined` if the scheme has its signature
   * in headers, or the body has no string in that place.
   * @throws {TypeError} if the body is not a raw body
   * @example
   * const signed = new Signer("mailgun", key).signBody(
   *   '{"signature":{"timestamp":"1700000000","token":"t","signature":""},"event-data":{"id":"1"}}',
   * );
   */
  signBody(body: DeliveryBody): string | undefined {
    return this.#run([], rawBody(body), (inner, core, length) =>
      inner.signBody(core.exchange, length),
    );
  }

  /**
   * Returns the URL to sign and to send to. It differs from `url` only for a sender that adds a digest of the body to it
   * (Twilio, for bodies that are not forms).
   * @throws {TypeError} if the body is not a raw body
   * @example
   * const url = signer.signUrl("https://example.com/hook", body);
   * const headers = signer.sign({ body, url });
   */
  signUrl(url: string, body: DeliveryBody): string {
    return this.#run([readUrl(url)], rawBody(body), (inner, core, length) =>
      inner.signUrl(core.exchange, length),
    );
  }

  #run<Result>(
    fields: Field[],
    raw: Uint8Array | string,
    call: (inner: CoreSigner, core: Core, length: number) => Result,
  ): Result {
    return withCore((core) => {
      if (core.generation !== this.#generation) {
        this.#inner = this.#open(core);
        this.#generation = core.generation;
      }
      return call(this.#inner, core, writeRecord(core, fields, raw));
    });
  }

  #open(core: Core): CoreSigner {
    const fields = [this.#description, ...keyFields(this.#key)];
    return CoreSigner.open(core.exchange, writeSecretRecord(core, fields, ""));
  }
}

/** An id like those of senders. `crypto.randomUUID` is missing on pages without HTTPS. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `msg_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
