// Prints the import circles among the files of each crate and of the JavaScript, and fails if there is one:
// `node scripts/circles.mjs`. Circles are files that cannot be read, or moved, one without the others.

import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { circles, shortestCircle } from "./lib/graph.mjs";
import { jsImports } from "./lib/js-imports.mjs";
import { isStartedDirectly, root } from "./lib/project.mjs";
import { rustImports } from "./lib/rust-imports.mjs";

const CRATES = ["src", "worker/src", "pkg/src"];

/** One graph, because these folders import from one another. */
const JAVASCRIPT = ["pkg", "worker/src", "www", "scripts", "tests", "benches", "examples"];

const BUILT = /^(?:node_modules|dist|build|target|\.wrangler)$/;

/**
 * @param {string} folder
 * @returns {string[]}
 */
function scriptsUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return BUILT.test(entry.name) ? [] : scriptsUnder(path);
    return /\.[cm]?[jt]s$/.test(entry.name) ? [path] : [];
  });
}

/**
 * Finds the circles in a checkout.
 * @param {string} folder the root of the checkout
 * @returns {{ text: string, count: number }} a report, and how many circles it names
 */
export function findCircles(folder) {
  const at = (/** @type {string} */ path) => join(folder, ...path.split("/"));
  const crates = CRATES.filter((crate) => existsSync(at(`${crate}/lib.rs`)));
  const scripts = JAVASCRIPT.flatMap((name) => scriptsUnder(at(name)));
  const reports = [
    ...crates.map((crate) => report(folder, crate, rustImports(at(`${crate}/lib.rs`)))),
    report(folder, "JavaScript and TypeScript", jsImports(scripts)),
  ];
  return {
    text: reports.map(({ text }) => text).join("\n"),
    count: reports.reduce((sum, { count }) => sum + count, 0),
  };
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {import("./lib/graph.mjs").Graph} graph
 */
function report(folder, name, graph) {
  const groups = circles(graph);
  const short = (/** @type {string} */ file) => relative(folder, file).replaceAll("\\", "/");
  const circleCount = `${groups.length || "no"} import circle${groups.length === 1 ? "" : "s"}`;
  const lines = [`${name}: ${graph.size} files, ${circleCount}`];
  for (const group of groups) {
    lines.push(
      `  Circle of ${group.length} files. The shortest way round:`,
      `    ${shortestCircle(graph, group).map(short).join(" -> ")}`,
      "  Its imports:",
    );
    for (const file of group) {
      for (const [target, names] of graph.get(file) ?? []) {
        if (!group.includes(target)) continue;
        lines.push(`    ${short(file)} from ${short(target)}: ${[...names].sort().join(", ")}`);
      }
    }
  }
  return { text: lines.join("\n"), count: groups.length };
}

if (isStartedDirectly(import.meta.url)) {
  const { text, count } = findCircles(resolve(process.argv[2] ?? root));
  console.log(text);
  process.exitCode = count > 0 ? 1 : 0;
}
