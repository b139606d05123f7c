// The gate's sources as wrangler.toml declares them, and the local secrets in .dev.vars.

import { appendFileSync, existsSync } from "node:fs";
import { inRoot, readText } from "./project.mjs";

const SECRETS = ".dev.vars";

/**
 * @typedef {{ name: string, scheme: string, keys: string[] }} Source
 */

/**
 * Reads the tables `[vars.SOURCES.<name>]`; a whole TOML parser would need something installed.
 * @param {string} [toml]
 * @returns {Source[]}
 */
export function readSources(toml = readText("wrangler.toml")) {
  const tables = toml.split(/^(?=\s*\[)/m);
  return tables.flatMap((table) => {
    const name = table.match(/^\s*\[\s*vars\.SOURCES\.(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*\]/);
    if (!name) return [];
    const body = table.replace(/^\s*#.*$/gm, "");
    const scheme = body.match(/^\s*scheme\s*=\s*["']([^"']+)["']/m)?.[1] ?? "";
    const keys = body.match(/^\s*keys\s*=\s*\[([^\]]*)\]/m)?.[1] ?? "";
    const keyNames = [...keys.matchAll(/["']([^"']+)["']/g)].map(([, key]) => key);
    return [{ name: name[1] ?? name[2] ?? name[3], scheme, keys: keyNames }];
  });
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
