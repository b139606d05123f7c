// Conversions between bytes and texts, and HMAC and SHA-256 by the Web Cryptography API, so that the tests do not use the
// implementation under test.

const encoder = new TextEncoder();

export const utf8 = (text) => encoder.encode(text);

/** Returns bytes unchanged, and a text as UTF-8. */
export const bytesOf = (value) => (typeof value === "string" ? utf8(value) : value);

export function concat(...parts) {
  const arrays = parts.map(bytesOf);
  const all = new Uint8Array(arrays.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of arrays) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fromHex = (text) =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const toBase64Url = (bytes) =>
  toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const fromBase64Url = (text) => fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));

const ENCODINGS = {
  hex: [toHex, fromHex],
  base64: [toBase64, fromBase64],
  base64url: [toBase64Url, fromBase64Url],
  text: [(bytes) => new TextDecoder().decode(bytes), utf8],
};

export const encode = (encoding, bytes) => ENCODINGS[encoding][0](bytesOf(bytes));
export const decode = (encoding, text) => ENCODINGS[encoding][1](text);

export async function hmac(key, message, hash = "SHA-256") {
  const algorithm = { name: "HMAC", hash };
  const imported = await crypto.subtle.importKey("raw", bytesOf(key), algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytesOf(message)));
}

export async function sha256(message) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(message)));
}

/** Every base64 text that differs from this one only in the unused bits of its last letter. */
export function trailingBitVariants(text, alphabet) {
  const letters = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${alphabet}`;
  const unpadded = text.replace(/=+$/, "");
  const spare = unpadded.length % 4 === 2 ? 16 : unpadded.length % 4 === 3 ? 4 : 1;
  const last = letters.indexOf(unpadded.at(-1));
  const start = unpadded.slice(0, -1);
  const padding = text.slice(unpadded.length);
  return Array.from({ length: spare }, (_, bits) => last - (last % spare) + bits)
    .filter((index) => index !== last)
    .map((index) => start + letters[index] + padding);
}
