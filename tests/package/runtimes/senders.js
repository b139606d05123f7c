// The senders of the attack tests. Each is described independently of the core, so that the tests can sign deliveries
// that the package's own signer would not sign.

import { bytesOf, concat, decode, encode, hmac } from "./bytes.js";

export const NOW_SECONDS = 1_700_000_000;
export const NOW = new Date(NOW_SECONDS * 1000);
export const seconds = (after) => new Date((NOW_SECONDS + after) * 1000);

/** A key pair that the Standard Webhooks specification publishes. */
export const PAIR = {
  secret:
    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
  public: "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
};

const BASE64_KEYS = [
  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
  "whsec_bm90IHRoZSBrZXkgdGhhdCBzaWduZWQgdGhpcw==",
];
const TEXT_KEYS = ["whsec_8f742231b10e8888abcd99", "It's a Secret to Everybody", "hush"];

/** A sender that signs by the Standard Webhooks specification. `family` is the prefix of its headers. */
const standardSender = (family, sample) => ({
  keys: BASE64_KEYS,
  keyEncoding: "base64",
  idHeader: `${family}-id`,
  timeHeader: `${family}-timestamp`,
  header: `${family}-signature`,
  value: "v1,{tag}",
  between: " ",
  within: ",",
  encoding: "base64",
  content: "{id}.{time}.{body}",
  sample,
});

/** A sender that signs as Stripe does. */
const stripeLikeSender = (header, sample) => ({
  keys: TEXT_KEYS,
  header,
  value: "t={time},v1={tag}",
  between: ",",
  within: "=",
  encoding: "hex",
  content: "{time}.{body}",
  sample,
});

/** A sender that signs only the body. */
const bodyOnlySender = (header, value, encoding, sample) => ({
  keys: TEXT_KEYS,
  header,
  value,
  encoding,
  content: "{body}",
  sample,
});

/**
 * Every sender, by the name of its scheme.
 *
 * `keys`: three secrets, of which the first is the default. `header` and `value`: the header of the signature and its
 * layout, in which `between` separates the items of a list and `within` the parts of an item. `content`: the signed
 * content, if it includes the body. `sample`: a typical body. `withoutJson`: the code of the error for a genuine
 * delivery whose body is not JSON, if that is an error.
 */
export const senders = {
  standard: standardSender("webhook", { type: "user.created", data: { id: "usr_1" } }),
  svix: standardSender("svix", { type: "invoice.paid", data: { id: "inv_1" } }),
  flexprice: standardSender("svix", {
    event_type: "invoice.update.finalized",
    invoice: { id: "inv_1" },
  }),
  "flexprice-native": bodyOnlySender("x-flexprice-signature", "sha256={tag}", "hex", {
    event_type: "payment.success",
    payment: { id: "pay_1" },
  }),
  "flexprice-native-token": {
    keys: TEXT_KEYS,
    header: "x-api-key",
    value: "{tag}",
    encoding: "text",
    sample: { event_type: "payment.success", payment: { id: "pay_1" } },
  },
  flash: {
    keys: TEXT_KEYS,
    header: "authorization",
    value: "Bearer {signed}.{tag}",
    encoding: "base64url",
    sample: { eventType: { id: "1", name: "user_signed_up" }, data: { public_key: "55a12716" } },
    withoutJson: "body_mismatch",
  },
  "flash-vault": stripeLikeSender("flash-signature", {
    event: "subscription.renewed",
    data: { amount: 1 },
  }),
  subscribeflow: {
    ...bodyOnlySender("x-subscribeflow-signature", "sha256={tag}", "hex", {
      id: "evt_1",
      type: "tag.subscribed",
    }),
    withoutJson: "not_json",
  },
  resend: standardSender("svix", { type: "email.bounced", data: { email_id: "e_1" } }),
  stripe: {
    ...stripeLikeSender("stripe-signature", { id: "evt_1", object: "event", type: "invoice.paid" }),
    withoutJson: "not_json",
  },
  github: bodyOnlySender("x-hub-signature-256", "sha256={tag}", "hex", {
    action: "opened",
    number: 1,
  }),
  slack: {
    keys: TEXT_KEYS,
    timeHeader: "x-slack-request-timestamp",
    header: "x-slack-signature",
    value: "v0={tag}",
    encoding: "hex",
    content: "v0:{time}:{body}",
    sample: { type: "event_callback", event_id: "Ev1", event: { type: "app_mention" } },
  },
  shopify: bodyOnlySender("x-shopify-hmac-sha256", "{tag}", "base64", {
    id: 1,
    total_price: "398.00",
  }),
};

export const senderNames = Object.keys(senders);
const namesWhere = (holds) => senderNames.filter((name) => holds(senders[name]));

/** Senders that sign at least the body. */
export const bodySigners = namesWhere(({ content }) => content !== undefined);
/** Senders that sign the time of the delivery. */
export const timeSigners = namesWhere(({ content }) => content?.includes("{time}"));
/** Senders that sign an id in a header. */
export const idSigners = namesWhere(({ idHeader }) => idHeader !== undefined);
/** Senders whose header may hold several signatures. */
export const listSigners = namesWhere(({ between }) => between !== undefined);
/** Senders that write their signatures in this encoding. */
export const sendersWriting = (wanted) => namesWhere(({ encoding }) => encoding === wanted);

/** A sender's sample body as text, with more members if given. */
export const sampleBody = (name, more = {}) => JSON.stringify({ ...senders[name].sample, ...more });

/** The bytes of a sender's secret that are the key of its HMAC. */
const keyBytes = (name, key) =>
  senders[name].keyEncoding === "base64"
    ? decode("base64", key.replace("whsec_", ""))
    : bytesOf(key);

/** Fills a template with values. The result is bytes, because a body may be any bytes. */
function fill(template, values) {
  const parts = template.split(/\{(\w+)\}/);
  return concat(...parts.map((part, index) => (index % 2 === 0 ? part : values[part])));
}

/** The signature of these values by a sender's key, whether or not a receiver would accept them. */
export async function tagFor(name, { id = "msg_1", time = `${NOW_SECONDS}`, body, key, hash }) {
  const { content, encoding, keys } = senders[name];
  const tag = await hmac(keyBytes(name, key ?? keys[0]), fill(content, { id, time, body }), hash);
  return encode(encoding, tag);
}

/** A delivery with a correct signature over any id, time and body. */
export async function forge(name, { id = "msg_1", time = `${NOW_SECONDS}`, body, key }) {
  const { idHeader, timeHeader, header, value } = senders[name];
  const tag = await tagFor(name, { id, time, body, key });
  const headers = {};
  if (idHeader) {
    headers[idHeader] = id;
  }
  if (timeHeader) {
    headers[timeHeader] = time;
  }
  headers[header] = value.replace("{time}", () => time).replace("{tag}", () => tag);
  return { headers, body };
}

/** A token with a correct signature over this header and these claims. Values other than texts become JSON. */
export async function makeToken(header, claims, key = senders.flash.keys[0]) {
  const part = (value) =>
    encode("base64url", typeof value === "string" ? value : JSON.stringify(value));
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${encode("base64url", await hmac(key, signed))}`;
}

/** The claims of a token for Flash's sample body. */
export const usualClaims = (more = {}) => ({
  version: "1.0",
  eventType: senders.flash.sample.eventType,
  user_public_key: senders.flash.sample.data.public_key,
  exp: NOW_SECONDS + 3600,
  ...more,
});

/** The value of the signature header, split before its last signature. */
export function splitTag(name, headers) {
  const { header, value } = senders[name];
  const mark = value.slice(0, -"{tag}".length).split("}").at(-1);
  const text = headers[header];
  const at = mark === "" ? 0 : text.lastIndexOf(mark) + mark.length;
  return { before: text.slice(0, at), tag: text.slice(at) };
}

/** A copy of the delivery with a different value in a header. */
export const withHeader = (delivery, header, value) => ({
  ...delivery,
  headers: { ...delivery.headers, [header]: value },
});

/** A copy of the delivery with a different signature, which `change` makes from the old one. */
export function withTag(name, delivery, change) {
  const { before, tag } = splitTag(name, delivery.headers);
  return withHeader(delivery, senders[name].header, before + change(tag));
}
