// After the core has trapped, or a call into it has failed half-way, a fresh instance takes its place.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DecodeError, Rejection, Signer, Verifier } from "countersign";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const now = new Date(1_700_000_000_000);
const delivery = (signer) => ({
  headers: signer.sign({ id: "msg_1", body: "{}" }, now),
  body: "{}",
});

/**
 * Makes a call fail inside of the core. The size is one that 32 bits cannot hold; the system gives such an array
 * without giving memory, since nobody writes to it.
 */
function fail(verifier, signer) {
  const body = new Uint8Array(2 ** 32 + 1);
  const { headers } = delivery(signer);
  let error;
  try {
    verifier.verify({ headers, body }, now);
  } catch (caught) {
    error = caught;
  }
  assert.ok(error, "a body of four gigabytes was verified");
  assert.ok(!(error instanceof Rejection) && !(error instanceof DecodeError), `${error}`);
}

test("verifiers and signers that were made before work on", () => {
  const signer = new Signer("standard", SECRET);
  const verifiers = [
    new Verifier("standard", SECRET),
    new Verifier("standard", [{ id: "main", key: SECRET }], { tolerance: 0 }),
  ];
  for (let round = 0; round < 3; round += 1) {
    fail(verifiers[0], signer);
    for (const verifier of verifiers) {
      assert.equal(verifier.verify(delivery(signer), now).id, "msg_1");
      const forged = { ...delivery(signer), body: "{ }" };
      assert.throws(() => verifier.verify(forged, now), { code: "signature_mismatch" });
    }
    assert.equal(verifiers[1].verify(delivery(signer), now).keyId, "main");
    const late = new Date(now.getTime() + 1000);
    assert.throws(() => verifiers[1].verify(delivery(signer), late), { code: "stale" });
  }
});

test("new ones can be made", () => {
  fail(new Verifier("standard", SECRET), new Signer("standard", SECRET));
  const verifier = new Verifier("github", "secret");
  assert.equal(verifier.verify(delivery(new Signer("github", "secret")), now).source, "github");
});

test("a secret whose bytes its owner has wiped is still the secret, and zeros are not", () => {
  const signer = new Signer("github", "a secret of bytes");
  const bytes = new TextEncoder().encode("a secret of bytes");
  const verifier = new Verifier("github", bytes);
  const zeros = new Signer("github", new Uint8Array(bytes.length));
  bytes.fill(0);
  assert.equal(verifier.verify(delivery(signer), now).source, "github");
  fail(verifier, signer);
  assert.throws(() => verifier.verify(delivery(zeros), now), { code: "signature_mismatch" });
  assert.equal(verifier.verify(delivery(signer), now).source, "github");
});
