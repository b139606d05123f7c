// Hashing by the runtime: the core calls `digest` with an address range of its memory, and gets a digest back. Nothing
// else crosses: the core alone compares digests. `pkg/src/host.rs` is the caller.
//
// Processors have instructions for hashing that WebAssembly cannot use, so a runtime hashes a large body several times as
// fast as the core. There are two ways:
//
// - `node:crypto` (Node, Deno, Bun, workerd) hashes synchronously. `digest` returns its result.
// - WebCrypto (every runtime) is asynchronous, but the core cannot wait. `withDigests` therefore runs a verification once
//   to collect the digests that it asks for, computes them, and runs it again with the results. The result of a run that
//   lacked a digest is discarded.

import { views } from "./memory.js";

/** The hash functions by their numbers in the core, with their names in `node:crypto` and in WebCrypto. */
const FUNCTIONS = [
  ["sha1", "SHA-1"],
  ["sha256", "SHA-256"],
  ["sha512", "SHA-512"],
  ["sha384", "SHA-384"],
] as const;

/** The shortest body for which `node:crypto` is faster than the core. `npm run bench -- peers` measures it as "itself". */
const MIN_NODE_CRYPTO_BYTES = minNodeCryptoBytes();
/** The shortest body for which WebCrypto is faster. */
const MIN_WEB_CRYPTO_BYTES = 64 * 1024;
/** The most rounds of digests in one verification: first those of the signed content, then that of the body. */
const MAX_ROUNDS = 2;

interface NodeCrypto {
  createHash(name: string): { update(bytes: Uint8Array): { digest(): Uint8Array } };
  /** Hashes in one call, which takes half the time for short content. Older runtimes do not have it. */
  hash?(name: string, bytes: Uint8Array, encoding: "hex"): string;
}

interface Process {
  getBuiltinModule?(name: "crypto"): NodeCrypto | undefined;
}

/** The place for a digest in the core's memory. Creating a subarray takes longer than writing a digest. */
interface Target {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
}

/** A digest that the core asked for: of the content before the body, the body itself, and the content after it. */
interface DigestRequest {
  readonly hash: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** All of it. The body is the same for all requests of one verification. */
  readonly content: Uint8Array<ArrayBuffer>;
}

interface DigestResult extends DigestRequest {
  readonly digest: Uint8Array;
}

/** One run of a verification that uses WebCrypto. */
interface Run {
  /** The digests that are known. */
  readonly results: readonly DigestResult[];
  /** The digests that are asked for; `undefined` in the last run, in which the core hashes the rest. */
  readonly requests: DigestRequest[] | undefined;
}

let nodeCrypto: NodeCrypto | null | undefined;

let currentRun: Run | undefined;

/**
 * Computes a digest for the core. The content is `before` bytes, `body` bytes and `after` bytes, in this order, from
 * `address` on; the digest is written to the `length` bytes at `into`. Returns whether a digest was written. If not, the
 * core computes it.
 * @internal
 */
export function digest(
  hash: number,
  address: number,
  before: number,
  body: number,
  after: number,
  into: number,
  length: number,
): boolean {
  const { bytes } = views();
  const content = bytes.subarray(address, address + before + body + after);
  const target = { bytes, offset: into, length };
  if (currentRun === undefined) {
    return hashNow(hash, content, target);
  }
  const around = [content.subarray(0, before), content.subarray(before + body)] as const;
  return findOrRequest(currentRun, hash, around, content, target);
}

/** Whether the runtime should hash a body of this length, and can do so synchronously. */
export function hashesSynchronously(length: number, min = MIN_NODE_CRYPTO_BYTES): boolean {
  return length >= min && findNodeCrypto() !== null;
}

/** Whether the runtime should hash a body of this length, and can do so asynchronously. */
export function hashesAsynchronously(length: number, min = MIN_WEB_CRYPTO_BYTES): boolean {
  return length >= min && globalThis.crypto?.subtle !== undefined;
}

/** Runs a verification with digests from WebCrypto, and returns its result. */
export async function withDigests<Result>(
  verify: (usesHostHash: boolean) => Result,
): Promise<Result> {
  let results: readonly DigestResult[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const requests: DigestRequest[] = [];
    const outcome = runWith(verify, { results, requests });
    if (requests.length === 0) {
      return outcome();
    }
    try {
      results = [...results, ...(await Promise.all(requests.map(compute)))];
    } catch {
      // WebCrypto does not have this function: the core hashes.
      return verify(false);
    }
  }
  return runWith(verify, { results, requests: undefined })();
}

/** Runs a verification. Returns a function that returns its result or throws its error, for a run that counts. */
function runWith<Result>(verify: (usesHostHash: boolean) => Result, run: Run): () => Result {
  currentRun = run;
  try {
    const result = verify(true);
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  } finally {
    currentRun = undefined;
  }
}

async function compute(request: DigestRequest): Promise<DigestResult> {
  const [, name] = FUNCTIONS[request.hash] ?? FUNCTIONS[1];
  const digest = await globalThis.crypto.subtle.digest(name, request.content);
  return { ...request, digest: new Uint8Array(digest) };
}

function findOrRequest(
  { results, requests }: Run,
  hash: number,
  [before, after]: readonly [Uint8Array, Uint8Array],
  content: Uint8Array,
  target: Target,
): boolean {
  const result = results.find(
    (known) => known.hash === hash && isEqual(known.before, before) && isEqual(known.after, after),
  );
  if (result !== undefined) {
    write(result.digest, target);
    return true;
  }
  // Copied, because the core uses this memory for other values after the call. The core is told that the digest was
  // written, so that it does not compute it: this run is discarded.
  requests?.push({ hash, before: before.slice(), after: after.slice(), content: content.slice() });
  return requests !== undefined;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function hashNow(hash: number, content: Uint8Array, target: Target): boolean {
  const crypto = findNodeCrypto();
  if (crypto === null) {
    return false;
  }
  const [name] = FUNCTIONS[hash] ?? FUNCTIONS[1];
  try {
    if (crypto.hash === undefined) {
      write(crypto.createHash(name).update(content).digest(), target);
    } else {
      writeHex(crypto.hash(name, content, "hex"), target);
    }
    return true;
  } catch {
    // Some builds of Node, such as FIPS builds, do not have the older functions.
    return false;
  }
}

function write(digest: Uint8Array, { bytes, offset, length }: Target): void {
  bytes.subarray(offset, offset + length).set(digest);
}

function writeHex(hex: string, { bytes, offset, length }: Target): void {
  for (let index = 0; index < length; index++) {
    bytes[offset + index] = (hexDigit(hex, 2 * index) << 4) | hexDigit(hex, 2 * index + 1);
  }
}

/** The value of a lower-case hexadecimal digit. Letters have bit 6 set, and their low bits count from 1 for `a`. */
function hexDigit(hex: string, index: number): number {
  const code = hex.charCodeAt(index);
  return (code & 15) + (code >> 6) * 9;
}

/** Calling `node:crypto` costs a different amount of time in each runtime. */
function minNodeCryptoBytes(): number {
  if ("Bun" in globalThis) {
    return 256;
  }
  if ("Deno" in globalThis) {
    return 640;
  }
  return globalThis.navigator?.userAgent === "Cloudflare-Workers" ? 1280 : 384;
}

/** Returns `node:crypto`, or `null` if there is none. It is not imported, because bundlers for browsers would fail. */
function findNodeCrypto(): NodeCrypto | null {
  nodeCrypto ??=
    (globalThis as { process?: Process }).process?.getBuiltinModule?.("crypto") ?? null;
  return nodeCrypto;
}
