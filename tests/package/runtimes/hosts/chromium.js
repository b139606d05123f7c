// A browser, bundled as pages are. Whoever opened the page asks for the result.

import * as countersign from "countersign";
import files from "files";
import { run } from "../suite.js";

export const result = run(countersign, files);
