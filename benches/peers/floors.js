// The floor: the least that can be written by hand with what the runtime has, for deliveries signed like Stripe's. It
// reads no more of the header than it needs, and compares in constant time; it knows one key and one signature.

import { createHmac, timingSafeEqual } from "node:crypto";

const PATTERN = /^t=(\d+),v1=([0-9a-f]{64})$/;
const TOLERANCE_SECONDS = 300;
const encoder = new TextEncoder();

/** The time as it is signed, and the signature in hexadecimal. */
function read(header) {
  const [, time, signature] = PATTERN.exec(header) ?? refuse();
  if (Math.abs(Date.now() / 1000 - Number(time)) > TOLERANCE_SECONDS) refuse();
  return { time, signature };
}

/**
 * With `node:crypto`.
 * @param {Uint8Array} key
 * @param {(bytes: Uint8Array) => string} text
 */
export const nodeCrypto =
  (key, text) =>
  ({ headers, body }) => {
    const { time, signature } = read(headers["stripe-signature"]);
    const tag = createHmac("sha256", key).update(`${time}.`).update(body).digest();
    if (!timingSafeEqual(tag, Buffer.from(signature, "hex"))) refuse();
    return JSON.parse(text(body));
  };

/**
 * With WebCrypto, the key imported once.
 * @param {Uint8Array} secret
 * @param {(bytes: Uint8Array) => string} text
 */
export async function webCrypto(secret, text) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["verify"]);
  return async ({ headers, body }) => {
    const { time, signature } = read(headers["stripe-signature"]);
    const prefix = encoder.encode(`${time}.`);
    const content = new Uint8Array(prefix.length + body.length);
    content.set(prefix);
    content.set(body, prefix.length);
    if (!(await crypto.subtle.verify("HMAC", key, fromHex(signature), content))) refuse();
    return JSON.parse(text(body));
  };
}

function fromHex(hex) {
  const bytes = new Uint8Array(hex.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}

function refuse() {
  throw new Error("a genuine delivery was refused");
}
