// The two commands of the README, as a newcomer types them: `npm start`, then `npm run send`.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PORT = 8799;
const URL_OF_GATE = `http://localhost:${PORT}`;
const TIMEOUT_MS = 300_000;
const SOURCES = readFileSync(`${root}/wrangler.toml`, "utf8").matchAll(
  /^\[vars\.SOURCES\.(.+)\]$/gm,
);

describe("npm start", () => {
  let child;
  let output = "";
  before(async () => {
    // In a process group of its own, so that the test can stop all of its processes.
    child = spawn(process.execPath, ["scripts/start.mjs"], {
      cwd: root,
      // The registry of the person who runs the test is not touched.
      env: {
        ...process.env,
        PORT: String(PORT),
        WRANGLER_REGISTRY_PATH: `${root}/.wrangler/registry`,
      },
      detached: true,
    });
    const append = (chunk) => {
      output += chunk;
    };
    child.stdout.on("data", append);
    child.stderr.on("data", append);
    await waitUntil(() => output.includes(`The gate runs on ${URL_OF_GATE}`));
  });
  after(async () => {
    const ended = new Promise((resolve) => child.once("close", resolve));
    process.kill(-child.pid, "SIGINT");
    await ended;
  });

  /** Waits until a condition about the output is true. */
  async function waitUntil(condition) {
    const deadline = Date.now() + TIMEOUT_MS;
    while (!condition()) {
      assert.equal(child.exitCode, null, output);
      assert.ok(Date.now() < deadline, output);
      await sleep(100);
    }
  }

  const send = (...args) => runScript("scripts/send.mjs", [...args, "--url", URL_OF_GATE]);

  it("prints what to try next", () => {
    assert.match(output, /npm run send -- stripe/);
  });

  it("serves the page", async () => {
    const response = await fetch(URL_OF_GATE);
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type"), /^text\/html/);
    assert.match(await response.text(), /<title>[^<]*Countersign/i);
  });

  for (const [, name] of SOURCES) {
    it(`accepts npm run send -- ${name}, and the consumer logs its event`, async () => {
      const { code, text } = await send(name);
      assert.equal(code, 0, text);
      assert.match(text, /200/);
      const [, id] = text.match(/"id":\s*"([^"]+)"/) ?? [];
      // Slack gets an empty answer.
      assert.ok(id || name === "slack", text);
      const isEvent = (line) =>
        line.includes('"at":"consumer"') &&
        line.includes(`"source":"${name}"`) &&
        line.includes(id === undefined ? '"id":' : `"id":"${id}"`);
      await waitUntil(() => output.split("\n").some(isEvent));
      const line = output.split("\n").find(isEvent);
      const event = JSON.parse(line.slice(line.indexOf("{"), line.lastIndexOf("}") + 1));
      assert.equal(event.outcome, "event");
      assert.equal(event.source, name);
    });
  }

  it("rejects npm run send -- stripe --tamper", async () => {
    const { code, text } = await send("stripe", "--tamper");
    assert.equal(code, 0, text);
    assert.match(text, /401/);
  });

  it("lists the sources if npm run send gets an unknown name", async () => {
    const { code, text } = await send("nobody");
    assert.notEqual(code, 0);
    assert.match(text, /stripe/);
  });
});

/** Runs a script of the project. Returns its exit code and its output. */
function runScript(script, args) {
  const child = spawn(process.execPath, [script, ...args], { cwd: root });
  let text = "";
  const append = (chunk) => {
    text += chunk;
  };
  child.stdout.on("data", append);
  child.stderr.on("data", append);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, text })));
}
