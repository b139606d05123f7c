// Runs the suite in a browser, bundled as pages are. The opener of the page reads `result`.

import files from "files";
import { run } from "../peers/suite.js";

export const result = await run(files);
