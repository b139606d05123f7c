// After the core traps, or a call into it fails halfway, the package continues with a new instance of the core.

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
 * Makes a call into the core fail. The body's size does not fit into 32 bits. The system allocates such an array
 * without using memory, because nothing is written to it.
 */
function failInCore(verifier, signer) {
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

test("verifiers and signers that existed before continue to work", () => {
  const signer = new Signer("standard", SECRET);
  const verifiers = [
    new Verifier("standard", SECRET),
    new Verifier("standard", [{ id: "main", key: SECRET }], { tolerance: 0 }),
  ];
  for (let round = 0; round < 3; round += 1) {
    failInCore(verifiers[0], signer);
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

test("new verifiers and signers can be created", () => {
  failInCore(new Verifier("standard", SECRET), new Signer("standard", SECRET));
  const verifier = new Verifier("github", "secret");
  assert.equal(verifier.verify(delivery(new Signer("github", "secret")), now).source, "github");
});

test("a verifier keeps its secret after the caller has wiped the array", () => {
  const signer = new Signer("github", "a secret of bytes");
  const bytes = new TextEncoder().encode("a secret of bytes");
  const verifier = new Verifier("github", bytes);
  // Zeros would not do: a secret of zeros is rejected.
  const wiped = new Signer("github", new Uint8Array(bytes.length).fill(0xff));
  bytes.fill(0xff);
  assert.equal(verifier.verify(delivery(signer), now).source, "github");
  failInCore(verifier, signer);
  assert.throws(() => verifier.verify(delivery(wiped), now), { code: "signature_mismatch" });
  assert.equal(verifier.verify(delivery(signer), now).source, "github");
});
