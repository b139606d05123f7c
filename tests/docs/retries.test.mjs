// docs/retries.json and the schemes agree: the facts are complete, and each default tolerance follows from them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { schemes } from "countersign";
import { readRetries } from "../../scripts/senders.mjs";

const retries = readRetries();
const facts = new Map(retries.map((entry) => [entry.scheme, entry]));
const timed = schemes.filter(({ signsTime }) => signsTime);

/** The shortest time for which the gate can be told to remember ids: `retention_days = 1`. */
const SHORTEST_MEMORY = 86_400;

const namesOf = (all) => all.map(({ name }) => name);

describe("the facts about retries", () => {
  it("name existing schemes, each once", () => {
    const known = new Set(namesOf(schemes));
    const wrong = retries.filter(({ scheme }) => !known.has(scheme));
    assert.deepEqual([wrong, facts.size], [[], retries.length]);
  });

  it("cover every scheme that signs a time", () => {
    assert.deepEqual(namesOf(timed.filter(({ name }) => !facts.has(name))), []);
  });

  for (const { scheme, signature, retries: words, seconds, rotation, sources } of retries) {
    it(`of ${scheme} are complete and have sources`, () => {
      assert.ok(sources.length > 0 && sources.every((url) => new URL(url).protocol === "https:"));
      if (!timed.some(({ name }) => name === scheme)) {
        assert.deepEqual([signature, words, seconds], [undefined, undefined, undefined]);
        assert.notEqual(rotation, undefined);
        return;
      }
      assert.ok(["new", "same", "not documented"].includes(signature), signature);
      assert.match(words, /\w/);
      assert.ok(seconds === null || (Number.isInteger(seconds) && seconds > 0), `${seconds}`);
      assert.ok([undefined, "list", "headers", "repeated"].includes(rotation), rotation);
    });
  }
});

describe("the default tolerance", () => {
  it("accepts the last retry of every sender that repeats its signature", () => {
    const repeating = timed.filter(({ name }) => facts.get(name)?.signature === "same");
    assert.ok(repeating.length > 4, `${repeating.length}`);
    const tooShort = repeating.filter(({ name, tolerance }) => {
      const { seconds } = facts.get(name);
      return seconds === null || tolerance.past < seconds;
    });
    assert.deepEqual(namesOf(tooShort), []);
  });

  it("is shorter than the gate remembers ids, so that a replay is a duplicate", () => {
    const tooLong = timed.filter(
      ({ tolerance }) => tolerance.past + tolerance.future >= SHORTEST_MEMORY,
    );
    assert.deepEqual(namesOf(tooLong), []);
  });

  it("is more than five minutes only for senders whose ids identify events", () => {
    const lenient = timed.filter(
      ({ tolerance, identifiesEvents }) => tolerance.past > 300 && !identifiesEvents,
    );
    assert.deepEqual(namesOf(lenient), []);
  });
});

describe("the confirmed levels", () => {
  it("are vector or oracle for at least 75 schemes", () => {
    const confirmed = schemes.filter(({ confirmed }) => confirmed !== "documented");
    assert.ok(confirmed.length >= 75, `${confirmed.length}`);
  });
});
