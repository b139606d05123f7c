// Makes www/dist, which the gate serves at `/`: the page's script in one file with the core inside, so that the page
// needs to fetch nothing, and the static files as they are.

import { cpSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { recordedSamples } from "./recorded.mjs";

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
  // The samples are the ones that `npm run send` posts, which take their randomness from Node.
  alias: { "#samples": here("../scripts/samples.mjs"), "node:crypto": here("node-crypto.ts") },
  plugins: [module("#recorded", recordedSamples)],
  // Not minified: who is asked for a secret should be able to read what is done with it.
  minify: false,
  legalComments: "none",
  logLevel: "warning",
});

/**
 * Lets a module be imported whose only export is made here.
 * @param {string} name
 * @param {() => Promise<unknown>} make
 * @returns {import("esbuild").Plugin}
 */
function module(name, make) {
  return {
    name,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
      onLoad({ filter: /^/, namespace: name }, async () => ({
        contents: JSON.stringify(await make()),
        loader: "json",
      }));
    },
  };
}
