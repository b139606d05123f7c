// Handshakes: a request by which a sender checks an address goes in, the reply that it expects comes out.

import { type CoreReply, setUp as coreSetUp } from "#bindings";
import { withCore } from "./core.js";
import {
  type Delivery,
  flatHeaders,
  millisOf,
  rawBody,
  readDelivery,
  readMethod,
  readUrl,
} from "./delivery.js";
import type { SchemeDescription } from "./description.js";
import { writeSecretRecord } from "./exchange.js";
import { describe, type SchemeName } from "./keys.js";
import { type Answer, answerOf } from "./reply.js";

/** The answer to a handshake. Send it with `new Response(reply.body, reply)`, or with your framework's own methods. */
export interface HandshakeReply extends Answer {
  /**
   * The URL to fetch before you answer, if the sender confirms that way. It is one of the sender's own URLs. Follow no
   * redirect; if the fetch fails, answer with 503, and the sender will retry.
   */
  readonly visit: string | undefined;
  /**
   * The secret that the sender hands over to {@link setUp}, which is the key of its later deliveries. Show it to the
   * operator only.
   */
  readonly secret: string | undefined;
}

/** Optional settings of a handshake. */
export interface HandshakeOptions {
  /**
   * The secret that the sender repeats in its handshake (Meta), or expects in the answer (Vercel). It is not one of the
   * keys.
   */
  readonly verifyToken?: string;
}

/**
 * Answers a handshake that comes before you have a key: the sender hands over the key (Asana, Notion), or it checks the
 * address with a request that no secret of yours signs. Returns `undefined` if the request is not such a handshake:
 * reject it.
 *
 * **Anyone can send these requests.** So call this only while a new webhook is being set up, and stop as soon as you have
 * the key. Show `secret` to the operator and to no one else. Never store it as a key by yourself: an attacker whose
 * request came first would choose the key of your deliveries.
 * @param scheme the name of a sender in `schemes`, or a description
 * @param now the time of the request
 * @throws {Rejection} if a verify token is wrong, or a challenge or secret is not safe to repeat
 * @throws {SchemeError} if no scheme has this name, or the description is unsound
 * @throws {TypeError} if the calling code is wrong: the body is not the raw body, or `headers` are not headers
 * @example
 * const reply = setUp("asana", { method, url, headers, body });
 * if (reply?.secret !== undefined) await showToOperator(reply.secret);
 * return reply ? new Response(reply.body, reply) : new Response(null, { status: 401 });
 */
export function setUp(
  scheme: SchemeName | SchemeDescription,
  delivery: Delivery,
  now: Date = new Date(),
  options: HandshakeOptions = {},
): HandshakeReply | undefined {
  const description = describe(scheme);
  const read = readDelivery(delivery);
  const verifyToken = readVerifyToken(options);
  const request = [readMethod(read.method), readUrl(read.url)];
  const fields = [description, ...request, undefined, ...flatHeaders(read.headers)];
  const raw = rawBody(read.body);
  const millis = millisOf(now);
  const reply = withCore((core) => {
    const length = writeSecretRecord(core, fields, raw);
    return coreSetUp(core.exchange, length, millis, verifyToken);
  });
  return reply && handshakeReplyOf(reply);
}

/**
 * Returns the reply of a handshake.
 * @internal
 */
export function handshakeReplyOf(reply: CoreReply): HandshakeReply {
  return { ...answerOf(reply), visit: reply.visit, secret: reply.secret };
}

/**
 * Checks the verify token, which may be absent.
 * @throws {TypeError} if it is blank
 * @internal
 */
export function readVerifyToken({ verifyToken }: HandshakeOptions): string | undefined {
  const isBlank = typeof verifyToken !== "string" || verifyToken.trim() === "";
  if (verifyToken !== undefined && isBlank) {
    throw new TypeError(
      "verifyToken must be a string that is not blank: check that it is configured",
    );
  }
  return verifyToken;
}
