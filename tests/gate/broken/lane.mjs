// A copy of the sources in target/broken, in which the gate is broken and built. In: a list of edits. Out: a folder of
// builds for COUNTERSIGN_GATE_BUILDS. The checkout itself is never changed.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { compileGate } from "../../../scripts/build.mjs";
import { inRoot } from "../../../scripts/lib/project.mjs";
import { applyEdit } from "./edit.mjs";

/** What cargo reads to build the gate: its sources, and the manifests of the workspace's other members. */
const SOURCES = [
  ...["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", ".cargo", "src"],
  ...["worker/Cargo.toml", "worker/src"],
  ...["pkg/Cargo.toml", "pkg/src", "tests/gate/model/Cargo.toml", "tests/gate/model/src"],
];

/** The build that is running. Lanes build one after the other, because a build uses all cores. */
let running = Promise.resolve();

/**
 * Opens a lane. Each has builds of its own, which its checks run against while another lane builds.
 * @param {number} number
 */
export function openLane(number) {
  const folder = inRoot(`target/broken/lane-${number}`);
  const checkout = join(folder, "checkout");
  const builds = join(folder, "builds");
  mkdirSync(builds, { recursive: true });
  // One build serves as both: with the crash points, and without a harness that makes it stop at them.
  if (!existsSync(join(builds, "gate"))) symlinkSync("gate-with-faults", join(builds, "gate"));
  return {
    builds,
    /**
     * Builds the gate with these edits.
     * @param {import("./edit.mjs").Edit[]} edits
     */
    build(edits) {
      const build = running.then(() => buildIn(edits));
      running = build.catch(() => {});
      return build;
    },
  };

  /** @param {import("./edit.mjs").Edit[]} edits */
  async function buildIn(edits) {
    const texts = new Map(SOURCES.flatMap(filesUnder).map((path) => [path, read(path)]));
    for (const edit of edits) texts.set(edit.file, applyEdit(edit, texts.get(edit.file)));
    writeChanged(checkout, texts);
    await compileGate(join(builds, "gate-with-faults"), {
      checkout,
      profile: "broken",
      options: ["--", "--features", "faults"],
      env: { CARGO_TARGET_DIR: join(folder, "target") },
      quiet: true,
    });
  }
}

/** @param {string} path */
const read = (path) => readFileSync(inRoot(path), "utf8");

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(path) {
  if (!statSync(inRoot(path)).isDirectory()) return [path];
  return readdirSync(inRoot(path)).flatMap((name) => filesUnder(`${path}/${name}`));
}

/**
 * Makes a folder contain these files and no others. It leaves files with the right text alone, so that cargo compiles
 * only what an edit changes.
 * @param {string} folder
 * @param {Map<string, string>} texts by path
 */
function writeChanged(folder, texts) {
  for (const path of existsSync(folder) ? filesUnder(folder) : [])
    if (!texts.has(relative(folder, path))) rmSync(path);
  for (const [path, text] of texts) {
    const target = join(folder, path);
    if (existsSync(target) && readFileSync(target, "utf8") === text) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}
