// Uses the types as programs do. Compiled, never run; each `@ts-expect-error` is an error that a user is owed.

import {
  type Authenticated,
  DecodeError,
  type Delivery,
  type DeliveryHeaders,
  type Event,
  type Key,
  KeyError,
  Rejection,
  type RejectionCode,
  SchemeError,
  type SchemeName,
  Signer,
  schemes,
  type Tolerance,
  Verifier,
  type VerifierOptions,
} from "countersign";
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
