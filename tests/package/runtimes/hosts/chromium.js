// The host in a browser: a bundle that a page imports. The page reads `result`.

import * as countersign from "countersign";
import files from "files";
import { run } from "../suite.js";

export const result = run(countersign, files);
