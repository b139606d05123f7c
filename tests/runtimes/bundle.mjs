// Bundles a host with the suite, the package and the vectors, for runtimes without files.

import { build } from "esbuild";
import { readVectors } from "./hosts/files.mjs";

/** `import vectors from "vectors"` is the vector files. */
const vectors = {
  name: "vectors",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vectors$/ }, () => ({ path: "vectors", namespace: "vectors" }));
    onLoad({ filter: /.*/, namespace: "vectors" }, () => ({
      contents: JSON.stringify(readVectors()),
      loader: "json",
    }));
  },
};

/**
 * @param {string} host the path of the host
 * @param {string} outdir where `<host>.js` goes, and `core.wasm` where it stays a module
 * @param {string[]} conditions by which the package's entry is chosen
 */
export const bundle = (host, outdir, conditions) =>
  build({
    entryPoints: [host],
    outdir,
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions,
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    plugins: [vectors],
    logLevel: "warning",
  });
