// The verdict on what is in the form. It knows nothing of how it is shown.

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

/** A key, and the line of the field on which it begins. */
export interface Secret {
  readonly line: number;
  readonly text: string;
}

/** Which time the signed time is compared with. */
export type Clock = "now" | "own" | Date;

/** What there is to judge. */
export interface Question {
  readonly scheme: SchemeInfo;
  readonly secrets: readonly Secret[];
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  /** The request's, for schemes that sign it. */
  readonly method: string;
  /** What the sender was given, for schemes that sign it. */
  readonly url: string;
  readonly clock: Clock;
  /** In seconds; the scheme's own where there is none. */
  readonly tolerance: number | undefined;
}

/** Why something did not pass: the code that programs see, and the package's words for it. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

export type Verdict =
  /** Something has to be filled in or put right first. */
  { readonly kind: "waiting"; readonly wanted: string } | Judgement;

/** What came of a question, and the question. */
export type Judgement = { readonly question: Question } & (
  | { readonly kind: "accepted"; readonly event: Event; readonly checkedAt: Date }
  /** Not genuine, or not fresh; and what would have made it pass. */
  | { readonly kind: "refused"; readonly reason: Reason; readonly hints: readonly Hint[] }
  /** Genuine and fresh, but there is no event in it. */
  | { readonly kind: "unreadable"; readonly reason: Reason }
  | { readonly kind: "bad-key"; readonly reason: Reason; readonly line: number }
);

/** A window that every time lies in: how a delivery looks in the moment it was signed. */
const WIDEST_TOLERANCE = 0xffff_ffff;

export function judge(question: Question): Judgement {
  const { scheme, secrets, clock } = question;
  const keys = secrets.map(({ text }) => text);
  const tolerance = clock === "own" ? WIDEST_TOLERANCE : question.tolerance;
  const checkedAt = clock instanceof Date ? clock : new Date();
  try {
    const verifier = new Verifier(scheme.name, keys, tolerance === undefined ? {} : { tolerance });
    return judgeBy(verifier, question, checkedAt);
  } catch (error) {
    if (error instanceof KeyError) {
      return { kind: "bad-key", question, reason: error, line: lineOfBadKey(question) };
    }
    throw error;
  }
}

function judgeBy(verifier: Verifier, question: Question, checkedAt: Date): Judgement {
  const { headers, body, method, url } = question;
  const delivery = { headers, body, method, url };
  try {
    const event = verifier.verify(delivery, checkedAt);
    return { kind: "accepted", question, event, checkedAt };
  } catch (error) {
    if (error instanceof Rejection) {
      const { hints } = verifier.explain(delivery, checkedAt);
      return { kind: "refused", question, reason: error, hints };
    }
    if (error instanceof DecodeError) {
      return { kind: "unreadable", question, reason: error };
    }
    throw error;
  }
}

/** The package says what is wrong with a key, but not with which. */
function lineOfBadKey({ scheme, secrets }: Question): number {
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
