// The body of an event whose id is a digest of that body. Hashing is half of the work for a large body and not every
// caller reads the id, so the digest is made when the id is first read.

import { bodyId } from "#bindings";
import { type Core, core, type WrittenRecord, withCore } from "./core.js";
import { bodyInCore, writeRecord } from "./exchange.js";
import { decoder } from "./utf8.js";

/** The character that replaces invalid UTF-8. */
const REPLACEMENT = "\uFFFD";

/** A body as it was verified. The caller may since have put other content into the array that held it. */
export class BufferedBody {
  /** The body as text if it is valid UTF-8, which most callers ask for; otherwise a copy of its bytes. */
  readonly content: string | Uint8Array;
  readonly #record: WrittenRecord;
  readonly #usesHostHash: boolean;
  #id: string | undefined;

  /**
   * Copies the body that was just verified.
   * @param raw the body as the caller passed it
   * @param usesHostHash whether the runtime hashes it, instead of the core
   */
  constructor(raw: string | Uint8Array, usesHostHash: boolean) {
    const running = core();
    this.content = typeof raw === "string" ? raw : copyOf(bodyInCore(running));
    this.#record = running.record;
    this.#usesHostHash = usesHostHash;
  }

  /** The id of the event: `sha256:` and the digest of the body. */
  get id(): string {
    this.#id ??= withCore((core) =>
      bodyId(core.exchange, this.writeInto(core), this.#usesHostHash),
    );
    return this.#id;
  }

  /** Writes the body into the core unless it is still there, and returns the length of its record. */
  writeInto(core: Core): number {
    const { length, bodyLength } = this.#record;
    return core.record === this.#record ? length : writeRecord(core, [], this.content, bodyLength);
  }
}

/** The text of some bytes or, if they are not valid UTF-8, a copy of them. */
function copyOf(bytes: Uint8Array): string | Uint8Array {
  try {
    const text = decoder.decode(bytes);
    // A replacement character may be part of the body or the result of invalid UTF-8: bytes are right in both cases.
    if (!text.includes(REPLACEMENT)) {
      return text;
    }
  } catch {
    // The body is longer than the longest string of this runtime.
  }
  return bytes.slice();
}
