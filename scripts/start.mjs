// `npm start`: sets up, builds, and runs the gate with sample sources.

import { randomBytes } from "node:crypto";
import { build } from "./build.mjs";
import { requireFreePort, startGate } from "./gate.mjs";
import { isStartedDirectly } from "./lib/project.mjs";
import { Failure, main, onInterrupt, step } from "./lib/run.mjs";
import { appendSecrets, readSecrets, readSources } from "./lib/sources.mjs";
import { setup } from "./setup.mjs";

const DEFAULT_PORT = 8787;

async function startAll() {
  const port = wantedPort();
  await requireFreePort(port);
  await setup();
  await build();
  const sources = await readSources();
  writeMissingSecrets(sources);
  const gate = await step("Starting the gate", () => startGate({ port }));
  // Ctrl-C is the way to stop the gate, so npm should not report it as an error.
  onInterrupt.exitCode = 0;
  printWhatNext(gate.url, sources);
  await gate.exit;
  throw new Failure("The gate has stopped.");
}

function wantedPort() {
  const port = Number(process.env.PORT ?? DEFAULT_PORT);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Failure(`PORT is "${process.env.PORT}", which is not a port number.`);
}

/**
 * Writes random secrets for the sample sources, so that the gate can be tried without configuration.
 * @param {import("./lib/sources.mjs").Source[]} sources
 */
function writeMissingSecrets(sources) {
  const present = readSecrets();
  const missing = new Map();
  for (const { scheme, keys } of sources) {
    for (const key of keys) {
      if (!present.has(key)) missing.set(key, sampleSecret(scheme));
    }
  }
  if (missing.size === 0) return;
  appendSecrets(missing);
  console.log(`\nWrote random sample secrets to .dev.vars: ${[...missing.keys()].join(", ")}`);
}

/**
 * A secret in the sender's own format. After `whsec_`, some senders use base64 and others plain text.
 * @param {string} scheme
 */
function sampleSecret(scheme) {
  switch (scheme) {
    case "standard":
    case "svix":
    case "flexprice":
    case "resend":
      return `whsec_${randomBytes(24).toString("base64")}`;
    case "stripe":
    case "flash-vault":
    case "subscribeflow":
      return `whsec_${randomBytes(32).toString("hex")}`;
    default:
      return randomBytes(32).toString("base64url");
  }
}

/**
 * @param {string} url
 * @param {import("./lib/sources.mjs").Source[]} sources
 */
function printWhatNext(url, sources) {
  const port = new URL(url).port;
  const to = port === String(DEFAULT_PORT) ? "" : ` --url ${url}`;
  const example = sources.find(({ name }) => name === "stripe") ?? sources[0];
  const lines = [
    `The gate runs on ${url}. Ctrl-C stops it.`,
    "",
    `  Open ${url}/ to verify a delivery in the browser.`,
    ...(example
      ? [
          "  In another terminal:",
          `    npm run send -- ${example.name}${to}             a signed sample; its event appears below`,
          `    npm run send -- ${example.name}${to} --tamper    the sample, changed after signing`,
          `  Sources: ${sources.map(({ name }) => name).join(", ")}`,
        ]
      : ["  wrangler.toml declares no sources. Add a table [vars.SOURCES.<name>]."]),
  ];
  console.log(`\n${lines.join("\n")}\n`);
}

if (isStartedDirectly(import.meta.url)) main(startAll);
