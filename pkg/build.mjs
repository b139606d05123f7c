// Builds the npm package: the bindings in target/bindings and pkg/dist/core.wasm go in; the list of schemes, the types of
// bodies, the JavaScript of each entry and the type declarations come out, in pkg/dist.

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const root = here("..");

for (const folder of ["dist/esm", "dist/cjs", "dist/generated"]) {
  rmSync(here(folder), { recursive: true, force: true });
  mkdirSync(here(folder), { recursive: true });
}

for (const name of ["schemes", "payloads"]) {
  const print = ["run", "--quiet", "-p", "countersign-js", "--bin", name];
  writeFileSync(here(`dist/generated/${name}.ts`), execFileSync("cargo", print, { cwd: root }));
}

const shared = {
  absWorkingDir: here("."),
  bundle: true,
  platform: "neutral",
  target: "es2022",
  legalComments: "none",
  alias: {
    "#bindings": here("../target/bindings/core.js"),
    "#core.wasm": here("dist/core.wasm"),
    "#errors": here("ts/errors.ts"),
    "#host": here("ts/host.ts"),
  },
  loader: { ".wasm": "base64" },
  // workerd and the edge runtime import the core from the folder above that of the entry.
  external: ["../core.wasm", "../core.wasm?module"],
  logLevel: "warning",
};
// For this platform esbuild lists the exports as text (`0 && (module.exports = { ... })`), from which Node learns their
// names when an ES module imports the CommonJS file. The code itself does not depend on Node.
const commonjs = { format: "cjs", platform: "node" };
const entries = (names) => names.map((name) => `ts/entry/${name}.ts`);

await build({
  ...shared,
  format: "esm",
  outdir: "dist/esm",
  entryPoints: entries(["inline", "workerd", "edge-light", "slim"]),
});
await build({
  ...shared,
  ...commonjs,
  outdir: "dist/cjs",
  entryPoints: entries(["inline", "slim"]),
});
// `countersign/queue` re-exports from the main entry in the same folder, so that a program has only one core.
for (const [format, names] of [
  ["esm", ["inline", "workerd", "edge-light"]],
  ["cjs", ["inline"]],
]) {
  await build({
    ...shared,
    ...(format === "cjs" ? commonjs : { format }),
    outdir: `dist/${format}`,
    entryPoints: entries(names.map((name) => `queue-${name}`)),
    external: ["./*"],
  });
}
writeFileSync(here("dist/cjs/package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);

const tsc = here("../node_modules/typescript/bin/tsc");
for (const folder of ["dist/esm/types", "dist/cjs/types"]) {
  execFileSync(process.execPath, [tsc, "-p", here("tsconfig.json"), "--outDir", here(folder)], {
    stdio: "inherit",
  });
}
