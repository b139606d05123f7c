// Compiles a program with the types of the installed package, with every module resolution of TypeScript, and runs two
// tools that check packages: publint and attw.

import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inRoot } from "../../../scripts/lib/project.mjs";
import { readFiles } from "../runtimes/hosts/files.mjs";
import { execute, install, nodes, npmBin, readJson, sample, write } from "./install.mjs";

const { project, installed, tarball } = install();
const [{ command: node }] = nodes();
const tsc = join(npmBin(".."), "typescript", "bin", "tsc");

const RESOLUTIONS = {
  "node16, as a module": {
    file: "types.mts",
    options: { module: "node16", moduleResolution: "node16" },
  },
  "node16, as CommonJS": {
    file: "types.cts",
    options: { module: "node16", moduleResolution: "node16" },
  },
  "nodenext, as a module": { file: "types.mts", options: { module: "nodenext" } },
  "nodenext, as CommonJS": { file: "types.cts", options: { module: "nodenext" } },
  bundler: { file: "types.ts", options: { module: "esnext", moduleResolution: "bundler" } },
  "a bundler for Workers": {
    file: "types.ts",
    options: {
      module: "esnext",
      moduleResolution: "bundler",
      customConditions: ["workerd", "worker", "browser"],
    },
  },
  "a bundler for Vercel's edge": {
    file: "types.ts",
    options: { module: "esnext", moduleResolution: "bundler", customConditions: ["edge-light"] },
  },
};

/** Compiles a file as a project of its own. The error holds the compiler's output. */
function compile(folder, file, options) {
  const config = {
    compilerOptions: {
      target: "es2022",
      lib: ["es2022", "dom", "dom.iterable"],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      ...options,
    },
    files: [file],
  };
  write(folder, "tsconfig.json", JSON.stringify(config));
  return execute(node, [tsc, "-p", folder], { cwd: folder });
}

for (const [way, { file, options }] of Object.entries(RESOLUTIONS)) {
  test(`strict TypeScript finds the types: ${way}`, () => {
    const folder = join(project, way.replaceAll(/\W+/g, "-"));
    write(folder, file, readFileSync(sample("types.ts"), "utf8"));
    compile(folder, file, options);
  });
}

test("without the DOM, the types need only those of Node", () => {
  const folder = join(project, "without-dom");
  const [types, undici] = ["@types/node", "undici-types"].map((name) => join(npmBin(".."), name));
  cpSync(types, join(folder, "node_modules/@types/node"), { recursive: true });
  cpSync(undici, join(folder, "node_modules/undici-types"), { recursive: true });
  write(folder, "types.mts", readFileSync(sample("types.ts"), "utf8"));
  // skipLibCheck leaves out mistakes in Node's own types.
  const options = { module: "node16", lib: ["es2023"], types: ["node"], skipLibCheck: true };
  compile(folder, "types.mts", options);
});

test("a misspelt scheme is a compile error", () => {
  const folder = join(project, "mistake");
  write(
    folder,
    "types.mts",
    'import { Verifier } from "countersign";\nnew Verifier("strip", "secret");\n',
  );
  assert.throws(() => compile(folder, "types.mts", { module: "node16" }), /not assignable/);
});

test("the example of the README compiles", () => {
  const folder = join(project, "example");
  write(folder, "types.mts", readFileSync(inRoot("examples/types.ts"), "utf8"));
  compile(folder, "types.mts", { module: "node16" });
});

test("every sample body has the type that its event narrows to", () => {
  const statements = [];
  for (const { scheme, bodies } of readFiles().payloads) {
    for (const { types, variant, body } of bodies) {
      // The variant is a Stripe object that is not known yet, so it has no type.
      if (scheme === "stripe" && variant === "Other") continue;
      for (const type of types) {
        const text = JSON.stringify(body).replaceAll("{type}", type ?? "");
        const named = type === null ? "undefined" : `"${type}"`;
        statements.push(`(${text}) satisfies Payload<"${scheme}", ${named}>;`);
      }
    }
  }
  const source = ['import type { Payload } from "countersign";', ...statements].join("\n");
  const folder = join(project, "bodies");
  write(folder, "bodies.mts", source);
  compile(folder, "bodies.mts", { module: "node16" });
  // TypeScript rejects a literal with a member that its type lacks, so the types have all members of the samples.
  write(folder, "bodies.mts", source.replaceAll('"customer_id"', '"customer"'));
  assert.throws(() => compile(folder, "bodies.mts", { module: "node16" }), /is not assignable/);
});

test("publint reports no problem", () => {
  const bin = join(npmBin(".."), "publint", "src", "cli.js");
  const found = execute(node, [bin, installed, "--strict", "--pack", "false"]);
  assert.match(found, /All good/);
});

const attw = (...options) => {
  const folder = join(npmBin(".."), "@arethetypeswrong/cli");
  const [cli] = Object.values(readJson(join(folder, "package.json")).bin);
  return execute(node, [join(folder, cli), tarball, "--format", "ascii", "--no-emoji", ...options]);
};

test("attw reports no problem for importers that read exports", () => {
  // core.wasm has no types. The profile leaves out the node10 resolution: it does not read `exports`, so it finds only
  // the package itself, which the next test checks.
  const found = attw("--profile", "node16", "--exclude-entrypoints", "core.wasm");
  const everywhere =
    /node16 \(from CJS\): OK \(CJS\)\s+node16 \(from ESM\): OK \(ESM\)\s+bundler: OK/g;
  assert.equal(found.match(everywhere)?.length, 3, found);
});

test("attw reports no problem for importers that do not read exports", () => {
  assert.match(attw("--entrypoints", "."), /No problems found/);
});
