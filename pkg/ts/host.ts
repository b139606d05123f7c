// Hashing by the runtime. Processors have instructions for hashing that WebAssembly does not reach, so the runtime hashes
// large bodies several times as fast as the core. This is the other side of `pkg/src/host.rs`: the core says what is to be
// hashed and gets a digest, nothing else; what it is good for, the core knows.

import { core, views } from "./core.js";

/** The hash functions by their numbers in the core, as `node:crypto` and as WebCrypto call them. */
const FUNCTIONS = [
  ["sha1", "SHA-1"],
  ["sha256", "SHA-256"],
  ["sha512", "SHA-512"],
] as const;

/** From so many bytes on, `node:crypto` is faster than the core. The benchmark's contest "itself" measures it. */
const AT_ONCE_FROM = atOnceFrom();
/** From so many bytes on, WebCrypto is, which hashes elsewhere and has to be waited for. */
const LATER_FROM = 64 * 1024;
/** No delivery is verified with more rounds of digests than these: those of the content, then that of the body. */
const ROUNDS = 2;

interface NodeCrypto {
  createHash(name: string): { update(bytes: Uint8Array): { digest(): Uint8Array } };
  /** The same in one call, and in half the time where there is little to hash. Older runtimes do not have it. */
  hash?(name: string, bytes: Uint8Array, encoding: "hex"): string;
}

interface Process {
  getBuiltinModule?(name: "crypto"): NodeCrypto | undefined;
}

/** Where a digest is to be written: in the core's memory. A view of the place itself would take longer than to write it. */
interface Place {
  readonly bytes: Uint8Array;
  readonly into: number;
  readonly length: number;
}

/** A digest that WebCrypto is to make: of what stands before the body of the delivery at hand, the body, and what follows. */
interface Question {
  readonly hash: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly content: Uint8Array<ArrayBuffer>;
}

interface Answer extends Question {
  readonly digest: Uint8Array;
}

/** What WebCrypto has said of the delivery at hand; what else it is to be asked, unless that has to end. */
interface Round {
  readonly answers: readonly Answer[];
  readonly questions: Question[] | undefined;
}

let nodeCrypto: NodeCrypto | null | undefined;

let round: Round | undefined;

/**
 * Makes a digest for the core, which calls this when it needs one: of so many bytes before the body, the body, and so many
 * after it, all of which stand at an address of the core's memory. `into` is the address there of the room for the digest,
 * and `length` how long it is. Gives whether the digest was made.
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
  const { bytes } = views(core());
  const content = bytes.subarray(address, address + before + body + after);
  if (round === undefined) {
    return hashNow(hash, content, { bytes, into, length });
  }
  const around = [content.subarray(0, before), content.subarray(before + body)] as const;
  return lookUp(round, hash, around, content, { bytes, into, length });
}

/** Whether the runtime is to hash a body of this length, and can without being waited for. */
export function hashesAtOnce(length: number, from = AT_ONCE_FROM): boolean {
  return length >= from && findNodeCrypto() !== null;
}

/** Whether it is to, and can if it is waited for. */
export function hashesLater(length: number, from = LATER_FROM): boolean {
  return length >= from && globalThis.crypto?.subtle !== undefined;
}

/**
 * Runs a verification whose digests WebCrypto makes. As nothing can be waited for from within, it is run to learn what it
 * needs, and again with that.
 */
export async function withDigests<Result>(verify: (isHosted: boolean) => Result): Promise<Result> {
  let answers: readonly Answer[] = [];
  for (let count = 0; count < ROUNDS; count++) {
    const questions: Question[] = [];
    const outcome = attempt(verify, { answers, questions });
    if (questions.length === 0) {
      return outcome();
    }
    try {
      answers = [...answers, ...(await Promise.all(questions.map(ask)))];
    } catch {
      return verify(false);
    }
  }
  return attempt(verify, { answers, questions: undefined })();
}

/** Runs a verification; gives what came of it, which only counts if nothing was left open. */
function attempt<Result>(verify: (isHosted: boolean) => Result, given: Round): () => Result {
  round = given;
  try {
    const result = verify(true);
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  } finally {
    round = undefined;
  }
}

async function ask(question: Question): Promise<Answer> {
  const [, name] = FUNCTIONS[question.hash] ?? FUNCTIONS[1];
  const digest = await globalThis.crypto.subtle.digest(name, question.content);
  return { ...question, digest: new Uint8Array(digest) };
}

function lookUp(
  { answers, questions }: Round,
  hash: number,
  [before, after]: readonly [Uint8Array, Uint8Array],
  content: Uint8Array,
  place: Place,
): boolean {
  const answer = answers.find(
    (other) => other.hash === hash && isEqual(other.before, before) && isEqual(other.after, after),
  );
  if (answer !== undefined) {
    write(answer.digest, place);
    return true;
  }
  // Copied, since the core's memory is its own again after the call. What the core makes of no digest is thrown away, so
  // it need not make one itself.
  questions?.push({ hash, before: before.slice(), after: after.slice(), content: content.slice() });
  return questions !== undefined;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function hashNow(hash: number, content: Uint8Array, place: Place): boolean {
  const crypto = findNodeCrypto();
  if (crypto === null) {
    return false;
  }
  const [name] = FUNCTIONS[hash] ?? FUNCTIONS[1];
  try {
    if (crypto.hash === undefined) {
      write(crypto.createHash(name).update(content).digest(), place);
    } else {
      writeHex(crypto.hash(name, content, "hex"), place);
    }
    return true;
  } catch {
    // Some are built without the older functions.
    return false;
  }
}

function write(digest: Uint8Array, { bytes, into, length }: Place): void {
  bytes.subarray(into, into + length).set(digest);
}

function writeHex(hex: string, { bytes, into, length }: Place): void {
  for (let index = 0; index < length; index++) {
    bytes[into + index] = (digit(hex, 2 * index) << 4) | digit(hex, 2 * index + 1);
  }
}

/** The number that a digit in lower case writes: letters have the bit for 64, and their lower bits count from one. */
function digit(hex: string, index: number): number {
  const code = hex.charCodeAt(index);
  return (code & 15) + (code >> 6) * 9;
}

/** Calling `node:crypto` costs something else in each runtime. */
function atOnceFrom(): number {
  if ("Bun" in globalThis) {
    return 256;
  }
  if ("Deno" in globalThis) {
    return 640;
  }
  return globalThis.navigator?.userAgent === "Cloudflare-Workers" ? 1280 : 384;
}

/** `node:crypto` where there is one, found without an import: bundlers for browsers would stumble over that. */
function findNodeCrypto(): NodeCrypto | null {
  nodeCrypto ??=
    (globalThis as { process?: Process }).process?.getBuiltinModule?.("crypto") ?? null;
  return nodeCrypto;
}
