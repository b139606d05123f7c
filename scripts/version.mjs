// Compares a release's tag with the versions of the crate and the npm package: `node scripts/version.mjs v1.2.3`.
// Fails if they differ.

import { parseArgs } from "node:util";
import { isStartedDirectly, readText, readToml } from "./lib/project.mjs";
import { Failure, main } from "./lib/run.mjs";

/**
 * @param {string | undefined} tag
 * @returns {Promise<string>} the version that all three have
 */
export async function checkVersion(tag) {
  if (!tag?.startsWith("v")) throw new Failure("Usage: node scripts/version.mjs v<version>");
  const { workspace } = await readToml("Cargo.toml");
  const versions = {
    tag: tag.slice(1),
    "Cargo.toml": workspace.package.version,
    "pkg/package.json": JSON.parse(readText("pkg/package.json")).version,
  };
  if (new Set(Object.values(versions)).size === 1) return versions.tag;
  const list = Object.entries(versions).map(([where, version]) => `  ${where}: ${version}`);
  throw new Failure(`The versions differ:\n${list.join("\n")}`);
}

if (isStartedDirectly(import.meta.url)) {
  main(async () => {
    const { positionals } = parseArgs({ allowPositionals: true });
    console.log(`Version ${await checkVersion(positionals[0])}`);
  });
}
