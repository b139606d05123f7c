// Asking the package under test: is this delivery genuine, is it refused, and as what.

import { equal, equalBytes, ok, print, thrown } from "./harness.js";
import { NOW, sampleBody, senders } from "./senders.js";

/** @param countersign the package's namespace: the suite judges whichever copy it is given */
export function judge(countersign) {
  const { Verifier, Signer, Rejection, DecodeError } = countersign;
  const made = new Map();

  /** A verifier with the usual key, made once, or with others. */
  function verifierOf(name, { keys, tolerance } = {}) {
    if (keys !== undefined || tolerance !== undefined) {
      return new Verifier(name, keys ?? senders[name].keys[0], { tolerance });
    }
    if (!made.has(name)) {
      made.set(name, new Verifier(name, senders[name].keys[0]));
    }
    return made.get(name);
  }

  /** A delivery as the package's own signer makes it. */
  function sign(name, { id = "msg_1", body = sampleBody(name), at = NOW, key } = {}) {
    const signer = new Signer(name, key ?? senders[name].keys[0]);
    return { headers: signer.sign({ id, body }, at), body };
  }

  /** The event of a delivery that is accepted; fails where it is not. */
  function genuine(name, delivery, { now = NOW, ...options } = {}) {
    const verifier = verifierOf(name, options);
    let event;
    try {
      event = verifier.verify(delivery, now);
    } catch (error) {
      throw new Error(`${name}: not accepted (${print(error)}): ${print(delivery.headers)}`);
    }
    equal(event.source, name, "the event's source");
    return event;
  }

  /** The error of a delivery that is refused as not genuine; fails where it is accepted or anything else happens. */
  function refused(name, delivery, codes = [], { now = NOW, ...options } = {}) {
    const verifier = verifierOf(name, options);
    const error = thrown(() => verifier.verify(delivery, now));
    ok(error instanceof Rejection, `${name}: ${print(error)} instead of a Rejection`);
    const expected = [codes].flat();
    const found = `${print(error)} for ${print(delivery.headers)}`;
    ok(
      expected.length === 0 || expected.includes(error.code),
      `${name}: ${expected}, not ${found}`,
    );
    return error;
  }

  /** The error of a delivery that is genuine, but cannot be read. */
  function unreadable(name, delivery, code, { now = NOW, ...options } = {}) {
    const verifier = verifierOf(name, options);
    const error = thrown(() => verifier.verify(delivery, now));
    ok(error instanceof DecodeError, `${name}: ${print(error)} instead of a DecodeError`);
    equal(error.code, code, `${name}: the code`);
    return error;
  }

  /**
   * The outcome of a delivery whose signature is right and whose body may be anything at all: an event with these
   * very bytes, or what the sender's scheme prescribes for bodies it cannot read.
   */
  function trueToTheBytes(name, delivery, bytes) {
    const { bare } = senders[name];
    if (bare === undefined) {
      equalBytes(genuine(name, delivery).body, bytes, `${name}: the body`);
    } else if (bare === "body_mismatch") {
      refused(name, delivery, bare);
    } else {
      unreadable(name, delivery, bare);
    }
  }

  /** What a verification comes to: an event or one of the two errors. Anything else fails. */
  function outcome(name, delivery, { now = NOW, ...options } = {}) {
    const verifier = verifierOf(name, options);
    try {
      return verifier.verify(delivery, now);
    } catch (error) {
      const isAnswer = error instanceof Rejection || error instanceof DecodeError;
      ok(isAnswer, `${name}: ${print(error)} for ${print(delivery)}`);
      return error;
    }
  }

  return {
    ...countersign,
    attacked: countersign.schemes.filter(({ name }) => Object.hasOwn(senders, name)),
    verifierOf,
    sign,
    genuine,
    refused,
    unreadable,
    trueToTheBytes,
    outcome,
  };
}
