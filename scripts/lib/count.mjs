// In: the output of a test command. Out: how many tests it ran, and with which results.

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/** @type {Record<string, (output: string) => Counts>} */
export const counters = {
  /** `cargo test` prints one line for each test binary and one for the documentation tests. */
  cargo(output) {
    const lines = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm;
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const [, passed, failed, skipped] of output.matchAll(lines)) {
      counts.passed += Number(passed);
      counts.failed += Number(failed);
      counts.skipped += Number(skipped);
    }
    return counts;
  },

  /** `node --test` ends with lines such as `ℹ pass 3` (spec) or `# pass 3` (tap). */
  node(output) {
    const last = (/** @type {string} */ word) =>
      Number([...output.matchAll(new RegExp(`^[ℹ#] ${word} (\\d+)$`, "gm"))].at(-1)?.[1] ?? 0);
    return {
      passed: last("pass"),
      failed: last("fail") + last("cancelled"),
      skipped: last("skipped") + last("todo"),
    };
  },

  /** The suite in tests/package/runtimes ends with a line such as `3 passed, 0 failed`. */
  runtime(output) {
    const [, passed, failed] = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1) ?? [];
    return { passed: Number(passed ?? 0), failed: Number(failed ?? 0), skipped: 0 };
  },
};
