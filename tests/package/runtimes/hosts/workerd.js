// The host in workerd, run by `workerd test`. It is bundled as wrangler bundles Workers: the core is a module of its own.

import * as countersign from "countersign";
import files from "files";
import { run } from "../suite.js";
import { report } from "./report.js";

export default {
  async test() {
    const result = await run(countersign, files);
    report(result);
    if (result.failed > 0) {
      throw new Error("some tests failed");
    }
  },
};
