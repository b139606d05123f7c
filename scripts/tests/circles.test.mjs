// The script that looks for import circles finds those of small made-up checkouts, and no others.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, describe, it } from "node:test";
import { findCircles } from "../circles.mjs";
import { importsOf } from "../lib/js-imports.mjs";
import { rustImports } from "../lib/rust-imports.mjs";

/** @type {string[]} */
const folders = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** @param {Record<string, string>} files */
function checkout(files) {
  const folder = mkdtempSync(join(tmpdir(), "countersign-circles-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/**
 * The imports within a crate, as `importer <- imported: names`.
 * @param {Record<string, string>} files
 */
function importsWithin(files) {
  const folder = checkout(files);
  const graph = rustImports(join(folder, "src/lib.rs"));
  return [...graph].flatMap(([file, targets]) =>
    [...targets].map(
      ([target, names]) =>
        `${relative(folder, file)} <- ${relative(folder, target)}: ${[...names].sort().join(", ")}`,
    ),
  );
}

describe("circles in Rust", () => {
  it("are reported with the files and the names that close them", () => {
    const folder = checkout({
      "src/lib.rs": "mod claim;\nmod error;\n",
      "src/claim.rs": "use crate::error::Rejection;\npub(crate) const MAX_TAGS: usize = 8;",
      "src/error.rs": "pub enum Rejection { Tags([u8; crate::claim::MAX_TAGS]) }",
    });
    const { text, count } = findCircles(folder);
    assert.equal(count, 1);
    assert.match(text, /Circle of 2 files/);
    assert.match(text, /src\/claim\.rs -> src\/error\.rs -> src\/claim\.rs/);
    assert.match(text, /src\/error\.rs from src\/claim\.rs: MAX_TAGS/);
  });

  it("are found among modules that a macro declares", () => {
    const { count } = findCircles(
      checkout({
        "src/lib.rs":
          "macro_rules! list { ($($file:ident: $item:ident;)+) => { $(mod $file;)+ } }\nlist! { one: ONE; two: TWO; }",
        "src/one.rs": "use super::two::TWO;\npub const ONE: u8 = TWO;",
        "src/two.rs": "use super::one::ONE;\npub const TWO: u8 = ONE;",
      }),
    );
    assert.equal(count, 1);
  });

  it("are found through a third file, and stay apart from files that only lead there", () => {
    const { text, count } = findCircles(
      checkout({
        "src/lib.rs": "mod a; mod b; mod c; mod leaf; pub use a::A;",
        "src/a.rs": "use crate::b::B; pub struct A;",
        "src/b.rs": "use crate::c::C; pub struct B;",
        "src/c.rs": "use crate::{a::A, leaf::Leaf}; pub struct C;",
        "src/leaf.rs": "pub struct Leaf;",
      }),
    );
    assert.equal(count, 1);
    assert.match(text, /Circle of 3 files/);
    assert.doesNotMatch(text, /leaf\.rs|lib\.rs ->/);
  });

  it("include a child that uses what its parent defines, if the parent uses the child", () => {
    const { count } = findCircles(
      checkout({
        "src/lib.rs": "mod key;",
        "src/key/mod.rs": "mod mac;\nuse mac::Mac;\npub struct Key(Mac);",
        "src/key/mac.rs": "use super::Key;\npub struct Mac;",
      }),
    );
    assert.equal(count, 1);
  });

  it("are not made by a parent that only declares and re-exports its children", () => {
    const files = {
      "src/lib.rs": "mod key;\npub use key::Key;",
      "src/key/mod.rs": "mod mac;\nmod shared;\npub use mac::Mac;\npub use shared::Key;",
      "src/key/mac.rs": "use super::Key;\npub struct Mac;",
      "src/key/shared.rs": "pub struct Key;",
    };
    assert.equal(findCircles(checkout(files)).count, 0);
    assert.ok(importsWithin(files).includes("src/key/mac.rs <- src/key/shared.rs: Key"));
  });
});

describe("the reader of Rust", () => {
  it("ignores tests, comments, strings and other crates", () => {
    const imports = importsWithin({
      "src/lib.rs": "mod a;\nmod b;\n#[cfg(test)]\nmod only_in_tests;",
      "src/a.rs": `
        //! See [\`crate::b::B\`].
        /* crate::b::B */
        use core::fmt;
        use sha2::Sha256;
        const TEXT: &str = "crate::b::B \\" crate::b::B";
        const RAW: &str = r#"crate::b::B " "#;
        const QUOTE: char = '"';
        fn a<'b>(b: &'b str) {}
        #[cfg(test)]
        use crate::b::{B, C};
        #[cfg(all(test, feature = "std"))]
        #[allow(dead_code)]
        fn helper(_: [u8; 3], b: crate::b::B) {}
        #[cfg(test)]
        mod tests { use super::*; use crate::b::B; }
      `,
      "src/b.rs": "pub struct B;",
    });
    assert.deepEqual(imports, []);
  });

  it("reads code behind conditions other than tests", () => {
    const imports = importsWithin({
      "src/lib.rs": "mod a; mod b;",
      "src/a.rs": "#[cfg(not(test))] use crate::b::B;",
      "src/b.rs": "pub struct B;",
    });
    assert.deepEqual(imports, ["src/a.rs <- src/b.rs: B"]);
  });

  it("resolves nested, renamed, relative and inline paths", () => {
    const imports = importsWithin({
      "src/lib.rs": "mod deep; mod time; mod url;",
      "src/deep/mod.rs": "mod one; mod two; fn f() { one::run(); }",
      "src/deep/one.rs": `
        use crate::{time::{self, Seconds as S}, url};
        use super::super::time::Minutes;
        pub(in crate::deep) fn run() { time::now(); url::parse::<u8>(); super::two::walk(); }
      `,
      "src/deep/two.rs": "mod inner { pub fn f() { super::super::one::run() } } pub fn walk() {}",
      "src/time.rs": "pub struct Seconds; pub struct Minutes; pub fn now() {}",
      "src/url.rs": "pub fn parse<T>() {}",
    });
    assert.deepEqual(imports, [
      "src/deep/mod.rs <- src/deep/one.rs: run",
      "src/deep/one.rs <- src/time.rs: Minutes, Seconds, now",
      "src/deep/one.rs <- src/url.rs: parse",
      "src/deep/one.rs <- src/deep/two.rs: walk",
      "src/deep/two.rs <- src/deep/one.rs: run",
    ]);
  });

  it("takes from a glob only the names that the file uses", () => {
    const imports = importsWithin({
      "src/lib.rs": "mod common; mod sender; mod words;",
      "src/common.rs":
        "pub use crate::words::Header; pub const ID: u8 = 1; pub const LATE: u8 = 2;",
      "src/sender.rs": "use crate::common::*; pub fn f(_: Header) -> u8 { ID }",
      "src/words.rs": "pub struct Header;",
    });
    assert.deepEqual(imports, [
      "src/common.rs <- src/words.rs: Header",
      "src/sender.rs <- src/common.rs: ID",
      "src/sender.rs <- src/words.rs: Header",
    ]);
  });

  it("knows macros that are in scope without an import", () => {
    const imports = importsWithin({
      "src/lib.rs": "#[macro_use]\nmod open_enum;\nmod words;",
      "src/open_enum.rs": "macro_rules! open_enum { ($name:ident) => { enum $name {} } }",
      "src/words.rs": "open_enum!(Status);",
    });
    assert.deepEqual(imports, ["src/words.rs <- src/open_enum.rs: open_enum"]);
  });
});

describe("circles in JavaScript and TypeScript", () => {
  it("are found, also if an import is only of a type", () => {
    const { text, count } = findCircles(
      checkout({
        "pkg/ts/key.ts": 'import type { Verifier } from "./verifier.js";\nexport class Key {}',
        "pkg/ts/verifier.ts": 'export { Key } from "./key.js";\nexport class Verifier {}',
        "scripts/run.mjs": '/** @typedef {import("./start.mjs").Options} Options */',
        "scripts/start.mjs": 'import "./run.mjs";',
        "scripts/node_modules/left/index.mjs": 'import "./index.mjs";',
      }),
    );
    assert.equal(count, 2);
    assert.match(text, /pkg\/ts\/key\.ts from pkg\/ts\/verifier\.ts: Verifier/);
    assert.match(text, /scripts\/run\.mjs from scripts\/start\.mjs: Options/);
  });

  it("are read from every form of import, and not from comments or packages", () => {
    const text = `
      import { readFile } from "node:fs";
      import "./side-effect.mjs";
      import one from "./one.mjs";
      import two, { type Three } from "./two.mjs";
      import * as four from './four.mjs';
      import type { Five } from "./five.js";
      export * from "./six.mjs";
      export * as seven from "./seven.mjs";
      export {
        eight,
        nine as ten,
      } from "./eight.mjs";
      const later = await import("./later.mjs");
      // import eleven from "./eleven.mjs";
      export const text = "from './no.mjs'";
    `;
    assert.deepEqual(
      importsOf(text).map(({ path, names }) => [path, ...names]),
      [
        ["./side-effect.mjs"],
        ["./one.mjs", "one"],
        ["./two.mjs", "two", "Three"],
        ["./four.mjs", "* as four"],
        ["./five.js", "Five"],
        ["./six.mjs", "*"],
        ["./seven.mjs", "* as seven"],
        ["./eight.mjs", "eight", "nine as ten"],
        ["./later.mjs"],
      ],
    );
  });
});
