// Uses the types as programs do. It is compiled and never run. Each `@ts-expect-error` marks a mistake that must be an
// error.

import {
  type Answer,
  type Authenticated,
  DecodeError,
  type Delivery,
  type DeliveryHeaders,
  type Event,
  type EventType,
  type flash,
  type flashVault,
  type flexprice,
  type HandshakeReply,
  type Key,
  KeyError,
  type Payload,
  Rejection,
  type RejectionCode,
  type resend,
  type SchemeDescription,
  SchemeError,
  type SchemeName,
  Signer,
  schemes,
  setUp,
  type stripe,
  type subscribeflow,
  type Tolerance,
  type UnlistedType,
  Verifier,
  type VerifierOptions,
} from "countersign";
import { readMessage } from "countersign/queue";
import { init } from "countersign/slim";

const keys: Key[] = ["secret", new Uint8Array(32), { id: "main", key: "secret" }];
const tolerance: Tolerance = { past: 60 };
const options: VerifierOptions = { tolerance };
const verifier = new Verifier("stripe", keys, options);
const bodies: Delivery["body"][] = ["text", new Uint8Array(1), new ArrayBuffer(1)];
const headers: DeliveryHeaders[] = [
  new Headers(),
  { "stripe-signature": "t=1,v1=00", accept: undefined, cookie: ["a", "b"] },
  [["stripe-signature", "t=1,v1=00"]],
  new Map([["stripe-signature", "t=1,v1=00"]]),
];

for (const body of bodies) {
  const event: Event<"stripe"> = verifier.verify({ headers: headers[0] ?? {}, body }, new Date());
  const source: "stripe" = event.source;
  const id: string = event.id;
  const kind: string | undefined = event.type;
  const at: Date | undefined = event.signedAt;
  const keyId: string | number = event.keyId;
  const authenticated: Authenticated = event.authenticated;
  const bytes: Uint8Array = event.body;
  const value: { amount: number } = event.json<{ amount: number }>();
  const unknown: unknown = event.json();
  const text: string = event.text();
  console.log(source, id, kind, at, keyId, authenticated, bytes, value, unknown, text);
  // @ts-expect-error: the fields of an event are read-only
  event.id = "another";
  // @ts-expect-error: verify returns an event and never a boolean
  if (event === true) console.log();
}

// An answer fits `Response`, and so does the reply to a handshake.

const answer: Answer = verifier.answer("accepted", { id: "evt_1" });
const refusal: Answer = verifier.answer(new Error("caught"));
const reply: HandshakeReply | undefined = setUp("asana", { headers: {}, body: "" });
console.log(new Response(answer.body, answer), new Response(refusal.body, refusal));
if (reply !== undefined) console.log(new Response(reply.body, reply), reply.secret?.length);
// @ts-expect-error: a misspelt outcome is an error
verifier.answer("acepted", { id: "evt_1" });
// @ts-expect-error: no scheme has this name
setUp("asanas", { headers: {}, body: "" });
const described: SchemeDescription = {
  name: "acme",
  key: "text",
  id: "digest",
  sharedToken: { header: "acme-secret" },
  answers: { accepted: { status: 204 }, rejected: { contentType: "text/plain", body: "no" } },
  handshakes: [
    { method: "OPTIONS", token: "header:x-a", headers: { "x-b": "$token" } },
    { proof: { testKey: "test" }, when: { "/type": "test" }, headers: {} },
  ],
};
console.log(new Verifier(described, "secret"));

// The words for deliveries in other shapes.
const tag = { algorithm: "hmac-sha256", encoding: "hex" } as const;
const shapes: Partial<SchemeDescription>[] = [
  { methods: ["POST", "GET"], payload: "json-or-gzip", unsigned: { id: ["x-a", "a"], type: "a" } },
  { payload: { jsonOrField: "payload" } },
  { signature: { place: { repeatedHeader: "x-a" }, tags: [tag], content: ["payload"] } },
  { signature: { place: { numberedHeader: "x-a-*" }, tags: [tag], content: ["body"] } },
  { signature: { place: { body: ["/a", "/b"] }, tags: [tag], content: [{ member: "/c" }] } },
  // @ts-expect-error Senders do not deliver by PUT.
  { methods: ["PUT"] },
];
console.log(shapes);

// Checking `type` narrows the body, for the senders whose types are listed.

function readStripe(event: Event<"stripe">): string | undefined {
  // Without a check of the type, the body is a union of all of them.
  const any: stripe.Event | stripe.ThinEvent = event.json();
  const own: { amount: number } = event.json<{ amount: number }>();
  console.log(any, own);
  if (event.type === "invoice.paid") {
    const narrowed: Event<"stripe", "invoice.paid"> = event;
    const body: Payload<"stripe", "invoice.paid"> = narrowed.json();
    const type: "invoice.paid" = body.type;
    const object: Record<string, unknown> = event.json().data.object;
    const created: number | bigint | null | undefined = body.created;
    const mine: { total: number } = event.json<{ total: number }>();
    console.log(type, object, created, mine);
    // @ts-expect-error: this is not the body of a customer's event
    const another: Payload<"stripe", "customer.created"> = event.json();
    // @ts-expect-error: Stripe's objects are not described, so their members have no known type
    const total: number = body.data.object.total;
    return `${another}${total}`;
  }
  // @ts-expect-error: a misspelt type is an error
  if (event.type === "invoice.payed") return "";
  switch (event.type) {
    case "customer.created":
    case "customer.deleted":
      return event.json().type;
    case undefined:
      return "";
    default: {
      const rest: EventType<"stripe"> = event.type;
      // A type that is not listed yet is a plain string.
      const text: string = rest;
      return text === "customer.teleported" ? text : undefined;
    }
  }
}

function readFlexprice(event: Event<"flexprice"> | Event<"flexprice-native">): unknown {
  if (event.type === "invoice.update.finalized") {
    const invoice: flexprice.Invoice = event.json().invoice;
    const total: string | null | undefined = invoice.total;
    // @ts-expect-error: decimals are strings
    const sum: number = invoice.total ?? 0;
    // Values that are not listed are allowed too.
    const shredded: boolean = invoice.invoice_status === "SHREDDED";
    return [total, sum, shredded];
  }
  if (event.type === "wallet.ongoing_balance.dropped") {
    const state: flexprice.AlertState | null | undefined = event.json().alert?.state;
    // @ts-expect-error: a wallet's event has no invoice
    event.json().invoice;
    return state;
  }
  if (event.type === "feature.wallet_balance.alert") return event.json().feature_id;
  if (event.type === "event.rejected") return event.json().event.properties;
  if (event.type === undefined) {
    const body = event.json();
    // Bodies without a type are distinguished by their members.
    return "entitlement_grant_id" in body ? body.usage_ratio : body;
  }
  return event.json();
}

function readOthers(
  fromFlash: Event<"flash">,
  fromVault: Event<"flash-vault">,
  fromSubscribeFlow: Event<"subscribeflow">,
  fromResend: Event<"resend">,
): unknown {
  if (fromFlash.type === "renewal_failed") {
    const data: flash.Subscription = fromFlash.json().data;
    const name: "renewal_failed" | undefined = fromFlash.json().eventType?.name;
    // @ts-expect-error: Flash does not document whether this is a number or a string
    const amount: number = data.transaction_amount;
    return [name, amount];
  }
  if (fromVault.type === "subscription.renewed") {
    const data: flashVault.Subscription = fromVault.json().data;
    const event: "subscription.renewed" = fromVault.json().event;
    // @ts-expect-error: an amount too large for a number is a bigint
    const amount: number | null | undefined = data.amount;
    return [event, amount];
  }
  if (fromSubscribeFlow.type === "email.bounced") {
    const data: subscribeflow.Email = fromSubscribeFlow.json().data;
    // @ts-expect-error: an email event has no tag
    return [data.hard, data.tag];
  }
  if (fromSubscribeFlow.type === "tag.subscribed") {
    return fromSubscribeFlow.json().data.tag?.name;
  }
  if (fromResend.type === "email.received") {
    const data: resend.ReceivedEmail = fromResend.json().data;
    // @ts-expect-error: a received email has no bounce
    return [data.attachments, data.bounce];
  }
  if (fromResend.type === "email.bounced") {
    return fromResend.json().data.bounce?.subType;
  }
  const createdAt: string | null | undefined = fromResend.json().created_at;
  // @ts-expect-error: the data depends on the type, which is not known here
  return [createdAt, fromResend.json().data.email_id];
}

function readAny(message: unknown): unknown {
  const { event } = readMessage(message);
  if (event.source === "resend" && event.type === "domain.updated") {
    return event.json().data.status;
  }
  if (event.source === "github") {
    const type: string | undefined = event.type;
    const body: unknown = event.json();
    // @ts-expect-error: this sender's bodies are not described
    return [type, body, event.json().action];
  }
  return event.json<{ action: string }>().action;
}

const later: Event<"stripe", "customer.teleported">["type"] = "customer.teleported";
const unlisted: (type: UnlistedType) => string = (type) => type;
console.log(readStripe, readFlexprice, readOthers, readAny, later, unlisted);

const received: Promise<Event<"stripe">> = verifier.receive(new Request("https://example.com"));
// @ts-expect-error: a promise of an event is not an event
console.log(received.id);

const sent: Record<string, string> = new Signer("standard", "whsec_YQ==").sign({
  body: "{}",
  id: "msg_1",
});
const names: SchemeName[] = schemes.map(({ name }) => name);
const started: Promise<void> = init(new Response());
console.log(sent, names, started);

function explain(error: unknown): RejectionCode | string {
  if (error instanceof Rejection) return error.code;
  if (error instanceof KeyError || error instanceof SchemeError) return error.message;
  return error instanceof DecodeError ? error.code : "";
}
explain(undefined);

// @ts-expect-error: no scheme has this name
new Verifier("strip", "secret");
// @ts-expect-error: a verifier needs a key
new Verifier("stripe");
// @ts-expect-error: a key must not be undefined
new Verifier("stripe", undefined as string | undefined);
// @ts-expect-error: the tolerance cannot be switched off
new Verifier("stripe", "secret", { tolerance: false });
// @ts-expect-error: the tolerance is a number
new Verifier("stripe", "secret", { tolerance: "300" });
// @ts-expect-error: this option does not exist
new Verifier("stripe", "secret", { ignoreTimestamp: true });
// @ts-expect-error: a parsed object is not a raw body
verifier.verify({ headers: {}, body: { id: "evt_1" } });
// @ts-expect-error: the body is required
verifier.verify({ headers: {} });
// @ts-expect-error: the time is a Date
verifier.verify({ headers: {}, body: "" }, 1_700_000_000);
// @ts-expect-error: the list of schemes is read-only
schemes.push(schemes[0]);
