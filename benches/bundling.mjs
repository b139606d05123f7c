// Plugins for esbuild that bundle the peers for runtimes with and without Node's modules.

const NODE_MODULE = /^(node:)?(buffer|crypto|stream|util)$/;

/**
 * Takes Node's modules from the runtime, for `import` and for `require`.
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
 * Replaces Node's modules, and the packages that need them, by empty modules. The cases that use these packages do not run
 * in such a runtime.
 * @type {import("esbuild").Plugin}
 */
export const withoutNode = {
  name: "without-node",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(jsonwebtoken|@hookflo\/tern|node:.*)$/ }, ({ path }) => ({
      path,
      namespace: "empty",
    }));
    onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "module.exports = {};" }));
  },
};
