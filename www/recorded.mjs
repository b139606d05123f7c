// Sample deliveries for the senders that scripts/samples.mjs has none of: the ones that the core is tested with.

import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { samples } from "../scripts/samples.mjs";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

/** Senders with a secret that only they and the receiver know, unlike those who sign with a private key. */
const SHARED = /^(?:hmac-)?sha/;

/** What `Recorded` in modules.d.ts says, by the name of the scheme. */
export async function recordedSamples() {
  const { code } = transformSync(read("../pkg/dist/generated/schemes.ts"), { loader: "ts" });
  const { schemes, descriptions } = await import(
    `data:text/javascript,${encodeURIComponent(code)}`
  );
  const others = schemes.filter(({ name }) => !(name in samples));
  const entries = others.map(({ name }) => [name, sampleOf(JSON.parse(descriptions[name]))]);
  return Object.fromEntries(entries);
}

function sampleOf({ name, signature, token, sharedToken, unsigned = {} }) {
  const vector = chooseVector(JSON.parse(read(`../tests/vectors/${name}.json`)).tests);
  const { body, url, keys, headers, now } = vector;
  const algorithms = signature?.tags.map(({ algorithm }) => algorithm) ?? token?.algorithms;
  const canBeSigned = !algorithms || algorithms.some((algorithm) => SHARED.test(algorithm));
  const isKept = ([header]) => !canBeSigned || Object.values(unsigned).includes(header);
  const mediaType = /^[[{]/.test(body) ? "application/json" : "application/x-www-form-urlencoded";
  return {
    ...{ body, url },
    headers: {
      "content-type": mediaType,
      ...Object.fromEntries(Object.entries(headers).filter(isKept)),
    },
    time: signature?.timestamp?.place.body && timeIn(body, signature.timestamp),
    user: sharedToken === "basic" ? keys[0].split(":")[0] : undefined,
    proof: canBeSigned ? undefined : { keys, now },
  };
}

/** The first genuine delivery, if possible one that is known to say what kind of event it is. */
function chooseVector(tests) {
  const genuine = tests.filter(({ expect, body }) => expect === "valid" && body);
  return genuine.find(({ type, decode }) => type && !decode) ?? genuine[0];
}

/** The text of the time in a body, which is to be another in each sample. */
function timeIn(body, { place, unit }) {
  const steps = place.body.slice(1).split("/");
  const text = String(steps.reduce((value, step) => value[step], JSON.parse(body)));
  return { text, unit };
}
