// Senders' libraries for Python. If the sender also has a library for Node, both get the same delivery and keys.

import messaging from "../npm/messaging.mjs";
import payments from "../npm/payments.mjs";
import standard from "../npm/standard.mjs";
import { json, STANDARD, seconds, TEXT } from "../oracle.mjs";

/**
 * Returns the adapter of a class in oracle.py.
 * @param {string} scheme
 * @param {string} distribution its name in the Python package index
 * @param {{ signs?: boolean } & Partial<import("../oracle.mjs").Oracle>} own
 * @returns {import("../oracle.mjs").Oracle}
 */
function python(scheme, distribution, { signs = false, ...own } = {}) {
  const inNode = [...standard, ...payments, ...messaging].find(
    (oracle) => oracle.scheme === scheme,
  );
  if (inNode === undefined && own.delivery === undefined)
    throw new Error(`${scheme} has no library for Node`);
  const question = (call, { body, headers, id }, key, now) => ({
    ...{ scheme, call, body, headers, id, key },
    now: seconds(now),
  });
  return {
    ...{ scheme, keys: inNode?.keys, delivery: inNode?.delivery },
    ...own,
    sdk: `pypi:${distribution}`,
    accepts: ({ ask }, delivery, key, now) => ask(question("accepts", delivery, key, now)),
    ...(signs && {
      sign: async ({ ask }, delivery, key, now) => ({
        headers: await ask(question("sign", delivery, key, now)),
      }),
    }),
  };
}

export default [
  python("standard", "standardwebhooks", { signs: true }),
  python("svix", "svix", { signs: true }),
  python("stripe", "stripe"),
  python("slack", "slack_sdk", { signs: true }),
  // The library for Python accepts a secret as text and as base64.
  python("polar-legacy", "polar-sdk"),
  python("polar", "polar-sdk", {
    keys: STANDARD,
    delivery: (now) => ({
      id: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
      body: json({ type: "customer.created", timestamp: now, data: { name: "Ada Čapková" } }),
    }),
  }),
  python("mollie", "mollie-api-py", {
    signs: true,
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        resource: "event",
        id: "event_GvJ8WHrp5isUdRub9CJyH",
        type: "payment-link.paid",
        createdAt: now,
        _embedded: { entity: { description: "Ada Čapková" } },
      }),
    }),
  }),
  python("mailgun", "mailgun", {
    inBody: true,
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        signature: {
          timestamp: String(seconds(now)),
          token: "Ada-e7b1d2c0a9f84d3b8f6c5a4e3d2c1b0a9f8e7d6c5b4a3",
          signature: "",
        },
        "event-data": { event: "delivered", recipient: "ada@example.com" },
      }),
    }),
  }),
  python("increase", "increase", {
    keys: TEXT,
    delivery: (now) => ({
      id: "evt_001dzz0r20rzr4zrhrr1364hy80",
      body: json({
        id: "event_001dzz0r20rzr4zrhrr1364hy80",
        category: "entity.created",
        created_at: now,
        associated_object_id: "entity_Ada",
      }),
    }),
  }),
];
