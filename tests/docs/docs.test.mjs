// The README says what is true: its examples are files that run, its table is the list of schemes.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Signer, schemes } from "countersign";
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

  const body = '{"id":"evt_1","type":"invoice.paid"}';
  const secret = "a secret in text";
  /** What an example's app is asked, and the status and the text that it answers. */
  const asked = (changed = "") => ({
    method: "POST",
    headers: { ...new Signer("stripe", secret).sign({ body }), "content-type": "application/json" },
    body: body + changed,
  });
  const load = (path) => {
    assert.equal(blockFrom(path), read(path));
    process.env.STRIPE_SECRET = secret;
    return import(`../../${path}`);
  };

  it("shows how Express gets at the raw body", async () => {
    const { app } = await load("examples/express.mjs");
    const server = app.listen(0);
    try {
      const url = `http://127.0.0.1:${server.address().port}/hooks`;
      const taken = await fetch(url, asked());
      assert.deepEqual([taken.status, await taken.text()], [202, "evt_1"]);
      assert.equal((await fetch(url, asked(" "))).status, 401);
      assert.equal((await fetch(url, { method: "POST" })).status, 401);
    } finally {
      server.close();
    }
  });

  it("shows how Fastify gets at the raw body", async () => {
    const { app } = await load("examples/fastify.mjs");
    const { body: payload, ...request } = asked();
    const taken = await app.inject({ url: "/hooks", ...request, payload });
    assert.deepEqual([taken.statusCode, taken.body], [202, "evt_1"]);
    const changed = await app.inject({ url: "/hooks", ...request, payload: `${payload} ` });
    assert.equal(changed.statusCode, 401);
    assert.equal((await app.inject({ url: "/hooks", method: "POST" })).statusCode, 401);
    await app.close();
  });

  it("shows how it is done where there is a Request, as in Hono", async () => {
    const { default: app } = await load("examples/hono.mjs");
    const taken = await app.request("/hooks", asked());
    assert.deepEqual([taken.status, await taken.text()], [202, "evt_1"]);
    assert.equal((await app.request("/hooks", asked(" "))).status, 401);
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

  it("like every other page names only files that are there", () => {
    const pages = [
      "README",
      "DESIGN",
      "CONTRIBUTING",
      "CHANGELOG",
      "SECURITY",
      "docs/gate",
      "pkg/README",
    ];
    let named = 0;
    for (const page of pages.map((name) => `${name}.md`)) {
      for (const [, path] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
        const file = fileURLToPath(
          new URL(path, new URL(page, new URL("../../", import.meta.url))),
        );
        assert.ok(existsSync(file), `${page}: ${path}`);
        named += 1;
      }
    }
    assert.ok(named > 10, `${named}`);
  });
});
