// Runs the suite in workerd, bundled as wrangler bundles Workers. Prints the cells as JSON.

import files from "files";
import { run } from "../peers/suite.js";

export default {
  async test() {
    console.log(JSON.stringify(await run(files)));
  },
};
