// The host in Node that loads the package with `require`.

const { inspect } = require("node:util");
const countersign = require("countersign");

async function main() {
  const { run } = await import("../suite.js");
  const { readFiles } = await import("./files.mjs");
  const { report } = await import("./report.js");
  const show = [(value) => inspect(value, { showHidden: true, depth: null })];
  const result = await run(countersign, readFiles(), { show });
  report(result);
  process.exitCode = result.failed > 0 ? 1 : 0;
}

main();
