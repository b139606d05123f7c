// Validates every file of tests/vectors against tests/vectors/schema.json. A misspelt field is an error: the JavaScript
// runner would ignore it. tests/core/vectors.rs and tests/package/runtimes/vectors.js verify the deliveries themselves.

import { deepEqual, equal } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";

const FOLDER = new URL("../../vectors/", import.meta.url);

const readJson = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));

const names = readdirSync(FOLDER).filter((name) => name !== "schema.json");
const validate = new Ajv2020({ allErrors: true, strictRequired: false }).compile(
  readJson("schema.json"),
);

/** The places and messages of all mistakes in a file. */
function mistakesIn(/** @type {unknown} */ file) {
  validate(file);
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, params.additionalProperty].filter(Boolean).join(" "),
  );
}

for (const name of names) {
  test(`${name} is as schema.json describes it`, () => {
    const file = readJson(name);
    deepEqual(mistakesIn(file), []);
    equal(`${file.scheme}.json`, name, "the file is named after its scheme");
  });
}

test("no two vectors have the same id", () => {
  const ids = names.flatMap((name) =>
    readJson(name).tests.map(({ id }) => /** @type {string} */ (id)),
  );
  deepEqual(
    ids.filter((id, at) => ids.indexOf(id) !== at),
    [],
  );
});

test("a field that the schema does not know is a mistake", () => {
  const file = readJson("stripe.json");
  deepEqual(mistakesIn({ ...file, sheme: "stripe" }), [
    "must NOT have additional properties sheme",
  ]);
  file.tests[0].evnet_id = "evt_1";
  deepEqual(mistakesIn(file), ["/tests/0 must NOT have additional properties evnet_id"]);
});

test("a rejected delivery has no event", () => {
  const file = readJson("stripe.json");
  file.tests[0].expect = "stale";
  deepEqual(mistakesIn(file).length, 3, "event_id, type, and the condition that forbids both");
});
