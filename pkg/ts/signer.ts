// Signing: the headers that a sender puts on the wire. For tests, and for sending deliveries on.

import { Signer as CoreSigner, type Exchange } from "#bindings";
import { type Core, guarded } from "./core.js";
import { type DeliveryBody, millis, rawBody } from "./delivery.js";
import type { SchemeDescription } from "./description.js";
import { KeyError } from "./errors.js";
import { type Answer, type Field, receive, send, wipe } from "./exchange.js";
import { describe, type KeyValue, keyFields, keyValue, type SchemeName } from "./keys.js";

/** What is to be signed. */
export interface Signing {
  /** The body's bytes, exactly as they are going to be sent. */
  readonly body: DeliveryBody;
  /** The delivery's id, for schemes that sign one in a header; made up where it is left out. */
  readonly id?: string;
  /** The method of the request, for schemes that sign it. */
  readonly method?: string;
  /** The URL of the request, for schemes that sign it. */
  readonly url?: string;
}

/** Signs deliveries the way one sender does. */
export class Signer {
  readonly #description: string;
  readonly #key: KeyValue;
  #inner: CoreSigner;
  #generation: number;

  /**
   * @throws {SchemeError} if there is no such scheme, or its description would let through what nobody signed
   * @throws {KeyError} if the key does not fit the scheme, or cannot sign
   */
  constructor(scheme: SchemeName | SchemeDescription, key: KeyValue) {
    this.#description = describe(scheme);
    this.#key = keyValue(key);
    [this.#inner, this.#generation] = guarded((core) => [this.#open(core), core.generation]);
  }

  /**
   * The headers to send with the body.
   * @throws {TypeError} if the id is none that a receiver would take, or the method or URL is missing that the sender
   *   signs
   */
  sign({ body, id = randomId(), method, url }: Signing, now: Date = new Date()) {
    if (typeof id !== "string" || !/^[!-+/-~-]{1,256}$/.test(id)) {
      throw new TypeError(
        "id must be 1 to 256 printable ASCII characters without dots, commas and spaces",
      );
    }
    const raw = rawBody(body);
    const time = millis(now);
    if (time < 1e12 || time >= 1e14) {
      throw new TypeError(
        "now must lie between the years 2001 and 5138, where timestamps have the digits that receivers expect",
      );
    }
    const { texts } = this.#run([id, method, url], raw, (inner, exchange, length) =>
      inner.sign(exchange, length, time),
    );
    if (texts.length === 0) {
      throw new TypeError(
        "there is nothing to put into headers: a sender that signs the URL or the method needs `url` and `method`, and one that signs inside the body needs `signBody`",
      );
    }
    const headers: Record<string, string> = {};
    for (let index = 0; index < texts.length; index += 2) {
      headers[texts[index] ?? ""] = texts[index + 1] ?? "";
    }
    return headers;
  }

  /**
   * The body to send, for senders who sign inside it: with the signature, or the shared token, in place of the string
   * that stands there. The time in it is the caller's to write. `undefined` where the scheme has the signature in
   * headers, or the body has no string in its place.
   */
  signBody(body: DeliveryBody): string | undefined {
    const { texts } = this.#run([], rawBody(body), (inner, exchange, length) =>
      inner.signBody(exchange, length),
    );
    return texts[0];
  }

  /**
   * The URL to send to, for senders who put the digest of a body that is no form into it (Twilio): sign with this one,
   * and send to it. The same URL for every other sender.
   */
  signUrl(url: string, body: DeliveryBody): string {
    const { texts } = this.#run([url], rawBody(body), (inner, exchange, length) =>
      inner.signUrl(exchange, length),
    );
    return texts[0] ?? url;
  }

  #run(
    fields: Field[],
    raw: Uint8Array | string,
    call: (inner: CoreSigner, exchange: Exchange, length: number) => number,
  ): Answer {
    return guarded((core) => {
      if (core.generation !== this.#generation) {
        this.#inner = this.#open(core);
        this.#generation = core.generation;
      }
      const length = send(core, fields, raw);
      return receive(core, call(this.#inner, core.exchange, length));
    });
  }

  #open(core: Core): CoreSigner {
    const length = send(core, [this.#description, ...keyFields(this.#key)], "");
    const opened = CoreSigner.open(core.exchange, length);
    wipe(core);
    if (opened === undefined) {
      receive(core, core.exchange.latest);
      throw new KeyError("wrong_type", "this key cannot sign");
    }
    return opened;
  }
}

/** An id like those that senders make up. `randomUUID` would not do: browsers have it on secure pages only. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `msg_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
