// Checks the files of the packed tarball: the documented files are there, and sources, secrets and local paths are not.

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

/** Every path in a part of the manifest. */
function targets(value) {
  return typeof value === "string" ? [value] : Object.values(value).flatMap(targets);
}

test("the tarball holds every file that the manifest names", () => {
  const named = [manifest.main, manifest.module, manifest.types, ...targets(manifest.exports)];
  for (const path of named) {
    assert.ok(files.includes(path.replace(/^\.\//, "")), `${path} is missing`);
  }
  for (const path of manifest.files) {
    const isThere = files.some((file) => file === path || file.startsWith(`${path}/`));
    assert.ok(isThere, `${path}, which "files" lists, is missing`);
  }
});

test("the tarball holds the licence", () => {
  assert.ok(
    files.some((file) => file.startsWith("LICENSE")),
    "there is no LICENSE file",
  );
});

test("the tarball holds no sources, tests or settings", () => {
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

test("no file holds a path of the machine that built it", () => {
  const places = [`${homedir()}/`, root, "registry/src", "/home/", "/Users/", "C:\\Users"];
  for (const file of files) {
    // The inline entries hold the wasm as base64. The loop checks it as core.wasm.
    let text = read(file).toString("latin1");
    // The URL of a sender's documentation may contain such a path.
    for (const { docs } of schemes) text = text.replaceAll(docs, "");
    for (const place of places) {
      assert.ok(!text.includes(place), `${file} holds ${place}`);
    }
  }
});

test("no script holds a secret, fetches anything or evaluates text", () => {
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

test("no entry needs Node or uses top-level await", () => {
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

test("the package has no dependencies and no install scripts", () => {
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

test("core.wasm is the one that was built, and within its size budget", () => {
  const built = sizeOf("pkg/dist/core.wasm");
  assert.equal(statSync(join(installed, "dist/core.wasm")).size, built.raw);
  for (const kind of ["raw", "gzip"]) {
    assert.ok(built[kind] <= budgets["pkg/dist/core.wasm"][kind], `${built[kind]} bytes ${kind}`);
  }
});

test("the inline entries hold core.wasm, and the other entries do not", () => {
  const core = read("dist/core.wasm").toString("base64");
  for (const file of files.filter((name) => /^dist\/.+\.js$/.test(name))) {
    const text = read(file).toString();
    assert.equal(text.includes(core), file.endsWith("/inline.js"), file);
    assert.equal(text.includes("AGFzbQ"), file.endsWith("/inline.js"), file);
  }
});

test("core.wasm imports only the functions of its own bindings", () => {
  const module = new WebAssembly.Module(read("dist/core.wasm"));
  const modules = new Set(WebAssembly.Module.imports(module).map((needed) => needed.module));
  assert.ok(modules.size <= 1, `imports of ${[...modules]}`);
  for (const name of modules) {
    assert.match(name, /^\.\/core_bg\.js$/);
  }
});
