// Refreshes the column "Tested in" of docs/threat-model.md. Comment lines like `// Threat model: A-04, F3.` in sources and
// tests go in; next to each row of the page, links to the files that have its id come out.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { inRoot, isStartedDirectly } from "./lib/project.mjs";

export const PAGE = "docs/threat-model.md";
const FOLDERS = ["src", "worker/src", "tests"];
const SKIPPED = new Set(["node_modules", "target", "vectors", "payloads", "wycheproof", "docs"]);
const SOURCE = /\.(?:rs|m?js|ts|py)$/;
const MARKER = /^\s*(?:\/\/[/!]?|\*|#)\s*Threat model: (.+?)\.?\s*$/;
/** In place of an id: the test kills the gate at all points that its code names. */
const EVERY_CRASH_POINT = "every crash point";
const CRASH_POINTS = "worker/src/faults.rs";
/** A row begins with its id in backquotes. */
const ROW = /^\| `([^`]+)` \|(.*)\|[^|]*\|$/;

/** The files that name each id. @returns {Map<string, string[]>} */
export function findMarkers() {
  /** @type {Map<string, string[]>} */
  const files = new Map();
  for (const path of FOLDERS.flatMap(filesUnder)) {
    for (const text of readFileSync(inRoot(path), "utf8").split("\n")) {
      for (const id of idsOf(text).flatMap((id) =>
        id === EVERY_CRASH_POINT ? crashPoints() : id,
      )) {
        const known = files.get(id) ?? [];
        if (!known.includes(path)) files.set(id, [...known, path]);
      }
    }
  }
  return files;
}

/** The names of the crash points in the gate's code. */
function crashPoints() {
  const names = readFileSync(inRoot(CRASH_POINTS), "utf8").matchAll(/=> "([a-z-]+)"/g);
  return [...names].map(([, name]) => name ?? "");
}

/**
 * The ids that a line names: `A-04`, `F3`, `I1`, or `crash point after-row-written`.
 * @param {string} text
 */
export function idsOf(text) {
  const named = text.match(MARKER)?.[1];
  if (named === undefined) return [];
  return named
    .split(/,\s*|\s+and\s+/)
    .map((id) => id.replace(/^crash points? /, "").replaceAll("`", ""));
}

/**
 * The ids of the page's rows, in their order.
 * @param {string} page
 */
export function rowsOf(page) {
  return page.split("\n").flatMap((line) => line.match(ROW)?.[1] ?? []);
}

/**
 * The page with its last column as the markers are now.
 * @param {string} page
 * @param {Map<string, string[]>} files
 */
export function withTests(page, files) {
  const link = (/** @type {string} */ path) => `[${path.split("/").at(-1)}](../${path})`;
  return page
    .split("\n")
    .map((line) => {
      const [, id, text] = line.match(ROW) ?? [];
      if (id === undefined) return line;
      const links = (files.get(id) ?? []).map(link).join(", ");
      return `| \`${id}\` |${text}| ${links} |`;
    })
    .join("\n");
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesUnder(folder) {
  return readdirSync(inRoot(folder), { withFileTypes: true })
    .filter(({ name }) => !SKIPPED.has(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesUnder(path);
      return SOURCE.test(entry.name) ? [path] : [];
    });
}

export function refreshThreatModel() {
  const page = readFileSync(inRoot(PAGE), "utf8");
  writeFileSync(inRoot(PAGE), withTests(page, findMarkers()));
}

if (isStartedDirectly(import.meta.url)) refreshThreatModel();
