// Deliveries as their senders would make them, so that there is something to look at and change.

import { type SchemeInfo, Signer } from "countersign";
import { samples } from "#samples";
import type { Header } from "./headers.js";
import { randomBytes } from "./node-crypto.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A secret that fits every scheme with a shared one: as text, and as base64 behind its prefix. */
export function randomSecret(): string {
  const letters = Array.from(randomBytes(32), (byte) => LETTERS[byte % LETTERS.length]);
  return `whsec_${letters.join("")}`;
}

/** A realistic body with a new identity, and the headers that the sender would send with it. */
export function signedSample(scheme: SchemeInfo, secret: string, now: Date) {
  const sample = samples[scheme.name]?.() ?? { body: '{"hello":"world"}' };
  const bytes = new TextEncoder().encode(sample.body);
  const headers: Header[] = [
    ["content-type", "application/json"],
    ...Object.entries(sample.headers ?? {}),
    ...sign(scheme, secret, bytes, now, sample.id),
  ];
  return { headers, body: sample.body };
}

/** The headers that prove a body. */
export function sign(
  scheme: SchemeInfo,
  secret: string,
  body: Uint8Array,
  now: Date,
  id = `msg_${randomBytes(16)}`,
): Header[] {
  return Object.entries(new Signer(scheme.name, secret).sign({ body, id }, now));
}
