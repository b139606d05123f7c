// Reads the gate's sources from wrangler.toml, and reads and writes the local secrets in .dev.vars.

import { appendFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { inRoot, readText, readToml } from "./project.mjs";

const SECRETS = ".dev.vars";

/**
 * @typedef {{ name: string, scheme: string, keys: string[] }} Source
 */

/**
 * Reads the tables `[vars.SOURCES.<name>]`.
 * @param {string} [config] the path of the gate's configuration
 * @returns {Promise<Source[]>}
 */
export async function readSources(config = "wrangler.toml") {
  const { vars } = await readToml(config);
  const tables = Object.entries(vars?.SOURCES ?? {});
  return tables.map(([name, { scheme = "", keys = [] }]) => ({ name, scheme, keys }));
}

/**
 * Reads the secrets next to a configuration, as wrangler does.
 * @param {string} [config]
 * @returns {Map<string, string>}
 */
export function readSecrets(config = "wrangler.toml") {
  const path = join(dirname(inRoot(config)), SECRETS);
  if (!existsSync(path)) return new Map();
  const lines = readText(path).matchAll(/^\s*([A-Za-z_]\w*)\s*=\s*(["']?)(.*?)\2\s*$/gm);
  return new Map([...lines].map(([, name, , value]) => [name, value]));
}

/** @param {Map<string, string>} secrets */
export function appendSecrets(secrets) {
  const before = existsSync(inRoot(SECRETS)) ? readText(SECRETS) : "";
  const newline = before === "" || before.endsWith("\n") ? "" : "\n";
  const lines = [...secrets].map(([name, value]) => `${name}=${value}\n`);
  appendFileSync(inRoot(SECRETS), newline + lines.join(""), { mode: 0o600 });
}
