// What bundles of the peers need besides: Node's modules, where there are some and where there are none.

const NODE_MODULE = /^(node:)?(buffer|crypto|stream|util)$/;

/**
 * Node's modules come from the runtime, also where a package says `require`.
 * @type {import("esbuild").Plugin}
 */
export const nodeOfRuntime = {
  name: "node-of-runtime",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: NODE_MODULE }, ({ path, kind }) => {
      const name = path.replace(/^node:/, "");
      return kind === "require-call"
        ? { path: name, namespace: "node-module" }
        : { path: `node:${name}`, external: true };
    });
    onLoad({ filter: /.*/, namespace: "node-module" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule("node:${path}");`,
    }));
  },
};

/**
 * Packages that need Node's modules, and those themselves, are left empty: nothing of them is measured there.
 * @type {import("esbuild").Plugin}
 */
export const withoutNode = {
  name: "without-node",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(jsonwebtoken|@hookflo\/tern|node:.*)$/ }, ({ path }) => ({
      path,
      namespace: "nothing",
    }));
    onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "module.exports = {};" }));
  },
};
