// Extracts a sample delivery from the test vectors for each sender that scripts/samples.mjs does not cover. The build
// bundles the result into the page.

import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { samples } from "../scripts/samples.mjs";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

/** Matches the algorithms that use a shared secret, not a private key. */
const SHARED_SECRET = /^(?:hmac-)?sha/;

/** @returns {Promise<Record<string, unknown>>} by scheme, a `RecordedSample` as in modules.d.ts */
export async function recordedSamples() {
  const { code } = transformSync(read("../pkg/dist/generated/schemes.ts"), { loader: "ts" });
  const { schemes, descriptions } = await import(
    `data:text/javascript,${encodeURIComponent(code)}`
  );
  const uncovered = schemes.filter(({ name }) => !(name in samples));
  const entries = uncovered.map(({ name }) => [name, sampleOf(JSON.parse(descriptions[name]))]);
  return Object.fromEntries(entries);
}

function sampleOf({ name, signature, token, sharedToken, unsigned = {} }) {
  const vector = chooseVector(JSON.parse(read(`../tests/vectors/${name}.json`)).tests);
  const { body, url, keys, headers, now } = vector;
  const algorithms = signature?.tags.map(({ algorithm }) => algorithm) ?? token?.algorithms;
  const canSign = !algorithms || algorithms.some((algorithm) => SHARED_SECRET.test(algorithm));
  // The page signs the sample itself if it can, so only unsigned headers are kept then.
  const isKept = ([header]) => !canSign || Object.values(unsigned).includes(header);
  const mediaType = /^[[{]/.test(body) ? "application/json" : "application/x-www-form-urlencoded";
  return {
    ...{ body, url },
    headers: {
      "content-type": mediaType,
      ...Object.fromEntries(Object.entries(headers).filter(isKept)),
    },
    time: signature?.timestamp?.place.body && timeIn(body, signature.timestamp),
    user: sharedToken === "basic" ? keys[0].split(":")[0] : undefined,
    publicKeys: canSign ? undefined : { keys, now },
  };
}

/** Returns the first genuine delivery, preferably one with a known event type. */
function chooseVector(tests) {
  const genuine = tests.filter(({ expect, body }) => expect === "valid" && body);
  return genuine.find(({ type, decode }) => type && !decode) ?? genuine[0];
}

/** Returns the timestamp in a body as it is written there, so that the page can replace it. */
function timeIn(body, { place, unit }) {
  const steps = place.body.slice(1).split("/");
  const values = /^[[{]/.test(body)
    ? JSON.parse(body)
    : Object.fromEntries(new URLSearchParams(body));
  const text = String(steps.reduce((value, step) => value?.[step], values));
  return { text, unit };
}
