// The benchmark cases: a peer, the scheme and secret of its deliveries, and the call that is timed. Each call is public and
// complete: it takes the body and headers as they arrive and returns the parsed event. Keys are prepared beforehand if the
// library can do that.

import { WebhookVerificationService } from "@hookflo/tern";
import * as octokit from "@octokit/webhooks-methods";
import { Verifier } from "countersign";
import { jwtVerify } from "jose";
import jsonwebtoken from "jsonwebtoken";
import { Webhook as Standard } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as Svix } from "svix";
import { nodeCrypto, webCrypto } from "./floors.js";

/** @typedef {import("./deliveries.js").ReceivedDelivery} ReceivedDelivery */

/**
 * @typedef {object} Case
 * @property {string} peer
 * @property {string} scheme how the deliveries are signed
 * @property {string} secret
 * @property {string[]} runtimes in which it runs
 * @property {boolean} [request] whether the peer and Countersign both take a `Request`
 * @property {(secret: string) => ((delivery: any) => unknown) | Promise<(delivery: any) => unknown>} theirs
 *   prepares the peer and returns its call, which returns the event
 */

const EVERYWHERE = ["node", "deno", "bun", "workerd", "chromium"];
/** Runtimes that have Node's modules. */
const WITH_NODE = ["node", "deno", "bun", "workerd"];

const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const TEXT = "a secret that the sender and the receiver share";

const decoder = new TextDecoder();
/** Decodes a body. In Node, `toString` of a Buffer is faster than a decoder. */
const decode = (bytes) =>
  globalThis.Buffer?.isBuffer(bytes) ? bytes.toString() : decoder.decode(bytes);
const encode = (secret) => new TextEncoder().encode(secret);
const bearer = ({ authorization }) => authorization.slice("Bearer ".length);

/** @type {Case[]} */
export const cases = [
  {
    peer: "standardwebhooks",
    ...{ scheme: "standard", secret: WHSEC, runtimes: EVERYWHERE },
    theirs: (secret) => {
      const webhook = new Standard(secret);
      return ({ headers, body }) => webhook.verify(decode(body), headers);
    },
  },
  {
    peer: "svix",
    ...{ scheme: "svix", secret: WHSEC, runtimes: EVERYWHERE },
    theirs: (secret) => {
      const webhook = new Svix(secret);
      return ({ headers, body }) => {
        const payload = decode(body);
        webhook.verify(payload, headers);
        return JSON.parse(payload);
      };
    },
  },
  {
    peer: "stripe",
    // Its synchronous call throws in other runtimes.
    ...{ scheme: "stripe", secret: TEXT, runtimes: ["node"] },
    theirs:
      (secret) =>
      ({ headers, body }) =>
        Stripe.webhooks.constructEvent(decode(body), headers["stripe-signature"], secret),
  },
  {
    peer: "stripe (async)",
    ...{ scheme: "stripe", secret: TEXT, runtimes: EVERYWHERE },
    theirs:
      (secret) =>
      ({ headers, body }) =>
        Stripe.webhooks.constructEventAsync(decode(body), headers["stripe-signature"], secret),
  },
  {
    peer: "@octokit/webhooks-methods",
    ...{ scheme: "github", secret: TEXT, runtimes: EVERYWHERE },
    theirs:
      (secret) =>
      async ({ headers, body }) => {
        const payload = decode(body);
        if (!(await octokit.verify(secret, payload, headers["x-hub-signature-256"]))) fail();
        return JSON.parse(payload);
      },
  },
  {
    peer: "@hookflo/tern",
    ...{ scheme: "github", secret: TEXT, runtimes: WITH_NODE, request: true },
    theirs: (secret) => async (request) => {
      const config = { platform: "github", secret };
      const { isValid, payload } = await WebhookVerificationService.verify(request, config);
      if (!isValid) fail();
      return payload;
    },
  },
  {
    peer: "jsonwebtoken",
    ...{ scheme: "flash", secret: TEXT, runtimes: WITH_NODE },
    theirs:
      (secret) =>
      ({ headers, body }) => {
        jsonwebtoken.verify(bearer(headers), secret, { algorithms: ["HS256"] });
        return JSON.parse(decode(body));
      },
  },
  {
    peer: "jose",
    ...{ scheme: "flash", secret: TEXT, runtimes: EVERYWHERE },
    theirs: (secret) => {
      const key = encode(secret);
      return async ({ headers, body }) => {
        await jwtVerify(bearer(headers), key, { algorithms: ["HS256"] });
        return JSON.parse(decode(body));
      };
    },
  },
  {
    peer: "floor: node:crypto",
    ...{ scheme: "stripe", secret: TEXT, runtimes: WITH_NODE },
    theirs: (secret) => nodeCrypto(encode(secret), decode),
  },
  {
    peer: "floor: WebCrypto",
    ...{ scheme: "stripe", secret: TEXT, runtimes: EVERYWHERE },
    theirs: (secret) => webCrypto(encode(secret), decode),
  },
  ...["core", "host"].flatMap((hasher) => itself(hasher)),
  {
    // No peer returns an id, so the other cases do not read it. The ratio of this case is what reading it costs.
    peer: "itself: and reads the id",
    ...{ scheme: "github", secret: TEXT, runtimes: EVERYWHERE },
    theirs: (secret) => {
      const verifier = new Verifier("github", secret);
      return (delivery) => {
        const event = verifier.verify(delivery);
        return event.id && event.json();
      };
    },
  },
];

/**
 * Compares Countersign with itself, with every body hashed by the core or by the host. The body size at which both take the
 * same time is the size from which the host should hash.
 * @param {"core" | "host"} hasher
 * @returns {Case[]}
 */
function itself(hasher) {
  const options = { hostHashFrom: hasher === "host" ? 0 : Number.POSITIVE_INFINITY };
  const makeVerifier = (secret) => new Verifier("stripe", secret, options);
  const shared = { scheme: "stripe", secret: TEXT, runtimes: EVERYWHERE };
  return [
    {
      peer: `itself: ${hasher} hashes`,
      ...shared,
      theirs: (secret) => {
        const verifier = makeVerifier(secret);
        return (delivery) => verifier.verify(delivery).json();
      },
    },
    {
      peer: `itself: ${hasher} hashes (receive)`,
      ...{ ...shared, request: true },
      theirs: (secret) => {
        const verifier = makeVerifier(secret);
        return async (request) => (await verifier.receive(request)).json();
      },
    },
  ];
}

function fail() {
  throw new Error("a genuine delivery was rejected");
}

/**
 * Returns the call of Countersign for the deliveries of a case.
 * @param {Case} benchmarkCase
 */
export function ours({ scheme, secret, request = false }) {
  const verifier = new Verifier(scheme, secret);
  return request
    ? async (received) => (await verifier.receive(received)).json()
    : (delivery) => verifier.verify(delivery).json();
}
