// What is measured beside what. Every call is whole and public: from the bytes and headers that arrived to the parsed
// event. Keys are made ready before where the library can do that.

import { WebhookVerificationService } from "@hookflo/tern";
import * as octokit from "@octokit/webhooks-methods";
import { Verifier } from "countersign";
import { jwtVerify } from "jose";
import jsonwebtoken from "jsonwebtoken";
import { Webhook as Standard } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as Svix } from "svix";
import { nodeCrypto, webCrypto } from "./floors.js";

/** @typedef {import("./deliveries.js").Arrived} Arrived */

/**
 * @typedef {object} Contest
 * @property {string} peer
 * @property {string} scheme how the deliveries are signed
 * @property {string} secret
 * @property {string[]} runtimes where it runs
 * @property {boolean} [request] whether it takes a `Request`; ours takes the same then
 * @property {(secret: string) => ((delivery: any) => unknown) | Promise<(delivery: any) => unknown>} theirs
 *   made ready: gives the event
 */

const EVERYWHERE = ["node", "deno", "bun", "workerd", "chromium"];
/** Where there are Node's modules. */
const WITH_NODE = ["node", "deno", "bun", "workerd"];

const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const TEXT = "a secret that the sender and the receiver share";

const decoder = new TextDecoder();
/** Node's own way is the quicker one for its buffers. */
const text = (bytes) =>
  globalThis.Buffer?.isBuffer(bytes) ? bytes.toString() : decoder.decode(bytes);
const encode = (secret) => new TextEncoder().encode(secret);
const bearer = ({ authorization }) => authorization.slice("Bearer ".length);

/** @type {Contest[]} */
export const contests = [
  {
    peer: "standardwebhooks",
    ...{ scheme: "standard", secret: WHSEC, runtimes: EVERYWHERE },
    theirs: (secret) => {
      const webhook = new Standard(secret);
      return ({ headers, body }) => webhook.verify(text(body), headers);
    },
  },
  {
    peer: "svix",
    ...{ scheme: "svix", secret: WHSEC, runtimes: EVERYWHERE },
    theirs: (secret) => {
      const webhook = new Svix(secret);
      return ({ headers, body }) => {
        const payload = text(body);
        webhook.verify(payload, headers);
        return JSON.parse(payload);
      };
    },
  },
  {
    peer: "stripe",
    // Elsewhere its synchronous call refuses.
    ...{ scheme: "stripe", secret: TEXT, runtimes: ["node"] },
    theirs:
      (secret) =>
      ({ headers, body }) =>
        Stripe.webhooks.constructEvent(text(body), headers["stripe-signature"], secret),
  },
  {
    peer: "stripe (async)",
    ...{ scheme: "stripe", secret: TEXT, runtimes: EVERYWHERE },
    theirs:
      (secret) =>
      ({ headers, body }) =>
        Stripe.webhooks.constructEventAsync(text(body), headers["stripe-signature"], secret),
  },
  {
    peer: "@octokit/webhooks-methods",
    ...{ scheme: "github", secret: TEXT, runtimes: EVERYWHERE },
    theirs:
      (secret) =>
      async ({ headers, body }) => {
        const payload = text(body);
        if (!(await octokit.verify(secret, payload, headers["x-hub-signature-256"]))) refuse();
        return JSON.parse(payload);
      },
  },
  {
    peer: "@hookflo/tern",
    ...{ scheme: "github", secret: TEXT, runtimes: WITH_NODE, request: true },
    theirs: (secret) => async (request) => {
      const asked = { platform: "github", secret };
      const { isValid, payload } = await WebhookVerificationService.verify(request, asked);
      if (!isValid) refuse();
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
        return JSON.parse(text(body));
      },
  },
  {
    peer: "jose",
    ...{ scheme: "flash", secret: TEXT, runtimes: EVERYWHERE },
    theirs: (secret) => {
      const key = encode(secret);
      return async ({ headers, body }) => {
        await jwtVerify(bearer(headers), key, { algorithms: ["HS256"] });
        return JSON.parse(text(body));
      };
    },
  },
  {
    peer: "floor: node:crypto",
    ...{ scheme: "stripe", secret: TEXT, runtimes: WITH_NODE },
    theirs: (secret) => nodeCrypto(encode(secret), text),
  },
  {
    peer: "floor: WebCrypto",
    ...{ scheme: "stripe", secret: TEXT, runtimes: EVERYWHERE },
    theirs: (secret) => webCrypto(encode(secret), text),
  },
  ...["core", "host"].flatMap((who) => itself(who)),
  {
    // What no peer has is not read beside them: how much longer it takes, the ratio says.
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
 * Ours against ours, with all bodies hashed by one or the other: where they meet is where the host is to begin.
 * @param {"core" | "host"} who
 * @returns {Contest[]}
 */
function itself(who) {
  const options = { hostHashFrom: who === "host" ? 0 : Number.POSITIVE_INFINITY };
  const made = (secret) => new Verifier("stripe", secret, options);
  const shared = { scheme: "stripe", secret: TEXT, runtimes: EVERYWHERE };
  return [
    {
      peer: `itself: ${who} hashes`,
      ...shared,
      theirs: (secret) => {
        const verifier = made(secret);
        return (delivery) => verifier.verify(delivery).json();
      },
    },
    {
      peer: `itself: ${who} hashes (receive)`,
      ...{ ...shared, request: true },
      theirs: (secret) => {
        const verifier = made(secret);
        return async (request) => (await verifier.receive(request)).json();
      },
    },
  ];
}

function refuse() {
  throw new Error("a genuine delivery was refused");
}

/**
 * Ours for the same deliveries.
 * @param {Contest} contest
 */
export function ours({ scheme, secret, request = false }) {
  const verifier = new Verifier(scheme, secret);
  return request
    ? async (asked) => (await verifier.receive(asked)).json()
    : (delivery) => verifier.verify(delivery).json();
}
