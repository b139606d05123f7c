// `npm run send -- <source>`: signs a sample body, posts it to the running gate, and prints the answer.

import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { isStartedDirectly } from "./lib/project.mjs";
import { Failure, main } from "./lib/run.mjs";
import { readSecrets, readSources } from "./lib/sources.mjs";
import { samples } from "./samples.mjs";

const USAGE = `Usage: npm run send -- <source> [--url http://localhost:8787] [--body <file or text>] [--tamper]

  --body      the body to send instead of the sample: the path of a file, or the text itself
  --tamper    change the body after signing it, so that the gate must reject it
  --config    the gate's configuration, instead of wrangler.toml`;

async function send() {
  const { name, url, body, tamper, config } = readArguments();
  const source = await findSource(name, config);
  const sample = samples[source.scheme]?.() ?? { body: '{"hello":"world"}' };
  const delivery = {
    ...sample,
    body: body === undefined ? Buffer.from(sample.body) : fileOrText(body),
  };
  const signed = await sign(source, delivery, readSecrets(resolve(config)));
  const outcome = await post(`${url}/in/${source.name}`, {
    headers: { "content-type": "application/json", ...sample.headers, ...signed },
    body: tamper ? tampered(delivery.body) : delivery.body,
  });

  console.log(`POST ${url}/in/${source.name}`);
  console.log(`  scheme   ${source.scheme}`);
  console.log(`  signed   ${Object.keys(signed).join(", ")}`);
  console.log(`  body     ${delivery.body.length} bytes${tamper ? ", changed after signing" : ""}`);
  console.log(`  answer   ${outcome.status} ${outcome.text}`.trimEnd());
  if (outcome.accepted === tamper) process.exitCode = 1;
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        url: { type: "string", default: `http://localhost:${process.env.PORT ?? 8787}` },
        body: { type: "string" },
        tamper: { type: "boolean", default: false },
        config: { type: "string", default: "wrangler.toml" },
      },
    });
    if (positionals.length > 1) throw new Failure(`Name one source.\n\n${USAGE}`);
    return { ...values, url: values.url.replace(/\/+$/, ""), name: positionals[0] };
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error)) throw error;
    throw new Failure(`${error.message}\n\n${USAGE}`);
  }
}

/**
 * @param {string | undefined} name
 * @param {string} config
 */
async function findSource(name, config) {
  const sources = await readSources(resolve(config));
  const source = sources.find((source) => source.name === name);
  if (source) return source;
  const known = `Sources in ${config}: ${sources.map((source) => source.name).join(", ") || "none"}`;
  throw new Failure(
    name === undefined ? `${USAGE}\n\n${known}` : `${config} has no source "${name}".\n${known}`,
  );
}

/** @param {string} argument */
const fileOrText = (argument) =>
  existsSync(argument) ? readFileSync(argument) : Buffer.from(argument);

/**
 * @param {import("./lib/sources.mjs").Source} source
 * @param {{ body: Buffer, id?: string }} delivery
 * @param {Map<string, string>} secrets
 * @returns {Promise<Record<string, string>>} the headers with the signature
 */
async function sign({ name, scheme, keys }, { body, id }, secrets) {
  const [keyName] = keys;
  const key = keyName && secrets.get(keyName);
  if (!key) {
    throw new Failure(
      keyName
        ? `.dev.vars has no ${keyName}. \`npm start\` writes sample secrets there.`
        : "wrangler.toml names no keys for this source.",
    );
  }
  const { KeyError, SchemeError, Signer } = await import("countersign").catch((error) => {
    throw new Failure(`The npm package is not built (${error.code}). Run \`npm start\` first.`);
  });
  try {
    return new Signer(scheme, key).sign(id === undefined ? { body } : { body, id });
  } catch (error) {
    // The package's own errors say what to correct; a stack would hide that.
    if (!(error instanceof SchemeError || error instanceof KeyError)) throw error;
    const setting = error instanceof SchemeError ? `scheme = "${scheme}"` : keyName;
    throw new Failure(`The source "${name}" cannot sign, because of ${setting}: ${error.message}.`);
  }
}

/**
 * Changes the first string value of a JSON object, or the first byte of any other body.
 * @param {Buffer} body
 */
function tampered(body) {
  const copy = Buffer.from(body.length === 0 ? " " : body);
  const value = copy.indexOf(':"');
  const at = value === -1 ? 0 : value + 2;
  copy[at] = copy[at] === 0x58 ? 0x59 : 0x58; // X, or Y if it was X already
  return copy;
}

/**
 * @param {string} url
 * @param {{ headers: Record<string, string>, body: Buffer<ArrayBuffer> }} request
 */
async function post(url, { headers, body }) {
  try {
    const response = await fetch(url, { method: "POST", headers, body });
    return { accepted: response.ok, status: response.status, text: await response.text() };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    if (cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED") {
      throw new Failure(`Nothing answers on ${new URL(url).origin}. Run \`npm start\` first.`);
    }
    throw new Failure(`The request failed: ${cause instanceof Error ? cause.message : cause}`);
  }
}

if (isStartedDirectly(import.meta.url)) main(send);
