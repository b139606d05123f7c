// Expectations about the package under test: a delivery gives an event, a Rejection or a DecodeError. Each function
// verifies the delivery, returns the event or the error, and fails the test if the outcome is a different one.

import { equal, equalBytes, ok, print, thrown } from "./harness.js";
import { NOW, sampleBody, senders } from "./senders.js";

/** @param countersign the package's namespace, as the host loaded it */
export function expectations(countersign) {
  const { Verifier, Signer, Rejection, DecodeError } = countersign;
  const verifiers = new Map();

  /** Returns a verifier with the sender's first key, or with these keys and this tolerance. */
  function verifierOf(name, { keys, tolerance } = {}) {
    if (keys !== undefined || tolerance !== undefined) {
      return new Verifier(name, keys ?? senders[name].keys[0], { tolerance });
    }
    if (!verifiers.has(name)) {
      verifiers.set(name, new Verifier(name, senders[name].keys[0]));
    }
    return verifiers.get(name);
  }

  /** Returns a delivery that the package's own signer signed. */
  function sign(name, { id = "msg_1", body = sampleBody(name), at = NOW, key } = {}) {
    const signer = new Signer(name, key ?? senders[name].keys[0]);
    return { headers: signer.sign({ id, body }, at), body };
  }

  /** Returns the event of a delivery that must verify. */
  function expectEvent(name, delivery, { now = NOW, ...options } = {}) {
    const verifier = verifierOf(name, options);
    let event;
    try {
      event = verifier.verify(delivery, now);
    } catch (error) {
      throw new Error(`${name}: rejected with ${print(error)}: ${print(delivery.headers)}`);
    }
    equal(event.source, name, "the event's source");
    return event;
  }

  /** Returns the Rejection of a delivery that must not verify. Any of the codes is right; without codes, every code. */
  function expectRejection(name, delivery, codes = [], { now = NOW, ...options } = {}) {
    const verifier = verifierOf(name, options);
    const error = thrown(() => verifier.verify(delivery, now));
    ok(error instanceof Rejection, `${name}: ${print(error)} instead of a Rejection`);
    const expected = [codes].flat();
    const actual = `${print(error)} for ${print(delivery.headers)}`;
    ok(
      expected.length === 0 || expected.includes(error.code),
      `${name}: expected ${expected}, got ${actual}`,
    );
    return error;
  }

  /** Returns the DecodeError of a delivery that must verify, and whose event cannot be read. */
  function expectDecodeError(name, delivery, code, { now = NOW, ...options } = {}) {
    const verifier = verifierOf(name, options);
    const error = thrown(() => verifier.verify(delivery, now));
    ok(error instanceof DecodeError, `${name}: ${print(error)} instead of a DecodeError`);
    equal(error.code, code, `${name}: the code`);
    return error;
  }

  /**
   * Expects the right outcome for a correctly signed delivery with any body: an event with exactly these bytes, or the
   * error that the sender's scheme gives for a body that is not JSON.
   */
  function expectBytes(name, delivery, bytes) {
    const { withoutJson } = senders[name];
    if (withoutJson === undefined) {
      equalBytes(expectEvent(name, delivery).body, bytes, `${name}: the body`);
    } else if (withoutJson === "body_mismatch") {
      expectRejection(name, delivery, withoutJson);
    } else {
      expectDecodeError(name, delivery, withoutJson);
    }
  }

  /** Returns the event, the Rejection or the DecodeError of a delivery. Any other error fails the test. */
  function outcome(name, delivery, { now = NOW, ...options } = {}) {
    const verifier = verifierOf(name, options);
    try {
      return verifier.verify(delivery, now);
    } catch (error) {
      const isExpected = error instanceof Rejection || error instanceof DecodeError;
      ok(isExpected, `${name}: ${print(error)} for ${print(delivery)}`);
      return error;
    }
  }

  return {
    ...countersign,
    attackedSchemes: countersign.schemes.filter(({ name }) => Object.hasOwn(senders, name)),
    verifierOf,
    sign,
    expectEvent,
    expectRejection,
    expectDecodeError,
    expectBytes,
    outcome,
  };
}
