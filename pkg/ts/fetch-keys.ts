// Keys that lie behind a URL: the certificate that a delivery names, or a key set at an address that the caller knows.
// The core never fetches, so this brings the keys that a verifier is then made with.

import { type Delivery, rawBody } from "./delivery.js";
import type { SchemeDescription } from "./description.js";
import { Rejection } from "./errors.js";
import { describe, type Key, type SchemeName } from "./keys.js";

/** How keys are fetched. */
export interface FetchKeysOptions {
  /** The address of the key or key set, for senders whose deliveries do not name it. It must begin with `https://`. */
  readonly url?: string;
  /** What fetches, in place of the runtime's own `fetch`. */
  readonly fetch?: typeof fetch;
  /** Where keys are kept; one for the whole program otherwise. */
  readonly cache?: KeyCache;
  /** How long a fetch may take in milliseconds, to the last byte; five seconds otherwise. */
  readonly timeout?: number;
}

/** Keys could not be fetched: this is about the network and not about the delivery, so let the sender try again. */
export class KeyFetchError extends Error {
  override readonly name = "KeyFetchError";
}

const MAX_BYTES = 128 * 1024;
const TIMEOUT_MILLIS = 5000;

/** Keeps keys by their address for a while, and forgets the oldest when there are too many. */
export class KeyCache {
  readonly #entries = new Map<string, { keys: readonly Key[]; until: number }>();
  readonly #size: number;
  readonly #millis: number;

  /** @param options how many addresses are kept (32), and for how many seconds (3600) */
  constructor({ size = 32, seconds = 3600 }: { size?: number; seconds?: number } = {}) {
    this.#size = size;
    this.#millis = seconds * 1000;
  }

  /** @internal */
  get(url: string): readonly Key[] | undefined {
    const entry = this.#entries.get(url);
    return entry !== undefined && Date.now() < entry.until ? entry.keys : undefined;
  }

  /** @internal */
  set(url: string, keys: readonly Key[]): void {
    // What is set again counts as new.
    this.#entries.delete(url);
    this.#entries.set(url, { keys, until: Date.now() + this.#millis });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#size) {
        return;
      }
      this.#entries.delete(oldest);
    }
  }
}

const shared = new KeyCache();

/**
 * The keys to verify a delivery with: from the address that it names, where its sender is known for that (Amazon SNS),
 * or from `options.url`. A key set (JWKS) gives a key for each member that signs, with its `kid` as id. The same array
 * comes back as long as it is kept, so a verifier can be kept by it.
 * @throws {Rejection} if the delivery names no address, or one that is not the sender's
 * @throws {KeyFetchError} if the keys cannot be had from there
 */
export async function fetchKeys(
  scheme: SchemeName | SchemeDescription,
  delivery: Pick<Delivery, "body">,
  options: FetchKeysOptions = {},
): Promise<readonly Key[]> {
  const url = options.url === undefined ? namedUrl(scheme, delivery) : givenUrl(options.url);
  const cache = options.cache ?? shared;
  const known = cache.get(url);
  if (known !== undefined) {
    return known;
  }
  const keys = readKeys(await fetchText(url, options));
  cache.set(url, keys);
  return keys;
}

function givenUrl(url: unknown): string {
  if (typeof url !== "string" || !url.startsWith("https://")) {
    throw new TypeError("options.url is a string that begins with https://");
  }
  return url;
}

/** The address that a delivery names, if it is like those that the sender's scheme pins. */
function namedUrl(
  scheme: SchemeName | SchemeDescription,
  { body }: Pick<Delivery, "body">,
): string {
  const { keyUrl } = JSON.parse(describe(scheme)) as SchemeDescription;
  if (keyUrl === undefined) {
    throw new TypeError(
      "this sender's deliveries do not name the address of a key: pass it as `url`, or the key itself to the verifier",
    );
  }
  const url = memberAt(rawBody(body), keyUrl.at);
  if (typeof url !== "string") {
    throw new Rejection("missing_header", `the body has no text at \`${keyUrl.at}\``);
  }
  if (!keyUrl.like.some((pattern) => like(pattern).test(url))) {
    throw new Rejection(
      "malformed_header",
      `the \`${keyUrl.at}\` of the body is malformed: the URL is not one of the sender's`,
    );
  }
  return url;
}

/** What stands at a pointer. Nothing is verified yet, so nothing is made of it but an address that is pinned. */
function memberAt(body: Uint8Array | string, pointer: string): unknown {
  let value: unknown;
  try {
    const text =
      typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body);
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const name of pointer.split("/").slice(1)) {
    const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, name);
    value = isThere ? (value as Record<string, unknown>)[name] : undefined;
  }
  return value;
}

/** A URL pattern, as the core's `UrlPattern` has it, as a regular expression. */
function like(pattern: string): RegExp {
  const [, host = "", path = "", query = ""] = /^(https:\/\/[^/]*)([^?]*)(.*)$/.exec(pattern) ?? [];
  const parts: [string, string][] = [
    [host, "[a-z]{2}[a-z0-9-]+"],
    [path, "[A-Za-z0-9_-]+"],
    [query, '[!"$-~]+'],
  ];
  const source = parts.map(([part, star]) =>
    part.replace(/[^A-Za-z0-9*]/g, "\\$&").replaceAll("*", star),
  );
  return new RegExp(`^${source.join("")}$`);
}

async function fetchText(url: string, options: FetchKeysOptions): Promise<string> {
  const { fetch: get = fetch, timeout = TIMEOUT_MILLIS } = options;
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new KeyFetchError(`${url} did not answer within ${timeout} ms`));
      abort.abort();
    }, timeout);
  });
  try {
    // Not every `fetch` heeds its signal, so the clock runs beside it.
    return await Promise.race([readResponse(url, get, abort.signal), late]);
  } catch (error) {
    if (error instanceof KeyFetchError) {
      throw error;
    }
    throw new KeyFetchError(`${url} could not be fetched`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function readResponse(url: string, get: typeof fetch, signal: AbortSignal): Promise<string> {
  // A redirect leads away from the host that is pinned. Workers know no "error", so it is not followed, and refused.
  const response = await get(url, { redirect: "manual", signal });
  if (response.status !== 200 || response.redirected) {
    await response.body?.cancel();
    throw new KeyFetchError(
      `${url} answered with ${response.redirected ? "a redirect" : `status ${response.status}`} and not with 200`,
    );
  }
  const reader = response.body?.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  for (let step = await reader?.read(); step?.value !== undefined; step = await reader?.read()) {
    bytes += step.value.length;
    if (bytes > MAX_BYTES) {
      await reader?.cancel();
      throw new KeyFetchError(`${url} answered with more than ${MAX_BYTES} bytes`);
    }
    text += decoder.decode(step.value, { stream: true });
  }
  return text + decoder.decode();
}

/** The keys of a key set, or the one key that a text is. */
function readKeys(text: string): readonly Key[] {
  if (!text.trimStart().startsWith("{")) {
    return [text];
  }
  const set = parse(text);
  if (!Array.isArray(set.keys)) {
    return [text];
  }
  const keys = (set.keys as unknown[]).filter(isForSignatures).map((key) => {
    const jwk = JSON.stringify(key);
    return typeof key.kid === "string" && key.kid !== "" ? { id: key.kid, key: jwk } : jwk;
  });
  if (keys.length === 0) {
    throw new KeyFetchError("the key set has no key for signatures");
  }
  return keys;
}

function parse(text: string): { readonly keys?: unknown } {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new KeyFetchError("the key set is not JSON", { cause: error });
  }
}

/** Whether this is a key for signatures of a kind that is read; a set may hold others beside it. */
function isForSignatures(key: unknown): key is { readonly kid?: unknown } {
  if (typeof key !== "object" || key === null) {
    return false;
  }
  const { kty, crv, use = "sig" } = key as Readonly<Record<string, unknown>>;
  const isKnown =
    kty === "RSA" || (kty === "EC" && crv === "P-256") || (kty === "OKP" && crv === "Ed25519");
  return use === "sig" && isKnown;
}
