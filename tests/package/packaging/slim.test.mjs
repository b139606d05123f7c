// `countersign/slim`: the package without its core. The program loads the core itself and passes it to `init`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { execute, install, nodes, npmBin, sample, write } from "./install.mjs";

const { project } = install();
write(project, "use.mjs", readFileSync(sample("use.mjs"), "utf8"));

const HEAD = `import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as slim from "countersign/slim";
import { runInNewContext } from "node:vm";
import { use } from "./use.mjs";
const bytes = readFileSync(createRequire(import.meta.url).resolve("countersign/core.wasm"));
const report = () => console.log(JSON.parse(use(slim)).id);
const response = (type) => new Response(bytes, { headers: { "content-type": type } });
`;

/** Runs a program that uses the slim entry, and returns its output. */
function outputOf(program, command = nodes()[0].command, flags = []) {
  const file = write(project, "slim.mjs", HEAD + program);
  return execute(command, [...flags, file], { cwd: project }).trim();
}

const SOURCES = {
  "the bytes": "bytes",
  "an ArrayBuffer": "bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)",
  "a compiled module": "new WebAssembly.Module(bytes)",
  "a module of another realm": 'runInNewContext("new WebAssembly.Module(bytes)", { bytes })',
  "a response": 'response("application/wasm")',
  "a response of another type": 'response("application/octet-stream")',
  "a promise of bytes": "Promise.resolve(bytes)",
  "a promise of a module": "WebAssembly.compile(bytes)",
  "a promise of a response": 'Promise.resolve(response("application/wasm"))',
};

for (const [what, source] of Object.entries(SOURCES)) {
  for (const { version, command } of nodes()) {
    test(`init accepts ${what}, in Node ${version}`, () => {
      assert.equal(outputOf(`await slim.init(${source});\nreport();\n`, command), "msg_1");
    });
  }
}

test("init works in Deno and Bun", () => {
  const program = "await slim.init(bytes);\nreport();\n";
  const offline = ["run", "--no-lock", "--node-modules-dir=manual", "--cached-only", "--no-prompt"];
  assert.equal(outputOf(program, npmBin("deno"), [...offline, "--allow-read"]), "msg_1");
  assert.equal(outputOf(program, npmBin("bun"), ["run", "--no-install"]), "msg_1");
});

test("init works in CommonJS", () => {
  const file = write(
    project,
    "slim.cjs",
    `const { readFileSync } = require("node:fs");
const slim = require("countersign/slim");
slim.init(readFileSync(require.resolve("countersign/core.wasm")))
  .then(() => import("./use.mjs"))
  .then(({ use }) => console.log(JSON.parse(use(slim)).id));
`,
  );
  for (const { command } of nodes()) {
    assert.equal(execute(command, [file], { cwd: project }).trim(), "msg_1");
  }
});

test("the error before init says what to do, and init works afterwards", () => {
  const program = `try {
  new slim.Verifier("github", "secret");
} catch (error) {
  console.log(error.message);
}
await slim.init(bytes);
report();
`;
  const [message, found] = outputOf(program).split("\n");
  assert.match(message, /call init/);
  assert.match(message, /countersign\/core\.wasm/);
  assert.equal(found, "msg_1");
});

test("calling init twice changes nothing", () => {
  const program = `await slim.init(bytes);
const before = new slim.Verifier("github", "secret");
await slim.init(WebAssembly.compile(bytes));
const headers = new slim.Signer("github", "secret").sign({ body: "" });
console.log(before.verify({ headers, body: "" }).source);
report();
`;
  assert.equal(outputOf(program), "github\nmsg_1");
});

test("init rejects a value that is not a core, and accepts the core afterwards", () => {
  const bad = [
    "undefined",
    "null",
    '"core.wasm"',
    "new Uint8Array(8)",
    "{}",
    "Promise.reject(new TypeError())",
  ];
  const program = `for (const wrong of [${bad.map((text) => `() => ${text.startsWith("{") ? "({})" : text}`)}]) {
  try {
    await slim.init(wrong());
    console.log("accepted");
  } catch (error) {
    console.log(error instanceof TypeError || error instanceof WebAssembly.CompileError);
  }
}
await slim.init(bytes);
report();
`;
  assert.deepEqual(outputOf(program).split("\n"), [...bad.map(() => "true"), "msg_1"]);
});

test("init rejects a response with an error status", () => {
  const program = `try {
  await slim.init(new Response("Not found", { status: 404 }));
  console.log("accepted");
} catch (error) {
  console.log("rejected");
}
await slim.init(bytes);
report();
`;
  assert.equal(outputOf(program), "rejected\nmsg_1");
});
