// Uses the packed and installed package as its users do: in each runtime, with bundlers, and with wrangler.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { execute, install, nodes, npmBin, readJson, sample, write } from "./install.mjs";

const { project, installed, files } = install();
const use = readFileSync(sample("use.mjs"), "utf8");
write(project, "use.mjs", use);
const core = readFileSync(join(installed, "dist/core.wasm"));

const schemes = createRequire(join(project, "index.js"))("countersign").schemes.length;
const EXPECTED = JSON.stringify({
  id: "msg_1",
  type: "user.created",
  n: "9007199254740993",
  rejection: "Rejection signature_mismatch",
  schemes,
});

const esm = write(
  project,
  "esm.mjs",
  'import * as countersign from "countersign";\nimport { use } from "./use.mjs";\nconsole.log(use(countersign));\n',
);
const commonjs = write(
  project,
  "commonjs.cjs",
  'const countersign = require("countersign");\nimport("./use.mjs").then(({ use }) => console.log(use(countersign)));\n',
);

/** The sorted names that an ES module exports. */
async function exportsOf(file) {
  const { metafile } = await build({
    entryPoints: [join(installed, file)],
    format: "esm",
    metafile: true,
    write: false,
    outdir: "out",
    logLevel: "error",
  });
  return Object.values(metafile.outputs)[0].exports.sort();
}

/** The scripts that a part of the manifest names. */
function scripts(value) {
  if (typeof value === "string") {
    return value.endsWith(".js") ? [value.slice("./".length)] : [];
  }
  return [...new Set(Object.values(value).flatMap(scripts))];
}

/** The sorted names that a script exports, for ES modules and CommonJS. */
async function namesOf(script) {
  const require = createRequire(join(project, "index.js"));
  return script.includes("/cjs/")
    ? Object.keys(require(join(installed, script))).sort()
    : exportsOf(script);
}

const { exports: paths } = readJson(join(installed, "package.json"));

test("every entry of a path exports the same names, and no default", async () => {
  for (const [path, conditions] of Object.entries(paths)) {
    const [first, ...others] = scripts(conditions);
    const names = first === undefined ? [] : await namesOf(first);
    assert.ok(!names.includes("default"), path);
    for (const other of others) {
      assert.deepEqual(await namesOf(other), names, `${path}: ${other} and ${first}`);
    }
  }
});

test("the package exports the documented names, slim adds init, and queue has only readMessage", async () => {
  const names = await namesOf("dist/esm/inline.js");
  const errors = ["DecodeError", "KeyError", "KeyFetchError", "Rejection", "SchemeError"];
  const functions = ["fetchKeys", "readMessage", "schemes", "setUp"];
  const others = ["KeyCache", "Signer", "Verifier", ...functions];
  assert.deepEqual(names, [...errors, ...others].sort());
  assert.deepEqual(await namesOf("dist/esm/slim.js"), [...names, "init"].sort());
  assert.deepEqual(await namesOf("dist/esm/queue-inline.js"), ["readMessage"]);
});

test("the package holds no script that the manifest does not name", () => {
  const shipped = files.filter((file) => /^dist\/.+\.js$/.test(file));
  assert.deepEqual(scripts(paths).sort(), shipped);
});

for (const { version, command } of nodes()) {
  test(`Node ${version} imports the package`, () => {
    assert.equal(execute(command, [esm], { cwd: project }).trim(), EXPECTED);
  });

  test(`Node ${version} requires the package`, () => {
    assert.equal(execute(command, [commonjs], { cwd: project }).trim(), EXPECTED);
  });

  test(`Node ${version} runs the package with code generation from strings disabled`, () => {
    const flags = ["--disallow-code-generation-from-strings"];
    assert.equal(execute(command, [...flags, esm], { cwd: project }).trim(), EXPECTED);
  });
}

test("Deno imports the package without any permission", () => {
  const offline = ["--no-lock", "--node-modules-dir=manual", "--cached-only", "--no-prompt"];
  assert.equal(
    execute(npmBin("deno"), ["run", ...offline, esm], { cwd: project }).trim(),
    EXPECTED,
  );
});

test("Bun imports and requires the package", () => {
  for (const file of [esm, commonjs]) {
    const found = execute(npmBin("bun"), ["run", "--no-install", file], { cwd: project });
    assert.equal(found.trim(), EXPECTED);
  }
});

for (const [format, extension] of [
  ["esm", "mjs"],
  ["cjs", "cjs"],
  ["iife", "cjs"],
]) {
  test(`esbuild bundles the package for browsers as ${format}, in a single file`, async () => {
    const outfile = join(project, "out", `browser-${format}.${extension}`);
    const { metafile, warnings } = await build({
      entryPoints: [esm],
      outfile,
      bundle: true,
      format,
      platform: "browser",
      metafile: true,
      logLevel: "silent",
    });
    assert.deepEqual(warnings, []);
    assert.deepEqual(Object.values(metafile.outputs)[0].imports, []);
    const inputs = Object.keys(metafile.inputs).filter((input) =>
      input.includes("countersign/dist"),
    );
    assert.equal(inputs.length, 1);
    assert.match(inputs[0], /dist\/esm\/inline\.js$/);
    assert.equal(execute(process.execPath, [outfile], { cwd: project }).trim(), EXPECTED);
  });
}

test("esbuild leaves out the parts that a program does not use", async () => {
  const unused = write(project, "unused.mjs", 'import "./list.mjs";\n');
  write(
    project,
    "list.mjs",
    'import { Verifier } from "countersign/slim";\nexport const made = () => Verifier;\n',
  );
  const { outputFiles } = await build({
    entryPoints: [unused],
    bundle: true,
    format: "esm",
    write: false,
  });
  assert.ok(outputFiles[0].text.length < 5000, `${outputFiles[0].text.length} bytes are left`);
});

test("with wrangler's conditions, the bundle imports the core as a module", async () => {
  const outdir = join(project, "out", "workerd");
  await build({
    entryPoints: [esm],
    outdir,
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    external: ["*.wasm"],
    logLevel: "error",
  });
  const text = readFileSync(join(outdir, "esm.js"), "utf8");
  assert.match(text, /from "[^"]*core\.wasm"/);
  assert.ok(!text.includes("AGFzbQ"), "the core is in the bundle as text");
});

test("with the condition of Vercel's edge, the bundle imports the core as a module", async () => {
  const outdir = join(project, "out", "edge");
  await build({
    entryPoints: [esm],
    outdir,
    bundle: true,
    format: "esm",
    conditions: ["edge-light", "browser"],
    external: ["*.wasm?module"],
    logLevel: "error",
  });
  const text = readFileSync(join(outdir, "esm.js"), "utf8");
  assert.match(text, /from "[^"]*core\.wasm\?module"/);
  assert.ok(!text.includes("AGFzbQ"), "the core is in the bundle as text");
});

const WORKER = `import * as countersign from "countersign";
import { use } from "./use.mjs";
export default {
  fetch: () => new Response(use(countersign)),
  async test() {
    const found = await this.fetch().text();
    if (found !== ${JSON.stringify(EXPECTED)}) throw new Error(found);
  },
};
`;

test("wrangler bundles the package with the core as a module, and workerd runs the bundle", () => {
  const worker = join(project, "worker");
  write(worker, "worker.mjs", WORKER);
  write(worker, "use.mjs", use);
  write(
    worker,
    "wrangler.json",
    JSON.stringify({ name: "sample", main: "worker.mjs", compatibility_date: "2026-01-01" }),
  );
  // wrangler writes its logs and settings into the home folder.
  const env = { HOME: worker, XDG_CONFIG_HOME: worker, WRANGLER_LOG_PATH: worker, CI: "1" };
  const [{ command }] = nodes();
  const bin = join(npmBin(".."), "wrangler", "bin", "wrangler.js");
  execute(command, [bin, "deploy", "--dry-run", "--outdir", "out"], { cwd: worker, env });

  const out = join(worker, "out");
  const modules = readdirSync(out).filter((file) => /\.(m?js|wasm)$/.test(file));
  const wasm = modules.filter((file) => file.endsWith(".wasm"));
  assert.equal(wasm.length, 1, `modules: ${modules}`);
  assert.deepEqual(readFileSync(join(out, wasm[0])), core);
  const [script] = modules.filter((file) => file !== wasm[0]);
  assert.ok(
    !readFileSync(join(out, script), "utf8").includes("AGFzbQ"),
    "the script also holds the core as text",
  );

  const config = write(
    out,
    "config.capnp",
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(
    name = "sample",
    worker = (
      compatibilityDate = "2026-01-01",
      modules = [
        (name = "${script}", esModule = embed "${script}"),
        (name = "${wasm[0]}", wasm = embed "${wasm[0]}"),
      ],
    ),
  )],
);
`,
  );
  execute(npmBin("workerd"), ["test", config]);
});

test("countersign/core.wasm and countersign/package.json can be resolved, and internal files cannot", () => {
  const require = createRequire(join(project, "index.js"));
  assert.deepEqual(readFileSync(require.resolve("countersign/core.wasm")), core);
  assert.equal(require("countersign/package.json").name, "countersign");
  assert.throws(() => require("countersign/dist/esm/inline.js"), {
    code: "ERR_PACKAGE_PATH_NOT_EXPORTED",
  });
});

test("the builds for import and require sign and verify alike", async () => {
  const require = createRequire(join(project, "index.js"));
  const required = require("countersign");
  const imported = await import(pathToFileURL(join(installed, "dist/esm/inline.js")).href);
  const now = new Date(1_700_000_000_000);
  for (const name of ["standard", "stripe", "shopify", "flash", "flexprice-native-token"]) {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const body = '{"id":"evt_1"}';
    const headers = new imported.Signer(name, secret).sign({ id: "msg_1", body }, now);
    assert.deepEqual(new required.Signer(name, secret).sign({ id: "msg_1", body }, now), headers);
    const event = new required.Verifier(name, secret).verify({ headers, body }, now);
    assert.equal(event.source, name);
  }
});
