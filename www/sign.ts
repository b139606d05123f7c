// Signs a request as its sender would.

import { type SchemeInfo, Signer } from "countersign";
import type { Header } from "./headers.js";
import { randomBytes } from "./node-crypto.js";

export interface SignedRequest {
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  readonly method: string;
  readonly url: string;
}

export type UnsignedRequest = Omit<SignedRequest, "headers"> & { readonly id?: string | undefined };

/** Why a request cannot be signed, in words for the user. */
export class SigningError extends Error {}

/**
 * Returns the request with its signature. `headers` holds only the headers that the scheme adds. It is empty if the
 * signature is in the body.
 * @throws {KeyError} if the secret is not a key for the scheme
 * @throws {SigningError} if the request lacks something that the scheme signs
 */
export function sign(
  { name, title, headers, signsUrl }: SchemeInfo,
  secret: string,
  { body, method, url, id = randomId() }: UnsignedRequest,
  now: Date,
): SignedRequest {
  if (signsUrl && url === "") {
    throw new SigningError(`${title} signs the URL, so enter the URL first`);
  }
  const signer = new Signer(name, secret);
  const signedBody = signer.signBody(body);
  if (signedBody !== undefined) {
    return { headers: [], body: new TextEncoder().encode(signedBody), method, url };
  }
  if (headers.length === 0) {
    throw new SigningError(
      `${title} puts its signature or token in the body, and this body has no string in that place; create a signed sample to see where`,
    );
  }
  const signedUrl = signer.signUrl(url, body);
  try {
    const signed = signer.sign({ body, id, method, url: signedUrl }, now);
    return { headers: Object.entries(signed), body, method, url: signedUrl };
  } catch (error) {
    // The package throws a TypeError for an input that no sender would sign, such as a year before 2001.
    throw error instanceof TypeError ? new SigningError(error.message) : error;
  }
}

/** A random id in the form of a UUID, the only form that ConfigCat's signed content keeps apart from what follows. */
function randomId(): string {
  return String(randomBytes(16)).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
