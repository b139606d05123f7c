// The installed package in the hands of its users: runtimes, bundlers, wrangler.

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
  refusal: "Rejection signature_mismatch",
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

/** The names that an entry exports, in order. */
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

/** The scripts that a part of the manifest leads to. */
function scripts(value) {
  if (typeof value === "string") {
    return value.endsWith(".js") ? [value.slice("./".length)] : [];
  }
  return [...new Set(Object.values(value).flatMap(scripts))];
}

/** The names that a script exports, in order, whatever kind of module it is. */
async function namesOf(script) {
  const require = createRequire(join(project, "index.js"));
  return script.includes("/cjs/")
    ? Object.keys(require(join(installed, script))).sort()
    : exportsOf(script);
}

const { exports: paths } = readJson(join(installed, "package.json"));

test("whatever chooses an entry, it exports the same names, and none a default", async () => {
  for (const [path, conditions] of Object.entries(paths)) {
    const [first, ...others] = scripts(conditions);
    const names = first === undefined ? [] : await namesOf(first);
    assert.ok(!names.includes("default"), path);
    for (const other of others) {
      assert.deepEqual(await namesOf(other), names, `${path}: ${other} and ${first}`);
    }
  }
});

test("the package exports what its documentation names, its slim entry one thing more, and its queue one of them", async () => {
  const names = await namesOf("dist/esm/inline.js");
  const errors = ["DecodeError", "KeyError", "KeyFetchError", "Rejection", "SchemeError"];
  const others = ["KeyCache", "Signer", "Verifier", "fetchKeys", "readMessage", "schemes"];
  assert.deepEqual(names, [...errors, ...others].sort());
  assert.deepEqual(await namesOf("dist/esm/slim.js"), [...names, "init"].sort());
  assert.deepEqual(await namesOf("dist/esm/queue-inline.js"), ["readMessage"]);
});

test("every script of the package is one that the manifest leads to", () => {
  const shipped = files.filter((file) => /^dist\/.+\.js$/.test(file));
  assert.deepEqual(scripts(paths).sort(), shipped);
});

for (const { version, command } of nodes()) {
  test(`Node ${version} imports it`, () => {
    assert.equal(execute(command, [esm], { cwd: project }).trim(), EXPECTED);
  });

  test(`Node ${version} requires it`, () => {
    assert.equal(execute(command, [commonjs], { cwd: project }).trim(), EXPECTED);
  });

  test(`Node ${version} runs it where code from strings is forbidden`, () => {
    const flags = ["--disallow-code-generation-from-strings"];
    assert.equal(execute(command, [...flags, esm], { cwd: project }).trim(), EXPECTED);
  });
}

test("Deno imports it, and is asked for no permission", () => {
  const offline = ["--no-lock", "--node-modules-dir=manual", "--cached-only", "--no-prompt"];
  assert.equal(
    execute(npmBin("deno"), ["run", ...offline, esm], { cwd: project }).trim(),
    EXPECTED,
  );
});

test("Bun imports it, and requires it", () => {
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
  test(`esbuild bundles it for browsers as ${format}, with nothing left to load`, async () => {
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

test("what a program does not use of it, esbuild leaves out", async () => {
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

test("under the conditions of wrangler the core stays a module of its own", async () => {
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

test("under the condition of Vercel's edge the core is imported as a module", async () => {
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

test("wrangler bundles it with the core as an asset, and workerd runs what comes out", () => {
  const worker = join(project, "worker");
  write(worker, "worker.mjs", WORKER);
  write(worker, "use.mjs", use);
  write(
    worker,
    "wrangler.json",
    JSON.stringify({ name: "sample", main: "worker.mjs", compatibility_date: "2026-01-01" }),
  );
  // wrangler keeps its logs and settings in the home folder unless it has another.
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
    "the core is text as well",
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

test("its core is found by its name", () => {
  const require = createRequire(join(project, "index.js"));
  assert.deepEqual(readFileSync(require.resolve("countersign/core.wasm")), core);
  assert.equal(require("countersign/package.json").name, "countersign");
  assert.throws(() => require("countersign/dist/esm/inline.js"), {
    code: "ERR_PACKAGE_PATH_NOT_EXPORTED",
  });
});

test("the copies for import and require agree in what they make and read", async () => {
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
