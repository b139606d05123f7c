// Recorded deliveries of senders that sign with a private key. The page cannot sign as these senders, so it shows a
// delivery from the test vectors with the public key that verifies it.

import type { SchemeInfo } from "countersign";
import recordedSamples from "#recorded-samples";
import type { SignedRequest } from "./sign.js";

export interface Recording extends SignedRequest {
  /** The public keys, one per line. */
  readonly keys: string;
  /** When the delivery arrived. `undefined` if the scheme does not sign a timestamp. */
  readonly receivedAt: Date | undefined;
}

/** Returns the recording of a sender with a private key, or `undefined` for a sender with a shared secret. */
export function recordingOf({ name, signsTime }: SchemeInfo): Recording | undefined {
  const { publicKeys, headers, body, url } = recordedSamples[name] ?? {};
  if (publicKeys === undefined || headers === undefined) {
    return undefined;
  }
  const { keys, now } = publicKeys;
  return {
    keys: keys.join("\n"),
    headers: Object.entries(headers),
    body: new TextEncoder().encode(body),
    method: "POST",
    url: url ?? "",
    receivedAt: signsTime && now !== undefined ? new Date(now * 1000) : undefined,
  };
}
