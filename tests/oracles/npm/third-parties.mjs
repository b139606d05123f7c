// A library of none of the senders, which describes them too. It confirms nothing; a disagreement would be worth
// knowing.

import { json, seconds, TEXT } from "../oracle.mjs";

/**
 * @param {string} scheme
 * @param {string} platform its name there
 * @param {Partial<import("../oracle.mjs").Oracle> & Pick<import("../oracle.mjs").Oracle, "delivery">} own
 * @returns {import("../oracle.mjs").Oracle}
 */
const tern = (scheme, platform, own) => ({
  scheme,
  sdk: "@hookflo/tern",
  thirdParty: true,
  keys: TEXT,
  accepts: async ({ WebhookVerificationService }, { body, headers }, secret) => {
    const request = new Request("https://example.com/", { method: "POST", body, headers });
    return (await WebhookVerificationService.verify(request, { platform, secret })).isValid;
  },
  ...own,
});

export default [
  tern("lemonsqueezy", "lemonsqueezy", {
    delivery: () => ({
      body: json({ meta: { event_name: "order_created" }, data: { attributes: { name: "Ada" } } }),
    }),
  }),
  tern("woocommerce", "woocommerce", {
    delivery: () => ({ body: json({ id: 727, status: "processing", billing: { name: "Ada" } }) }),
  }),
  tern("sentry", "sentry", {
    delivery: (now) => ({
      headers: { "sentry-hook-timestamp": String(seconds(now)) },
      body: json({ action: "created", data: { issue: { id: "1", title: "Ada" } } }),
    }),
  }),
  tern("doppler", "doppler", {
    delivery: () => ({
      body: json({ type: "config.secrets.update", diff: { added: ["ADA", "Ada"] } }),
    }),
  }),
];
