// Makes what the npm package ships in pkg/dist, around the core that is there already: the list of schemes and the
// types of bodies from the core, the JavaScript of every entry, and the types.

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
    "#host": here("ts/host.ts"),
  },
  loader: { ".wasm": "base64" },
  // What workerd and the edge runtime import stands beside the folder of the entry.
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
// `countersign/queue` is a part of the entry beside it under a name of its own: there is one core, however it is imported.
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
