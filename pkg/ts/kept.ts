// Senders that sign no id have their events told apart by a digest of the body. That is half of the work for a large body,
// and not everybody wants it, so it is made when somebody asks.

import { bodyId } from "#bindings";
import { type Core, guarded } from "./core.js";
import { receive, type Sent, send } from "./exchange.js";
import { hashesAtOnce } from "./host.js";

// What is not UTF-8 becomes this character.
const REPLACEMENT = "\uFFFD";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A body as it was when it was verified. Who passed it may put another one into the same bytes. */
export class KeptBody {
  /** As text where it is one, which most want anyway; else a copy. */
  readonly content: string | Uint8Array;
  readonly #sent: Sent;
  readonly #hostHashFrom: number | undefined;
  #id: string | undefined;

  /**
   * @param raw the body
   * @param sent the record that it was verified in
   * @param hostHashFrom from how many bytes on the runtime hashes, unless it is the usual
   */
  constructor(raw: string | Uint8Array, sent: Sent, hostHashFrom: number | undefined) {
    this.content = typeof raw === "string" ? raw : (textOf(raw) ?? new Uint8Array(raw));
    this.#sent = sent;
    this.#hostHashFrom = hostHashFrom;
  }

  /** The id of its event: `sha256:` and its digest. */
  get id(): string {
    this.#id ??= guarded((core) => {
      const isHosted = hashesAtOnce(this.content.length, this.#hostHashFrom);
      const [id = ""] = receive(core, bodyId(core.exchange, this.send(core), isHosted)).texts;
      return id;
    });
    return this.#id;
  }

  /** Puts it into the core, unless it is there still; gives the length of its record. */
  send(core: Core): number {
    return core.sent === this.#sent ? this.#sent.length : send(core, [], this.content);
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes);
    return text.includes(REPLACEMENT) ? undefined : text;
  } catch {
    // There is a length that no text can have.
    return undefined;
  }
}
