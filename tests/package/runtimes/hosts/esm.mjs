// The host in Node, Deno and Bun that loads the package with `import`.

import { inspect } from "node:util";
import * as countersign from "countersign";
import { run } from "../suite.js";
import { readFiles } from "./files.mjs";
import { report } from "./report.js";

const show = [
  (value) => inspect(value, { showHidden: true, depth: null }),
  globalThis.Deno?.inspect,
  globalThis.Bun?.inspect,
].filter(Boolean);

const result = await run(countersign, readFiles(), { show });
report(result);
process.exitCode = result.failed > 0 ? 1 : 0;
