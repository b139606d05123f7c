// In: JavaScript and TypeScript files. Out: which of them import from which others. Imports of types count,
// also those that a JSDoc comment makes with `import("./file.mjs")`.

import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

const STATEMENTS = [
  /^[ \t]*import\s+(?:type\s+)?(?:(?<names>[\w$]+(?:\s*,\s*(?:\{[^}]*\}|\*\s*as\s+[\w$]+))?|\{[^}]*\}|\*\s*as\s+[\w$]+)\s*from\s*)?["'](?<path>\.[^"']+)["']/gm,
  /^[ \t]*export\s+(?:type\s+)?(?<names>\{[^}]*\}|\*(?:\s*as\s+[\w$]+)?)\s*from\s*["'](?<path>\.[^"']+)["']/gm,
  /\bimport\(\s*["'](?<path>\.[^"']+)["']\s*\)(?:\.(?<names>\w+))?/g,
];

/**
 * The relative imports of a module's text: the path as written, and the names that it brings in.
 * @param {string} text
 */
export function importsOf(text) {
  return STATEMENTS.flatMap((statement) =>
    [...text.matchAll(statement)].map(({ groups }) => ({
      path: groups?.path ?? "",
      names: (groups?.names ?? "")
        .replace(/[{}\s]+/g, " ")
        .split(",")
        .map((name) => name.replace(/\btype\b/, "").trim())
        .filter(Boolean),
    })),
  );
}

/**
 * The file that a relative import names: TypeScript writes `./key.js` for `key.ts`.
 * @param {string} from
 * @param {string} path
 */
function fileOf(from, path) {
  const file = resolve(dirname(from), path);
  const candidates = [file, file.replace(/\.(m?)js$/, ".$1ts"), `${file}.ts`];
  return candidates.find((candidate) => existsSync(candidate));
}

/**
 * @param {string[]} files absolute paths
 * @returns {import("./graph.mjs").Graph}
 */
export function jsImports(files) {
  /** @type {import("./graph.mjs").Graph} */
  const graph = new Map(files.map((file) => [file, new Map()]));
  for (const [file, edges] of graph) {
    for (const { path, names } of importsOf(readFileSync(file, "utf8"))) {
      const target = fileOf(file, path);
      if (target === undefined || target === file || !graph.has(target)) continue;
      const known = edges.get(target) ?? new Set();
      for (const name of names.length > 0 ? names : ["(the module)"]) known.add(name);
      edges.set(target, known);
    }
  }
  return graph;
}
