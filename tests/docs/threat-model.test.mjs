// docs/threat-model.md and the tests agree: each row has a test, and each test names rows that exist.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { findMarkers, idsOf, PAGE, rowsOf } from "../../scripts/threat-model.mjs";

const page = readFileSync(fileURLToPath(new URL(`../../${PAGE}`, import.meta.url)), "utf8");
const rows = rowsOf(page);
const markers = findMarkers();

describe("the threat model", () => {
  it("has rows, each once", () => {
    assert.ok(rows.length > 60, `${rows.length}`);
    assert.deepEqual(
      rows.filter((id, index) => rows.indexOf(id) !== index),
      [],
    );
  });

  it("has a test for each row", () => {
    assert.deepEqual(
      rows.filter((id) => !markers.has(id)),
      [],
      "name these rows in a comment line above a test: `// Threat model: <ids>.`",
    );
  });

  it("has a row for each id that a test names", () => {
    const missing = [...markers].filter(([id]) => !rows.includes(id));
    assert.deepEqual(missing, [], `add these rows to ${PAGE}, or correct the comments`);
  });
});

describe("a comment line that names rows", () => {
  const read = (line) => idsOf(line);

  it("is read in Rust and in JavaScript", () => {
    assert.deepEqual(read("    /// Threat model: A-04, F3."), ["A-04", "F3"]);
    assert.deepEqual(read("  // Threat model: I2."), ["I2"]);
  });

  it("names crash points in words", () => {
    assert.deepEqual(read("// Threat model: crash point after-row-written."), [
      "after-row-written",
    ]);
    assert.deepEqual(read("// Threat model: F8, crash points one-way, other-way."), [
      ...["F8", "one-way", "other-way"],
    ]);
  });

  it("may name all crash points of the gate", () => {
    assert.deepEqual(read("// Threat model: F8, every crash point."), ["F8", "every crash point"]);
  });

  it("is not any other line", () => {
    assert.deepEqual(read("const text = 'Threat model: A-04.';"), []);
    assert.deepEqual(read("// The threat model has A-04."), []);
  });
});
