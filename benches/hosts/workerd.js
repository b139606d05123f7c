// workerd, bundled as wrangler bundles Workers. The answer is the last line.

import files from "files";
import { run } from "../peers/suite.js";

export default {
  async test() {
    console.log(JSON.stringify(await run(files)));
  },
};
