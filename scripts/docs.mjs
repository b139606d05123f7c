// `node scripts/docs.mjs` refreshes what the pages copy from elsewhere: code from files, the table of senders, results of
// the benchmark, the tests of the threat model. The tests in tests/docs fail where a page differs from what this writes.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { aheadTable, describeTargets } from "../benches/report.mjs";
import { inRoot, isStartedDirectly, readText } from "./lib/project.mjs";
import { sendersPage } from "./senders.mjs";
import { findMarkers, PAGE as THREAT_MODEL, withTests } from "./threat-model.mjs";

const SENDERS = "docs/senders.md";
const BLOCK = /(<!-- from (\S+)( \(part\))? -->\n```\w+\n)([\s\S]*?)(^```$)/gm;
const BENCH = /(<!-- generated: bench (\w+) -->\n)[\s\S]*?(<!-- end of bench -->)/g;

/** Every page that a person reads. */
export function pages() {
  const docs = readdirSync(inRoot("docs")).filter((name) => name.endsWith(".md"));
  const own = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "pkg/README.md"];
  return [...own, ...docs.sort().map((name) => `docs/${name}`)];
}

/**
 * A file as pages show it: without the comment on top that says what the file is.
 * @param {string} path
 */
export function shownOf(path) {
  return readText(path).replace(/^(?:\/\/.*\n)+\n/, "");
}

/**
 * The page as it ought to be.
 * @param {string} path
 */
export async function refreshed(path) {
  const text = path === SENDERS ? await sendersPage() : readFileSync(inRoot(path), "utf8");
  const page = path === THREAT_MODEL ? withTests(text, findMarkers()) : text;
  return page
    .replace(BLOCK, (all, start, file, isPart, _, end) =>
      isPart || !existsSync(inRoot(file)) ? all : `${start}${shownOf(file)}${end}`,
    )
    .replace(BENCH, (_, start, bodies, end) => `${start}\n${benchTable(bodies)}\n\n${end}`);
}

/** @param {string} bodies */
function benchTable(bodies) {
  const { peers } = JSON.parse(readText("benches/results.json"));
  return `${aheadTable(peers[bodies])}\n\n${describeTargets(peers[bodies])}`;
}

if (isStartedDirectly(import.meta.url)) {
  for (const path of pages()) writeFileSync(inRoot(path), await refreshed(path));
}
