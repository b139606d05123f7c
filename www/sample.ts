// Makes an example delivery of a sender with a shared secret: a random secret, a realistic body, and its signature.

import type { SchemeInfo } from "countersign";
import recordedSamples from "#recorded-samples";
import { type Sample, samples } from "#samples";
import { randomBytes } from "./node-crypto.js";
import { type SignedRequest, sign } from "./sign.js";

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Returns a random secret in the format of the scheme. */
export function randomSecret({ name, key }: SchemeInfo): string {
  if (key === "hex") {
    return randomBytes(32).toString();
  }
  const user = recordedSamples[name]?.user;
  const characters = Array.from(
    randomBytes(32),
    (byte) => ALPHANUMERIC[byte % ALPHANUMERIC.length],
  ).join("");
  // A secret with this prefix is valid both as text and as base64.
  return user === undefined ? `whsec_${characters}` : `${user}:${characters}`;
}

/** Returns an example of the URL that the sender was given, or an empty text if the scheme does not sign it. */
export function sampleUrl({ name }: SchemeInfo): string {
  return recordedSamples[name]?.url ?? "";
}

/** Returns a signed request with a realistic body. */
export function signedSample(
  scheme: SchemeInfo,
  secret: string,
  { method, url }: Pick<SignedRequest, "method" | "url">,
  now: Date,
): SignedRequest {
  const sample = samples[scheme.name]?.() ?? recordedSample(scheme, now);
  const body = new TextEncoder().encode(sample.body);
  const signed = sign(scheme, secret, { body, method, url, id: sample.id }, now);
  const headers = { "content-type": "application/json", ...sample.headers };
  return { ...signed, headers: [...Object.entries(headers), ...signed.headers] };
}

/** Returns the recorded body, with a timestamp in it replaced by the current time. */
function recordedSample({ name }: SchemeInfo, now: Date): Sample {
  const { body = "{}", headers = {}, time } = recordedSamples[name] ?? {};
  if (time === undefined) {
    return { body, headers };
  }
  const milliseconds = now.getTime();
  const text = time.unit === "seconds" ? Math.floor(milliseconds / 1000) : milliseconds;
  return { body: body.replace(time.text, String(text)), headers };
}
