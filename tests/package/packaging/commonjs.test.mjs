// The CommonJS files, imported by name from an ES module. Node links such an import before it runs the file, so it
// reads the names from the source text (cjs-module-lexer). Jest, ts-node and require hooks load packages this way.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { execute, install, nodes, npmBin, write } from "./install.mjs";

const { project, installed, files } = install();
const require = createRequire(join(project, "index.js"));
const scripts = files.filter((file) => /^dist\/cjs\/.+\.js$/.test(file));

/** The names that `require` finds in a script. */
const namesIn = (script) => Object.keys(require(join(installed, script)));

/** Writes an ES module that imports these names from a script and prints the ones that have a value. */
function importerOf(script, names) {
  const list = names.join(", ");
  const url = pathToFileURL(join(installed, script)).href;
  return write(
    project,
    `imports-${script.replace(/\W/g, "-")}.mjs`,
    `import { ${list} } from ${JSON.stringify(url)};
const values = { ${list} };
console.log(Object.keys(values).filter((name) => values[name] !== undefined).join());
`,
  );
}

test("the main entry, slim and queue have a CommonJS file each", () => {
  assert.deepEqual(scripts, ["dist/cjs/inline.js", "dist/cjs/queue-inline.js", "dist/cjs/slim.js"]);
});

for (const script of scripts) {
  const names = namesIn(script);
  const importer = importerOf(script, names);

  for (const { version, command } of nodes()) {
    test(`Node ${version} imports every export of ${script} by its name`, () => {
      assert.equal(execute(command, [importer]).trim(), names.join());
    });
  }

  test(`Bun imports every export of ${script} by its name`, () => {
    const printed = execute(npmBin("bun"), ["run", "--no-install", importer]);
    assert.equal(printed.trim(), names.join());
  });
}

test("a class that was imported by name from CommonJS verifies a delivery", () => {
  const url = pathToFileURL(join(installed, "dist/cjs/inline.js")).href;
  const program = write(
    project,
    "verify.mjs",
    `import { Signer, Verifier } from ${JSON.stringify(url)};
const body = '{"id":"evt_1"}';
const headers = new Signer("stripe", "whsec_test").sign({ body });
console.log(new Verifier("stripe", "whsec_test").verify({ headers, body }).id);
`,
  );
  for (const { command } of nodes()) {
    assert.equal(execute(command, [program]).trim(), "evt_1");
  }
});
