// Sample deliveries: for each scheme, a function that returns a realistic body with a new id on every call.

import { randomBytes, randomUUID } from "node:crypto";

/**
 * @typedef {object} Sample
 * @property {string} body
 * @property {string} [id] the message id, for schemes that sign an id in a header
 * @property {Record<string, string>} [headers] the sender's unsigned headers
 */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const token = (/** @type {number} */ length) =>
  [...randomBytes(length)].map((byte) => ALPHABET[byte % 62]).join("");
const messageId = () => `msg_${token(27)}`;
const isoNow = () => new Date().toISOString();
const unixNow = () => Math.floor(Date.now() / 1000);
const daysFromNow = (/** @type {number} */ days) =>
  new Date(Date.now() + days * 86_400_000).toISOString();

const flexpriceSubscription = () => ({
  id: `subs_${token(26)}`,
  customer_id: "cust_01HZX3C8V5",
  plan_id: "plan_01HZX3BQ2M",
  lookup_key: "pro",
  subscription_status: "active",
  currency: "usd",
  start_date: isoNow(),
  current_period_start: isoNow(),
  current_period_end: daysFromNow(30),
  cancel_at_period_end: false,
  billing_cadence: "RECURRING",
  billing_period: "MONTHLY",
  billing_period_count: 1,
  pause_status: "none",
  subscription_type: "standalone",
  customer: { id: "cust_01HZX3C8V5", external_id: "acme-1", name: "Acme" },
});

const flexpriceNative = () => ({
  body: JSON.stringify({
    event_type: "payment.success",
    payment: {
      id: `pay_${token(26)}`,
      destination_type: "INVOICE",
      destination_id: "inv_01HZX4D1QK",
      payment_method_type: "CARD",
      amount: "100.5",
      currency: "usd",
      payment_status: "SUCCEEDED",
      payment_gateway: "stripe",
      succeeded_at: isoNow(),
    },
  }),
});

/** @type {Record<string, () => Sample>} the samples by scheme */
export const samples = {
  standard: () => ({
    id: messageId(),
    body: JSON.stringify({
      type: "user.created",
      timestamp: isoNow(),
      data: { id: `usr_${token(12)}`, email: "ada@example.com", name: "Ada" },
    }),
  }),

  svix: () => ({
    id: messageId(),
    body: JSON.stringify({
      type: "invoice.paid",
      timestamp: isoNow(),
      data: { invoiceId: `inv_${token(12)}`, amount: 4200, currency: "eur" },
    }),
  }),

  flexprice: () => ({
    id: messageId(),
    // Svix sorts the keys of Flexprice's payload.
    body: JSON.stringify({
      event_type: "subscription.created",
      subscription: Object.fromEntries(Object.entries(flexpriceSubscription()).sort()),
    }),
  }),

  "flexprice-native": flexpriceNative,
  "flexprice-native-token": flexpriceNative,

  flash: () => ({
    body: JSON.stringify({
      eventType: { id: "1", name: "user_signed_up" },
      data: {
        public_key: randomBytes(32).toString("hex"),
        name: "Ada",
        email: "ada@example.com",
        external_uuid: randomUUID(),
        user_plan: "Pro",
        user_plan_id: 7,
        signup_date: isoNow(),
        next_payment_date: daysFromNow(30),
      },
    }),
  }),

  "flash-vault": () => ({
    body: JSON.stringify({
      event: "subscription.renewed",
      timestamp: isoNow(),
      data: {
        accountId: "acc_7Qm2",
        subscriptionId: `sub_${token(16)}`,
        serviceId: "svc_relay",
        planId: "plan_monthly",
        subscriberId: "sbr_19fa",
        externalRef: null,
        invoiceId: `inv_${token(16)}`,
        amount: 2100,
        currency: "SAT",
        paymentId: `pay_${token(16)}`,
        periodNumber: 3,
        paidAt: isoNow(),
      },
    }),
  }),

  subscribeflow: () => ({
    body: JSON.stringify({
      id: `evt_${token(24)}`,
      type: "tag.subscribed",
      created_at: isoNow(),
      data: {
        subscriber: { id: randomUUID(), email: "ada@example.com" },
        tag: { id: randomUUID(), name: "newsletter" },
      },
    }),
  }),

  resend: () => ({
    id: messageId(),
    body: JSON.stringify({
      type: "email.delivered",
      created_at: isoNow(),
      data: {
        created_at: isoNow(),
        email_id: randomUUID(),
        message_id: `<${token(16)}@example.com>`,
        from: "Acme <news@example.com>",
        to: ["ada@example.org"],
        subject: "Your invoice",
        tags: { category: "invoice" },
      },
    }),
  }),

  stripe: () => ({
    body: JSON.stringify({
      id: `evt_1${token(23)}`,
      object: "event",
      api_version: "2026-07-29.dahlia",
      created: unixNow(),
      data: {
        object: {
          id: `cs_test_${token(58)}`,
          object: "checkout.session",
          amount_total: 4200,
          currency: "eur",
          customer: "cus_QX1n8b2kJ5",
          mode: "subscription",
          payment_status: "paid",
          status: "complete",
          subscription: `sub_1${token(23)}`,
        },
      },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type: "checkout.session.completed",
    }),
  }),

  github: () => ({
    headers: { "x-github-event": "issues", "x-github-delivery": randomUUID() },
    body: JSON.stringify({
      action: "opened",
      issue: {
        id: randomBytes(4).readUInt32BE(),
        number: 42,
        title: "Deliveries arrive twice",
        state: "open",
        user: { login: "ada", id: 1815 },
      },
      repository: { id: 1296269, name: "engine", full_name: "ada/engine", private: false },
      sender: { login: "ada", id: 1815, type: "User" },
    }),
  }),

  slack: () => ({
    body: JSON.stringify({
      team_id: "T0001ABCD",
      api_app_id: "A0001ABCD",
      event: {
        type: "app_mention",
        user: "U061F7AUR",
        text: "<@U0LAN0Z89> is it everything a river should be?",
        ts: `${unixNow()}.000200`,
        channel: "C0LAN2Q65",
        event_ts: `${unixNow()}.000200`,
      },
      type: "event_callback",
      event_id: `Ev${token(9).toUpperCase()}`,
      event_time: unixNow(),
    }),
  }),

  shopify: () => ({
    headers: {
      "x-shopify-topic": "orders/create",
      "x-shopify-shop-domain": "acme.myshopify.com",
      "x-shopify-webhook-id": randomUUID(),
      "x-shopify-triggered-at": isoNow(),
    },
    body: JSON.stringify({
      id: 5_678_900_000_000 + randomBytes(4).readUInt32BE(),
      email: "ada@example.com",
      created_at: isoNow(),
      currency: "EUR",
      total_price: "398.00",
      financial_status: "paid",
      line_items: [
        { id: 866550311766439, title: "Analytical engine", quantity: 1, price: "398.00" },
      ],
    }),
  }),
};
