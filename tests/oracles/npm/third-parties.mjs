// Adapters for libraries that are not the sender's own. Their agreement confirms nothing, but a disagreement is worth
// knowing.

import { json, seconds, succeeds, TEXT } from "../oracle.mjs";

/** @typedef {import("../oracle.mjs").Oracle} Oracle */

/**
 * Returns an adapter of GitHub's library, for senders that sign as GitHub does.
 * @param {string} scheme
 * @param {string} header
 * @param {Oracle["delivery"]} delivery
 * @returns {Oracle}
 */
const octokit = (scheme, header, delivery) => ({
  scheme,
  sdk: "@octokit/webhooks-methods",
  thirdParty: true,
  keys: TEXT,
  delivery,
  accepts: ({ verify }, { body, headers }, key) => verify(key, body, headers[header]),
  sign: async ({ sign }, { body }, key) => ({ headers: { [header]: await sign(key, body) } }),
});

/**
 * Returns an adapter of a library that knows many senders.
 * @param {string} scheme
 * @param {Oracle["delivery"]} delivery
 * @returns {Oracle}
 */
const tern = (scheme, delivery) => ({
  scheme,
  sdk: "@hookflo/tern",
  thirdParty: true,
  keys: TEXT,
  delivery,
  accepts: async ({ WebhookVerificationService }, { body, headers }, secret) => {
    const request = new Request("https://example.com/", { method: "POST", body, headers });
    const asked = { platform: scheme, secret };
    return (await WebhookVerificationService.verify(request, asked)).isValid;
  },
});

/** @type {Oracle[]} */
export default [
  octokit("snyk", "x-hub-signature", () => ({
    body: json({ project: { name: "Ada/engine" }, newIssues: [] }),
  })),
  octokit("meta", "x-hub-signature-256", (now) => ({
    body: json({
      object: "page",
      entry: [{ id: "1", time: seconds(now), changes: [{ field: "name", value: "Ada Čapková" }] }],
    }),
  })),
  tern("lemonsqueezy", () => ({
    body: json({
      meta: { event_name: "order_created" },
      data: { attributes: { name: "Ada Čapková" } },
    }),
  })),
  tern("woocommerce", () => ({
    body: json({ id: 727, status: "processing", billing: { name: "Ada Čapková" } }),
  })),
  tern("sentry", (now) => ({
    headers: { "sentry-hook-timestamp": String(seconds(now)) },
    body: json({ action: "created", data: { issue: { id: "1", title: "Ada Čapková" } } }),
  })),
  tern("doppler", () => ({
    body: json({ type: "config.secrets.update", diff: { added: ["Ada Čapková"] } }),
  })),
  {
    // A general library for tokens. It does not read the body.
    scheme: "flash",
    sdk: "jsonwebtoken",
    thirdParty: true,
    keys: TEXT,
    delivery: () => ({
      body: json({
        eventType: { id: "1", name: "user_signed_up" },
        data: { public_key: "0".repeat(64), name: "Ada Čapková" },
      }),
    }),
    accepts: ({ default: jsonwebtoken }, { headers }, key) =>
      succeeds(
        () => jsonwebtoken.verify(headers.authorization.split(" ")[1], key),
        jsonwebtoken.JsonWebTokenError,
      ),
    sign: ({ default: jsonwebtoken }, { body }, key) => {
      const { eventType, data } = JSON.parse(body);
      const claims = { version: "1.0", eventType, user_public_key: data.public_key };
      const options = { expiresIn: 3600, noTimestamp: true };
      return { headers: { authorization: `Bearer ${jsonwebtoken.sign(claims, key, options)}` } };
    },
    // The token does not sign the body, so a claim of the token is changed.
    alter: ({ headers }) => {
      const [word, token] = headers.authorization.split(" ");
      const [header, claims, tag] = token.split(".");
      const other = Buffer.from(claims, "base64url")
        .toString()
        .replace("user_signed_up", "user_signed_in");
      const forged = [header, Buffer.from(other).toString("base64url"), tag].join(".");
      return { headers: { ...headers, authorization: `${word} ${forged}` } };
    },
  },
];
