// The pages say what is true: their code is in files that run, their tables are generated, their links lead somewhere.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Signer } from "countersign";
import { pages, refreshed } from "../../scripts/docs.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path) => readFileSync(join(root, path), "utf8");

const MAX_README_LINES = 150;
const MAX_PARAGRAPH_LINES = 8;
const MAX_DESIGN_SECTIONS = 12;

/** Folders that a build writes, and a checkout does not have. */
const BUILT = /^(?:pkg\/dist|worker\/build|www\/dist)(?:\/|$)/;

/** The code blocks of a page: the language, the comment above, the code, and the number of the first line. */
function blocksOf(page) {
  const lines = page.split("\n");
  const blocks = [];
  for (let index = 0; index < lines.length; index += 1) {
    if (!lines[index].startsWith("```")) continue;
    const end = lines.indexOf("```", index + 1);
    assert.notEqual(end, -1, `the block in line ${index + 1} ends`);
    const [, file, part] = lines[index - 1]?.match(/^<!-- from (\S+)( \(part\))? -->$/) ?? [];
    const code = lines.slice(index + 1, end).join("\n");
    blocks.push({
      language: lines[index].slice(3),
      file,
      isPart: Boolean(part),
      code,
      line: index + 1,
    });
    index = end;
  }
  return blocks;
}

/** A page without code blocks and comments. */
const proseOf = (page) => page.replace(/^```[\s\S]*?^```$/gm, "").replace(/<!--[\s\S]*?-->/g, "");

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(page) {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("every page", () => {
  for (const path of pages()) {
    it(`${path} is what scripts/docs.mjs makes of it`, async () => {
      assert.equal(read(path), await refreshed(path), "run `node scripts/docs.mjs`");
    });

    it(`${path} shows no code but that of files, and commands`, () => {
      for (const { language, file, isPart, code, line } of blocksOf(read(path))) {
        const place = `${path}:${line}`;
        if (file !== undefined) {
          assert.ok(existsSync(join(root, file)), `${place}: ${file} exists`);
          // Settings may be commented out in the file.
          if (isPart) assert.ok(read(file).replaceAll(/^# /gm, "").includes(code), place);
        } else {
          assert.ok(["", "sh"].includes(language), `${place}: a block of ${language} has a file`);
        }
      }
    });

    it(`${path} shows only commands that exist`, () => {
      for (const { language, code, line } of blocksOf(read(path))) {
        if (language !== "sh") continue;
        for (const command of commandsOf(code)) checkCommand(command, `${path}:${line}`);
      }
    });

    it(`${path} links only to what is there`, () => {
      const text = proseOf(read(path));
      for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [name, anchor] = target.split("#");
        const file = name === "" ? path : join(dirname(path), name);
        assert.ok(existsSync(join(root, file)), `${path}: ${target}`);
        if (anchor === undefined) continue;
        assert.ok(anchorsOf(read(file)).includes(anchor), `${path}: ${target}`);
      }
    });

    it(`${path} names only files and folders that exist`, () => {
      const names = proseOf(read(path)).matchAll(
        /`((?:src|pkg|worker|tests|scripts|benches|examples|www|docs)\/[\w./-]+)`/g,
      );
      for (const [, name] of names)
        assert.ok(BUILT.test(name) || existsSync(join(root, name)), name);
    });

    it(`${path} has no paragraph of more than ${MAX_PARAGRAPH_LINES} lines`, () => {
      const paragraphs = proseOf(read(path)).split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) |\|)/);
      for (const paragraph of paragraphs) {
        const { length } = paragraph.trim().split("\n");
        assert.ok(length <= MAX_PARAGRAPH_LINES, `${path}: ${length} lines: ${paragraph}`);
      }
    });
  }

  it("is linked from the README or from a page that is", () => {
    const reached = new Set(["README.md", "pkg/README.md"]);
    for (const path of reached) {
      for (const [, name] of read(path).matchAll(/\]\((?!https?:)([^)#\s]+\.md)/g)) {
        reached.add(join(dirname(path), name));
      }
    }
    for (const path of pages()) assert.ok(reached.has(path), path);
  });
});

describe("the README", () => {
  it(`has at most ${MAX_README_LINES} lines`, () => {
    assert.ok(read("README.md").split("\n").length <= MAX_README_LINES);
  });
});

describe("docs/design.md", () => {
  it(`has at most ${MAX_DESIGN_SECTIONS} sections`, () => {
    const sections = read("docs/design.md").match(/^## /gm);
    assert.ok(sections.length <= MAX_DESIGN_SECTIONS, `${sections.length}`);
  });
});

/** The commands of a shell block, one by one. */
function commandsOf(code) {
  return code
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "")
    .flatMap((line) => line.split(" && "));
}

function checkCommand(command, place) {
  const { scripts, devDependencies } = JSON.parse(read("package.json"));
  const [program, word, name] = command.split(/\s+/);
  const isKnown = {
    npm: () => word === "install" || Object.hasOwn(scripts, word === "run" ? name : word),
    npx: () => Object.hasOwn(devDependencies, word),
    node: () => existsSync(join(root, word)),
    cargo: () => (word === "add" ? name === "countersign" : isTestRun(command)),
    curl: () => true,
    git: () => word === "clone",
    cd: () => true,
  }[program];
  assert.ok(isKnown?.(), `${place}: ${command}`);
}

/** Whether it is `cargo test` with the names of integration tests that exist. */
function isTestRun(command) {
  const [, ...names] = command.match(/^cargo test((?: --test \w+)+)$/)?.[1].split(" --test ") ?? [];
  return names.length > 0 && names.every((name) => existsSync(join(root, `tests/core/${name}.rs`)));
}

describe("examples", () => {
  /** Runs an example to its end, and gives what it prints. */
  const run = (name) =>
    execFileSync(process.execPath, [`examples/${name}.mjs`], { cwd: root, encoding: "utf8" });

  it("are all shown on a page", () => {
    const shown = pages().flatMap((path) => blocksOf(read(path)).map(({ file }) => file));
    const files = readdirSync(join(root, "examples"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes(".wrangler"))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
    assert.ok(files.includes("examples/handler/wrangler.toml"));
    for (const name of files) assert.ok(shown.includes(name), name);
  });

  it("verify.mjs prints the event, which the second secret verified", () => {
    assert.equal(run("verify"), "evt_1 invoice.paid 1 { id: 'evt_1', type: 'invoice.paid' }\n");
  });

  it("rotate.mjs says that the old secret is still in use", () => {
    assert.equal(run("rotate"), "still signed with the secret of 2026-06\n");
  });

  it("signing.mjs prints what docs/javascript.md says", () => {
    const printed = run("signing").trim();
    assert.equal(printed, "evt_1 stale premature signature_mismatch");
    assert.ok(read("docs/javascript.md").includes(`\`${printed}\``));
  });

  it("own-sender.mjs verifies, and shows that an unsound description is rejected", () => {
    assert.match(
      run("own-sender"),
      /^acme parcel\.sent evt_1\nunsound: .*signature\.timestamp.*\n$/,
    );
  });

  it("explain.mjs prints what docs/javascript.md says", () => {
    const [checks, hint, ...rest] = run("explain").split("\n");
    assert.equal(checks, "signature_mismatch +headers +layout +key -signature");
    assert.ok(read("docs/javascript.md").includes(`\`${checks}\``));
    assert.match(hint, /^json_reprinted: /);
    assert.deepEqual(rest, [""]);
  });

  it("handshake.mjs echoes the challenge only if it is signed", () => {
    assert.equal(run("handshake"), "200 3eZbrw1aBm2r\n401 \n");
  });

  it("answer.mjs answers as the sender expects", () => {
    assert.equal(
      run("answer"),
      '200 text/xml <Response/>\n401 application/json {"error":"not authentic"}\n',
    );
  });

  it("set-up.mjs shows the key to the operator and repeats it to the sender", () => {
    const secret = "b537207f20cbfa02357cf448134da559";
    const shown = `Put this into ASANA_SECRET, then restart: ${secret}`;
    assert.equal(run("set-up"), `${shown}\n200 ${secret}\n401 null\n`);
  });

  it("sns.mjs rejects a message whose certificate is on a different host", async () => {
    const { handle } = await import("../../examples/sns.mjs");
    const body = '{"SigningCertURL":"https://sns.us-west-2.amazonaws.com.evil.example/a.pem"}';
    const request = new Request("https://example.com/", { method: "POST", body });
    assert.equal((await handle(request)).status, 401);
  });

  it("verify.rs runs", () => {
    const cargo = ["run", "--quiet", "-p", "countersign", "--example", "verify"];
    const printed = execFileSync("cargo", cargo, { cwd: root, encoding: "utf8" });
    assert.equal(printed, "invoice.paid evt_1, signed with key 1\n");
  });
});

describe("examples of frameworks", () => {
  const body = '{"id":"evt_1","type":"invoice.paid"}';
  const secret = "a secret in text";
  process.env.STRIPE_SECRET = secret;
  const load = (name) => import(`../../examples/${name}.mjs`);

  /** A delivery as `fetch` takes it; a change to the body is made after it was signed. */
  const delivery = (change = "") => ({
    method: "POST",
    headers: { ...new Signer("stripe", secret).sign({ body }), "content-type": "application/json" },
    body: body + change,
  });

  /** Serves an app on a free port while the work is done. */
  async function serving(server, work) {
    await new Promise((resolve) => server.once("listening", resolve));
    try {
      await work(`http://127.0.0.1:${server.address().port}/hooks`);
    } finally {
      server.close();
    }
  }

  async function checkServer(url) {
    const verified = await fetch(url, delivery());
    assert.deepEqual([verified.status, await verified.text()], [200, "evt_1"]);
    assert.equal((await fetch(url, delivery(" "))).status, 401);
    assert.equal((await fetch(url, { method: "POST" })).status, 401);
  }

  it("express.mjs answers 200 to a genuine delivery and 401 to others", async () => {
    const { app } = await load("express");
    await serving(app.listen(0), checkServer);
  });

  it("node-http.mjs answers 200 to a genuine delivery and 401 to others", async () => {
    const { server } = await load("node-http");
    await serving(server.listen(0), checkServer);
  });

  it("fastify.mjs answers 200 to a genuine delivery and 401 to others", async () => {
    const { app } = await load("fastify");
    const { body: payload, ...request } = delivery();
    const verified = await app.inject({ url: "/hooks", ...request, payload });
    assert.deepEqual([verified.statusCode, verified.body], [200, "evt_1"]);
    const changed = await app.inject({ url: "/hooks", ...request, payload: `${payload} ` });
    assert.equal(changed.statusCode, 401);
    assert.equal((await app.inject({ url: "/hooks", method: "POST" })).statusCode, 401);
    await app.close();
  });

  it("hono.mjs answers 200 to a genuine delivery and 401 to others", async () => {
    const { default: app } = await load("hono");
    const verified = await app.request("/hooks", delivery());
    assert.deepEqual([verified.status, await verified.text()], [200, "evt_1"]);
    assert.equal((await app.request("/hooks", delivery(" "))).status, 401);
  });

  it("endpoint.mjs answers 200, 401, and 422 without an id", async () => {
    const { POST } = await load("endpoint");
    const post = (init) => POST(new Request("https://example.com/hooks", init));
    const verified = await post(delivery());
    assert.equal(verified.status, 200);
    assert.deepEqual(await verified.json(), { id: "evt_1", type: "invoice.paid" });
    assert.equal((await post(delivery(" "))).status, 401);
    const nameless = '{"type":"invoice.paid"}';
    const headers = new Signer("stripe", secret).sign({ body: nameless });
    assert.equal((await post({ method: "POST", headers, body: nameless })).status, 422);
  });

  it("lambda.mjs verifies a body as text and as base64", async () => {
    const { handler } = await load("lambda");
    const { headers } = delivery();
    const encoded = Buffer.from(body).toString("base64");
    const verified = { statusCode: 200, body: "evt_1" };
    assert.deepEqual(await handler({ headers, body, isBase64Encoded: false }), verified);
    assert.deepEqual(await handler({ headers, body: encoded, isBase64Encoded: true }), verified);
    assert.deepEqual(await handler({ headers, body: null }), { statusCode: 401 });
  });
});

describe("examples of the gate", () => {
  const body = '{"id":"evt_1","type":"invoice.paid"}';
  /** Orders that remember which keys they have seen. */
  const orders = () => {
    const seen = new Map();
    return {
      seen,
      async apply(key, type, payload) {
        if (seen.has(key)) return false;
        seen.set(key, [type, payload]);
        return true;
      },
    };
  };

  it("consumer.mjs reads the body from the message or from the bucket", async () => {
    const { default: consumer } = await import("../../examples/consumer.mjs");
    const stub = orders();
    const ORDERS = { getByName: () => stub };
    const common = {
      ...{ specversion: "1.0", source: "/in/stripe", type: "invoice.paid" },
      ...{ time: "2026-12-01T12:00:00Z", scheme: "stripe", keyid: "STRIPE_SECRET" },
      authenticated: "content",
    };
    const bytes = Buffer.from(body);
    const inline = { ...common, envelope: 1, id: "evt_1", data_base64: bytes.toString("base64") };
    const pointer = { ...common, envelope: 2, id: "evt_2", dataref: "a/b", datasize: bytes.length };
    const BODIES = { get: async (name) => name === "a/b" && new Response(body) };
    let acknowledged = 0;
    const ack = () => {
      acknowledged += 1;
    };
    const messages = [inline, pointer].map((message) => ({ body: message, ack }));
    await consumer.queue({ messages }, { ORDERS, BODIES });
    assert.equal(acknowledged, 2);
    assert.deepEqual([...stub.seen.keys()], ["/in/stripe evt_1", "/in/stripe evt_2"]);
    assert.deepEqual(stub.seen.get("/in/stripe evt_2"), ["invoice.paid", JSON.parse(body)]);
  });
});
