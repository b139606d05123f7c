// Fetches keys that are published at a URL, for a verifier: a delivery or a URL goes in, keys come out. The core itself
// never uses the network. A delivery is not verified yet when it names a URL, so only a URL that the sender's scheme
// allows is fetched, and no redirect is followed. The scheme is judged before that, and only public keys that it can use are
// returned and cached.

import { type Delivery, rawBody } from "./delivery.js";
import type { SchemeDescription } from "./description.js";
import { KeyError, Rejection } from "./errors.js";
import { describe, type Key, readKey, type SchemeName } from "./keys.js";
import { Signer } from "./signer.js";
import { Verifier } from "./verifier.js";

/** How keys are fetched. */
export interface FetchKeysOptions {
  /**
   * The URL of the key or key set, for senders whose deliveries do not name it. It must begin with `https://` and come
   * from your configuration, never from a delivery.
   */
  readonly url?: string;
  /** The function to fetch with. The default is the runtime's `fetch`. */
  readonly fetch?: typeof fetch;
  /** The cache for fetched keys. The default is one cache for the whole program. */
  readonly cache?: KeyCache;
  /** The most milliseconds that a fetch may take, up to the last byte. The default is 5000. */
  readonly timeout?: number;
}

/**
 * Keys could not be fetched. The delivery may be authentic, so answer with 503, and the sender will retry.
 * @example
 * try {
 *   keys = await fetchKeys("sns", { body });
 * } catch (error) {
 *   if (error instanceof KeyFetchError) return new Response(null, { status: 503 });
 *   throw error;
 * }
 */
export class KeyFetchError extends Error {
  override readonly name = "KeyFetchError";
}

/** The largest certificate or key set that is read. */
const MAX_BYTES = 128 * 1024;
const DEFAULT_TIMEOUT_MILLIS = 5000;
const DEFAULT_CACHE_SIZE = 32;
const DEFAULT_CACHE_SECONDS = 3600;

/**
 * Caches fetched keys by their URL for a limited time, and drops the oldest entry when it is full.
 * @example
 * const cache = new KeyCache({ size: 8, seconds: 600 });
 * const keys = await fetchKeys("sns", { body }, { cache });
 */
export class KeyCache {
  readonly #entries = new Map<string, { keys: readonly Key[]; until: number }>();
  readonly #size: number;
  readonly #millis: number;

  /** @param options the most URLs to keep (32), and the seconds to keep each (3600) */
  constructor({
    size = DEFAULT_CACHE_SIZE,
    seconds = DEFAULT_CACHE_SECONDS,
  }: { size?: number; seconds?: number } = {}) {
    this.#size = size;
    this.#millis = seconds * 1000;
  }

  /** @internal */
  get(name: string): readonly Key[] | undefined {
    const entry = this.#entries.get(name);
    return entry !== undefined && Date.now() < entry.until ? entry.keys : undefined;
  }

  /** @internal */
  set(name: string, keys: readonly Key[]): void {
    // Deleting first moves an entry that is set again to the end of the order, where the newest entries are.
    this.#entries.delete(name);
    this.#entries.set(name, { keys, until: Date.now() + this.#millis });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#size) {
        return;
      }
      this.#entries.delete(oldest);
    }
  }
}

const defaultCache = new KeyCache();

/**
 * Returns the keys to verify a delivery with. They are fetched from the URL that the delivery names if its sender signs
 * so (Amazon SNS), or from `options.url`. A key set (JWKS) becomes one key for each member that is used for signatures,
 * with its `kid` as id; keys that the scheme cannot use are left out. While keys are cached, the same array is returned, so a program can cache a verifier by it.
 * @throws {Rejection} if the delivery names no URL, or one that the sender's scheme does not allow
 * @throws {KeyFetchError} if the URL does not respond with public keys that the scheme can use
 * @throws {SchemeError} if no scheme has this name, or the description is unsound
 * @throws {TypeError} if `url` is needed and missing, or does not begin with `https://`
 * @example
 * const keys = await fetchKeys("sns", { body });
 * const event = new Verifier("sns", keys).verify({ headers, body });
 */
export async function fetchKeys(
  scheme: SchemeName | SchemeDescription,
  delivery: Pick<Delivery, "body">,
  options: FetchKeysOptions = {},
): Promise<readonly Key[]> {
  const description = describe(scheme);
  const judged = judge(scheme, description);
  const { url: ownUrl, cache = defaultCache, ...fetching } = options;
  const url = ownUrl === undefined ? urlFrom(description, delivery) : checkUrl(ownUrl);
  // Another scheme may use other keys of the same set.
  const name = `${url} ${description}`;
  const cached = cache.get(name);
  if (cached !== undefined) {
    return cached;
  }
  const keys = usableKeys(judged, readKeys(await fetchText(url, fetching)), url);
  cache.set(name, keys);
  return keys;
}

/**
 * Returns the scheme that the description says.
 * @throws {SchemeError} if the description is unsound
 */
function judge(
  scheme: SchemeName | SchemeDescription,
  description: string,
): SchemeName | SchemeDescription {
  if (typeof scheme === "string") {
    return scheme;
  }
  const read = JSON.parse(description) as SchemeDescription;
  try {
    new Verifier(read, []);
  } catch (error) {
    // The core judges the scheme first, and then misses the keys.
    if (!(error instanceof KeyError)) {
      throw error;
    }
  }
  return read;
}

/** The keys that the scheme takes as public keys. Any other text may be a secret for it, and everybody can read a response. */
function usableKeys(
  scheme: SchemeName | SchemeDescription,
  keys: readonly Key[],
  url: string,
): readonly Key[] {
  let cause: KeyError | undefined;
  const usable = keys.filter((key) => {
    const problem = problemWith(scheme, key);
    cause ??= problem;
    return problem === undefined;
  });
  if (usable.length === 0) {
    const message = `${url} did not respond with a public key that this sender uses`;
    throw new KeyFetchError(message, { cause });
  }
  return usable;
}

/** Why this is not a public key for the scheme; `undefined` if it is one. A public key verifies and cannot sign. */
function problemWith(scheme: SchemeName | SchemeDescription, key: Key): KeyError | undefined {
  const { value } = readKey(key);
  const problem = keyErrorOf(() => new Verifier(scheme, value));
  if (problem !== undefined) {
    return problem;
  }
  return keyErrorOf(() => new Signer(scheme, value)) === undefined
    ? new KeyError("wrong_type", "this is a secret or a private key, which cannot be fetched")
    : undefined;
}

/** The error for an unusable key that a constructor throws. */
function keyErrorOf(construct: () => unknown): KeyError | undefined {
  try {
    construct();
    return undefined;
  } catch (error) {
    if (error instanceof KeyError) {
      return error;
    }
    throw error;
  }
}

function checkUrl(url: unknown): string {
  if (typeof url !== "string" || !url.startsWith("https://")) {
    throw new TypeError("options.url must be a string that begins with https://");
  }
  return url;
}

/** The URL that a delivery names, if the sender's scheme allows it. */
function urlFrom(description: string, { body }: Pick<Delivery, "body">): string {
  const { keyUrl } = JSON.parse(description) as SchemeDescription;
  if (keyUrl === undefined) {
    throw new TypeError(
      "this sender's deliveries do not name the URL of a key: pass the URL as `url`, or the key itself to the verifier",
    );
  }
  const url = memberAt(rawBody(body), keyUrl.at);
  if (typeof url !== "string") {
    throw new Rejection("missing_header", `the body has no text at \`${keyUrl.at}\``);
  }
  if (!keyUrl.like.some((pattern) => regExpOf(pattern).test(url))) {
    throw new Rejection(
      "malformed_header",
      `the \`${keyUrl.at}\` of the body is malformed: it is not a URL of this sender`,
    );
  }
  return url;
}

/** The value at a JSON pointer in a body. The body is not verified yet: use the value only after checking it. */
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
    const hasMember = typeof value === "object" && value !== null && Object.hasOwn(value, name);
    value = hasMember ? (value as Record<string, unknown>)[name] : undefined;
  }
  return value;
}

/** A `UrlPattern` as a regular expression that matches the same URLs as the core. */
function regExpOf(pattern: string): RegExp {
  const [, host = "", path = "", query = ""] = /^(https:\/\/[^/]*)([^?]*)(.*)$/.exec(pattern) ?? [];
  const parts: [string, string][] = [
    [host, "[a-z]{2}[a-z0-9-]+"],
    [path, "[A-Za-z0-9_-]+"],
    [query, '[!"$-~]+'],
  ];
  const source = parts.map(([part, wildcard]) =>
    part.replace(/[^A-Za-z0-9*]/g, "\\$&").replaceAll("*", wildcard),
  );
  return new RegExp(`^${source.join("")}$`);
}

async function fetchText(
  url: string,
  options: Pick<FetchKeysOptions, "fetch" | "timeout">,
): Promise<string> {
  const { fetch: get = fetch, timeout = DEFAULT_TIMEOUT_MILLIS } = options;
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new KeyFetchError(`${url} did not respond within ${timeout} ms`));
      abort.abort();
    }, timeout);
  });
  try {
    // A caller's `fetch` may ignore the abort signal, so the timeout does not rely on it.
    return await Promise.race([readResponse(url, get, abort.signal), timedOut]);
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
  // A redirect could lead to a host that the scheme does not allow. Cloudflare Workers do not support
  // `redirect: "error"`, so redirects are not followed, and their status is an error.
  const response = await get(url, { redirect: "manual", signal });
  if (response.status !== 200 || response.redirected) {
    await response.body?.cancel();
    throw new KeyFetchError(
      `${url} responded with ${response.redirected ? "a redirect" : `status ${response.status}`} instead of status 200`,
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
      throw new KeyFetchError(`${url} responded with more than ${MAX_BYTES} bytes`);
    }
    text += decoder.decode(step.value, { stream: true });
  }
  return text + decoder.decode();
}

/** The keys of a key set or, if the text is not a key set, the text as one key. */
function readKeys(response: string): readonly Key[] {
  const text = response.trim();
  if (!text.startsWith("{")) {
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
    throw new KeyFetchError("the key set has no key for signatures of a supported type");
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

/** Whether a member of a key set is a key for signatures, of a type that the core supports. */
function isForSignatures(key: unknown): key is { readonly kid?: unknown } {
  if (typeof key !== "object" || key === null) {
    return false;
  }
  const { kty, crv, use = "sig" } = key as Readonly<Record<string, unknown>>;
  const isSupported =
    kty === "RSA" || (kty === "EC" && crv === "P-256") || (kty === "OKP" && crv === "Ed25519");
  return use === "sig" && isSupported;
}
