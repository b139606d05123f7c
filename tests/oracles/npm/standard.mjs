// Adapters for senders that sign by the Standard Webhooks specification or as Svix does.

import { json, STANDARD, seconds, succeeds, TEXT } from "../oracle.mjs";

const id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";

/** Headers for the libraries that take an object. */
const NAMES = ["id", "timestamp", "signature"];

/** Returns the adapter of a sender that uses or recommends the specification's library. */
const standard = {
  sdk: "standardwebhooks",
  keys: STANDARD,
  accepts: verified,
  sign: signed("webhook"),
};

/** Returns the adapter of a sender that uses Svix's library. */
const svix = { sdk: "svix", keys: STANDARD, accepts: verified, sign: signed("svix") };

function verified({ Webhook, WebhookVerificationError }, { body, headers }, key) {
  return succeeds(() => new Webhook(key).verify(body, headers), WebhookVerificationError);
}

/** @param {"webhook" | "svix"} family */
function signed(family) {
  return ({ Webhook }, { body }, key, now) => ({
    headers: {
      [`${family}-id`]: id,
      [`${family}-timestamp`]: String(seconds(now)),
      [`${family}-signature`]: new Webhook(key).sign(id, now, body),
    },
  });
}

/** @type {import("../oracle.mjs").Oracle} */
const openai = {
  scheme: "openai",
  sdk: "openai",
  keys: STANDARD,
  delivery: (now) => ({
    id,
    body: json({
      object: "event",
      id: "evt_685343a1381c819085d44c354e1b330e",
      type: "response.completed",
      created_at: seconds(now),
      data: { id: "resp_Ada" },
    }),
  }),
  accepts: ({ OpenAI, InvalidWebhookSignatureError }, { body, headers }, key) => {
    const { webhooks } = new OpenAI({ apiKey: "key" });
    return succeeds(
      () => webhooks.verifySignature(body, headers, key),
      InvalidWebhookSignatureError,
    );
  },
};

/** @type {import("../oracle.mjs").Oracle[]} */
export default [
  {
    scheme: "standard",
    ...standard,
    delivery: (now) => ({
      id,
      body: json({ type: "user.created", timestamp: now, data: { name: "Ada Čapková" } }),
    }),
  },
  {
    scheme: "svix",
    ...svix,
    delivery: () => ({
      id,
      body: json({ type: "user.created", data: { id: "user_29w83sx", name: "Ada Čapková" } }),
    }),
  },
  {
    scheme: "flexprice",
    ...svix,
    delivery: () => ({
      id,
      body: json({
        event_type: "customer.created",
        customer: { id: "cust_01HZX3C8V5", external_id: "acme-1", name: "Ada Čapková" },
      }),
    }),
  },
  {
    scheme: "resend",
    sdk: "resend",
    keys: STANDARD,
    delivery: (now) => ({
      id,
      body: json({
        type: "email.delivered",
        created_at: now,
        data: { email_id: "56761188-7520-42d8-8898-ff6fc54ce618", subject: "Welcome, Ada Čapková" },
      }),
    }),
    accepts: async ({ Resend }, { body, headers }, key) => {
      // The library passes on the error of the library that it uses, and does not export its class.
      const given = Object.fromEntries(NAMES.map((name) => [name, headers[`svix-${name}`]]));
      const { webhooks } = new Resend("re_key");
      return succeeds(
        () => webhooks.verify({ payload: body, headers: given, webhookSecret: key }),
        /No matching signature found/,
      );
    },
  },
  {
    scheme: "clerk",
    sdk: "@clerk/backend",
    entry: "@clerk/backend/webhooks",
    keys: STANDARD,
    delivery: () => ({
      id,
      body: json({
        type: "user.created",
        object: "event",
        data: { id: "user_29w83sxmDNGwOuEthce5gg56FcC", first_name: "Ada Čapková" },
      }),
    }),
    accepts: ({ verifyWebhook }, { body, headers }, signingSecret) => {
      const request = new Request("https://example.com/", { method: "POST", body, headers });
      return succeeds(
        () => verifyWebhook(request, { signingSecret }),
        /No matching signature found/,
      );
    },
  },
  {
    scheme: "dodo",
    sdk: "dodopayments",
    keys: STANDARD,
    delivery: (now) => ({
      id,
      body: json({
        business_id: "bus_H4ekzPSlcg",
        type: "payment.succeeded",
        timestamp: now,
        data: {
          payload_type: "Payment",
          payment_id: "pay_2IjeQm4hqU",
          customer: { name: "Ada Čapková" },
        },
      }),
    }),
    accepts: ({ default: DodoPayments }, { body, headers }, key) => {
      const { webhooks } = new DodoPayments({ bearerToken: "token" });
      return succeeds(() => webhooks.unwrap(body, { headers, key }), /No matching signature found/);
    },
  },
  openai,
  // Without a prefix, the text of the secret is the key.
  { ...openai, keys: TEXT },
  {
    scheme: "polar-legacy",
    sdk: "@polar-sh/sdk",
    entry: "@polar-sh/sdk/webhooks.js",
    keys: TEXT,
    delivery: (now) => ({
      id,
      body: json({ type: "customer.created", timestamp: now, data: { name: "Ada Čapková" } }),
    }),
    accepts: async ({ validateEvent, WebhookVerificationError }, { body, headers }, key) => {
      try {
        validateEvent(body, headers, key);
      } catch (error) {
        if (error instanceof WebhookVerificationError) return false;
        // The library checks the structure of the event after the signature.
        if (error.name !== "SDKValidationError") throw error;
      }
      return true;
    },
  },
  {
    scheme: "replicate",
    sdk: "replicate",
    keys: STANDARD,
    delivery: () => ({
      id,
      body: json({ id: "ufawqhfynnddngldkgtslldrkq", status: "succeeded", output: "Ada Čapková" }),
    }),
    accepts: ({ validateWebhook }, { body, headers }, key) =>
      validateWebhook({ body, headers }, key),
  },
  {
    scheme: "lithic",
    sdk: "lithic",
    keys: STANDARD,
    delivery: () => ({
      id,
      body: json({
        event_type: "account_holder.created",
        token: "3fa85f64",
        first_name: "Ada Čapková",
      }),
    }),
    accepts: ({ default: Lithic }, { body, headers }, key) => {
      const { webhooks } = new Lithic({ apiKey: "key" });
      return succeeds(
        () => webhooks.verifySignature(body, headers, key),
        /No matching signature found/,
      );
    },
  },
  {
    // The documentation of the hooks tells receivers to call this library.
    scheme: "supabase",
    ...standard,
    delivery: () => ({
      id,
      body: json({
        user: {
          id: "8484b834-f29e-4af2-bf42-80644d154f76",
          user_metadata: { name: "Ada Čapková" },
        },
        email_data: { token: "305805", email_action_type: "signup" },
      }),
    }),
  },
  {
    // The sender refers to the specification, so the specification's library is asked.
    scheme: "gitlab-signed",
    ...standard,
    delivery: () => ({
      id,
      body: json({ object_kind: "push", ref: "refs/heads/main", user_name: "Ada Čapková" }),
    }),
  },
];
