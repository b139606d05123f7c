// Where an event has no signed id, a digest of the body is one. Making it is half of the work for a large body, and not
// everybody wants it, so it is made when somebody asks.

import { bodyId } from "#bindings";
import { type Core, core, guarded, type Sent } from "./core.js";
import { decoder, receive, send, sentBody } from "./exchange.js";

// What is not UTF-8 becomes this character.
const REPLACEMENT = "\uFFFD";

/** A body as it was verified. Whoever passed it may put another one into the same bytes. */
export class KeptBody {
  readonly #content: string | Uint8Array;
  readonly #sent: Sent;
  readonly #isHosted: boolean;
  #id: string | undefined;

  /**
   * Keeps the body that has just been verified.
   * @param raw as it was passed
   * @param sent the record that it came in, which is still in the core
   * @param isHosted whether the runtime hashes it
   */
  constructor(raw: string | Uint8Array, sent: Sent, isHosted: boolean) {
    this.#content = typeof raw === "string" ? raw : contentOf(sentBody(core()));
    this.#sent = sent;
    this.#isHosted = isHosted;
  }

  /** As text where it is one, which most want anyway; else the bytes. */
  get content(): string | Uint8Array {
    return this.#content;
  }

  /** The id of its event: `sha256:` and its digest. */
  get id(): string {
    this.#id ??= guarded((core) => {
      const length = this.send(core);
      const [id = ""] = receive(core, bodyId(core.exchange, length, this.#isHosted)).texts;
      return id;
    });
    return this.#id;
  }

  /** Puts it into the core, unless it is there still; gives the length of its record. */
  send(core: Core): number {
    const { length, bodyLength } = this.#sent;
    return core.sent === this.#sent ? length : send(core, [], this.#content, bodyLength);
  }
}

/** The text of some bytes, or a copy of them where they are none. Nobody can change either. */
function contentOf(bytes: Uint8Array): string | Uint8Array {
  try {
    const text = decoder.decode(bytes);
    if (!text.includes(REPLACEMENT)) {
      return text;
    }
  } catch {
    // There is a length that no text can have.
  }
  return bytes.slice();
}
