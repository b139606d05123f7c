// Signing: the headers that a sender puts on the wire. For tests, and for sending deliveries on.

import { Signer as CoreSigner } from "#bindings";
import { type Core, guarded } from "./core.js";
import { type DeliveryBody, millis, rawBody } from "./delivery.js";
import { KeyError } from "./errors.js";
import { receive, send } from "./exchange.js";
import { findScheme, type KeyValue, keyFields, keyValue, type SchemeName } from "./keys.js";

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
  readonly #scheme: SchemeName;
  readonly #key: KeyValue;
  #inner: CoreSigner;
  #generation: number;

  /**
   * @throws {SchemeError} if there is no such scheme
   * @throws {KeyError} if the key does not fit the scheme, or cannot sign
   */
  constructor(scheme: SchemeName, key: KeyValue) {
    this.#scheme = findScheme(scheme).name;
    this.#key = keyValue(key);
    [this.#inner, this.#generation] = guarded((core) => [this.#open(core), core.generation]);
  }

  /**
   * The headers to send with the body.
   * @throws {TypeError} if the id is none that a receiver would take
   */
  sign({ body, id = randomId() }: Signing, now: Date = new Date()) {
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
    const { texts } = guarded((core) => {
      if (core.generation !== this.#generation) {
        this.#inner = this.#open(core);
        this.#generation = core.generation;
      }
      send(core, [id], raw);
      return receive(core, this.#inner.sign(core.exchange, time));
    });
    const headers: Record<string, string> = {};
    for (let index = 0; index < texts.length; index += 2) {
      headers[texts[index] ?? ""] = texts[index + 1] ?? "";
    }
    return headers;
  }

  #open(core: Core): CoreSigner {
    send(core, [this.#scheme, ...keyFields(this.#key)], "");
    const opened = CoreSigner.open(core.exchange);
    core.exchange.wipe();
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
