// Shows a verdict in the panel next to the form, and its headline in the bar at the bottom of narrow screens.

import type { Event } from "countersign";
import { eventBody, plainBody, warning } from "./body-view.js";
import { find, make, makeProse, setText } from "./dom.js";
import { eventFacts } from "./event-facts.js";
import { adviceFor, headlineFor, isAboutTime } from "./rejection-help.js";
import { toSentence } from "./sentence.js";
import type { DeliveryToVerify, Reason, Verdict, VerifyResult } from "./verify-delivery.js";

const panel = find("verdict", HTMLElement);
const headline = find("headline", HTMLElement);
const code = find("code", HTMLElement);
const reason = find("reason", HTMLElement);
const details = find("details", HTMLElement);
const bar = find("verdict-bar", HTMLAnchorElement);
const barText = find("verdict-bar-text", HTMLElement);

const BODY_NOT_SIGNED =
  "The signature does not cover the whole body. Anyone who has seen one delivery can send a different body with its signature or token.";

interface View {
  /** Headline, code and reason are announced by screen readers. The details are not. */
  readonly headline: string;
  readonly code?: string;
  readonly reason: string;
  readonly details: Node[];
}

export interface Actions {
  /** Verifies the delivery again and ignores its age. */
  readonly ignoreAge: () => void;
}

export function showVerdict(verdict: Verdict, actions?: Actions): void {
  if (verdict.kind === "waiting") {
    show("waiting", { headline: "Nothing to verify yet", reason: verdict.missing, details: [] });
  } else {
    show(verdict.kind, viewOf(verdict, actions));
  }
}

/** Marks the verdict as outdated while the user is typing. */
export function markOutdated(): void {
  panel.setAttribute("aria-busy", "true");
}

/** Replaces the verdict after an unexpected error, so that an outdated verdict does not stay on the page. */
export function showFailure(): void {
  show("waiting", {
    headline: "The check could not run",
    reason: "This browser may be too old. Its developer console shows the error.",
    details: [],
  });
}

/** Hides the bar while the panel itself is in view. */
new IntersectionObserver(
  ([entry]) => bar.classList.toggle("redundant", entry?.isIntersecting === true),
  { rootMargin: "0px 0px -120px" },
).observe(panel);

function show(kind: Verdict["kind"], view: View): void {
  panel.setAttribute("data-kind", kind);
  panel.removeAttribute("aria-busy");
  bar.setAttribute("data-kind", kind);
  setText(headline, view.headline);
  setText(barText, view.headline);
  setText(code, view.code ?? "");
  code.hidden = view.code === undefined;
  const prose = makeProse(view.reason);
  // An unchanged text is not set again, because screen readers would announce it again.
  if (reason.textContent !== prose.map((node) => node.textContent).join("")) {
    reason.replaceChildren(...prose);
  }
  details.replaceChildren(...view.details);
}

function viewOf(result: VerifyResult, actions: Actions | undefined): View {
  const { delivery } = result;
  switch (result.kind) {
    case "verified":
      return verifiedView(result.event, result.checkedAt, delivery);
    case "rejected": {
      const { reason, hints } = result;
      const canIgnoreAge = actions !== undefined && isAboutTime(reason);
      return {
        ...viewOfReason(headlineFor(reason, delivery), reason),
        details: [
          ...adviceSection(adviceFor(reason, hints, delivery)),
          ...(canIgnoreAge ? [ignoreAgeButton(actions)] : []),
        ],
      };
    }
    case "unreadable":
      return {
        ...viewOfReason("Authentic, but unreadable", result.reason),
        details: [
          ...adviceSection([
            `The signature is valid, but the body is not an event of ${delivery.scheme.title} that Countersign can read. It may be a test request, or come from another product.`,
          ]),
          ...plainBody(delivery.body),
        ],
      };
    case "bad-key": {
      const isOnlyKey = delivery.secrets.length === 1;
      const headline = isOnlyKey
        ? "The secret cannot be used"
        : `The key on line ${result.line} cannot be used`;
      return viewOfReason(headline, result.reason);
    }
  }
}

function viewOfReason(headline: string, { code, message }: Reason): View {
  return { headline, code, reason: toSentence(message), details: [] };
}

function verifiedView(event: Event, checkedAt: Date, delivery: DeliveryToVerify): View {
  const isBodySigned = event.authenticated === "content";
  return {
    headline: isBodySigned ? "Verified" : "Verified, sender only",
    reason: describeProof(isBodySigned, delivery),
    details: [
      ...(isBodySigned ? [] : [warning(BODY_NOT_SIGNED)]),
      eventFacts(event, checkedAt, delivery),
      ...eventBody(event),
    ],
  };
}

function describeProof(isBodySigned: boolean, { scheme, clock }: DeliveryToVerify): string {
  const { title, signsTime } = scheme;
  const proof = isBodySigned ? `${title} signed exactly this body` : `The request is from ${title}`;
  if (!signsTime) {
    return `${proof}. No timestamp is signed, so a replay looks the same.`;
  }
  return clock === "signed-at"
    ? `${proof}. Its age was ignored.`
    : `${proof}, and the timestamp is within the tolerance.`;
}

function adviceSection(advice: readonly string[]): Node[] {
  const items = advice.map((text) => make("li", {}, ...makeProse(text)));
  return items.length === 0 ? [] : [make("h3", {}, "What to do"), make("ul", {}, ...items)];
}

function ignoreAgeButton({ ignoreAge }: Actions): Node {
  const button = make("button", { type: "button" }, "Ignore the age");
  button.addEventListener("click", ignoreAge);
  return button;
}
