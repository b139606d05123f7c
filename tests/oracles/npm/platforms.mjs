// Adapters for platforms that send events about code, content, files and people.

import { json, seconds, succeeds, TEXT } from "../oracle.mjs";

/**
 * Returns the adapter of one of HubSpot's three signature versions.
 * @param {"v1" | "v2" | "v3"} signatureVersion
 */
const hubspot = (signatureVersion) => ({
  scheme: signatureVersion === "v3" ? "hubspot" : `hubspot-${signatureVersion}`,
  sdk: "@hubspot/api-client",
  keys: TEXT,
  delivery: (now) => ({
    method: "POST",
    url: "https://example.com/webhooks/hubspot?portal=62515",
    headers: signatureVersion === "v3" ? {} : { "x-hubspot-signature-version": signatureVersion },
    body: json([
      {
        eventId: 1,
        subscriptionType: "contact.propertyChange",
        occurredAt: now.getTime(),
        propertyName: "firstname",
        propertyValue: "Ada Čapková",
      },
    ]),
  }),
  accepts: ({ Signature }, { body, headers, method, url }, clientSecret) =>
    Signature.isValid({
      signatureVersion,
      signature:
        headers[signatureVersion === "v3" ? "x-hubspot-signature-v3" : "x-hubspot-signature"],
      clientSecret,
      requestBody: body,
      method,
      url,
      timestamp: Number(headers["x-hubspot-request-timestamp"]),
    }),
  sign: ({ Signature }, { body, method, url }, clientSecret, now) => {
    const timestamp = now.getTime();
    const options = { clientSecret, requestBody: body, url, timestamp };
    const signature = Signature.getSignature(method, signatureVersion, options);
    if (signatureVersion !== "v3") return { headers: { "x-hubspot-signature": signature } };
    const headers = {
      "x-hubspot-signature-v3": signature,
      "x-hubspot-request-timestamp": String(timestamp),
    };
    return { headers };
  },
});

/** @type {import("../oracle.mjs").Oracle[]} */
export default [
  {
    scheme: "github",
    sdk: "@octokit/webhooks-methods",
    keys: TEXT,
    delivery: () => ({
      body: json({ action: "opened", issue: { number: 1 }, sender: { login: "Ada Čapková" } }),
    }),
    accepts: ({ verify }, { body, headers }, key) =>
      verify(key, body, headers["x-hub-signature-256"]),
    sign: async ({ sign }, { body }, key) => ({
      headers: { "x-hub-signature-256": await sign(key, body) },
    }),
  },
  {
    scheme: "linear",
    sdk: "@linear/sdk",
    entry: "@linear/sdk/webhooks",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        action: "create",
        type: "Issue",
        data: { id: "2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9", title: "Ada Čapková" },
        webhookTimestamp: now.getTime(),
        webhookId: "000042e3-d123-4980-b49f-8e140eef9329",
      }),
    }),
    accepts: ({ LinearWebhookClient }, { body, headers }, key) =>
      succeeds(
        () => new LinearWebhookClient(key).verify(Buffer.from(body), headers["linear-signature"]),
        /Invalid webhook signature/,
      ),
  },
  hubspot("v1"),
  hubspot("v2"),
  hubspot("v3"),
  {
    scheme: "workos",
    sdk: "@workos-inc/node",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        id: "event_02F4KLW3C56P083X43JQXF4FO9",
        event: "dsync.user.created",
        created_at: now,
        data: { first_name: "Ada Čapková" },
      }),
    }),
    accepts: ({ WorkOS, SignatureVerificationException }, { body, headers }, secret) =>
      succeeds(
        () =>
          new WorkOS("sk_test").webhooks.verifyHeader({
            payload: JSON.parse(body),
            sigHeader: headers["workos-signature"],
            secret,
          }),
        SignatureVerificationException,
      ),
    sign: async ({ WorkOS }, { body }, key, now) => {
      const { webhooks } = new WorkOS("sk_test");
      const signature = await webhooks.computeSignature(now.getTime(), JSON.parse(body), key);
      return { headers: { "workos-signature": `t=${now.getTime()}, v1=${signature}` } };
    },
  },
  {
    scheme: "webflow",
    sdk: "webflow-api",
    keys: TEXT,
    delivery: () => ({
      body: json({
        triggerType: "form_submission",
        payload: { data: { "First Name": "Ada Čapková" } },
      }),
    }),
    accepts: ({ WebflowClient }, { body, headers }, secret) =>
      new WebflowClient({ accessToken: "token" }).webhooks.verifySignature({
        headers,
        body,
        secret,
      }),
  },
  {
    scheme: "sanity",
    sdk: "@sanity/webhook",
    keys: TEXT,
    delivery: () => ({ body: json({ _id: "drafts.1", _type: "author", name: "Ada Čapková" }) }),
    accepts: ({ isValidSignature }, { body, headers }, key) =>
      isValidSignature(body, headers["sanity-webhook-signature"], key),
    sign: async ({ encodeSignatureHeader }, { body }, key, now) => ({
      headers: {
        "sanity-webhook-signature": await encodeSignatureHeader(body, now.getTime(), key),
      },
    }),
  },
  {
    scheme: "box",
    sdk: "box-node-sdk",
    entry: "box-node-sdk/managers/webhooks",
    keys: TEXT,
    delivery: (now) => ({
      headers: { "box-signature-version": "1", "box-signature-algorithm": "HmacSHA256" },
      body: json({
        type: "webhook_event",
        id: "eb0c4e06-751f-442c-86f8-fd5bb404dbec",
        created_at: now,
        trigger: "FILE.UPLOADED",
        created_by: { name: "Ada Čapková" },
      }),
    }),
    accepts: ({ WebhooksManager }, { body, headers }, key) =>
      WebhooksManager.validateMessage(body, headers, key),
  },
  {
    scheme: "cloudinary",
    sdk: "cloudinary",
    keys: TEXT,
    delivery: (now) => ({
      body: json({ notification_type: "upload", timestamp: now, display_name: "Ada Čapková" }),
    }),
    accepts: ({ v2: cloudinary }, { body, headers }, key) => {
      cloudinary.config({ api_secret: key });
      return cloudinary.utils.verifyNotificationSignature(
        body,
        Number(headers["x-cld-timestamp"]),
        headers["x-cld-signature"],
      );
    },
    sign: ({ v2: cloudinary }, { body }, key, now) => {
      const timestamp = seconds(now);
      const options = { api_secret: key };
      const signature = cloudinary.utils.webhook_signature(body, timestamp, options);
      return { headers: { "x-cld-timestamp": String(timestamp), "x-cld-signature": signature } };
    },
  },
  {
    scheme: "mux",
    sdk: "@mux/mux-node",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        type: "video.asset.ready",
        id: "3a56ac3d-33da-4366-855b-f592d898409d",
        created_at: now,
        data: { passthrough: "Ada Čapková" },
      }),
    }),
    accepts: ({ default: Mux }, { body, headers }, key) => {
      const { webhooks } = new Mux({ tokenId: "id", tokenSecret: "secret" });
      return succeeds(
        () => webhooks.verifySignature(body, headers, key),
        /No signatures found matching/,
      );
    },
  },
  {
    scheme: "notion",
    sdk: "@notionhq/client",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        id: "367cba44-b6f3-4c92-81e7-6a2e9659efd4",
        timestamp: now,
        authors: ["Ada Čapková"],
      }),
    }),
    accepts: ({ default: notion }, { body, headers }, verificationToken) =>
      notion.verifyWebhookSignature({
        body,
        signature: headers["x-notion-signature"],
        verificationToken,
      }),
    sign: async ({ default: notion }, { body }, verificationToken) => ({
      headers: {
        "x-notion-signature": await notion.signWebhookPayload({ body, verificationToken }),
      },
    }),
  },
  {
    scheme: "elevenlabs",
    sdk: "@elevenlabs/elevenlabs-js",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        type: "post_call_transcription",
        event_timestamp: seconds(now),
        data: { agent_id: "xyz", conversation_id: "abc", user_id: "Ada Čapková" },
      }),
    }),
    accepts: ({ ElevenLabsClient }, { body, headers }, key) => {
      const { webhooks } = new ElevenLabsClient({ apiKey: "key" });
      return succeeds(
        () => webhooks.constructEvent(body, headers["elevenlabs-signature"], key),
        /Signature hash does not match/,
      );
    },
  },
  {
    scheme: "hookdeck",
    sdk: "@hookdeck/sdk",
    entry: "@hookdeck/sdk/webhooks/helpers.js",
    keys: TEXT,
    delivery: () => ({ body: json({ type: "customer.created", data: { name: "Ada Čapková" } }) }),
    accepts: async ({ default: hookdeck }, { body, headers }, signingSecret) => {
      const options = { headers, rawBody: body, signingSecret };
      return (await hookdeck.verifyWebhookSignature(options)).isValidSignature;
    },
  },
  {
    scheme: "onfido",
    sdk: "@onfido/api",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        payload: {
          resource_type: "check",
          action: "check.completed",
          object: { id: "12343-12345-12345", completed_at_iso8601: now, applicant: "Ada Čapková" },
        },
      }),
    }),
    accepts: ({ WebhookEventVerifier, OnfidoInvalidSignatureError }, { body, headers }, key) =>
      succeeds(
        () => new WebhookEventVerifier(key).readPayload(body, headers["x-sha2-signature"]),
        OnfidoInvalidSignatureError,
      ),
  },
  {
    scheme: "shortcut",
    sdk: "@shortcut/client",
    entry: "@shortcut/client/webhooks",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        id: "595285dc-9c43-4b9c-a1e6-0cd9aff5b084",
        changed_at: now,
        actions: [{ id: 16927, entity_type: "story", action: "create", name: "Ada Čapková" }],
      }),
    }),
    accepts: ({ verifyShortcutWebhookSignature }, { body, headers }, key) =>
      verifyShortcutWebhookSignature(key, body, headers["payload-signature"]),
    sign: async ({ signShortcutWebhookBody }, { body }, key) => ({
      headers: { "payload-signature": await signShortcutWebhookBody(key, body) },
    }),
  },
  {
    scheme: "acuity",
    sdk: "acuityscheduling",
    keys: TEXT,
    delivery: () => ({
      body: new URLSearchParams({
        action: "scheduled",
        id: "117",
        calendarID: "1",
        type: "Ada Čapková",
      }).toString(),
    }),
    accepts: ({ default: acuity }, { body, headers }, key) =>
      succeeds(
        () => acuity.bodyParserVerify(key)({ headers }, {}, Buffer.from(body), "utf8"),
        /This message was forged/,
      ),
  },
  {
    scheme: "x",
    sdk: "twitter-autohook",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        for_user_id: "2244994945",
        tweet_create_events: [{ created_at: now, user: { name: "Ada Čapková" } }],
      }),
    }),
    accepts: ({ default: { validateSignature } }, { body, headers }, consumer_secret) =>
      validateSignature(headers, { consumer_secret }, body),
  },
  {
    // The library is the code that sends: a receiver compares its signature.
    scheme: "segment",
    sdk: "@segment/action-destinations",
    entry: "@segment/action-destinations/dist/destinations/webhook/index.js",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        type: "identify",
        messageId: "segment-test-message-00s7yd",
        timestamp: now,
        traits: { name: "Ada Čapková" },
      }),
    }),
    accepts: (segment, { body, headers }, key) =>
      headers["x-signature"] === segmentSignature(segment, body, key),
    sign: (segment, { body }, key) => ({
      headers: { "x-signature": segmentSignature(segment, body, key) },
    }),
  },
  {
    scheme: "trigger-dev",
    sdk: "@trigger.dev/sdk",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        id: "evt_1",
        created: now,
        webhookVersion: "v20240604",
        type: "alert.run.failed",
        object: { run: { tags: ["Ada Čapková"] } },
      }),
    }),
    accepts: async ({ webhooks, WebhookError }, { body, headers }, key) => {
      const request = new Request("https://example.com/", { method: "POST", body, headers });
      try {
        await webhooks.constructEvent(request, key);
      } catch (error) {
        if (!(error instanceof WebhookError)) throw error;
        // The library checks the structure of the event after the signature.
        return error.message.startsWith("Webhook parsing failed");
      }
      return true;
    },
  },
];

/**
 * The signature that Segment's webhook destination sends.
 * @param {any} segment
 * @param {string} body
 * @param {string} sharedSecret
 */
function segmentSignature({ default: { default: destination } }, body, sharedSecret) {
  const request = { settings: { sharedSecret }, payload: { data: JSON.parse(body) } };
  return destination.extendRequest(request).headers["X-Signature"];
}
