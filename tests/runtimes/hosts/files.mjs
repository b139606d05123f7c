// The vectors as files, for runtimes that have some.

import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../../vectors/", import.meta.url);

export const readVectors = () =>
  readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")));
