// The floors: the least code that verifies a delivery of Stripe by hand, with the cryptography of the runtime. It supports
// one key and one signature, reads only what it needs of the header, and compares in constant time.

import { createHmac, timingSafeEqual } from "node:crypto";

const PATTERN = /^t=(\d+),v1=([0-9a-f]{64})$/;
const TOLERANCE_SECONDS = 300;
const encoder = new TextEncoder();

/** Returns the timestamp as text and the signature in hexadecimal. Throws if the timestamp is too old. */
function parseHeader(header) {
  const [, time, signature] = PATTERN.exec(header) ?? fail();
  if (Math.abs(Date.now() / 1000 - Number(time)) > TOLERANCE_SECONDS) fail();
  return { time, signature };
}

/**
 * Returns a call that verifies with `node:crypto`.
 * @param {Uint8Array} key
 * @param {(bytes: Uint8Array) => string} decode
 */
export const nodeCrypto =
  (key, decode) =>
  ({ headers, body }) => {
    const { time, signature } = parseHeader(headers["stripe-signature"]);
    const expected = createHmac("sha256", key).update(`${time}.`).update(body).digest();
    if (!timingSafeEqual(expected, Buffer.from(signature, "hex"))) fail();
    return JSON.parse(decode(body));
  };

/**
 * Returns a call that verifies with WebCrypto and a key that was imported once.
 * @param {Uint8Array} secret
 * @param {(bytes: Uint8Array) => string} decode
 */
export async function webCrypto(secret, decode) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["verify"]);
  return async ({ headers, body }) => {
    const { time, signature } = parseHeader(headers["stripe-signature"]);
    const prefix = encoder.encode(`${time}.`);
    const content = new Uint8Array(prefix.length + body.length);
    content.set(prefix);
    content.set(body, prefix.length);
    if (!(await crypto.subtle.verify("HMAC", key, fromHex(signature), content))) fail();
    return JSON.parse(decode(body));
  };
}

function fromHex(hex) {
  const bytes = new Uint8Array(hex.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}

function fail() {
  throw new Error("a genuine delivery was rejected");
}
