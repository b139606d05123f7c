// Adapters for senders of messages and calls.

import { createHash } from "node:crypto";
import { json, seconds, succeeds, TEXT } from "../oracle.mjs";

/** The form that a telephone service posts for a message. A field may be repeated, also with an equal value. */
const MESSAGE = [
  ["From", "+15551234567"],
  ["To", "+15557654321"],
  ["ProfileName", "Ada Čapková"],
  ["MediaUrl", "https://example.com/2"],
  ["MediaUrl", "https://example.com/1"],
  ["MediaUrl", "https://example.com/2"],
];

/** The fields of a form in the type that Twilio's library takes: repeated fields are a list. */
function fieldsOf(/** @type {string} */ body) {
  const form = new URLSearchParams(body);
  const entries = [...new Set(form.keys())].map((name) => [name, form.getAll(name)]);
  return Object.fromEntries(entries.map(([name, all]) => [name, all.length > 1 ? all : all[0]]));
}

/** A form that Twilio posts. */
const twilioForm = {
  scheme: "twilio",
  sdk: "twilio",
  keys: TEXT,
  delivery: () => ({
    method: "POST",
    url: "https://example.com/messages?who=it's%20her%20(again)!*",
    body: new URLSearchParams(MESSAGE).toString(),
  }),
  accepts: ({ default: twilio }, { body, headers, url }, key) =>
    twilio.validateRequest(key, headers["x-twilio-signature"], url, fieldsOf(body)),
  sign: ({ default: twilio }, { body, url }, key) => {
    const signature = twilio.getExpectedTwilioSignature(key, url, fieldsOf(body));
    return { headers: { "x-twilio-signature": signature } };
  },
};

/** @type {import("../oracle.mjs").Oracle[]} */
export default [
  {
    scheme: "slack",
    sdk: "@slack/bolt",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        type: "event_callback",
        event_id: "Ev0PV52K21",
        event_time: seconds(now),
        event: { type: "message", user: "U2147483697", text: "Ada Čapková was here" },
      }),
    }),
    accepts: ({ default: bolt }, { body, headers }, signingSecret) =>
      succeeds(() => bolt.verifySlackRequest({ signingSecret, body, headers }), /mismatch/),
  },
  twilioForm,
  {
    // The signed URL may hold the port that the receiver's URL leaves out.
    ...twilioForm,
    withoutSigner: true,
    sign: (library, delivery, key) => {
      const url = delivery.url.replace("example.com/", "example.com:443/");
      return twilioForm.sign(library, { ...delivery, url }, key);
    },
  },
  {
    // For JSON, the URL holds the digest of the body.
    scheme: "twilio",
    sdk: "twilio",
    keys: TEXT,
    delivery: () => ({
      method: "POST",
      url: "https://example.com/messages?tenant=1",
      headers: { "content-type": "application/json" },
      body: json({ name: "com.twilio.messaging.message.sent", author: "Ada Čapková" }),
    }),
    accepts: ({ default: twilio }, { body, headers, url }, key) =>
      twilio.validateRequestWithBody(key, headers["x-twilio-signature"], url, body),
    sign: ({ default: twilio }, { body, url }, key) => {
      const signed = `${url}&bodySHA256=${twilio.getExpectedBodyHash(body)}`;
      const signature = twilio.getExpectedTwilioSignature(key, signed, {});
      return { url: signed, headers: { "x-twilio-signature": signature } };
    },
  },
  {
    scheme: "line",
    sdk: "@line/bot-sdk",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        destination: "xxxxxxxxxx",
        events: [
          {
            type: "message",
            webhookEventId: "01FZ74A0TDDPYRVKNK77XKC3ZR",
            timestamp: now.getTime(),
            message: { type: "text", text: "Ada Čapková was here" },
          },
        ],
      }),
    }),
    accepts: ({ validateSignature }, { body, headers }, key) =>
      validateSignature(body, key, headers["x-line-signature"]),
  },
  {
    scheme: "viber",
    sdk: "viber-bot",
    entry: "viber-bot/lib/message/message-validator.js",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        event: "message",
        timestamp: now.getTime(),
        message_token: 4912661846655238000,
        sender: { id: "01234567890A=", name: "Ada Čapková" },
      }),
    }),
    accepts: ({ default: MessageValidator }, { body, headers }, key) =>
      new MessageValidator({ debug() {} }, key).validateMessage(
        headers["x-viber-content-signature"],
        body,
      ),
  },
  {
    scheme: "pusher",
    sdk: "pusher",
    keys: TEXT,
    delivery: (now) => ({
      headers: { "x-pusher-key": "278d525bdf162c739803", "content-type": "application/json" },
      body: json({
        time_ms: now.getTime(),
        events: [{ name: "member_added", channel: "presence-room", user_id: "Ada Čapková" }],
      }),
    }),
    accepts: ({ default: Pusher }, { body, headers }, secret) => {
      const pusher = new Pusher({ appId: "1", key: "278d525bdf162c739803", secret, cluster: "eu" });
      return pusher.webhook({ headers, rawBody: body }).isValid();
    },
  },
  {
    scheme: "stream",
    sdk: "stream-chat",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        type: "message.new",
        created_at: now,
        user: { id: "ada", name: "Ada Čapková" },
      }),
    }),
    accepts: ({ StreamChat }, { body, headers }, key) =>
      new StreamChat("key", key).verifyWebhook(body, headers["x-signature"]),
  },
  {
    // The library requires its account as the token's issuer, which only the sender writes.
    scheme: "livekit",
    sdk: "livekit-server-sdk",
    withoutSigner: true,
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        event: "participant_joined",
        id: "EV_eugWmGhovZmm",
        createdAt: String(seconds(now)),
        participant: { identity: "Ada Čapková" },
      }),
    }),
    accepts: async ({ WebhookReceiver }, { body, headers }, secret) =>
      succeeds(
        () => new WebhookReceiver("APIkey", secret).receive(body, headers.authorization),
        /signature verification failed|checksum of body does not match/,
      ),
    sign: async ({ AccessToken }, { body }, secret) => {
      const token = new AccessToken("APIkey", secret, { ttl: 300 });
      token.sha256 = createHash("sha256").update(body).digest("base64");
      return { headers: { authorization: await token.toJwt() } };
    },
  },
  {
    scheme: "zoom",
    sdk: "@zoom/rivet",
    entry: "@zoom/rivet/users",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        event: "meeting.started",
        event_ts: now.getTime(),
        payload: { account_id: "AAAAAABBBB", object: { id: "1234567890", topic: "Ada Čapková" } },
      }),
    }),
    accepts: async ({ AwsLambdaReceiver }, { body, headers }, webhooksSecretToken) => {
      const receive = new AwsLambdaReceiver({ webhooksSecretToken }).start();
      const { statusCode, body: answer } = await receive({ body, headers, isBase64Encoded: false });
      if (statusCode === 200) return true;
      if (/Failed to verify event originated from Zoom/.test(answer)) return false;
      throw new Error(answer);
    },
  },
  {
    scheme: "mailersend",
    sdk: "mailersend",
    entry: "mailersend/lib/services/mailersend.utils.js",
    keys: TEXT,
    delivery: (now) => ({
      body: json({
        type: "activity.sent",
        created_at: now,
        data: { id: "1", subject: "Hi Ada Čapková" },
      }),
    }),
    accepts: ({ MailerSendUtils }, { body, headers }, key) =>
      MailerSendUtils.verifyWebHook(Buffer.from(body), headers.signature, key),
  },
  {
    scheme: "retell",
    sdk: "retell-sdk",
    entry: "retell-sdk/lib/webhook_auth",
    keys: TEXT,
    delivery: () => ({
      body: json({
        event: "call_ended",
        call: { call_id: "Jabr9TXYYJHfvl6Syypi88", agent: "Ada Čapková" },
      }),
    }),
    accepts: ({ verify }, { body, headers }, key) =>
      verify(body, key, headers["x-retell-signature"]),
    sign: async ({ symmetric }, { body }, key, now) => ({
      headers: { "x-retell-signature": await symmetric.sign(body, key, now.getTime()) },
    }),
  },
];
