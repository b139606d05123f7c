// Installs Next.js for the test in tests/package/next. It is separate from the project's packages, because nothing else
// needs it.

import { installFolder } from "./lib/install.mjs";
import { isStartedDirectly } from "./lib/project.mjs";
import { main } from "./lib/run.mjs";

/** Installs Next.js unless it is already there. */
export const ensureNext = () => installFolder("tests/package/next", "Installing Next.js");

if (isStartedDirectly(import.meta.url)) main(ensureNext);
