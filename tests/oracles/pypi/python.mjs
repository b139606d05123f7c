// Starts oracle.py and sends it questions: one Python process, one line of JSON for each question and answer.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { PYTHON, pythonPackages } from "../../../scripts/oracles.mjs";

const DRIVER = fileURLToPath(new URL("oracle.py", import.meta.url));

/** Starts the process. The caller must call `end`. */
export function startPython() {
  const child = spawn(PYTHON, ["-u", DRIVER], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, PYTHONPATH: pythonPackages },
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /**
     * Sends a question and returns its answer. The caller must wait for the answer before the next question.
     * @param {Record<string, unknown>} question
     */
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error("Python ended without an answer");
      const { answer, error } = JSON.parse(value);
      if (error !== undefined) throw new Error(error);
      return answer;
    },
    end: () => child.stdin.end(),
  };
}
