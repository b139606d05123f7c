// Builds www/dist, which the gate serves at `/`: the static files, and the page's script as one file that contains the
// WebAssembly core, so that the page fetches nothing at run time.

import { cpSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { recordedSamples } from "./recorded-samples.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

rmSync(here("dist"), { recursive: true, force: true });
mkdirSync(here("dist"), { recursive: true });
for (const file of ["index.html", "page.css", "favicon.svg", "_headers"]) {
  cpSync(here(file), here(`dist/${file}`));
}

await build({
  absWorkingDir: here("."),
  entryPoints: ["page.ts"],
  outdir: "dist",
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  // The samples are shared with `npm run send` and get their randomness from Node there.
  alias: { "#samples": here("../scripts/samples.mjs"), "node:crypto": here("node-crypto.ts") },
  plugins: [dataModule("#recorded-samples", recordedSamples)],
  // Not minified, so that users can read what the page does with their secret.
  minify: false,
  legalComments: "none",
  logLevel: "warning",
});

/**
 * Resolves an import to data that is computed during the build.
 * @param {string} name as it is imported
 * @param {() => Promise<unknown>} compute returns the default export
 * @returns {import("esbuild").Plugin}
 */
function dataModule(name, compute) {
  return {
    name,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
      onLoad({ filter: /^/, namespace: name }, async () => ({
        contents: JSON.stringify(await compute()),
        loader: "json",
      }));
    },
  };
}
