// What the tests know of each sender: an account of its scheme that is independent of the core's, and the tools to
// make deliveries with it that the package's own signer would refuse to make.

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

/** What follows from the Standard Webhooks specification; `family` is what the names of the headers begin with. */
const specified = (family, sample) => ({
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

/** What Stripe does, and senders that do it the same way. */
const inItems = (header, sample) => ({
  keys: TEXT_KEYS,
  header,
  value: "t={time},v1={tag}",
  between: ",",
  within: "=",
  encoding: "hex",
  content: "{time}.{body}",
  sample,
});

/** A tag over the body alone. */
const overBody = (header, value, encoding, sample) => ({
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
 * `keys`: three secrets, the first being the usual one. `header` and `value`: where the tag stands and how, `within`
 * and `between` separating the parts of an item and the items. `content`: what is signed, where it is the body or
 * more. `sample`: a usual body. `bare`: what becomes of a genuine delivery whose body is no JSON, unless it is an
 * event like any other.
 */
export const senders = {
  standard: specified("webhook", { type: "user.created", data: { id: "usr_1" } }),
  svix: specified("svix", { type: "invoice.paid", data: { id: "inv_1" } }),
  flexprice: specified("svix", {
    event_type: "invoice.update.finalized",
    invoice: { id: "inv_1" },
  }),
  "flexprice-native": overBody("x-flexprice-signature", "sha256={tag}", "hex", {
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
    bare: "body_mismatch",
  },
  "flash-vault": inItems("flash-signature", { event: "subscription.renewed", data: { amount: 1 } }),
  subscribeflow: {
    ...overBody("x-subscribeflow-signature", "sha256={tag}", "hex", {
      id: "evt_1",
      type: "tag.subscribed",
    }),
    bare: "not_json",
  },
  resend: specified("svix", { type: "email.bounced", data: { email_id: "e_1" } }),
  stripe: {
    ...inItems("stripe-signature", { id: "evt_1", object: "event", type: "invoice.paid" }),
    bare: "not_json",
  },
  github: overBody("x-hub-signature-256", "sha256={tag}", "hex", { action: "opened", number: 1 }),
  slack: {
    keys: TEXT_KEYS,
    timeHeader: "x-slack-request-timestamp",
    header: "x-slack-signature",
    value: "v0={tag}",
    encoding: "hex",
    content: "v0:{time}:{body}",
    sample: { type: "event_callback", event_id: "Ev1", event: { type: "app_mention" } },
  },
  shopify: overBody("x-shopify-hmac-sha256", "{tag}", "base64", { id: 1, total_price: "398.00" }),
};

export const names = Object.keys(senders);
const namesWhere = (holds) => names.filter((name) => holds(senders[name]));

/** Senders that sign at least the body. */
export const signingBody = namesWhere(({ content }) => content !== undefined);
/** Senders that sign the time of the delivery. */
export const signingTime = namesWhere(({ content }) => content?.includes("{time}"));
/** Senders that sign an id in a header. */
export const signingId = namesWhere(({ idHeader }) => idHeader !== undefined);
/** Senders whose header may hold several signatures. */
export const inLists = namesWhere(({ between }) => between !== undefined);
/** Senders that write their tags in a certain encoding. */
export const writing = (wanted) => namesWhere(({ encoding }) => encoding === wanted);

/** The sample body of a sender as text, with more members if wanted. */
export const sampleBody = (name, more = {}) => JSON.stringify({ ...senders[name].sample, ...more });

/** A sender's secret as the bytes that its HMAC takes. */
const keyBytes = (name, key) =>
  senders[name].keyEncoding === "base64"
    ? decode("base64", key.replace("whsec_", ""))
    : bytesOf(key);

/** Puts values in the places of a template; as bytes, since a body may be any bytes. */
function fill(template, values) {
  const parts = template.split(/\{(\w+)\}/);
  return concat(...parts.map((part, index) => (index % 2 === 0 ? part : values[part])));
}

/** The tag that a sender's key makes for these values, whether or not a receiver would accept them. */
export async function tagFor(name, { id = "msg_1", time = `${NOW_SECONDS}`, body, key, hash }) {
  const { content, encoding, keys } = senders[name];
  const tag = await hmac(keyBytes(name, key ?? keys[0]), fill(content, { id, time, body }), hash);
  return encode(encoding, tag);
}

/** A delivery with a right signature over whatever id, time and body are given. */
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

/** A token with these parts and a right signature; what is not a text is printed as JSON first. */
export async function makeToken(header, claims, key = senders.flash.keys[0]) {
  const part = (value) =>
    encode("base64url", typeof value === "string" ? value : JSON.stringify(value));
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${encode("base64url", await hmac(key, signed))}`;
}

/** The claims of a token that says what the sample body says. */
export const usualClaims = (more = {}) => ({
  version: "1.0",
  eventType: senders.flash.sample.eventType,
  user_public_key: senders.flash.sample.data.public_key,
  exp: NOW_SECONDS + 3600,
  ...more,
});

/** The value of the signature header, cut in two before its last tag. */
export function splitTag(name, headers) {
  const { header, value } = senders[name];
  const mark = value.slice(0, -"{tag}".length).split("}").at(-1);
  const text = headers[header];
  const at = mark === "" ? 0 : text.lastIndexOf(mark) + mark.length;
  return { before: text.slice(0, at), tag: text.slice(at) };
}

/** The same delivery with another value in a header. */
export const withHeader = (delivery, header, value) => ({
  ...delivery,
  headers: { ...delivery.headers, [header]: value },
});

/** The same delivery with another tag; `change` makes the new one from the old. */
export function withTag(name, delivery, change) {
  const { before, tag } = splitTag(name, delivery.headers);
  return withHeader(delivery, senders[name].header, before + change(tag));
}
