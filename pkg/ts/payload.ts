// What events mean, by sender and type of event. The types of the bodies are made from those of the core.

import type {
  flash,
  flashVault,
  flexprice,
  resend,
  stripe,
  subscribeflow,
} from "../dist/generated/payloads.js";
import type { VerifiedEvent } from "./event.js";

/** What is known of a sender's bodies. */
interface Catalogue<Known, Unknown, Untyped> {
  readonly known: Known;
  readonly unknown: Unknown;
  readonly untyped: Untyped;
}

type Flexprice = Catalogue<flexprice.Known, flexprice.Unknown, flexprice.Untyped>;

/** The senders whose bodies have types, by scheme. */
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
 * A type of event that a sender has come up with since its types were listed here. It is a string like any other: the
 * member says so to the compiler and is no value that there is. What it is for: to the compiler it equals no other
 * string, so that comparing `event.type` with a listed type leaves the events of that type only, and comparing it with
 * a misspelt one is an error. To compare it with one that is not listed yet, make it a `string` first.
 */
export declare enum UnlistedType {
  any = "(not listed)",
}

/** The types of a sender's events: the listed ones and any other. Senders that are not listed have strings. */
export type EventType<Source extends string> = Source extends keyof Catalogues
  ? (keyof Catalogues[Source]["known"] & string) | UnlistedType
  : string;

/** The body of an event, by scheme and type; `unknown` where no types are listed for the sender. */
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
 * A genuine and fresh event: `Verifier` makes one of a delivery, `readMessage` of a message that the gate has verified.
 * Of a sender whose types are listed it is one of as many events as there are types, so that comparing `event.type`
 * tells what `event.json()` is.
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
