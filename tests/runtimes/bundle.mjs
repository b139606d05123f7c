// Bundles a host with the suite, the package and the files, for runtimes without files.

import { build } from "esbuild";
import { readFiles } from "./hosts/files.mjs";

/** `import files from "files"` is what the suite reads from files. */
const files = {
  name: "files",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^files$/ }, () => ({ path: "files", namespace: "files" }));
    onLoad({ filter: /.*/, namespace: "files" }, () => ({
      contents: JSON.stringify(readFiles()),
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
    plugins: [files],
    logLevel: "warning",
  });
