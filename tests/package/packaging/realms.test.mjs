// Passes values from a different realm. Test runners and frames have their own `Uint8Array`, `Array` and `Date`, so
// `instanceof` does not recognize them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { Signer, Verifier } from "countersign";

const foreign = (code, values = {}) => runInNewContext(`(${code})`, values);
const SECRET = "It's a Secret to Everybody";
const now = new Date(1_700_000_000_000);
const body = '{"id":"evt_1"}';
const headers = new Signer("stripe", SECRET).sign({ body }, now);
const verifier = new Verifier("stripe", SECRET);
const codes = [...new TextEncoder().encode(body)];

test("headers from a different realm are accepted", () => {
  for (const code of [
    "({ ...headers })",
    "Object.entries(headers)",
    "new Map(Object.entries(headers))",
  ]) {
    assert.equal(verifier.verify({ headers: foreign(code, { headers }), body }, now).id, "evt_1");
  }
  const twice = foreign("({ 'stripe-signature': [value, value] })", {
    value: headers["stripe-signature"],
  });
  assert.throws(() => verifier.verify({ headers: twice, body }, now), { code: "malformed_header" });
});

test("a body from a different realm is accepted", () => {
  for (const code of ["Uint8Array.from(codes)", "Uint8Array.from(codes).buffer"]) {
    assert.equal(verifier.verify({ headers, body: foreign(code, { codes }) }, now).id, "evt_1");
  }
});

test("a secret from a different realm is accepted", () => {
  const key = foreign("Uint8Array.from(codes)", { codes: [...new TextEncoder().encode(SECRET)] });
  for (const keys of [key, [key], { id: "main", key }, foreign("[key]", { key })]) {
    assert.equal(new Verifier("stripe", keys).verify({ headers, body }, now).id, "evt_1");
  }
  assert.deepEqual(new Signer("stripe", key).sign({ body }, now), headers);
});

test("a Date from a different realm is accepted", () => {
  const then = foreign("new Date(millis)", { millis: now.getTime() });
  assert.equal(verifier.verify({ headers, body }, then).id, "evt_1");
  assert.deepEqual(new Signer("stripe", SECRET).sign({ body }, then), headers);
  assert.throws(() => verifier.verify({ headers, body }, foreign("new Date(NaN)")), TypeError);
});
