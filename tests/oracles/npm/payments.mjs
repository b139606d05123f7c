// Adapters for senders of payment events.

import { HEX, json, seconds, succeeds, TEXT } from "../oracle.mjs";

/** @type {import("../oracle.mjs").Oracle[]} */
export default [
  {
    scheme: "stripe",
    sdk: "stripe",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        id: "evt_1MqqbKLt4dXK03v5qaIbiNCC",
        object: "event",
        created: seconds(now),
        type: "customer.created",
        data: { object: { id: "cus_NffrFeUfNV2Hib", name: "Ada Čapková" } },
      }),
    }),
    accepts: ({ default: Stripe }, { body, headers }, key) =>
      succeeds(
        () => new Stripe("sk_test").webhooks.constructEvent(body, headers["stripe-signature"], key),
        Stripe.errors.StripeSignatureVerificationError,
      ),
    sign: ({ default: Stripe }, { body }, key, now) => {
      const { webhooks } = new Stripe("sk_test");
      const options = { payload: body, secret: key, timestamp: seconds(now) };
      return { headers: { "stripe-signature": webhooks.generateTestHeaderString(options) } };
    },
  },
  {
    scheme: "paddle",
    sdk: "@paddle/paddle-node-sdk",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        event_id: "evt_01hv8x2acma2gz7he8kg2s0hna",
        event_type: "customer.created",
        occurred_at: now,
        data: { id: "ctm_01hv8x29nsh54c2pgt0hnq0zkx", name: "Ada Čapková" },
      }),
    }),
    accepts: ({ Paddle }, { body, headers }, key) =>
      new Paddle("key").webhooks.isSignatureValid(body, key, headers["paddle-signature"]),
  },
  {
    scheme: "square",
    sdk: "square",
    keys: TEXT,
    delivery: (now) => ({
      url: "https://example.com/webhooks/square",
      body: json({
        merchant_id: "6SSW7HV8K2ST5",
        type: "customer.created",
        event_id: "13b867cf-db3d-4b1c-90b6-2f32a9d78124",
        created_at: now,
        data: { object: { customer: { given_name: "Ada Čapková" } } },
      }),
    }),
    accepts: ({ WebhooksHelper }, { body, headers, url }, key) =>
      WebhooksHelper.verifySignature({
        requestBody: body,
        signatureHeader: headers["x-square-hmacsha256-signature"],
        signatureKey: key,
        notificationUrl: url,
      }),
  },
  {
    // The signature is a member of the body and signs other members.
    scheme: "adyen",
    sdk: "@adyen/api-library",
    inBody: true,
    keys: HEX,
    delivery: () => ({ body: adyenNotification("") }),
    accepts: ({ hmacValidator }, { body }, key) =>
      new hmacValidator().validateHMAC(adyenItem(JSON.parse(body)), key),
    sign: ({ hmacValidator }, { body }, key) => {
      const hmacSignature = new hmacValidator().calculateHmac(adyenItem(JSON.parse(body)), key);
      return { body: adyenNotification(hmacSignature) };
    },
  },
  {
    scheme: "adyen-banking",
    sdk: "@adyen/api-library",
    keys: HEX,
    delivery: () => ({
      body: json({
        type: "balancePlatform.accountHolder.created",
        environment: "test",
        data: { balancePlatform: "AcmePlatform", accountHolder: { description: "Ada Čapková" } },
      }),
    }),
    accepts: ({ hmacValidator }, { body, headers }, key) =>
      new hmacValidator().validateHMACSignature(key, headers.hmacsignature, body),
    sign: ({ hmacValidator }, { body }, key) => ({
      headers: { hmacsignature: new hmacValidator().calculateHmac(body, key) },
    }),
  },
  {
    scheme: "razorpay",
    sdk: "razorpay",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        entity: "event",
        event: "payment.captured",
        payload: {
          payment: { entity: { id: "pay_DESlfW9H8K9uqM", notes: { name: "Ada Čapková" } } },
        },
        created_at: seconds(now),
      }),
    }),
    accepts: ({ default: Razorpay }, { body, headers }, key) =>
      Razorpay.validateWebhookSignature(body, headers["x-razorpay-signature"], key),
  },
  {
    scheme: "cashfree",
    sdk: "cashfree-pg",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        type: "PAYMENT_SUCCESS_WEBHOOK",
        event_time: now,
        data: {
          order: { order_id: "order_OFR_2" },
          customer_details: { customer_name: "Ada Čapková" },
        },
      }),
    }),
    accepts: ({ Cashfree, CFEnvironment }, { body, headers }, key) => {
      const client = new Cashfree(CFEnvironment.SANDBOX, "id", key);
      client.XEnableErrorAnalytics = false;
      return succeeds(
        () =>
          client.PGVerifyWebhookSignature(
            headers["x-webhook-signature"],
            body,
            headers["x-webhook-timestamp"],
          ),
        /did not match/,
      );
    },
  },
  {
    scheme: "coinbase-commerce",
    sdk: "coinbase-commerce-node",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        attempt_number: 1,
        event: {
          id: "24934862-d980-46cb-9402-43c81b0cdba6",
          type: "charge:created",
          name: "Ada Čapková",
        },
        scheduled_for: now,
      }),
    }),
    accepts: ({ default: { Webhook } }, { body, headers }, key) =>
      succeeds(
        () => Webhook.verifySigHeader(body, headers["x-cc-webhook-signature"], key),
        /No signatures found matching the expected signature/,
      ),
    sign: ({ default: { Webhook } }, { body }, key) => ({
      headers: { "x-cc-webhook-signature": Webhook.computeSignature(body, key) },
    }),
  },
  {
    scheme: "gocardless",
    sdk: "gocardless-nodejs",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        events: [
          {
            id: "EV123",
            created_at: now,
            resource_type: "mandates",
            action: "cancelled",
            resource_metadata: { name: "Ada Čapková" },
          },
        ],
        meta: { webhook_id: "WB123" },
      }),
    }),
    accepts: ({ verifySignature, InvalidSignatureError }, { body, headers }, key) =>
      succeeds(
        () => verifySignature(body, key, headers["webhook-signature"]),
        InvalidSignatureError,
      ),
  },
  {
    scheme: "modern-treasury",
    sdk: "modern-treasury",
    keys: TEXT,
    delivery: () => ({
      body: json({ event: "created", data: { object: "counterparty", name: "Ada Čapková" } }),
    }),
    accepts: ({ default: ModernTreasury }, { body, headers }, key) =>
      new ModernTreasury({ apiKey: "key", organizationID: "id" }).webhooks.validateSignature(
        body,
        headers,
        { key },
      ),
    sign: ({ default: ModernTreasury }, { body }, key) => {
      const { webhooks } = new ModernTreasury({ apiKey: "key", organizationID: "id" });
      return { headers: { "x-signature": webhooks.getSignature(body, { key }) } };
    },
  },
  {
    // Nothing is signed. The name and the password are the secret.
    scheme: "chargebee",
    sdk: "chargebee",
    keys: ["chargebee:the webhook's password", "chargebee:a different password"],
    delivery: (now) => ({
      body: json({
        id: "ev_16BPgETyVrQbiGhA",
        occurred_at: seconds(now),
        event_type: "customer_created",
        content: { customer: { first_name: "Ada Čapková" } },
      }),
    }),
    accepts: ({ basicAuthValidator, WebhookAuthenticationError }, { headers }, key) => {
      const validate = basicAuthValidator((name, password) => `${name}:${password}` === key);
      return succeeds(() => validate(headers), WebhookAuthenticationError);
    },
    alter: ({ headers }) => ({
      headers: {
        ...headers,
        authorization: `Basic ${Buffer.from("chargebee:the webhook's Password").toString("base64")}`,
      },
    }),
  },
  {
    scheme: "easypost",
    sdk: "@easypost/api",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        id: "evt_1234",
        object: "Event",
        description: "tracker.updated",
        created_at: now,
        result: { carrier: "USPS", signed_by: "Ada Čapková" },
      }),
    }),
    accepts: ({ default: EasyPost }, { body, headers }, key) =>
      succeeds(
        () => new EasyPost("key").Utils.validateWebhook(Buffer.from(body), headers, key),
        /Webhook received did not originate from EasyPost/,
      ),
  },
  {
    scheme: "shopify",
    sdk: "@shopify/shopify-api",
    keys: TEXT,
    delivery: () => ({
      headers: {
        "x-shopify-topic": "customers/create",
        "x-shopify-shop-domain": "acme.myshopify.com",
        "x-shopify-api-version": "2026-07",
        "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
      },
      body: json({ id: 706405506930370000, first_name: "Ada Čapková", last_name: "Lovelace" }),
    }),
    accepts: async ({ shopifyApi, LogSeverity }, { body, headers }, key) => {
      await import("@shopify/shopify-api/adapters/web-api");
      const shopify = shopifyApi({
        apiKey: "key",
        apiSecretKey: key,
        apiVersion: "2026-07",
        hostName: "example.com",
        isEmbeddedApp: false,
        logger: { level: LogSeverity.Error },
      });
      const rawRequest = new Request("https://example.com/", { method: "POST", headers, body });
      return (await shopify.webhooks.validate({ rawBody: body, rawRequest })).valid;
    },
  },
];

/** @param {string} hmacSignature */
function adyenNotification(hmacSignature) {
  const NotificationRequestItem = {
    additionalData: { hmacSignature },
    amount: { currency: "EUR", value: 1000 },
    eventCode: "AUTHORISATION",
    eventDate: "2026-11-21T10:00:00+01:00",
    merchantAccountCode: "AcmeCOM",
    merchantReference: "order of Ada Čapková",
    originalReference: "",
    pspReference: "NC6HT9CRT65ZGN82",
    success: "true",
  };
  return json({ live: "false", notificationItems: [{ NotificationRequestItem }] });
}

const adyenItem = ({ notificationItems }) => notificationItems[0].NotificationRequestItem;
