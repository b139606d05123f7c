// Runs steps of work, several at a time. A step starts when the steps that it needs have succeeded and no
// running step uses the same folder; among the steps that could start, the first in the list does. A step may
// need only steps that are before it in the list, so there is always one that can start.

/**
 * @template {{ name: string, needs?: string[], uses?: string }} Step
 * @template {{ failed: number }} Result
 * @param {Step[]} steps
 * @param {object} options
 * @param {number} options.lanes how many steps run at a time
 * @param {(step: Step) => Promise<Result>} options.perform does a step; it does not throw
 * @param {(step: Step, needed: string) => Result} options.skip the result of a step that needs a failed one
 * @returns {Promise<Result[]>} in the order of the steps
 */
export async function schedule(steps, { lanes, perform, skip }) {
  /** @type {Map<string, Result>} */
  const results = new Map();
  /** @type {Map<Step, Promise<void>>} */
  const running = new Map();
  const waiting = new Set(steps);
  const needsOf = (/** @type {Step} */ { needs = [] }) =>
    needs.filter((name) => steps.some((step) => step.name === name));
  const canStart = (/** @type {Step} */ step) =>
    needsOf(step).every((name) => results.has(name)) &&
    ![...running.keys()].some(({ uses }) => uses !== undefined && uses === step.uses);

  while (waiting.size > 0 || running.size > 0) {
    for (const step of waiting) {
      const failed = needsOf(step).find((name) => (results.get(name)?.failed ?? 0) > 0);
      if (failed === undefined) continue;
      waiting.delete(step);
      results.set(step.name, skip(step, failed));
    }
    for (const step of waiting) {
      if (running.size >= lanes) break;
      if (!canStart(step)) continue;
      waiting.delete(step);
      const work = perform(step).then((result) => {
        results.set(step.name, result);
        running.delete(step);
      });
      running.set(step, work);
    }
    if (running.size > 0) await Promise.race(running.values());
  }
  return steps.flatMap(({ name }) => results.get(name) ?? []);
}
