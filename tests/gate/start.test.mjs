// The two commands of the README, as a newcomer types them: `npm start` and `npm run send`.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PORT = 8799;
const URL_OF_GATE = `http://localhost:${PORT}`;
const PATIENCE_MS = 300_000;
const SOURCES = readFileSync(`${root}/wrangler.toml`, "utf8").matchAll(
  /^\[vars\.SOURCES\.(.+)\]$/gm,
);

describe("npm start", () => {
  let child;
  let output = "";
  before(async () => {
    // A group of its own, so that all of it can be stopped.
    child = spawn(process.execPath, ["scripts/start.mjs"], {
      cwd: root,
      env: { ...process.env, PORT: String(PORT) },
      detached: true,
    });
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    await until(() => output.includes(`The gate runs on ${URL_OF_GATE}`));
  });
  after(async () => {
    const ended = new Promise((resolve) => child.once("close", resolve));
    process.kill(-child.pid, "SIGINT");
    await ended;
  });

  /** Waits for something to be printed. */
  async function until(isTrue) {
    const deadline = Date.now() + PATIENCE_MS;
    while (!isTrue()) {
      assert.equal(child.exitCode, null, output);
      assert.ok(Date.now() < deadline, output);
      await sleep(100);
    }
  }

  const send = (...words) => run("scripts/send.mjs", [...words, "--url", URL_OF_GATE]);

  it("says what to try next", () => {
    assert.match(output, /npm run send -- stripe/);
  });

  it("serves the page", async () => {
    const response = await fetch(URL_OF_GATE);
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type"), /^text\/html/);
    assert.match(await response.text(), /<title>[^<]*Countersign/i);
  });

  for (const [, name] of SOURCES) {
    it(`npm run send -- ${name} is accepted, and its event appears on the consumer's line`, async () => {
      const { code, text } = await send(name);
      assert.equal(code, 0, text);
      assert.match(text, /202/);
      const [, id] = text.match(/"id":\s*"([^"]+)"/) ?? [];
      assert.ok(id, text);
      const isEvent = (line) => line.includes('"at":"consumer"') && line.includes(`"id":"${id}"`);
      await until(() => output.split("\n").some(isEvent));
      const line = output.split("\n").find(isEvent);
      const event = JSON.parse(line.slice(line.indexOf("{"), line.lastIndexOf("}") + 1));
      assert.equal(event.outcome, "event");
      assert.equal(event.source, name);
    });
  }

  it("npm run send -- stripe --tamper is refused", async () => {
    const { code, text } = await send("stripe", "--tamper");
    assert.equal(code, 0, text);
    assert.match(text, /401/);
  });

  it("npm run send with a name that no source has lists those there are", async () => {
    const { code, text } = await send("nobody");
    assert.notEqual(code, 0);
    assert.match(text, /stripe/);
  });
});

/** Runs a script of the project to its end. */
function run(script, words) {
  const child = spawn(process.execPath, [script, ...words], { cwd: root });
  let text = "";
  const keep = (chunk) => {
    text += chunk;
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, text })));
}
