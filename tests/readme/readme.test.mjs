// The README says what is true: its examples are files that run, its table is the list of schemes.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { schemes } from "countersign";
import { aheadTable, describeTargets } from "../../benches/report.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path) => readFileSync(root + path, "utf8");
const readme = read("README.md");

/** The code of the block that is marked as a copy of a file. */
function blockFrom(path, page = readme) {
  const marked = page.split(`<!-- from ${path} -->\n`)[1];
  assert.ok(marked, `the README has a block marked as a copy of ${path}`);
  return marked.match(/^```\w+\n([\s\S]*?)^```$/m)[1];
}

describe("README", () => {
  it("says of speed what the kept run of the benchmark found", () => {
    const { peers } = JSON.parse(read("benches/results.json"));
    assert.deepEqual(Object.keys(peers), ["lines", "text"]);
    for (const [bodies, found] of Object.entries(peers)) {
      const table = `${aheadTable(found)}\n\n${describeTargets(found)}`;
      assert.ok(readme.includes(table), `of bodies of ${bodies} it should say:\n${table}`);
    }
  });

  it("shows examples/verify.mjs as it is, and it does what its comments say", () => {
    assert.equal(blockFrom("examples/verify.mjs"), read("examples/verify.mjs"));
    const printed = execFileSync(process.execPath, ["examples/verify.mjs"], {
      cwd: root,
      encoding: "utf8",
    });
    assert.equal(
      printed,
      "202 invoice.paid evt_1, signed with key 1: 1000\n401 signature_mismatch\n",
    );
  });

  it("shows examples/own-sender.mjs as it is, and it does what its comments say", () => {
    assert.equal(blockFrom("examples/own-sender.mjs"), read("examples/own-sender.mjs"));
    const example = ["examples/own-sender.mjs"];
    const printed = execFileSync(process.execPath, example, { cwd: root, encoding: "utf8" });
    assert.equal(
      printed,
      "acme parcel.sent evt_1\nunsound: the scheme is unsound: `signature.timestamp`: a timestamp that is read must be signed\n",
    );
  });

  it("shows examples/explain.mjs as it is, and it prints what the README says", () => {
    assert.equal(blockFrom("examples/explain.mjs"), read("examples/explain.mjs"));
    const printed = execFileSync(process.execPath, ["examples/explain.mjs"], {
      cwd: root,
      encoding: "utf8",
    });
    const [checks, hint, ...rest] = printed.split("\n");
    assert.equal(checks, "signature_mismatch +headers +layout +key -signature");
    assert.ok(readme.includes(`\`${checks}\``));
    assert.match(hint, /^json_reprinted: .* with a space after commas and colons: /);
    assert.deepEqual(rest, [""]);
  });

  it("shows examples/handshake.mjs as it is, and it does what its comments say", () => {
    assert.equal(blockFrom("examples/handshake.mjs"), read("examples/handshake.mjs"));
    const printed = execFileSync(process.execPath, ["examples/handshake.mjs"], {
      cwd: root,
      encoding: "utf8",
    });
    assert.equal(printed, "200 3eZbrw1aBm2r\n401 missing_header\n");
  });

  it("shows examples/sns.mjs as it is, and it refuses what names another host", async () => {
    assert.equal(blockFrom("examples/sns.mjs"), read("examples/sns.mjs"));
    const { handle } = await import("../../examples/sns.mjs");
    const body = '{"SigningCertURL":"https://sns.us-west-2.amazonaws.com.evil.example/a.pem"}';
    const request = new Request("https://example.com/", { method: "POST", body });
    assert.equal((await handle(request)).status, 401);
  });

  it("of the package shows the same example", () => {
    const example = blockFrom("examples/verify.mjs", read("pkg/README.md"));
    assert.equal(example, read("examples/verify.mjs"));
  });

  it("shows examples/types.ts as it is, which the tests of the package compile", () => {
    assert.equal(blockFrom("examples/types.ts"), read("examples/types.ts"));
  });

  it("shows examples/verify.rs as it is, and it runs", () => {
    const shown = read("examples/verify.rs").replace(/^\/\/!.*\n\n/, "");
    assert.equal(blockFrom("examples/verify.rs"), shown);
    const cargo = ["run", "--quiet", "-p", "countersign", "--example", "verify"];
    const printed = execFileSync("cargo", cargo, { cwd: root, encoding: "utf8" });
    assert.equal(printed, "invoice.paid evt_1, signed with key 1\n");
  });

  it("shows a source as wrangler.toml has it, which `npm start` runs", () => {
    assert.ok(read("wrangler.toml").includes(blockFrom("wrangler.toml")));
  });

  it("lists every scheme with its facts, and no other", () => {
    const table = readme.split("<!-- the table of schemes -->\n")[1].split("\n\n")[0];
    const rows = table.split("\n").slice(2);
    const expected = schemes.map(
      ({ name, title, docs, authenticated, signsTime, confirmed }) =>
        `| \`${name}\` | [${title}](${docs}) | ${authenticated} | ${signsTime ? "yes" : "no"} | ${confirmed} |`,
    );
    assert.deepEqual(rows, expected);
  });

  it("names only files that are there", () => {
    for (const [, path] of readme.matchAll(/\]\(([\w.-]+\.(?:md|toml))\)/g)) {
      assert.ok(read(path).length > 0, path);
    }
  });
});
