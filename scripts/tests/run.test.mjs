// How `npm test` and `npm run test:full` choose, order and count their steps.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { counters } from "../lib/count.mjs";
import { withLock } from "../lib/lock.mjs";
import { inRoot } from "../lib/project.mjs";
import { run } from "../lib/run.mjs";
import { schedule } from "../lib/schedule.mjs";
import { STEPS, selectSteps } from "../lib/steps.mjs";

const namesOf = (/** @type {{ name: string }[]} */ steps) => steps.map(({ name }) => name);

describe("the choice of steps", () => {
  it("gives every step to either `npm test` or the rest, and all to `npm run test:full`", () => {
    const quick = namesOf(selectSteps({}));
    const rest = namesOf(selectSteps({ full: true, rest: true }));
    assert.deepEqual([...quick, ...rest].sort(), namesOf(STEPS).sort());
    assert.deepEqual(namesOf(selectSteps({ full: true })), namesOf(STEPS));
    assert.ok(rest.includes("oracles"));
  });

  it("lets steps need only steps before them, and quick ones only quick ones", () => {
    for (const [index, { name, needs = [], isSlow }] of STEPS.entries()) {
      for (const needed of needs) {
        const position = STEPS.findIndex((step) => step.name === needed);
        assert.ok(position >= 0 && position < index, `${name} needs ${needed}`);
        assert.ok(isSlow || !STEPS[position].isSlow, `${name} needs ${needed}`);
      }
    }
  });

  it("takes a step by its name, or steps by a part of it, with what they need", () => {
    assert.deepEqual(namesOf(selectSteps({ words: ["tsc"] })), ["build package", "tsc"]);
    assert.ok(!namesOf(selectSteps({ words: ["chaos"] })).includes("long chaos"));
    assert.ok(namesOf(selectSteps({ words: ["build"] })).includes("build gate with faults"));
    assert.throws(() => selectSteps({ words: ["tests"] }), /No step has "tests" in its name/);
  });
});

describe("the schedule", () => {
  const steps = [
    { name: "a", uses: "folder" },
    { name: "b", uses: "folder" },
    { name: "c", needs: ["b"] },
    { name: "fails" },
    { name: "d" },
    { name: "lost", needs: ["c", "fails"] },
    { name: "lost too", needs: ["lost"] },
  ];
  /** @type {string[]} */
  const started = [];
  let running = 0;
  let most = 0;
  const inFolder = new Set();
  /** @type {{ name: string, failed: number }[]} */
  let results;
  before(async () => {
    results = await schedule(steps, {
      lanes: 2,
      perform: async ({ name, uses }) => {
        started.push(name);
        running += 1;
        most = Math.max(most, running);
        if (uses) {
          assert.equal(inFolder.size, 0);
          inFolder.add(name);
        }
        await sleep(5);
        inFolder.delete(name);
        running -= 1;
        return { name, failed: name === "fails" ? 1 : 0 };
      },
      skip: ({ name }) => ({ name, failed: 1 }),
    });
  });

  it("runs as many steps at a time as there are lanes, and one in a folder", () => {
    assert.equal(most, 2);
    assert.deepEqual(started.slice(0, 2), ["a", "fails"]);
  });

  it("runs every step once, and none that needs a failed one", () => {
    assert.deepEqual([...started].sort(), ["a", "b", "c", "d", "fails"]);
  });

  it("returns the results in the order of the steps", () => {
    assert.deepEqual(namesOf(results), namesOf(steps));
    const failed = results.filter((result) => result.failed > 0);
    assert.deepEqual(namesOf(failed), ["fails", "lost", "lost too"]);
  });
});

describe("counting", () => {
  it("adds up the test binaries of cargo", () => {
    const output =
      "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\ntest result: FAILED. 1 passed; 2 failed; 0 ignored";
    assert.deepEqual(counters.cargo(output), { passed: 4, failed: 2, skipped: 1 });
  });

  it("reads the last lines of Node's reporters", () => {
    const output = "ℹ pass 3\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\nℹ todo 2\n";
    assert.deepEqual(counters.node(output), { passed: 3, failed: 2, skipped: 2 });
  });

  it("reads the last line of a runtime's suite", () => {
    const output = "Node 20\n1 passed, 0 failed\nNode 26\n2 passed, 1 failed\n3 passed, 1 failed\n";
    assert.deepEqual(counters.runtime(output), { passed: 3, failed: 1, skipped: 0 });
  });
});

describe("a lock", () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-lock-"));
  const file = join(folder, "set-up.lock");
  after(() => rmSync(folder, { recursive: true }));

  it("lets one process work at a time", async () => {
    const log = join(folder, "log");
    writeFileSync(log, "");
    const script = `
      import { appendFileSync } from "node:fs";
      import { withLock } from ${JSON.stringify(new URL("../lib/lock.mjs", import.meta.url).href)};
      await withLock(${JSON.stringify(file)}, "set-up", async () => {
        appendFileSync(${JSON.stringify(log)}, "in ");
        await new Promise((resolve) => setTimeout(resolve, 20));
        appendFileSync(${JSON.stringify(log)}, "out ");
      });`;
    const command = ["--input-type=module", "--eval", script];
    const runs = Array.from({ length: 4 }, () => run(process.execPath, command, { quiet: true }));
    for (const { code, output } of await Promise.all(runs)) assert.equal(code, 0, output);
    assert.equal(readFileSync(log, "utf8"), "in out ".repeat(4));
  });

  it("of a process that has ended is taken over", async () => {
    const dead = spawnSync(process.execPath, ["--eval", ""]).pid;
    writeFileSync(file, String(dead));
    assert.equal(await withLock(file, "set-up", () => "done"), "done");
  });

  it("is released when the work fails", async () => {
    const fail = () => Promise.reject(new Error("broken"));
    await assert.rejects(withLock(file, "set-up", fail), /broken/);
    assert.equal(await withLock(file, "set-up", () => "done"), "done");
  });
});

describe(".ci/run", () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-ci-"));
  after(() => rmSync(folder, { recursive: true }));

  /**
   * Runs a copy of the script with an `npm` that prints what a test run would.
   * @param {string} npm
   */
  function runCi(npm) {
    for (const name of [".ci", "bin"]) mkdirSync(join(folder, name), { recursive: true });
    copyFileSync(inRoot(".ci/run"), join(folder, ".ci/run"));
    writeFileSync(join(folder, "bin/npm"), `#!/usr/bin/env bash\n${npm}\n`, { mode: 0o755 });
    const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
    const { status, stdout } = spawnSync("bash", [join(folder, ".ci/run")], {
      env,
      encoding: "utf8",
    });
    return { status, last: stdout.trimEnd().split("\n").at(-1), stdout };
  }

  it("runs both commands and ends with the sum", () => {
    const npm = 'echo "npm $*"; echo "7 passed, 0 failed"; echo "$# passed, 0 failed"';
    const { status, last, stdout } = runCi(npm);
    assert.match(stdout, /^npm test$/m);
    assert.match(stdout, /^npm run test:full -- --rest$/m);
    assert.equal(last, "5 passed, 0 failed");
    assert.equal(status, 0);
  });

  it("fails if a test failed, after running the rest", () => {
    const npm =
      'if [[ $1 = test ]]; then echo "3 passed, 1 failed"; exit 1; fi; echo "2 passed, 0 failed"';
    const { status, last } = runCi(npm);
    assert.equal(last, "5 passed, 1 failed");
    assert.equal(status, 1);
  });

  it("counts a command that ends without a sum, or with an error after it, as a failure", () => {
    assert.equal(runCi("exit 0").last, "0 passed, 2 failed");
    const { status, last } = runCi('echo "2 passed, 0 failed"; exit 3');
    assert.equal(last, "4 passed, 2 failed");
    assert.equal(status, 1);
  });

  it("is executable", () => {
    execFileSync("test", ["-x", inRoot(".ci/run")]);
  });
});
