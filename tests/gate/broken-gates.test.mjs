// The list of broken gates fits the sources: each edit applies exactly once, and each broken gate has its own name.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readText } from "../../scripts/lib/project.mjs";
import { checkNames } from "./broken/checks.mjs";
import { applyEdit } from "./broken/edit.mjs";
import { BROKEN_GATES, SELECTION } from "./broken/list.mjs";

describe("the list of broken gates", () => {
  for (const { name, edits } of BROKEN_GATES) {
    it(`applies to the sources: ${name}`, () => {
      assert.ok(edits.length > 0);
      for (const edit of edits)
        assert.notEqual(applyEdit(edit, readText(edit.file)), readText(edit.file));
    });
  }

  it("names each broken gate once, and only checks that exist", () => {
    const names = BROKEN_GATES.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
    assert.ok(names.length >= 30);
    for (const { name, noticedBy } of BROKEN_GATES)
      assert.ok(checkNames().includes(noticedBy), `${name}: ${noticedBy}`);
    for (const name of SELECTION) assert.ok(names.includes(name), name);
  });

  it("refuses an edit that no longer fits", () => {
    const edit = { file: "a.rs", find: "x", replace: "y" };
    assert.throws(() => applyEdit(edit, "z"), /0 times/);
    assert.throws(() => applyEdit(edit, "x x"), /2 times/);
    assert.throws(() => applyEdit(edit, undefined), /does not exist/);
  });
});
