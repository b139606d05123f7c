// The choice of the sender: the list of senders, the chosen one, and a description of how it signs.

import { type SchemeInfo, schemes } from "countersign";
import { find, make } from "./dom.js";
import { fields } from "./fields.js";

/** Fills the list of senders, each group by title. Senders that sign the body come first. */
export function listSchemes(): void {
  const groups = [
    ["Sign the body", "content"],
    ["Authenticate only the sender", "sender"],
  ] as const;
  for (const [label, authenticated] of groups) {
    const members = schemes
      .filter((scheme) => scheme.authenticated === authenticated)
      .toSorted((one, other) => one.title.localeCompare(other.title, "en"));
    const options = members.map(({ name, title }) => make("option", { value: name }, title));
    fields.scheme.append(make("optgroup", { label }, ...options));
  }
}

/** Chooses a sender by the name of its scheme, or the first sender if no scheme has that name. */
export function chooseScheme(name: string): void {
  fields.scheme.value = name;
  if (fields.scheme.selectedIndex === -1) {
    fields.scheme.selectedIndex = 0;
  }
}

/** Returns the scheme of the chosen sender. */
export function chosenScheme(): SchemeInfo {
  const chosen = schemes.find(({ name }) => name === fields.scheme.value) ?? schemes[0];
  if (chosen === undefined) {
    throw new Error("the package has no schemes");
  }
  return chosen;
}

/** Describes the chosen scheme, and shows the fields that it needs. */
export function describeScheme(): void {
  const scheme = chosenScheme();
  const { title, docs, confirmed, signsUrl, signsMethod, headers, tolerance } = scheme;
  const link = make(
    "a",
    { href: docs, target: "_blank", rel: "noreferrer" },
    `${title} documentation`,
  );
  const facts = `${describeSigning(scheme)} ${CONFIRMED[confirmed]} `;
  find("scheme-facts", HTMLElement).replaceChildren(facts, link);
  find("request", HTMLElement).hidden = !(signsUrl || signsMethod);
  find("method-choice", HTMLElement).hidden = !signsMethod;
  const names = headers.flatMap((name, index) => [index === 0 ? "" : ", ", make("code", {}, name)]);
  find("headers-used", HTMLElement).replaceChildren(
    ...(names.length > 0 ? names : ["none, the signature or token is in the body"]),
  );
  fields.tolerance.placeholder = String(tolerance.past);
}

function describeSigning({ authenticated, signsUrl, signsMethod, signsTime }: SchemeInfo): string {
  if (authenticated === "sender") {
    return "Authenticates the sender, not the body.";
  }
  const signed = [
    "body",
    ...(signsUrl ? ["URL"] : []),
    ...(signsMethod ? ["method"] : []),
    ...(signsTime ? ["timestamp"] : []),
  ];
  const list =
    signed.length === 1 ? "body" : `${signed.slice(0, -1).join(", ")} and ${signed.at(-1)}`;
  return `Signs the ${list}${signsTime ? "" : ", but no timestamp"}.`;
}

const CONFIRMED = {
  vector: "Tested with published test vectors.",
  oracle: "Tested against the sender’s own library.",
  documented: "Built from the sender’s documentation.",
} as const;
