// Builds and starts a real Next.js app that verifies a delivery in a route of the edge runtime and in one of Node, with
// both of its bundlers and with its development server. The app uses the package as it would be published.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Signer } from "countersign";
import { inRoot, node } from "../../../scripts/lib/project.mjs";
import { execute, install } from "../packaging/install.mjs";

const SECRET = "whsec_of_the_sample";
const APP = inRoot("tests/package/next");
const NEXT = inRoot("tests/package/next/node_modules/next/dist/bin/next");
const ENV = { NEXT_TELEMETRY_DISABLED: "1", CI: "1", STRIPE_SECRET: SECRET };
const ROUTES = ["api/edge", "nodejs"];
const START_MS = 60_000;

const { installed } = install();
const copy = inRoot("tests/package/next/node_modules/countersign");
rmSync(copy, { recursive: true, force: true });
cpSync(installed, copy, { recursive: true });
after(() => rmSync(copy, { recursive: true, force: true }));

for (const bundler of ["turbopack", "webpack"]) {
  test(`an app that ${bundler} bundled verifies deliveries in both runtimes`, async () => {
    execute(node(), [NEXT, "build", `--${bundler}`], { cwd: APP, env: ENV });
    await serve(["start"], judgesDeliveries);
  });
}

test("the development server verifies deliveries in both runtimes", () =>
  serve(["dev"], judgesDeliveries));

/** @param {string} origin */
async function judgesDeliveries(origin) {
  const body = '{"id":"evt_1","type":"invoice.paid"}';
  const headers = new Signer("stripe", SECRET).sign({ body });
  for (const route of ROUTES) {
    const post = (/** @type {string} */ sent) =>
      fetch(`${origin}/${route}`, { method: "POST", headers, body: sent });
    const genuine = await post(body);
    assert.equal(genuine.status, 200, `${route}: ${await genuine.clone().text()}`);
    assert.deepEqual(await genuine.json(), { id: "evt_1", type: "invoice.paid" });
    const changed = await post(body.replace("evt_1", "evt_2"));
    assert.equal(changed.status, 401, route);
    assert.deepEqual(await changed.json(), { code: "signature_mismatch" });
  }
}

/**
 * Runs a server of Next.js on a free port for as long as `use` takes.
 * @param {string[]} command
 * @param {(origin: string) => Promise<void>} use
 */
async function serve(command, use) {
  const port = await freePort();
  const server = spawn(node(), [NEXT, ...command, "--port", `${port}`], {
    cwd: APP,
    env: { ...process.env, ...ENV },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream.on("data", (text) => {
      output += text;
    });
  }
  const exited = once(server, "exit");
  try {
    const origin = `http://127.0.0.1:${port}`;
    await isListening(origin, () => server.exitCode === null);
    await use(origin);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${output}`, {
      cause: error,
    });
  } finally {
    // The group, because the server starts workers of its own.
    if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, "SIGKILL");
    await exited;
  }
}

/**
 * @param {string} origin
 * @param {() => boolean} isRunning
 */
async function isListening(origin, isRunning) {
  const deadline = Date.now() + START_MS;
  while (isRunning()) {
    if (Date.now() > deadline) throw new Error("The server does not listen.");
    try {
      await fetch(origin);
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error("The server ended before it listened.");
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}
