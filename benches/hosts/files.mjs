// Node, Deno and Bun. What is asked is the first argument; the answer is the last line.

import { run } from "../peers/suite.js";

console.log(JSON.stringify(await run(JSON.parse(process.argv[2]))));
