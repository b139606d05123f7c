// The other end of oracle.py: one Python process that answers line by line.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { PYTHON, pythonPackages } from "../../../scripts/oracles.mjs";

const DRIVER = fileURLToPath(new URL("oracle.py", import.meta.url));

/** Starts it. What it returns has to be ended. */
export function startPython() {
  const child = spawn(PYTHON, ["-u", DRIVER], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, PYTHONPATH: pythonPackages },
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /**
     * Asks; one question after the other.
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
