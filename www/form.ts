// The form: what it holds, and what it says about what it holds.

import { type SchemeInfo, schemes } from "countersign";
import { lengthContradiction } from "./advice.js";
import { type BodyForm, bytesOf, describeBytes, textFor } from "./body.js";
import { find, make, setText } from "./dom.js";
import { type ParsedHeaders, parseHeaders } from "./headers.js";
import type { Clock, Question, Secret } from "./judge.js";
import { parseInstant, printInstant } from "./time.js";

export const fields = {
  form: find("delivery", HTMLFormElement),
  scheme: find("scheme", HTMLSelectElement),
  secret: find("secret", HTMLTextAreaElement),
  url: find("url", HTMLInputElement),
  method: find("method", HTMLSelectElement),
  headers: find("headers", HTMLTextAreaElement),
  body: find("body", HTMLTextAreaElement),
  bodyForm: find("body-form", HTMLSelectElement),
  bodyFile: find("body-file", HTMLInputElement),
  clock: find("clock", HTMLSelectElement),
  instant: find("instant", HTMLInputElement),
  tolerance: find("tolerance", HTMLInputElement),
};

/** The form as it stands; what cannot be read is not there. */
export interface Filled {
  readonly scheme: SchemeInfo;
  readonly secrets: readonly Secret[];
  readonly headers: ParsedHeaders;
  readonly body: Uint8Array | undefined;
  readonly method: string;
  /** Blank where none is signed. */
  readonly url: string;
  readonly clock: Clock | undefined;
  readonly tolerance: number | "usual" | undefined;
}

export function readForm(): Filled {
  const scheme = chosenScheme();
  const clock = scheme.signsTime ? readClock() : "now";
  return {
    scheme,
    secrets: readSecrets(),
    headers: parseHeaders(fields.headers.value),
    body: bytesOf(fields.body.value, fields.bodyForm.value as BodyForm),
    method: scheme.signsMethod ? fields.method.value : "POST",
    url: scheme.signsUrl ? fields.url.value.trim() : "",
    clock,
    tolerance: scheme.signsTime && clock !== "own" ? readTolerance() : "usual",
  };
}

/** What can be judged, or what has to be done before. */
export function questionIn(filled: Filled): Question | { readonly wanted: string } {
  const { scheme, secrets, headers, body, method, url, clock, tolerance } = filled;
  if (secrets.length === 0) {
    return { wanted: `Paste the secret that ${scheme.title} shows for this endpoint.` };
  }
  if (scheme.signsUrl && url === "") {
    return { wanted: `Paste the URL that ${scheme.title} was given: it is signed.` };
  }
  if (scheme.headers.length > 0 && headers.headers.length === 0) {
    return {
      wanted:
        headers.problems.length === 0
          ? "Paste the headers of the request."
          : "Put the headers right: none of them can be read.",
    };
  }
  if (body === undefined) {
    return { wanted: "Put the body right, or say that it is text: it is not base64." };
  }
  if (clock === undefined) {
    return { wanted: "Say when it arrived." };
  }
  if (tolerance === undefined) {
    return { wanted: "Give the tolerance as a whole number of seconds." };
  }
  return {
    ...{ scheme, secrets, headers: headers.headers, body, method, url, clock },
    tolerance: tolerance === "usual" ? undefined : tolerance,
  };
}

/** Says at each field what was made of it. */
export function annotate(filled: Filled): void {
  const { problems } = filled.headers;
  const lines = problems.map(({ line, reason }) => `Line ${line}: ${reason}.`);
  showProblem(fields.headers, lines.join(" "));
  annotateBody(filled);
  annotateTime(filled);
}

function annotateBody({ headers: { headers }, body }: Filled): void {
  const facts = body === undefined ? "" : `${describeBytes(body)}.`;
  setText(find("body-facts", HTMLElement), facts);
  const contradiction = body && lengthContradiction({ headers, body });
  showProblem(fields.body, body === undefined ? "This is not base64." : (contradiction ?? ""));
}

function annotateTime({ scheme, clock, tolerance }: Filled): void {
  find("time", HTMLFieldSetElement).disabled = !scheme.signsTime;
  fields.tolerance.disabled = clock === "own";
  find("other-time", HTMLElement).hidden = fields.clock.value !== "other";
  setText(find("instant-facts", HTMLElement), clock instanceof Date ? printInstant(clock) : "");
  const hasInstant = fields.instant.value.trim() !== "";
  showProblem(
    fields.instant,
    clock === undefined && hasInstant ? "This is neither a date nor a Unix time." : "",
  );
  showProblem(
    fields.tolerance,
    tolerance === undefined ? "This is no whole number of seconds. There is no “off”." : "",
  );
  setText(find("time-hint", HTMLElement), timeHint(scheme, clock));
}

/** Says at a field what is wrong with it; nothing, where the message is empty. */
export function showProblem(field: HTMLElement, message: string): void {
  const place = find(`${field.id}-problem`, HTMLElement);
  setText(place, message);
  place.hidden = message === "";
  if (message === "") {
    field.removeAttribute("aria-invalid");
  } else {
    field.setAttribute("aria-invalid", "true");
  }
}

/** Fills the list of senders: those that sign what they say first, each group by title. */
export function listSchemes(): void {
  const groups = [
    ["Sign the body", "content"],
    ["Prove only the sender", "sender"],
  ] as const;
  for (const [label, authenticated] of groups) {
    const members = schemes
      .filter((scheme) => scheme.authenticated === authenticated)
      .toSorted((one, other) => one.title.localeCompare(other.title, "en"));
    const options = members.map(({ name, title }) => make("option", { value: name }, title));
    fields.scheme.append(make("optgroup", { label }, ...options));
  }
}

/** Chooses a sender by its name; the first one, where there is none of that name. */
export function chooseScheme(name: string): void {
  fields.scheme.value = name;
  if (fields.scheme.selectedIndex === -1) {
    fields.scheme.selectedIndex = 0;
  }
}

export function chosenScheme(): SchemeInfo {
  const chosen = schemes.find(({ name }) => name === fields.scheme.value) ?? schemes[0];
  if (chosen === undefined) {
    throw new Error("the package knows no schemes");
  }
  return chosen;
}

/** Says what the chosen scheme is worth and where it is described. */
export function describeScheme(): void {
  const { title, docs, confirmed, signsUrl, signsMethod, headers, tolerance } = chosenScheme();
  const link = make(
    "a",
    { href: docs, target: "_blank", rel: "noreferrer" },
    `Documentation of ${title}`,
  );
  const facts = `${worth(chosenScheme())} ${CONFIRMED[confirmed]} `;
  find("scheme-facts", HTMLElement).replaceChildren(facts, link);
  find("request", HTMLElement).hidden = !(signsUrl || signsMethod);
  find("method-choice", HTMLElement).hidden = !signsMethod;
  const names = headers.flatMap((name, index) => [index === 0 ? "" : ", ", make("code", {}, name)]);
  find("headers-read", HTMLElement).replaceChildren(
    ...(names.length > 0 ? names : ["none; the proof is in the body"]),
  );
  fields.tolerance.placeholder = String(tolerance.past);
}

function worth({ authenticated, signsTime }: SchemeInfo): string {
  if (authenticated === "sender") {
    return "Proves who sent it, but not the body.";
  }
  return signsTime ? "Signs the body and the time." : "Signs the body, but no time.";
}

const CONFIRMED = {
  vector: "Checked against published test vectors.",
  oracle: "Checked against the sender’s own library.",
  documented: "Made from documentation.",
} as const;

function timeHint({ title, signsTime, tolerance }: SchemeInfo, clock: Clock | undefined): string {
  if (!signsTime) {
    return `${title} signs no time, so no delivery is too old; a copy is told by its id.`;
  }
  if (clock === "own") {
    return "Only the signature decides; the age is left out of account.";
  }
  const { past, future } = tolerance;
  const usual = past === future ? `${past} either way` : `${past} back and ${future} ahead`;
  return `Usual for ${title}: ${usual}.`;
}

/** Puts bytes into the body field without changing any. */
export function fillBody(bytes: Uint8Array): void {
  const { text, form } = textFor(bytes);
  fields.body.value = text;
  fields.bodyForm.value = form;
}

/** A key in PEM or a JSON Web Key, which may take several lines; any other takes one. */
const KEY = /^-----BEGIN [\s\S]*?-----END .*|^[ \t]*\{[^{}]*\}[ \t]*$|^.*\S.*/gm;

/** Blank lines are no keys; anything else is taken as it stands. */
function readSecrets(): Secret[] {
  const text = fields.secret.value;
  return Array.from(text.matchAll(KEY), (match) => {
    return { line: text.slice(0, match.index).split("\n").length, text: match[0] };
  });
}

function readClock(): Clock | undefined {
  switch (fields.clock.value) {
    case "own":
      return "own";
    case "other":
      return parseInstant(fields.instant.value);
    default:
      return "now";
  }
}

function readTolerance(): number | "usual" | undefined {
  const text = fields.tolerance.value.trim();
  if (text === "") {
    return "usual";
  }
  const seconds = Number(text);
  return /^\d+$/.test(text) && seconds <= 0xffff_ffff ? seconds : undefined;
}
