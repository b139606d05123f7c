// `npm run send` with mistakes in the configuration: one message that says what to correct, and no stack.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { inRoot, node } from "../../scripts/lib/project.mjs";

const folder = mkdtempSync(join(tmpdir(), "countersign-send-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/**
 * The error output of `npm run send -- shop` with this scheme.
 * @param {string} scheme
 * @param {string} [source]
 */
function outputOf(scheme, source = "shop") {
  const config = join(folder, "wrangler.toml");
  writeFileSync(config, `[vars.SOURCES.shop]\nscheme = "${scheme}"\nkeys = ["STRIPE_SECRET"]\n`);
  writeFileSync(join(folder, ".dev.vars"), "STRIPE_SECRET=whsec_test\n");
  const args = [inRoot("scripts/send.mjs"), source, "--config", config, "--url", "http://[::1]:1"];
  const { status, stderr } = spawnSync(node(), args, { encoding: "utf8" });
  assert.equal(status, 1, stderr);
  assert.doesNotMatch(stderr, /^\s+at /m, "a stack was printed");
  return stderr;
}

test("a misspelt scheme gets one line with the scheme that was probably meant", () => {
  const output = outputOf("strpe");
  assert.match(output, /source "shop"/);
  assert.match(output, /scheme = "strpe"/);
  assert.match(output, /did you mean "stripe"\?/);
  assert.equal(output.trim().split("\n").length, 1, output);
});

test("a scheme that resembles none gets one line that says where the names are", () => {
  assert.match(outputOf("nothing-like-it"), /`schemes` lists all names/);
});

test("an unknown source gets the list of sources", () => {
  assert.match(outputOf("stripe", "shpo"), /has no source "shpo"[\s\S]*shop/);
});
