// Reads the data of the tests from files, for runtimes that have a file system.

import { readdirSync, readFileSync } from "node:fs";

function readFolder(path) {
  const folder = new URL(path, import.meta.url);
  return readdirSync(folder)
    .filter((file) => file !== "schema.json")
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")));
}

/** The parsed files of tests/vectors and tests/payloads. */
export const readFiles = () => ({
  vectors: readFolder("../../../vectors/"),
  payloads: readFolder("../../../payloads/"),
});
