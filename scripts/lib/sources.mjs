// Reads the gate's sources from wrangler.toml, and reads and writes the local secrets in .dev.vars.

import { appendFileSync, existsSync } from "node:fs";
import { inRoot, readText, readToml } from "./project.mjs";

const SECRETS = ".dev.vars";

/**
 * @typedef {{ name: string, scheme: string, keys: string[] }} Source
 */

/**
 * Reads the tables `[vars.SOURCES.<name>]` of wrangler.toml.
 * @returns {Promise<Source[]>}
 */
export async function readSources() {
  const { vars } = await readToml("wrangler.toml");
  const tables = Object.entries(vars?.SOURCES ?? {});
  return tables.map(([name, { scheme = "", keys = [] }]) => ({ name, scheme, keys }));
}

/** @returns {Map<string, string>} */
export function readSecrets() {
  if (!existsSync(inRoot(SECRETS))) return new Map();
  const lines = readText(SECRETS).matchAll(/^\s*([A-Za-z_]\w*)\s*=\s*(["']?)(.*?)\2\s*$/gm);
  return new Map([...lines].map(([, name, , value]) => [name, value]));
}

/** @param {Map<string, string>} secrets */
export function appendSecrets(secrets) {
  const before = existsSync(inRoot(SECRETS)) ? readText(SECRETS) : "";
  const newline = before === "" || before.endsWith("\n") ? "" : "\n";
  const lines = [...secrets].map(([name, value]) => `${name}=${value}\n`);
  appendFileSync(inRoot(SECRETS), newline + lines.join(""), { mode: 0o600 });
}
