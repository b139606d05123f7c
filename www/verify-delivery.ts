// Verifies the delivery in the form with the package and returns the verdict. It does not touch the page.

import {
  DecodeError,
  type Event,
  type Hint,
  KeyError,
  Rejection,
  type SchemeInfo,
  Verifier,
} from "countersign";
import type { Header } from "./headers.js";

/** A secret or public key, and the line of its field on which it starts. */
export interface Secret {
  readonly line: number;
  readonly text: string;
}

/** The time that the signed timestamp is compared with. `signed-at` ignores the age of the delivery. */
export type Clock = "now" | "signed-at" | Date;

export interface DeliveryToVerify {
  readonly scheme: SchemeInfo;
  readonly secrets: readonly Secret[];
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  /** The method of the request, for schemes that sign it. */
  readonly method: string;
  /** The URL that the sender was given, for schemes that sign it. */
  readonly url: string;
  readonly clock: Clock;
  /** In seconds. `undefined` is the default of the scheme. */
  readonly tolerance: number | undefined;
}

/** Why a delivery failed: the package's code and its message. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

export type Verdict =
  /** The form has to be completed or corrected first. */
  { readonly kind: "waiting"; readonly missing: string } | VerifyResult;

/** The result, with the delivery that it belongs to. */
export type VerifyResult = { readonly delivery: DeliveryToVerify } & (
  | { readonly kind: "verified"; readonly event: Event; readonly checkedAt: Date }
  | { readonly kind: "rejected"; readonly reason: Reason; readonly hints: readonly Hint[] }
  /** Authentic and recent, but the event's id or type cannot be read. */
  | { readonly kind: "unreadable"; readonly reason: Reason }
  /** `line` is where the key starts in its field. */
  | { readonly kind: "bad-key"; readonly reason: Reason; readonly line: number }
);

/** Accepts every timestamp. */
const MAX_TOLERANCE_SECONDS = 0xffff_ffff;

export function verifyDelivery(delivery: DeliveryToVerify): VerifyResult {
  const { scheme, secrets, clock } = delivery;
  const keys = secrets.map(({ text }) => text);
  const tolerance = clock === "signed-at" ? MAX_TOLERANCE_SECONDS : delivery.tolerance;
  const checkedAt = clock instanceof Date ? clock : new Date();
  try {
    const verifier = new Verifier(scheme.name, keys, tolerance === undefined ? {} : { tolerance });
    return verifyWith(verifier, delivery, checkedAt);
  } catch (error) {
    if (error instanceof KeyError) {
      return { kind: "bad-key", delivery, reason: error, line: lineOfBadKey(delivery) };
    }
    throw error;
  }
}

function verifyWith(verifier: Verifier, delivery: DeliveryToVerify, checkedAt: Date): VerifyResult {
  const { headers, body, method, url } = delivery;
  const request = { headers, body, method, url };
  try {
    const event = verifier.verify(request, checkedAt);
    return { kind: "verified", delivery, event, checkedAt };
  } catch (error) {
    if (error instanceof Rejection) {
      const { hints } = verifier.explain(request, checkedAt);
      return { kind: "rejected", delivery, reason: error, hints };
    }
    if (error instanceof DecodeError) {
      return { kind: "unreadable", delivery, reason: error };
    }
    throw error;
  }
}

/** A `KeyError` does not say which of several keys is invalid, so each key is tried alone. */
function lineOfBadKey({ scheme, secrets }: DeliveryToVerify): number {
  const bad = secrets.find(({ text }) => {
    try {
      new Verifier(scheme.name, text);
      return false;
    } catch {
      return true;
    }
  });
  return bad?.line ?? 1;
}
