// Schemes and keys, as callers name them.

import { descriptions, schemes } from "../dist/generated/schemes.js";
import { isBytes, isWellFormed } from "./delivery.js";
import type { SchemeDescription } from "./description.js";
import { KeyError, SchemeError } from "./errors.js";
import type { Field } from "./exchange.js";

/** The name of a sender that is known. */
export type SchemeName = (typeof schemes)[number]["name"];

/** A secret or public key: as the sender writes it, or the bytes of a shared secret. */
export type KeyValue = string | Uint8Array;

/** A key, with a name where events are to say which key fits, or tokens name theirs. */
export type Key = KeyValue | { readonly id: string; readonly key: KeyValue };

/**
 * A key's text and its bytes, of which either is there.
 * @internal
 */
export function keyFields(value: KeyValue): [Field, Field] {
  return typeof value === "string" ? [value, undefined] : [undefined, value];
}

/**
 * What the core reads of a scheme: the description of a sender that is known, or of the caller's own.
 * @internal
 */
export function describe(scheme: SchemeName | SchemeDescription): string {
  if (typeof scheme === "object" && scheme !== null) {
    return JSON.stringify(scheme);
  }
  const description = Object.hasOwn(descriptions, scheme) ? descriptions[scheme] : undefined;
  if (description === undefined) {
    const known = schemes.map((candidate) => candidate.name).join(", ");
    // The name is not repeated: what stands in its place by mistake may be a secret.
    throw new SchemeError("unknown", `no scheme has this name; there are: ${known}`);
  }
  return description;
}

/**
 * A key and the name it was given.
 * @internal
 */
export function readKey(key: Key): { id: string | undefined; value: KeyValue } {
  if (typeof key === "object" && key !== null && !isBytes(key)) {
    const { id, key: value } = key;
    if (typeof id !== "string" || id === "") {
      throw new KeyError(
        "wrong_type",
        "a key with a name is `{ id, key }`, and the id a string that is not empty",
      );
    }
    return { id, value: keyValue(value) };
  }
  return { id: undefined, value: keyValue(key) };
}

/**
 * A key that can be passed on, or an error that says what it is instead.
 * @internal
 */
export function keyValue(key: unknown): KeyValue {
  if (key === undefined || key === null) {
    throw new KeyError("empty", `the key is ${key}: is the secret configured?`);
  }
  if (typeof key === "string" && !isWellFormed(key)) {
    throw new KeyError(
      "encoding",
      "the key holds half a surrogate pair, which is no text: copy it again",
    );
  }
  if (typeof key !== "string" && !isBytes(key)) {
    throw new KeyError("wrong_type", `a key is a string or a Uint8Array, not ${typeof key}`);
  }
  // Its owner may wipe the bytes; they are needed again should the core ever start anew.
  return typeof key === "string" ? key : Uint8Array.from(key);
}
