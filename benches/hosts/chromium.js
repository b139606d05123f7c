// A browser, bundled as pages are. Whoever opened the page asks for the result.

import files from "files";
import { run } from "../peers/suite.js";

export const result = await run(files);
