// Compares the core's JSON reader with the runtime's own parser: both must accept the same documents and return the same
// values. The core's reader uses SIMD instructions of WebAssembly, so the Rust tests alone do not cover it.

import { concat, utf8 } from "./bytes.js";
import { equal } from "./harness.js";
import { seeded } from "./random.js";
import { NOW } from "./senders.js";

/** Longer than any block that the parser reads at once. */
const TEXT_BYTES = 150;
const DOCUMENTS = 400;

export function jsonReading(test, { Verifier, Signer, DecodeError }) {
  const key = "a key";
  const signer = new Signer("github", key);
  const verifier = new Verifier("github", key);

  /** The value that the core reads from a body, or the code of its error. */
  function read(body) {
    const headers = signer.sign({ body }, NOW);
    const event = verifier.verify({ headers, body }, NOW);
    try {
      return JSON.stringify(event.json());
    } catch (error) {
      if (error instanceof DecodeError) return error.code;
      throw error;
    }
  }

  /** The value that the runtime reads, or the code that the core should give. */
  function expected(body) {
    try {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
      return JSON.stringify(JSON.parse(text));
    } catch {
      return "not_json";
    }
  }

  test("json: every byte at every place of a string is read as the runtime reads it", () => {
    for (let place = 0; place < TEXT_BYTES; place += 1) {
      for (let byte = 0; byte < 256; byte += 1) {
        const text = new Uint8Array(TEXT_BYTES).fill(0x78);
        text[place] = byte;
        for (const body of [
          concat(utf8('{"m":"'), text, utf8('"}')),
          concat(utf8('{"'), text, utf8('":1}')),
        ]) {
          equal(read(body), expected(body), `the byte ${byte} at ${place}`);
        }
      }
    }
  });

  test("json: generated documents, also with one byte changed, are read as the runtime reads them", () => {
    const random = seeded(77);
    for (let round = 0; round < DOCUMENTS; round += 1) {
      const text = write(random, randomValue(random, 0));
      const body = utf8(text);
      equal(read(body), expected(body), text);
      for (let change = 0; change < 8; change += 1) {
        const changed = body.slice();
        const place = random.below(body.length);
        changed[place] = '{}[]",:\\ 0-9eE.tfnu\n\u007f'.charCodeAt(random.below(22));
        // The change may have made two keys equal. Both then keep the last value.
        equal(read(changed), expected(changed), `${text}, changed at ${place}`);
      }
    }
  });
}

/** A random value whose keys are all different. */
function randomValue(random, depth) {
  const kind = random.below(depth > 4 ? 5 : 8);
  if (kind === 0) return random.below(2) === 0;
  if (kind === 1) return null;
  if (kind === 2) return (random.below(2 ** 31) - 2 ** 30) / 10 ** random.below(6);
  if (kind < 5) return randomText(random, random.below(90));
  const items = Array.from({ length: random.below(kind === 7 ? 24 : 6) }, (_, index) => [
    `${randomText(random, random.below(20))}${index}`,
    randomValue(random, depth + 1),
  ]);
  return kind === 5 ? items.map(([, item]) => item) : Object.fromEntries(items);
}

const LETTERS = ["a", "b", "Z", "0", " ", '"', "\\", "/", "\n", "\u0001", "\u00e9", "\u{1f600}"];

function randomText(random, length) {
  const isPlain = random.below(3) > 0;
  const letters = isPlain ? LETTERS.slice(0, 5) : LETTERS;
  return Array.from({ length }, () => letters[random.below(letters.length)]).join("");
}

/** A value as JSON, on one line or on several. */
const write = (random, value) => JSON.stringify(value, null, random.below(3)) ?? "null";
