// Bundles a host with its imports and with the test data, for runtimes without a file system.

import { build } from "esbuild";

/**
 * Makes `import files from "files"` give the data.
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
 * @param {string} outdir the folder for `<host>.js`, and for `core.wasm` if it stays a module
 * @param {object} options
 * @param {string[]} options.conditions the conditions that resolve packages
 * @param {unknown} options.data the value that the host imports as `files`
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
