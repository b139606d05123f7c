// Runs the suite in Node, Deno or Bun. Takes the options as JSON in the first argument, and prints the cells as JSON.

import { run } from "../peers/suite.js";

console.log(JSON.stringify(await run(JSON.parse(process.argv[2]))));
