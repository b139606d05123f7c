// The event types that the package lists for Resend and Stripe are those of the senders' own libraries, no more and no fewer.
// `tests/core/payloads.rs` holds the files of samples to the lists in the core, so this test reads the samples.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inRoot, readText } from "../../scripts/lib/project.mjs";

/** The event types that samples of a sender have, apart from those that are unlisted on purpose. */
function listed(sender, variant = undefined) {
  const { bodies } = JSON.parse(readText(`tests/payloads/${sender}.json`));
  const samples = bodies.filter((body) => !body.unlisted && (!variant || body.variant === variant));
  return [...new Set(samples.flatMap(({ types }) => types))].sort();
}

const library = (path) => readFileSync(inRoot(`tests/oracles/node_modules/${path}`), "utf8");

/** The texts of string literals in a piece of a type declaration. */
function literals(text, pattern) {
  const found = [...new Set([...text.matchAll(pattern)].map(([, literal]) => literal))].sort();
  assert.ok(
    found.length > 10,
    "the library's types have another form: this test no longer reads them",
  );
  return found;
}

test("Resend's event types are those of its library", () => {
  const [, union = ""] =
    library("resend/dist/index.d.cts").match(/^type WebhookEvent = ([^;]+);$/m) ?? [];
  assert.deepEqual(listed("resend"), literals(union, /'([^']+)'/g));
});

const STRIPE = "stripe/esm/resources";

test("Stripe's snapshot event types are those of its library", () => {
  const types = literals(library(`${STRIPE}/Events.d.ts`), /^\s*type: '([^']+)';$/gm);
  assert.deepEqual(listed("stripe", "Snapshot"), types);
});

test("Stripe's thin event types are those of its library", () => {
  const types = literals(library(`${STRIPE}/V2/Core/Events.d.ts`), /^\s*type: '([^']+)';$/gm);
  assert.deepEqual(listed("stripe", "Thin"), types);
});
