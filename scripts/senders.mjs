// Writes docs/senders.md: the schemes that the built package has go in, one row for each comes out.
// `npm run build` runs it after the package; `node scripts/senders.mjs` runs it alone.

import { readFileSync, writeFileSync } from "node:fs";
import { transform } from "esbuild";
import { inRoot, isStartedDirectly } from "./lib/project.mjs";

const PAGE = "docs/senders.md";
const SCHEMES = "pkg/dist/generated/schemes.ts";
const TABLE = /(<!-- generated: senders -->\n)[\s\S]*?(<!-- end of senders -->)/;

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

/** The page with its table as the schemes are now. */
export async function sendersPage() {
  const { schemes, descriptions } = await readSchemes();
  const rows = schemes.map((scheme) => row(scheme, descriptions[scheme.name]));
  const lines = [line(COLUMNS), line(COLUMNS.map(() => "---")), ...rows.map(line)];
  const page = readFileSync(inRoot(PAGE), "utf8");
  return page.replace(TABLE, (_, start, end) => `${start}${lines.join("\n")}\n${end}`);
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
  const pointer = part.member ?? part.freeMember;
  if (pointer) return `{${pointer.slice(pointer.lastIndexOf("/") + 1)}}`;
  return `{${part.members.join(", ")}}`;
}

function placeOf(place) {
  if (place === "basic") return "`authorization` (Basic)";
  if (place.body) return `body ${code(shortened(place.body))}`;
  return list([place.header ?? place.anyHeader].flat().map(code));
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

function handshakeOf({ token, visit, when }) {
  if (visit) return "visit a URL";
  const places = [token, ...Object.keys(when ?? {})].filter((place) => place !== undefined);
  return places.some((place) => place.startsWith("/")) ? "in a signed body" : "in the query";
}

if (isStartedDirectly(import.meta.url)) await writeSenders();
