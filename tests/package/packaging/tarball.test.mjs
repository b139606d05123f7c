// What is in the tarball, and what is not.

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { schemes } from "countersign";
import { budgets, sizeOf } from "../../../scripts/budgets.mjs";
import { root } from "../../../scripts/lib/project.mjs";
import { install, readJson } from "./install.mjs";

const { installed, files } = install();
const manifest = readJson(join(installed, "package.json"));
const read = (file) => readFileSync(join(installed, file));

/** Every path that the manifest leads to. */
function targets(value) {
  return typeof value === "string" ? [value] : Object.values(value).flatMap(targets);
}

test("every file that the manifest names is there", () => {
  const named = [manifest.main, manifest.module, manifest.types, ...targets(manifest.exports)];
  for (const path of named) {
    assert.ok(files.includes(path.replace(/^\.\//, "")), `${path} is missing`);
  }
  for (const path of manifest.files) {
    const isThere = files.some((file) => file === path || file.startsWith(`${path}/`));
    assert.ok(isThere, `${path}, which "files" lists, is missing`);
  }
});

test("its licence is there", () => {
  assert.ok(
    files.some((file) => file.startsWith("LICENSE")),
    "neither LICENSE nor LICENSE-*",
  );
});

test("nothing else is there: no sources, no tests, no settings", () => {
  const expected = [
    /^package\.json$/,
    /^(README|LICENSE|LICENSE-MIT|LICENSE-APACHE|CHANGELOG)(\.md)?$/,
    /^dist\/core\.wasm$/,
    /^dist\/esm\/((queue-)?(inline|workerd|edge-light)|slim)\.js$/,
    /^dist\/cjs\/((queue-)?inline|slim)\.js$/,
    /^dist\/cjs\/package\.json$/,
    /^dist\/(esm|cjs)\/types\/.+\.d\.ts$/,
  ];
  const others = files.filter((file) => !expected.some((pattern) => pattern.test(file)));
  assert.deepEqual(others, []);
});

test("no file names a folder of the machine that built it", () => {
  const places = [`${homedir()}/`, root, "registry/src", "/home/", "/Users/", "C:\\Users"];
  for (const file of files) {
    // The wasm that the inline entries carry is looked at in its file.
    let text = read(file).toString("latin1");
    // A sender's page may have such a folder in its address.
    for (const { docs } of schemes) text = text.replaceAll(docs, "");
    for (const place of places) {
      assert.ok(!text.includes(place), `${file} holds ${place}`);
    }
  }
});

test("nothing in it looks like a secret, and nothing is fetched or evaluated", () => {
  for (const file of files.filter((name) => /\.js$/.test(name))) {
    const text = read(file).toString();
    for (const pattern of [/whsec_[A-Za-z0-9+/]{8}/, /BEGIN [A-Z ]*PRIVATE KEY/, /_authToken/]) {
      assert.doesNotMatch(text, pattern, file);
    }
    for (const pattern of [
      /\beval\(/,
      /new Function\(/,
      /\bfetch\(/,
      /XMLHttpRequest/,
      /sourceMappingURL/,
    ]) {
      assert.doesNotMatch(text, pattern, file);
    }
  }
});

test("no entry relies on Node, or waits at its top level", () => {
  for (const file of files.filter((name) => /^dist\/.+\.js$/.test(name))) {
    const text = read(file).toString();
    for (const pattern of [
      /\bBuffer\b/,
      /["']node:/,
      /\bprocess\./,
      /__dirname/,
      /import\.meta/,
      /^await /m,
    ]) {
      assert.doesNotMatch(text, pattern, file);
    }
  }
});

test("it needs no other package, and runs nothing when it is installed", () => {
  for (const kind of [
    "dependencies",
    "peerDependencies",
    "optionalDependencies",
    "bundledDependencies",
  ]) {
    assert.equal(manifest[kind], undefined, kind);
  }
  assert.equal(manifest.scripts, undefined);
  assert.equal(manifest.private, undefined);
});

test("the core is what was built, and within its budget", () => {
  const built = sizeOf("pkg/dist/core.wasm");
  assert.equal(statSync(join(installed, "dist/core.wasm")).size, built.raw);
  for (const kind of ["raw", "gzip"]) {
    assert.ok(built[kind] <= budgets["pkg/dist/core.wasm"][kind], `${built[kind]} bytes ${kind}`);
  }
});

test("the inline entries carry this very core, and the others none", () => {
  const core = read("dist/core.wasm").toString("base64");
  for (const file of files.filter((name) => /^dist\/.+\.js$/.test(name))) {
    const text = read(file).toString();
    assert.equal(text.includes(core), file.endsWith("/inline.js"), file);
    assert.equal(text.includes("AGFzbQ"), file.endsWith("/inline.js"), file);
  }
});

test("the core asks its host for nothing but the functions of its own bindings", () => {
  const module = new WebAssembly.Module(read("dist/core.wasm"));
  const modules = new Set(WebAssembly.Module.imports(module).map((needed) => needed.module));
  assert.ok(modules.size <= 1, `imports of ${[...modules]}`);
  for (const name of modules) {
    assert.match(name, /^\.\/core_bg\.js$/);
  }
});
