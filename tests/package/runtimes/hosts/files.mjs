// What the tests read from files, for runtimes that have some.

import { readdirSync, readFileSync } from "node:fs";

function readFolder(path) {
  const folder = new URL(path, import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")));
}

/** The parsed files of tests/vectors and tests/payloads. */
export const readFiles = () => ({
  vectors: readFolder("../../../vectors/"),
  payloads: readFolder("../../../payloads/"),
});
