// Deliveries as their senders would make them, so that there is something to look at and change.

import { type SchemeInfo, Signer } from "countersign";
import recorded from "#recorded";
import { type Sample, samples } from "#samples";
import type { Header } from "./headers.js";
import { randomBytes } from "./node-crypto.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A request, whole. */
export interface SampleRequest {
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  readonly method: string;
  readonly url: string;
}

/** A delivery whose sender alone can sign it, and what it takes to check it. */
export interface Recording extends SampleRequest {
  readonly secret: string;
  /** When it arrived; none where no time is signed. */
  readonly at: Date | undefined;
}

/** What is to be signed. */
export type Unsigned = Omit<SampleRequest, "headers"> & { readonly id?: string | undefined };

/** Why something cannot be signed, in a sentence for people. */
export class NotSigned extends Error {}

/** The delivery to show of a sender that signs with a private key. */
export function recordingOf({ name, signsTime }: SchemeInfo): Recording | undefined {
  const { proof, headers, body, url } = recorded[name] ?? {};
  if (proof === undefined || headers === undefined) {
    return undefined;
  }
  return {
    secret: proof.keys.join("\n"),
    headers: Object.entries(headers),
    body: new TextEncoder().encode(body),
    method: "POST",
    url: url ?? "",
    at: signsTime && proof.now !== undefined ? new Date(proof.now * 1000) : undefined,
  };
}

/** A secret that fits a scheme with a shared one. */
export function randomSecret({ name, key }: SchemeInfo): string {
  if (key === "hex") {
    return randomBytes(32).toString();
  }
  const user = recorded[name]?.user;
  const letters = Array.from(randomBytes(32), (byte) => LETTERS[byte % LETTERS.length]).join("");
  // It is good as text, and as base64 behind its prefix.
  return user === undefined ? `whsec_${letters}` : `${user}:${letters}`;
}

/** The URL that a sender was given, for the sake of an example. */
export function sampleUrl({ name }: SchemeInfo): string {
  return recorded[name]?.url ?? "";
}

/** A realistic request to the form's method and URL, signed. */
export function signedSample(
  scheme: SchemeInfo,
  secret: string,
  { method, url }: Pick<SampleRequest, "method" | "url">,
  now: Date,
): SampleRequest {
  const sample = samples[scheme.name]?.() ?? recordedSample(scheme, now);
  const body = new TextEncoder().encode(sample.body);
  const signed = sign(scheme, secret, { body, method, url, id: sample.id }, now);
  const headers = { "content-type": "application/json", ...sample.headers };
  return { ...signed, headers: [...Object.entries(headers), ...signed.headers] };
}

/** The recorded body, as if it had been sent now. */
function recordedSample({ name }: SchemeInfo, now: Date): Sample {
  const { body = "{}", headers = {}, time } = recorded[name] ?? {};
  if (time === undefined) {
    return { body, headers };
  }
  const millis = now.getTime();
  const text = time.unit === "seconds" ? Math.floor(millis / 1000) : millis;
  return { body: body.replace(time.text, String(text)), headers };
}

/**
 * The request with its proof: in headers of which only those are given, or inside the body.
 * @throws {KeyError} if the secret does not fit the scheme
 * @throws {NotSigned} if something else stands in the way
 */
export function sign(
  scheme: SchemeInfo,
  secret: string,
  { body, method, url, id = `msg_${randomBytes(16)}` }: Unsigned,
  now: Date,
): SampleRequest {
  const { name, title, headers, signsUrl } = scheme;
  if (recordingOf(scheme) !== undefined) {
    throw new NotSigned(
      `${title} signs with a private key that nobody else has; paste a delivery and the public key, or clear the secret for a recorded sample`,
    );
  }
  if (signsUrl && url === "") {
    throw new NotSigned(`${title} signs the URL that it was given, so that is needed`);
  }
  const signer = new Signer(name, secret);
  const signedBody = signer.signBody(body);
  if (signedBody !== undefined) {
    return { headers: [], body: new TextEncoder().encode(signedBody), method, url };
  }
  if (headers.length === 0) {
    throw new NotSigned(
      `${title} puts its proof into the body, and this one has no text in that place; a sample shows where`,
    );
  }
  const signedUrl = signer.signUrl(url, body);
  try {
    const signed = signer.sign({ body, id, method, url: signedUrl }, now);
    return { headers: Object.entries(signed), body, method, url: signedUrl };
  } catch (error) {
    // A time of arrival, for one, that no sender could write.
    throw error instanceof TypeError ? new NotSigned(error.message) : error;
  }
}
