// The types of events by sender and event type. The types of the bodies are generated from the core's payload types.

import type {
  flash,
  flashVault,
  flexprice,
  resend,
  stripe,
  subscribeflow,
} from "../dist/generated/payloads.js";
import type { VerifiedEvent } from "./event.js";

/** The body types of one sender. */
interface Catalogue<Known, Unknown, Untyped> {
  /** The body type for each listed event type. */
  readonly known: Known;
  /** The body type for an event type that is not listed. */
  readonly unknown: Unknown;
  /** The body type for an event without a type. */
  readonly untyped: Untyped;
}

type Flexprice = Catalogue<flexprice.Known, flexprice.Unknown, flexprice.Untyped>;

/** The senders with body types, by scheme. */
interface Catalogues {
  flexprice: Flexprice;
  "flexprice-native": Flexprice;
  "flexprice-native-token": Flexprice;
  flash: Catalogue<flash.Known, flash.Unknown, flash.Untyped>;
  "flash-vault": Catalogue<flashVault.Known, flashVault.Unknown, flashVault.Untyped>;
  subscribeflow: Catalogue<subscribeflow.Known, subscribeflow.Unknown, subscribeflow.Untyped>;
  resend: Catalogue<resend.Known, resend.Unknown, resend.Untyped>;
  stripe: Catalogue<stripe.Known, stripe.Unknown, stripe.Untyped>;
}

/**
 * An event type that is not listed for a sender, such as one that the sender added later. At run time it is an ordinary
 * string, and `UnlistedType` does not exist. To the compiler it equals no other string: comparing `event.type` with a
 * listed type narrows the event to that type, and comparing it with a misspelt type is an error. To compare it with a
 * type that is not listed, convert it first.
 * @example
 * if (String(event.type) === "invoice.brand_new") handleNewType(event);
 */
export declare enum UnlistedType {
  any = "(not listed)",
}

/** The event types of a sender: the listed ones and `UnlistedType`, or `string` for a sender without a list. */
export type EventType<Source extends string> = Source extends keyof Catalogues
  ? (keyof Catalogues[Source]["known"] & string) | UnlistedType
  : string;

/** The body of an event, by scheme and event type; `unknown` for a sender without a list. */
export type Payload<
  Source extends string,
  Type extends string | undefined = EventType<Source> | undefined,
> = Source extends keyof Catalogues
  ? Type extends keyof Catalogues[Source]["known"]
    ? Catalogues[Source]["known"][Type]
    : Type extends string
      ? Catalogues[Source]["unknown"]
      : Catalogues[Source]["untyped"]
  : unknown;

/**
 * An authentic and recent event: `Verifier` makes it from a delivery, and `readMessage` from a message of the gate. For
 * a sender with a list of event types it is a union of one event for each, so comparing `event.type` determines the type
 * of `event.json()`.
 * @example
 * function handle(event: Event<"flexprice">) {
 *   if (event.type === "invoice.update.finalized") console.log(event.json().invoice.total);
 * }
 */
export type Event<
  Source extends string = string,
  Type extends string | undefined = string | undefined,
> = Source extends keyof Catalogues
  ? EachOf<Source, string | undefined extends Type ? EventType<Source> | undefined : Type>
  : VerifiedEvent<Source, Type>;

type EachOf<Source extends string, Type extends string | undefined> = Type extends unknown
  ? VerifiedEvent<Source, Type, Payload<Source, Type>>
  : never;
