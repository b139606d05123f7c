// Bundles a host with what it imports and with data from files, for runtimes without files.

import { build } from "esbuild";

/**
 * `import files from "files"` is the data.
 * @param {unknown} data
 * @returns {import("esbuild").Plugin}
 */
const files = (data) => ({
  name: "files",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^files$/ }, () => ({ path: "files", namespace: "files" }));
    onLoad({ filter: /.*/, namespace: "files" }, () => ({
      contents: JSON.stringify(data),
      loader: "json",
    }));
  },
});

/**
 * @param {string} host the path of the host
 * @param {string} outdir where `<host>.js` goes, and `core.wasm` where it stays a module
 * @param {object} options
 * @param {string[]} options.conditions by which entries of packages are chosen
 * @param {unknown} options.data what the host imports as `files`
 * @param {import("esbuild").Plugin[]} [options.plugins]
 */
export const bundle = (host, outdir, { conditions, data, plugins = [] }) =>
  build({
    entryPoints: [host],
    outdir,
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions,
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    plugins: [files(data), ...plugins],
    logLevel: "warning",
  });
