// Writes docs/senders.md: the schemes that the built package has and docs/retries.json go in, one row for each comes out.
// `npm run build` runs it after the package; `node scripts/senders.mjs` runs it alone.

import { readFileSync, writeFileSync } from "node:fs";
import { transform } from "esbuild";
import { inRoot, isStartedDirectly } from "./lib/project.mjs";

const PAGE = "docs/senders.md";
const SCHEMES = "pkg/dist/generated/schemes.ts";
const RETRIES = "docs/retries.json";
const TABLE = /(<!-- generated: senders -->\n)[\s\S]*?(<!-- end of senders -->)/;
const RETRY_TABLE = /(<!-- generated: retries -->\n)[\s\S]*?(<!-- end of retries -->)/;

const COLUMNS = [
  "Sender",
  "Scheme",
  "Signed content",
  "Algorithm",
  "Signature in",
  "Timestamp",
  "Event id",
  "Handshake",
  "Confirmed by",
];

const RETRY_COLUMNS = [
  "Scheme",
  "Retries",
  "Signature of a retry",
  "Tolerance",
  "Rotation",
  "Sources",
];

/** How a sender signs with two secrets at once. */
const ROTATIONS = {
  list: "two signatures in one header",
  headers: "a header for each secret",
  repeated: "the header twice",
};

/**
 * What a sender does when a delivery fails and when its secret changes.
 * @typedef {object} RetryFacts
 * @property {string} scheme
 * @property {"new" | "same" | "not documented"} [signature] whether a retry is signed again, if the scheme signs a time
 * @property {string} [because] why the source means that
 * @property {string} [retries] how often and for how long, in words
 * @property {number | null} [seconds] from the first attempt to the last retry, if that is documented
 * @property {keyof typeof ROTATIONS} [rotation] how it signs with two secrets at once, if it does
 * @property {string[]} sources
 */

/** @returns {RetryFacts[]} */
export const readRetries = () => JSON.parse(readFileSync(inRoot(RETRIES), "utf8"));

/** The page with its tables as the schemes and the facts are now. */
export async function sendersPage() {
  const { schemes, descriptions } = await readSchemes();
  const page = readFileSync(inRoot(PAGE), "utf8");
  const senders = schemes.map((scheme) => row(scheme, descriptions[scheme.name]));
  const tolerances = new Map(schemes.map(({ name, tolerance }) => [name, tolerance]));
  const retries = readRetries().map((facts) => retryRow(facts, tolerances.get(facts.scheme)));
  return page
    .replace(TABLE, (_, start, end) => start + table(COLUMNS, senders) + end)
    .replace(RETRY_TABLE, (_, start, end) => start + table(RETRY_COLUMNS, retries) + end);
}

/**
 * @param {string[]} columns
 * @param {string[][]} rows
 */
function table(columns, rows) {
  return `${[columns, columns.map(() => "---"), ...rows].map(line).join("\n")}\n`;
}

export async function writeSenders() {
  writeFileSync(inRoot(PAGE), await sendersPage());
}

/** The list of schemes and their descriptions, which the core prints as TypeScript when the package is built. */
async function readSchemes() {
  const { code } = await transform(readFileSync(inRoot(SCHEMES), "utf8"), { loader: "ts" });
  const { schemes, descriptions } = await import(
    `data:text/javascript,${encodeURIComponent(code)}`
  );
  const parse = (description) =>
    typeof description === "string" ? JSON.parse(description) : description;
  return {
    schemes,
    descriptions: Object.fromEntries(
      Object.entries(descriptions).map(([name, description]) => [name, parse(description)]),
    ),
  };
}

const line = (cells) => `| ${cells.join(" | ")} |`;

/** Code in a cell of a table: a vertical bar would end the cell. */
const code = (text) => `\`${text.replaceAll("|", "\\|").replaceAll("\n", "\\n")}\``;

const list = (texts) => (texts.length > 3 ? `${texts[0]} to ${texts.at(-1)}` : texts.join(" or "));

function row(scheme, description) {
  const { signature, token, sharedToken, id, handshakes = [] } = description;
  const { tolerance } = scheme;
  return [
    `[${scheme.title}](${scheme.docs})`,
    code(scheme.name),
    ...(signature ? ofSignature(signature, tolerance) : []),
    ...(token ? ofToken(token, tolerance) : []),
    ...(sharedToken ? ["nothing", "shared secret", placeOf(sharedToken), "not signed"] : []),
    idOf(id),
    handshakes.length === 0 ? "none" : list([...new Set(handshakes.map(handshakeOf))]),
    scheme.confirmed,
  ];
}

function ofSignature({ tags, content, place, timestamp }, tolerance) {
  const signed = content.map(partOf).join("");
  return [
    code(signed),
    list([...new Set(tags.map(({ algorithm }) => algorithm))]),
    placeOf(place),
    timestamp ? `${timestamp.unit}, ${windowOf(tolerance)}` : "not signed",
  ];
}

function ofToken({ algorithms, header, validity, body }, tolerance) {
  const times = {
    "issued-at": `\`iat\`, ${windowOf(tolerance)}`,
    unlimited: "not checked",
  };
  return [
    body ? "the token, which holds a digest of the body" : "the token, not the body",
    `JWT, ${list(algorithms)}`,
    placeOf({ header }),
    times[validity] ?? `\`exp\`, at most ${validity.expiry} s ahead`,
  ];
}

function partOf(part) {
  if (part === "sorted-form") return "{sorted form fields}";
  if (typeof part === "string") return `{${part}}`;
  if (part.text !== undefined) return part.text;
  if (part.url) return "{url}";
  const member = part.member ?? part.freeMember;
  if (member) return `{${member.slice(member.lastIndexOf("/") + 1)}}`;
  return `{${part.members.join(", ")}}`;
}

function placeOf(place) {
  if (place === "basic") return "`authorization` (Basic)";
  if (place.body) return `body ${list([place.body].flat().map(shortened).map(code))}`;
  if (place.repeatedHeader) return `${list(place.repeatedHeader.map(code))}, once for each secret`;
  return list([place.header ?? place.anyHeader ?? place.numberedHeader].flat().map(code));
}

/** A pointer without its middle. */
const shortened = (pointer) => pointer.replace(/^\/.*\/.*\//, "/…/");

function windowOf({ past, future }) {
  return past === future ? `±${past} s` : `−${past} s, +${future} s`;
}

function idOf(id) {
  if (id === "notice") return "none (change notice)";
  if (id === "digest") return "digest";
  if (id.header) return list([id.header].flat().map(code));
  if (id.body) return `body ${code(id.body)}`;
  return `body ${code(id.bodyOrDigest)}, else digest`;
}

function handshakeOf({ method, token, visit, when, proof }) {
  if (visit) return "visit a URL";
  if (method) return `by ${method}`;
  if (proof?.testKey) return "a test message";
  if (proof === "set-up") return "hands over the key";
  const places = [token, ...Object.keys(when ?? {})].filter((place) => place !== undefined);
  if (places.some((place) => place.startsWith("/"))) return "in a signed body";
  if (places.some((place) => place.startsWith("form:"))) return "in a form";
  return places.some((place) => !place.startsWith("header:")) ? "in the query" : "without a body";
}

/**
 * @param {RetryFacts} facts
 * @param {any} tolerance
 */
function retryRow({ scheme, signature, retries, rotation, sources }, tolerance) {
  const links = sources.map((url, index) => `[${index + 1}](${url})`);
  return [
    code(scheme),
    retries ?? "",
    signature ?? "has no time",
    signature ? windowOf(tolerance) : "",
    rotation ? ROTATIONS[rotation] : "",
    links.join(" "),
  ];
}

if (isStartedDirectly(import.meta.url)) await writeSenders();
