// workerd, bundled as wrangler bundles Workers: the core is a module of the bundle. Run by `workerd test`.

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
