// Uses the types as programs do. Compiled, never run; each `@ts-expect-error` is an error that a user is owed.

import {
  type Authenticated,
  DecodeError,
  type Delivery,
  type DeliveryHeaders,
  type Event,
  type EventType,
  type flash,
  type flashVault,
  type flexprice,
  type Key,
  KeyError,
  type Payload,
  Rejection,
  type RejectionCode,
  type resend,
  SchemeError,
  type SchemeName,
  Signer,
  schemes,
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
  // @ts-expect-error: what was found out is not to be changed
  event.id = "another";
  // @ts-expect-error: verification has no answer but the event
  if (event === true) console.log();
}

// What `type` says of the body, for the senders whose types are listed.

function ofStripe(event: Event<"stripe">): string | undefined {
  // Before the type is known, the body is any of them.
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
    // @ts-expect-error: this is no body of a customer's event
    const another: Payload<"stripe", "customer.created"> = event.json();
    // @ts-expect-error: Stripe's objects stay unread, so their members are of no known type
    const total: number = body.data.object.total;
    return `${another}${total}`;
  }
  // @ts-expect-error: there is no such type, and this is no place to misspell one
  if (event.type === "invoice.payed") return "";
  switch (event.type) {
    case "customer.created":
    case "customer.deleted":
      return event.json().type;
    case undefined:
      return "";
    default: {
      const rest: EventType<"stripe"> = event.type;
      // A type that is not listed yet is a string.
      const text: string = rest;
      return text === "customer.teleported" ? text : undefined;
    }
  }
}

function ofFlexprice(event: Event<"flexprice"> | Event<"flexprice-native">): unknown {
  if (event.type === "invoice.update.finalized") {
    const invoice: flexprice.Invoice = event.json().invoice;
    const total: string | null | undefined = invoice.total;
    // @ts-expect-error: decimals are texts
    const sum: number = invoice.total ?? 0;
    // Values that are not listed are values all the same.
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
    // Bodies without a type are known by their members.
    return "entitlement_grant_id" in body ? body.usage_ratio : body;
  }
  return event.json();
}

function ofOthers(
  fromFlash: Event<"flash">,
  fromVault: Event<"flash-vault">,
  fromSubscribeFlow: Event<"subscribeflow">,
  fromResend: Event<"resend">,
): unknown {
  if (fromFlash.type === "renewal_failed") {
    const data: flash.Subscription = fromFlash.json().data;
    const name: "renewal_failed" | undefined = fromFlash.json().eventType?.name;
    // @ts-expect-error: nothing says whether this is a number or a text
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
    // @ts-expect-error: an email's event names no tag
    return [data.hard, data.tag];
  }
  if (fromSubscribeFlow.type === "tag.subscribed") {
    return fromSubscribeFlow.json().data.tag?.name;
  }
  if (fromResend.type === "email.received") {
    const data: resend.ReceivedEmail = fromResend.json().data;
    // @ts-expect-error: an email that came in has not bounced
    return [data.attachments, data.bounce];
  }
  if (fromResend.type === "email.bounced") {
    return fromResend.json().data.bounce?.subType;
  }
  const createdAt: string | null | undefined = fromResend.json().created_at;
  // @ts-expect-error: what it is about hangs on the type, which is not known here
  return [createdAt, fromResend.json().data.email_id];
}

function ofAny(message: unknown): unknown {
  const { event } = readMessage(message);
  if (event.source === "resend" && event.type === "domain.updated") {
    return event.json().data.status;
  }
  if (event.source === "github") {
    const type: string | undefined = event.type;
    const body: unknown = event.json();
    // @ts-expect-error: nothing is known of this sender's bodies
    return [type, body, event.json().action];
  }
  return event.json<{ action: string }>().action;
}

const later: Event<"stripe", "customer.teleported">["type"] = "customer.teleported";
const unlisted: (type: UnlistedType) => string = (type) => type;
console.log(ofStripe, ofFlexprice, ofOthers, ofAny, later, unlisted);

const received: Promise<Event<"stripe">> = verifier.receive(new Request("https://example.com"));
// @ts-expect-error: a promise of an event is no event
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
// @ts-expect-error: a key that may be missing is no key
new Verifier("stripe", undefined as string | undefined);
// @ts-expect-error: the window cannot be switched off
new Verifier("stripe", "secret", { tolerance: false });
// @ts-expect-error: the window is a number
new Verifier("stripe", "secret", { tolerance: "300" });
// @ts-expect-error: there is no such option
new Verifier("stripe", "secret", { ignoreTimestamp: true });
// @ts-expect-error: a parsed object is no body
verifier.verify({ headers: {}, body: { id: "evt_1" } });
// @ts-expect-error: a body must be passed
verifier.verify({ headers: {} });
// @ts-expect-error: the time is a Date
verifier.verify({ headers: {}, body: "" }, 1_700_000_000);
// @ts-expect-error: the list of schemes is not to be changed
schemes.push(schemes[0]);
