// Adapters for senders that sign with a private key and publish the public key.

import { generateKeyPairSync, sign } from "node:crypto";
import https from "node:https";
import { Readable } from "node:stream";
import { json, seconds, succeeds } from "../oracle.mjs";

/** Two Ed25519 key pairs as raw bytes: a seed of 32 bytes and a public key of 32 bytes. */
const ed25519 = (/** @type {"hex" | "base64"} */ encoding) =>
  pairs(() => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const raw = (/** @type {string | undefined} */ part) =>
      Buffer.from(part ?? "", "base64url").toString(encoding);
    return {
      secret: raw(privateKey.export({ format: "jwk" }).d),
      public: raw(publicKey.export({ format: "jwk" }).x),
    };
  });

/**
 * Two key pairs in PEM.
 * @param {"ec" | "rsa"} type
 * @param {any} options
 */
const pem = (type, options) =>
  pairs(() => {
    const { privateKey, publicKey } = generateKeyPairSync(/** @type {any} */ (type), {
      ...options,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    return { secret: privateKey, public: publicKey };
  });

/**
 * @template Pair
 * @param {() => Pair} make
 * @returns {readonly [Pair, Pair]}
 */
function pairs(make) {
  return [make(), make()];
}

/** @type {import("../oracle.mjs").Oracle[]} */
export default [
  {
    scheme: "discord",
    sdk: "discord-interactions",
    keys: ed25519("hex"),
    delivery: () => ({
      body: json({
        id: "786008729715212338",
        type: 2,
        data: { name: "greet", target: "Ada Čapková" },
      }),
    }),
    accepts: ({ default: { verifyKey } }, { body, headers }, key) =>
      verifyKey(body, headers["x-signature-ed25519"], headers["x-signature-timestamp"], key),
  },
  {
    scheme: "telnyx",
    sdk: "telnyx",
    entry: "telnyx/lib/webhooks",
    keys: ed25519("base64"),
    delivery: (now) => ({
      body: json({
        data: {
          event_type: "message.received",
          id: "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0",
          occurred_at: now,
          payload: { text: "Ada Čapková was here" },
        },
      }),
    }),
    accepts: ({ TelnyxWebhook, TelnyxWebhookVerificationError }, { body, headers }, key) =>
      succeeds(() => new TelnyxWebhook(key).verify(body, headers), TelnyxWebhookVerificationError),
  },
  {
    scheme: "sendgrid",
    sdk: "@sendgrid/eventwebhook",
    keys: pem("ec", { namedCurve: "P-256" }),
    delivery: (now) => ({
      body: `${json([{ email: "ada@example.com", name: "Ada Čapková", timestamp: seconds(now), event: "open" }])}\r\n`,
    }),
    accepts: ({ default: { EventWebhook } }, { body, headers }, key) => {
      const webhook = new EventWebhook();
      return webhook.verifySignature(
        webhook.convertPublicKeyToECDSA(key),
        body,
        headers["x-twilio-email-event-webhook-signature"],
        headers["x-twilio-email-event-webhook-timestamp"],
      );
    },
    reference: ({ body }, key, now) => ({
      headers: {
        "x-twilio-email-event-webhook-timestamp": String(seconds(now)),
        "x-twilio-email-event-webhook-signature": sign(
          "sha256",
          Buffer.from(`${seconds(now)}${body}`),
          key,
        ).toString("base64"),
      },
    }),
  },
  {
    scheme: "sns",
    sdk: "sns-validator",
    keys: pem("rsa", { modulusLength: 2048 }),
    delivery: (now) => ({
      body: json({
        Type: "Notification",
        MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        TopicArn: "arn:aws:sns:us-west-2:123456789012:MyTopic",
        Subject: "My First Message",
        Message: "Hello Ada Čapková",
        Timestamp: now,
        SignatureVersion: "2",
        SigningCertURL: `https://sns.us-west-2.amazonaws.com/${seconds(now)}.pem`,
        UnsubscribeURL: "https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe",
      }),
    }),
    accepts: async ({ default: MessageValidator }, { body }, key) => {
      // The library fetches the certificate and caches it by URL, so each key gets a URL of its own.
      const message = JSON.parse(body);
      message.SigningCertURL = `https://sns.us-west-2.amazonaws.com/${crypto.randomUUID()}.pem`;
      return withCertificate(key, () =>
        succeeds(
          () =>
            new Promise((resolve, reject) => {
              const done = (/** @type {Error | null} */ error) =>
                error ? reject(error) : resolve(1);
              new MessageValidator().validate(message, done);
            }),
          /The message signature is invalid/,
        ),
      );
    },
    reference: ({ body }, key) => {
      const message = JSON.parse(body);
      const names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
      const content = names.map((name) => `${name}\n${message[name]}\n`).join("");
      const signature = sign("sha256", Buffer.from(content), key).toString("base64");
      return { body: json({ ...message, Signature: signature }) };
    },
  },
];

/**
 * Runs the work while every URL returns this certificate.
 * @template T
 * @param {string} certificate
 * @param {() => Promise<T>} work
 */
async function withCertificate(certificate, work) {
  const { get } = https;
  https.get = /** @type {any} */ (
    (/** @type {string} */ _url, /** @type {(response: any) => void} */ answer) => {
      answer(Object.assign(Readable.from([certificate]), { statusCode: 200 }));
      return { on() {} };
    }
  );
  try {
    return await work();
  } finally {
    https.get = get;
  }
}
