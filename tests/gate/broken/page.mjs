// The table in docs/trust.md. In: the results of a run. Out: the page, with their rows replaced or added.

import { writeFileSync } from "node:fs";
import { inRoot, readText } from "../../../scripts/lib/project.mjs";
import { BROKEN_GATES } from "./list.mjs";

/** @typedef {{ name: string, noticedBy: string, seconds: number }} Result `noticedBy` is empty if nothing did */

export const PAGE = "docs/trust.md";
const TABLE = /(<!-- generated: broken gates -->\n)[\s\S]*?(<!-- end of broken gates -->)/;

/** @param {Result[]} results */
export function writeResults(results) {
  const page = readText(PAGE);
  const rows = new Map(
    [...page.matchAll(/^\| (.*?) \| .* \|$/gm)].map(([row, name]) => [name, row]),
  );
  const today = new Date().toISOString().slice(0, 10);
  for (const { name, noticedBy, seconds } of results)
    rows.set(name, `| ${name} | ${link(noticedBy)} | ${seconds} | ${today} |`);
  const known = BROKEN_GATES.flatMap(({ name }) => rows.get(name) ?? []);
  const table = ["| Broken gate | Noticed by | Seconds | Date |", "|---|---|---:|---|", ...known];
  writeFileSync(
    inRoot(PAGE),
    page.replace(TABLE, (_, start, end) => `${start}\n${table.join("\n")}\n\n${end}`),
  );
}

/** @param {string} noticedBy */
function link(noticedBy) {
  const [, check = "", failure = ""] = noticedBy.match(/^(.*?): (.*)$/) ?? [];
  if (check === "") return "**nothing**";
  const path = check === "chaos" ? "chaos/run.mjs" : check;
  return `[${check}](../tests/gate/${path}): ${failure.replaceAll("|", "\\|")}`;
}
