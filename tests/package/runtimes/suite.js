// The suite that every runtime runs. In: the package as the host loaded it, and the parsed vector and payload files.
// Out: the number of passed tests, and every failure. It uses only what every runtime has.

import { answers } from "./answers.js";
import { bodyAttacks } from "./attacks/body.js";
import { headerAttacks } from "./attacks/headers.js";
import { keyAttacks } from "./attacks/keys.js";
import { misuse } from "./attacks/misuse.js";
import { lyingObjects } from "./attacks/objects.js";
import { replayAttacks } from "./attacks/replay.js";
import { signatureAttacks } from "./attacks/signature.js";
import { timeAttacks } from "./attacks/time.js";
import { tokenAttacks } from "./attacks/token.js";
import { badInput } from "./bad-input.js";
import { bufferedBodies } from "./buffered-bodies.js";
import { expectations } from "./expectations.js";
import { explaining } from "./explain.js";
import { keyFetching } from "./fetch-keys.js";
import { handshakes } from "./handshakes.js";
import { collect, equal, runAll } from "./harness.js";
import { hashing } from "./hashing.js";
import { jsonReading } from "./json.js";
import { payloadTests } from "./payloads.js";
import { properties } from "./properties.js";
import { senderNames } from "./senders.js";
import { shapes } from "./shapes.js";
import { usage } from "./usage.js";
import { vectorTests } from "./vectors.js";

/**
 * @param countersign the namespace of the package
 * @param {{ vectors: object[], payloads: object[] }} files the parsed files of tests/vectors and tests/payloads
 * @param {{ show?: ((value: unknown) => string)[] }} [options] ways in which the runtime prints values
 * @returns {Promise<{ passed: number, failed: number, failures: { name: string, message: string }[] }>}
 */
export async function run(countersign, { vectors, payloads }, { show = [] } = {}) {
  const { tests, test } = collect();
  const context = expectations(countersign);

  test("the senders of the attack tests are the first of the package's list, in its order", () => {
    const first = countersign.schemes.slice(0, senderNames.length);
    equal(
      senderNames,
      first.map(({ name }) => name),
    );
  });
  vectorTests(test, context, vectors);
  shapes(test, countersign);
  hashing(test, countersign, vectors);
  bufferedBodies(test, countersign);
  jsonReading(test, countersign);
  payloadTests(test, context, payloads);
  usage(test, context);
  explaining(test, context);
  badInput(test, context);
  signatureAttacks(test, context);
  headerAttacks(test, context);
  keyAttacks(test, context);
  timeAttacks(test, context);
  replayAttacks(test, context);
  bodyAttacks(test, context);
  tokenAttacks(test, context);
  misuse(test, context, show);
  lyingObjects(test, context);
  properties(test, context);
  answers(test, countersign);
  handshakes(test, countersign);
  keyFetching(test, countersign, vectors);

  return runAll(tests);
}
