// Schemes and keys as callers name them go in; what the core reads of them comes out.

import { descriptions, schemes } from "../dist/generated/schemes.js";
import { bytesOf, copyOf, isBytes } from "./bytes.js";
import type { SchemeDescription } from "./description.js";
import { KeyError, SchemeError } from "./errors.js";
import type { Field } from "./exchange.js";
import { mostSimilar } from "./similar.js";
import { isWellFormed } from "./utf8.js";

/** The name of a sender in `schemes`. */
export type SchemeName = (typeof schemes)[number]["name"];

/** A secret or public key as the sender shows it, or the bytes of a shared secret. */
export type KeyValue = string | Uint8Array;

/** A key. Its id, if it has one, becomes `event.keyId`, and selects the key for a token that names one. */
export type Key = KeyValue | { readonly id: string; readonly key: KeyValue };

/**
 * Returns the two fields of a key in a record: its text and its bytes, one of which is absent.
 * @internal
 */
export function keyFields(value: KeyValue): [Field, Field] {
  return typeof value === "string" ? [value, undefined] : [undefined, value];
}

/**
 * Returns the JSON description of a scheme.
 * @throws {SchemeError} `unknown`, if no scheme has this name
 * @internal
 */
export function describe(scheme: SchemeName | SchemeDescription): string {
  if (typeof scheme === "object" && scheme !== null) {
    return JSON.stringify(scheme);
  }
  const description = Object.hasOwn(descriptions, scheme) ? descriptions[scheme] : undefined;
  if (description === undefined) {
    throw unknownScheme(scheme);
  }
  return description;
}

/** The error does not repeat the name: a caller may have passed the secret in its place. */
function unknownScheme(name: unknown): SchemeError {
  const names = schemes.map((scheme) => scheme.name);
  const meant = typeof name === "string" ? mostSimilar(name, names) : undefined;
  const question = meant === undefined ? "" : `: did you mean "${meant}"?`;
  return new SchemeError(
    "unknown",
    `no scheme has this name${question || ";"} \`schemes\` lists all names`,
  );
}

/**
 * Splits a key into its id and its value.
 * @throws {KeyError} if it is not a key
 * @internal
 */
export function readKey(key: Key): { id: string | undefined; value: KeyValue } {
  if (typeof key === "object" && key !== null && !isBytes(key)) {
    const { id, key: value } = key;
    if (typeof id !== "string" || id === "") {
      throw new KeyError(
        "wrong_type",
        "a key with an id must be `{ id, key }`, and its id a string that is not empty",
      );
    }
    return { id, value: readKeyValue(value) };
  }
  return { id: undefined, value: readKeyValue(key) };
}

/**
 * Checks the value of a key, and copies its bytes.
 * @throws {KeyError} if it is neither text nor bytes
 * @internal
 */
export function readKeyValue(key: unknown): KeyValue {
  if (key === undefined || key === null) {
    throw new KeyError("empty", `the key is ${key}: is the secret configured?`);
  }
  if (typeof key === "string" && !isWellFormed(key)) {
    throw new KeyError(
      "encoding",
      "the key holds half a surrogate pair, which is not valid text: copy the key again",
    );
  }
  if (typeof key !== "string" && !isBytes(key)) {
    throw new KeyError("wrong_type", `a key must be a string or a Uint8Array, not ${typeof key}`);
  }
  return typeof key === "string" ? key : copyOfKey(key);
}

/** Copies the bytes of a key, because a new instance of the core needs them again after the caller may have wiped them. */
function copyOfKey(key: Uint8Array): Uint8Array {
  try {
    return copyOf(bytesOf(key) ?? new Uint8Array());
  } catch {
    throw new KeyError(
      "empty",
      "the bytes of the key were transferred elsewhere: pass them before you hand them on",
    );
  }
}
