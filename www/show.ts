// The verdict as people see it.

import { DecodeError, type Event } from "countersign";
import { adviceFor, headlineFor, isAboutTime } from "./advice.js";
import { decodeUtf8 } from "./body.js";
import { find, make, setText } from "./dom.js";
import { layOut } from "./json-text.js";
import type { Judgement, Question, Reason, Verdict } from "./judge.js";
import { asSentence } from "./prose.js";
import { printDistance, printInstant } from "./time.js";

const panel = find("verdict", HTMLElement);
const headline = find("headline", HTMLElement);
const code = find("code", HTMLElement);
const reason = find("reason", HTMLElement);
const details = find("details", HTMLElement);
const glance = find("glance", HTMLAnchorElement);
const glanceText = find("glance-text", HTMLElement);

/** Longer bodies are shown as they are: nobody reads them here, and colours for each token would slow the page. */
const LONGEST_LAID_OUT = 200_000;
/** How much is shown of a body that is no text. */
const BYTES_SHOWN = 256;

const UNSIGNED_BODY =
  "The body is not signed, or only parts of it: whoever has seen one such delivery can send another with the same proof.";

/** What is to be shown: the ruling, which is read out, and what is behind it. */
interface View {
  readonly headline: string;
  readonly code?: string;
  readonly reason: string;
  readonly details: Node[];
}

export interface Actions {
  /** Asks again, as if the delivery had just arrived. */
  readonly leaveOutTime: () => void;
}

export function showVerdict(verdict: Verdict, actions?: Actions): void {
  show(
    verdict.kind,
    verdict.kind === "waiting" ? waitingView(verdict.wanted) : viewOf(verdict, actions),
  );
}

/** Says that the verdict shown may no longer be the right one. */
export function markOutdated(): void {
  panel.setAttribute("aria-busy", "true");
}

/** For what should never happen: better no verdict than the last one. */
export function showFailure(): void {
  show("waiting", {
    headline: "The check itself failed",
    reason: "This browser may be too old to run it. Its console says more.",
    details: [],
  });
}

/** The glance is for as long as the verdict itself lies below what is in sight. */
new IntersectionObserver(
  ([entry]) => glance.classList.toggle("needless", entry?.isIntersecting === true),
  { rootMargin: "0px 0px -120px" },
).observe(panel);

function show(kind: Verdict["kind"], view: View): void {
  panel.setAttribute("data-kind", kind);
  panel.removeAttribute("aria-busy");
  glance.setAttribute("data-kind", kind);
  setText(headline, view.headline);
  setText(glanceText, view.headline);
  setText(code, view.code ?? "");
  code.hidden = view.code === undefined;
  const prose = inProse(view.reason);
  // What is set again is read out again.
  if (reason.textContent !== prose.map((node) => node.textContent).join("")) {
    reason.replaceChildren(...prose);
  }
  details.replaceChildren(...view.details);
}

function waitingView(wanted: string): View {
  return { headline: "Nothing to check yet", reason: wanted, details: [] };
}

function viewOf(judgement: Judgement, actions: Actions | undefined): View {
  const { question } = judgement;
  switch (judgement.kind) {
    case "accepted":
      return acceptedView(judgement.event, judgement.checkedAt, question);
    case "refused": {
      const { reason } = judgement;
      const canLeaveOutTime = actions !== undefined && isAboutTime(reason);
      return {
        ...viewOfReason(headlineFor(reason, question), reason),
        details: [
          ...adviceSection(adviceFor(reason, judgement.hints, question)),
          ...(canLeaveOutTime ? [leaveOutTimeButton(actions)] : []),
        ],
      };
    }
    case "unreadable":
      return {
        ...viewOfReason("Genuine, but unreadable", judgement.reason),
        details: [
          ...adviceSection([
            `This is no forgery, but none of the events of ${question.scheme.title} either: a test, perhaps, or another product’s.`,
          ]),
          ...bodySection(decodeUtf8(question.body), question.body, []),
        ],
      };
    case "bad-key": {
      const isOnlyKey = question.secrets.length === 1;
      const headline = isOnlyKey
        ? "The secret cannot be used"
        : `The key in line ${judgement.line} cannot be used`;
      return viewOfReason(headline, judgement.reason);
    }
  }
}

function viewOfReason(headline: string, { code, message }: Reason): View {
  return { headline, code, reason: asSentence(message), details: [] };
}

function acceptedView(event: Event, checkedAt: Date, question: Question): View {
  const isContentProved = event.authenticated === "content";
  return {
    headline: isContentProved ? "Accepted" : "Accepted, sender only",
    reason: whatIsProved(event, question),
    details: [
      ...(isContentProved ? [] : [caution(UNSIGNED_BODY)]),
      factList(event, checkedAt, question),
      ...eventBody(event),
    ],
  };
}

function whatIsProved({ authenticated }: Event, { scheme, clock }: Question): string {
  const { title } = scheme;
  const proof =
    authenticated === "content" ? `${title} signed exactly these bytes` : `${title} sent this`;
  if (!scheme.signsTime) {
    return `${proof}. No time is signed, so a copy looks just the same.`;
  }
  return clock === "own" ? `${proof}. Its age was left out of account.` : `${proof}, and in time.`;
}

function factList(event: Event, checkedAt: Date, { scheme, secrets }: Question): HTMLElement {
  const list = make("dl", { className: "facts-list" });
  const add = (name: string, value: Node | string, ...notes: (Node | string)[]) => {
    list.append(make("dt", {}, name), make("dd", {}, value, ...notes));
  };
  const data = (text: string) => make("span", { className: "data" }, text);
  const note = (text: string) => make("small", {}, text);

  add("Type", event.type === undefined ? "nothing signed says it" : data(event.type));
  const isDigest = event.id.startsWith("sha256:");
  add(
    "Event id",
    data(event.id),
    ...(isDigest ? [note("A digest of what was signed: no id was.")] : []),
  );
  if (event.signedAt !== undefined) {
    add("Signed", printInstant(event.signedAt), note(printDistance(event.signedAt, checkedAt)));
  }
  add("Key", whichKey(event.keyId, secrets.length));
  add("Proves", event.authenticated === "content" ? "content and sender" : "the sender only");
  const unsigned = [
    ["Delivery id", event.unsigned.id],
    ["Event name", event.unsigned.type],
  ] as const;
  for (const [name, value] of unsigned) {
    if (value !== undefined) {
      const tag = make("span", { className: "tag" }, "unsigned");
      add(name, data(value), tag, note(`From a header that ${scheme.title} does not sign.`));
    }
  }
  return list;
}

function whichKey(keyId: string | number, count: number): string {
  if (count === 1 || typeof keyId === "string") {
    return count === 1 ? "the one given" : String(keyId);
  }
  return `number ${keyId + 1} of the ${count} given`;
}

/** The body, and why it is not JSON where it is not. */
function eventBody(event: Event): Node[] {
  let text: string | undefined;
  try {
    text = event.text();
    // Checks that every reader understands it alike.
    event.json();
    return bodySection(text, event.body, text.length > LONGEST_LAID_OUT ? [] : coloured(text));
  } catch (error) {
    if (error instanceof DecodeError) {
      const message = event.body.length === 0 ? "The body is empty." : asSentence(error.message);
      return [caution(message), ...bodySection(text, event.body, [])];
    }
    throw error;
  }
}

function caution(text: string): HTMLElement {
  return make("p", { className: "caution" }, ...inProse(text));
}

function bodySection(text: string | undefined, bytes: Uint8Array, laidOut: Node[]): Node[] {
  if (bytes.length === 0) {
    return [];
  }
  const content = laidOut.length > 0 ? laidOut : [text ?? hexadecimal(bytes)];
  const block = make("pre", { className: "data body", tabIndex: 0 }, ...content);
  // It may scroll, so the keyboard has to get there.
  block.setAttribute("role", "region");
  block.setAttribute("aria-label", "Body, laid out");
  return [make("h3", {}, "Body"), block];
}

function coloured(json: string): Node[] {
  return layOut(json).map(({ kind, text }) =>
    kind === "layout"
      ? document.createTextNode(text)
      : make("span", { className: `json-${kind}` }, text),
  );
}

function hexadecimal(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, BYTES_SHOWN), (byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  return shown.join(" ") + (bytes.length > BYTES_SHOWN ? " …" : "");
}

function adviceSection(advice: readonly string[]): Node[] {
  const items = advice.map((text) => make("li", {}, ...inProse(text)));
  return items.length === 0 ? [] : [make("h3", {}, "What to do"), make("ul", {}, ...items)];
}

function leaveOutTimeButton({ leaveOutTime }: Actions): Node {
  const button = make("button", { type: "button" }, "Check it as if it had just arrived");
  button.addEventListener("click", leaveOutTime);
  return button;
}

/** A text in which `names` are set as code. */
function inProse(text: string): Node[] {
  return text
    .split("`")
    .map((part, index) =>
      index % 2 === 1 ? make("code", {}, part) : document.createTextNode(part),
    );
}
