// The example of a handler: `wrangler dev` runs it in one process and the gate in another, as a user does who develops a
// handler, and the gate calls it with the events that it accepts.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Signer } from "countersign";
import { startGate } from "../../scripts/gate.mjs";
import { inRoot } from "../../scripts/lib/project.mjs";
import { end, start } from "../../scripts/lib/run.mjs";

const SECRET = "a secret in text";
const TIMEOUT_MS = 90_000;

describe("the example of a handler next to the gate", () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-handler-"));
  const { XDG_CONFIG_HOME } = process.env;
  let gate;
  let handler;
  let handlerUrl;
  let output = "";
  const watch = (child) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    return child;
  };

  before(async () => {
    // Wrangler keeps its registry of running Workers here, and not in the home of the person who runs the test.
    process.env.XDG_CONFIG_HOME = folder;
    writeFileSync(join(folder, "wrangler.toml"), configWithHandler());
    writeFileSync(join(folder, ".dev.vars"), `STRIPE_SECRET="${SECRET}"\n`);
    const args = ["--config", join(folder, "wrangler.toml"), "--persist-to", join(folder, "gate")];
    const stdio = ["ignore", "pipe", "pipe"];
    gate = await startGate({ port: await findFreePort(), args, stdio });
    watch(gate.child);
    const port = await findFreePort();
    handlerUrl = `http://localhost:${port}/`;
    const options = ["--config", "examples/handler/wrangler.toml", "--port", `${port}`];
    const state = ["--persist-to", join(folder, "handler"), "--inspector-port", "0"];
    const wrangler = [inRoot("node_modules/wrangler/bin/wrangler.js"), "dev", "--local"];
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: folder };
    handler = watch(start(process.execPath, [...wrangler, ...options, ...state], { stdio, env }));
    await waitUntil(() => fetch(handlerUrl).then(() => true));
  });
  after(async () => {
    await Promise.all([end(handler), gate.stop()]);
    process.env.XDG_CONFIG_HOME = XDG_CONFIG_HOME;
    if (XDG_CONFIG_HOME === undefined) delete process.env.XDG_CONFIG_HOME;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Waits until a condition is true. A rejected promise counts as false. */
  async function waitUntil(condition) {
    const deadline = Date.now() + TIMEOUT_MS;
    while (!(await Promise.resolve(condition()).catch(() => false))) {
      assert.equal(handler.exitCode, null, output);
      assert.ok(Date.now() < deadline, output);
      await sleep(100);
    }
  }

  it("acts on an event that the gate accepted, and the gate logs that it did", async () => {
    const body = JSON.stringify({ id: "evt_local", type: "invoice.paid" });
    const headers = new Signer("stripe", SECRET).sign({ body });
    const response = await fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
    assert.equal((await response.json()).status, "accepted");
    await waitUntil(() => output.includes("invoice.paid /in/stripe%20evt_local: done\n"));
    const acknowledged = /"at":"consumer","outcome":"event","source":"stripe","id":"evt_local"/;
    await waitUntil(() => acknowledged.test(output));
  });

  it("acts once for each key", async () => {
    const call = async (key) => {
      const headers = { "ce-type": "invoice.paid", "idempotency-key": key };
      const response = await fetch(handlerUrl, { method: "POST", headers, body: "{}" });
      return [response.status, await response.text()];
    };
    assert.deepEqual(await call("one"), [200, "done"]);
    assert.deepEqual(await call("one"), [200, "done before"]);
    assert.deepEqual(await call("two"), [200, "done"]);
    assert.deepEqual(await call("/in/stripe%20evt_local"), [200, "done before"]);
  });
});

/** The gate's wrangler.toml with the handler's binding, which is commented out there, for a file outside the checkout. */
function configWithHandler() {
  const config = readFileSync(inRoot("wrangler.toml"), "utf8");
  const bound = config.replace(/^# (?=\[\[services\]\]|binding = "HANDLER"|service = )/gm, "");
  assert.notEqual(bound, config);
  return bound
    .replace('"worker/build/', `"${inRoot("worker/build")}/`)
    .replace('"www/dist"', `"${inRoot("www/dist")}"`);
}

async function findFreePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
