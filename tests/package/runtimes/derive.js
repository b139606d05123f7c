// Makes the cases of a vector file. In: the parsed file, and the entry of its scheme in the package's list. Out: the
// deliveries of the file, and those that follow from each genuine one: a changed body, another key, another time,
// another URL, another method and no headers. `tests/core/cases/mod.rs` derives the same cases in Rust.

import { decode } from "./bytes.js";
import { NOW_SECONDS } from "./senders.js";

/** Longer than any token is valid, in milliseconds. */
const TEN_YEARS = 10 * 365 * 86_400_000;

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} scheme
 * @property {string[]} keys
 * @property {Date} now
 * @property {string} [method]
 * @property {string} [url]
 * @property {Record<string, string>} headers
 * @property {string} body
 * @property {string[]} expected `valid`, or the codes of the right rejections
 * @property {string} [decode] for a valid delivery whose event cannot be read: the code of that error
 * @property {string} [id] the id of the event, if the vector says it
 * @property {string} [type] its type, if the vector says it
 */

/** Every case of a file. `signedAtOf` verifies a genuine case and returns the time that its sender signed, if any. */
export function casesOf({ scheme: name, tests }, scheme, signedAtOf) {
  return tests.flatMap((vector) => {
    const { keys, method, url, headers, decode: code, event_id: id, type, expect } = vector;
    const now = new Date((vector.now ?? NOW_SECONDS) * 1000);
    const body = vector.body_repeat
      ? vector.body_repeat.byte.repeat(vector.body_repeat.count)
      : (vector.body ?? "");
    const delivery = { method, url, headers, body };
    const own = {
      scheme: name,
      keys,
      now,
      ...delivery,
      name: vector.id,
      expected: [expect],
      decode: code,
    };
    if (expect !== "valid") return [own];
    const derived = derive(own, scheme, signedAtOf(own), vector.other_key);
    return [
      { ...own, id, type },
      ...derived.map(([change, expected, changed]) => ({
        ...own,
        ...changed,
        name: `${own.name}, ${change}`,
        expected: [expected].flat(),
      })),
    ];
  });
}

/** The cases that follow from a genuine one, each as the change in words, the expected code and the changed fields. */
function derive({ keys, now, url, body }, scheme, signedAt, otherKey) {
  const derived = [];
  const add = (...row) => derived.push(row);

  if (scheme.authenticated === "content") {
    // If the proof holds a digest of the body, it is the digest that does not match.
    const mismatch = ["signature_mismatch", "body_mismatch"];
    add("a space after the body", mismatch, { body: `${body} ` });
    const changed = withAnotherLetter(body, body.length);
    if (changed !== undefined) add("another letter in the body", mismatch, { body: changed });
  } else if (body !== "") {
    // The signature covers at most some members of the body. JSON may end with a space, multipart/form-data may not.
    const verdict = body.startsWith("--") ? "malformed_header" : "valid";
    add("a space after the body", verdict, { body: `${body} ` });
  }

  const otherKeys = otherKey === undefined ? keys.map(otherSecret) : [otherKey];
  add("another key", "signature_mismatch", { keys: otherKeys });

  // The time of a token that expires, and of an event that cannot be read, is not known.
  const at = (time) => ({ now: new Date(time) });
  if (signedAt !== undefined) {
    const last = signedAt.getTime() + scheme.tolerance.past * 1000;
    const first = signedAt.getTime() - scheme.tolerance.future * 1000;
    add("at the end of the tolerance", "valid", at(last));
    add("a second after the tolerance", "stale", at(last + 1000));
    add("at the start of the tolerance", "valid", at(first));
    add("a second before the tolerance", "premature", at(first - 1000));
  } else if (scheme.signsTime) {
    add("after the token has expired", "stale", at(now.getTime() + TEN_YEARS));
    add("long before the token expires", "premature", at(now.getTime() - TEN_YEARS));
  }

  if (scheme.signsUrl) {
    add("another URL", "signature_mismatch", { url: url.replace("://", "://x") });
  }
  if (scheme.signsMethod) add("another method", "signature_mismatch", { method: "PUT" });
  if (scheme.headers.length > 0) add("no headers", "missing_header", { headers: {} });
  return derived;
}

/** Whether a delivery carries a token that says when it expires, instead of when it was made. */
export function hasExpiringToken(headers) {
  return Object.values(headers).some((value) => {
    const claims = value.match(/^(?:bearer )?[\w-]+\.([\w-]+)\.[\w-]*$/i)?.[1];
    return claims !== undefined && decodeText(claims).includes('"exp"');
  });
}

const decodeText = (text) => String.fromCharCode(...decode("base64url", text));

/** The text with its last ASCII letter or digit before `end` replaced by another one; `undefined` if there is none. */
function withAnotherLetter(text, end) {
  let at = end - 1;
  while (at >= 0 && !/[0-9A-Za-z]/.test(text[at])) at -= 1;
  if (at < 0) return undefined;
  const letter = text[at];
  const others = /\d/.test(letter) ? ["1", "2"] : ["a", "b"];
  return text.slice(0, at) + others.find((other) => other !== letter) + text.slice(at + 1);
}

/** A secret of the same format: hexadecimal stays hexadecimal and base64 stays base64. */
const otherSecret = (secret) =>
  withAnotherLetter(secret, Math.floor(secret.length / 2) + 1) ?? `${secret}x`;
