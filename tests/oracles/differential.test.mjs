// Random deliveries, most of them changed in one or two places, get the same verdict from this package and from the
// libraries that its users know: svix, standardwebhooks, stripe and octokit. A difference is allowed only in the one
// direction that is safe: this package rejects a header that has more than one reading, and says so.
//
// `DIFFERENTIAL_ROUNDS` sets the number of rounds for each library, `DIFFERENTIAL_SEED` the sequence of random numbers.

import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, test } from "node:test";
import * as octokit from "@octokit/webhooks-methods";
import { Rejection, Signer, Verifier } from "countersign";
import * as standardwebhooks from "standardwebhooks";
import Stripe from "stripe";
import * as svix from "svix";
import { goOffline } from "./offline.mjs";

goOffline();

const ROUNDS = Number(process.env.DIFFERENTIAL_ROUNDS ?? 2000);
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? randomInt(2 ** 31));
const SECRET = `whsec_${Buffer.from("the secret of both sides, 32 by.").toString("base64")}`;

/** The codes by which this package says that a header has no single reading. */
const AMBIGUOUS = new Set(["malformed_header", "malformed_timestamp", "too_many_signatures"]);

const PEERS = [
  {
    name: "svix",
    scheme: "svix",
    headers: ["svix-id", "svix-timestamp", "svix-signature"],
    accepts: throwing((body, headers) => new svix.Webhook(SECRET).verify(body, headers)),
  },
  {
    name: "standardwebhooks",
    scheme: "standard",
    headers: ["webhook-id", "webhook-timestamp", "webhook-signature"],
    accepts: throwing((body, headers) =>
      new standardwebhooks.Webhook(SECRET).verify(body, headers),
    ),
  },
  {
    name: "stripe",
    scheme: "stripe",
    headers: ["stripe-signature"],
    // The tolerance of this library is about the age of a delivery; ours is about the future, too.
    stricter: ["premature"],
    // It ignores what follows a second equals sign of an item; to us such an item is not a signature.
    isMalformed: ({ "stripe-signature": value = "" }) => /=[^,]*=/.test(value),
    accepts: throwing((body, headers) =>
      new Stripe("sk_test").webhooks.constructEvent(body, headers["stripe-signature"], SECRET),
    ),
  },
  {
    name: "@octokit/webhooks-methods",
    scheme: "github",
    headers: ["x-hub-signature-256"],
    accepts: async (body, headers) =>
      headers["x-hub-signature-256"] !== undefined &&
      octokit.verify(SECRET, body, headers["x-hub-signature-256"]).catch(() => false),
  },
];

/** @param {(body: string, headers: Record<string, string>) => unknown} verify */
function throwing(verify) {
  return async (/** @type {string} */ body, /** @type {Record<string, string>} */ headers) => {
    try {
      verify(body, headers);
      return true;
    } catch {
      return false;
    }
  };
}

for (const peer of PEERS) {
  test(`${peer.name} and countersign agree on ${ROUNDS} random deliveries`, async () => {
    const random = randomNumbers(SEED);
    const verifier = new Verifier(peer.scheme, SECRET);
    const signers = [SECRET, SECRET.replace("A", "B")].map((key) => new Signer(peer.scheme, key));
    const counts = { accepted: 0, rejected: 0, stricter: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const delivery = randomDelivery(random, signers, peer.headers);
      const ours = verdictOf(verifier, delivery);
      const theirs = await peer.accepts(delivery.body, delivery.headers);
      const isStricter =
        theirs &&
        ours !== "accepted" &&
        (AMBIGUOUS.has(ours) ||
          peer.stricter?.includes(ours) === true ||
          peer.isMalformed?.(delivery.headers) === true);
      assert.ok(
        (ours === "accepted") === theirs || isStricter,
        `seed ${SEED}, round ${round}: ${ours}, and ${peer.name} ${theirs ? "accepts" : "rejects"} ${JSON.stringify(delivery)}`,
      );
      counts[isStricter ? "stricter" : theirs ? "accepted" : "rejected"] += 1;
    }
    // A generator that makes only one kind of delivery would compare nothing.
    assert.ok(
      counts.accepted > ROUNDS / 10 && counts.rejected > ROUNDS / 10,
      JSON.stringify(counts),
    );
    reports.push([peer.name, counts]);
  });
}

const reports = [];
after(() => {
  for (const [name, { accepted, rejected, stricter }] of reports) {
    console.log(
      `${name}: ${accepted} accepted and ${rejected} rejected by both, ${stricter} rejected by countersign alone`,
    );
  }
});

/** @returns {string} `accepted`, or the code of the rejection */
function verdictOf(verifier, { body, headers }) {
  try {
    verifier.verify({ headers, body });
    return "accepted";
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
}

/** Signs a random body, then changes the delivery in none, one or two places. */
function randomDelivery(random, signers, names) {
  const pick = (choices) => choices[Math.floor(random() * choices.length)];
  const now = Date.now();
  // Not within two seconds of the edge of the tolerance: the two sides read the clock one after the other.
  const offset = pick([0, 0, 0, -200, 200, -290, 290, -310, 310, -86_400, 86_400]);
  const body = randomBody(random, pick);
  const id = `msg_${Math.floor(random() * 1e9)}`;
  const signer = random() < 0.9 ? signers[0] : signers[1];
  const delivery = { body, headers: signer.sign({ body, id }, new Date(now + 1000 * offset)) };
  const changes = pick([0, 0, 1, 1, 1, 2]);
  for (let count = 0; count < changes; count++) pick(CHANGES)(delivery, { random, pick, names });
  return delivery;
}

function randomBody(random, pick) {
  const value = () => pick([1, 1.5, "é", "😀", "a\nb", "\\", "", true, null, [], {}, 12345678901]);
  const members = Array.from({ length: Math.floor(random() * 5) }, (_, index) => [
    `member ${index}`,
    value(),
  ]);
  return JSON.stringify({ id: "evt_1", object: "event", ...Object.fromEntries(members) });
}

/** The ways in which a delivery is changed. Each takes the delivery and changes it in place. */
const CHANGES = [
  // The body: a character, its end, white space.
  (delivery, { random }) => {
    const characters = [...delivery.body];
    characters[Math.floor(random() * characters.length)] = "x";
    delivery.body = characters.join("");
  },
  (delivery) => {
    delivery.body += "\n";
  },
  (delivery) => {
    delivery.body = [...delivery.body].slice(0, -1).join("");
  },
  (delivery) => {
    delivery.body = ` ${delivery.body}`;
  },
  (delivery) => {
    delivery.body = delivery.body.replaceAll(",", ", ").replaceAll(":", ": ");
  },
  // A header: missing, empty, another letter, other letter case, cut, longer.
  onHeader((_, { pick }) => pick([undefined, ""])),
  onHeader((value, { random }) => {
    const at = Math.floor(random() * value.length);
    return (
      value.slice(0, at) + String.fromCharCode(33 + Math.floor(random() * 90)) + value.slice(at + 1)
    );
  }),
  onHeader((value) => value.toUpperCase()),
  onHeader((value) => value.slice(0, -1)),
  onHeader((value) => `${value}0`),
  onHeader((value, { pick }) => value + pick(["=", "==", "A", ".", ",", " ", "%20"])),
  // Lists of signatures: another version, a forged signature, an empty item, the list twice.
  onSignature((value, separator) => `v0=00${separator}${value}`),
  onSignature((value, separator) => `${value}${separator}v9=00`),
  onSignature((value, separator) => `${value}${separator}v1=${"0".repeat(64)}`),
  onSignature((value, separator) => `v1=${"0".repeat(64)}${separator}${value}`),
  onSignature((value, separator) => `${value}${separator}v1,AAAA`),
  onSignature((value, separator) => `v2,AAAA${separator}${value}`),
  onSignature((value, separator) => `${value}${separator}`),
  onSignature((value, separator) => `${value}${separator}${value}`),
  onSignature((value) => value.replaceAll("+", "-").replaceAll("/", "_")),
  onSignature((value) => value.replace(/=+$/, "")),
  onSignature((value) => value.replace(/[0-9a-f]{64}/, (hex) => hex.toUpperCase())),
  onSignature((value) => value.replace("v1", "v2")),
  onSignature((value) => value.replace("sha256", "sha1")),
  // The timestamp: later, earlier, in other spellings.
  onTimestamp((seconds, { pick }) => `${Number(seconds) + pick([-1, 1, 60, 3600])}`),
  onTimestamp((seconds) => `0${seconds}`),
  onTimestamp((seconds) => `${seconds}000`),
  onTimestamp((seconds) => `${seconds}.0`),
  onTimestamp((seconds) => `+${seconds}`),
  onTimestamp(() => ""),
];

function onHeader(change) {
  return (delivery, tools) => {
    const name = tools.pick(tools.names);
    const value = change(delivery.headers[name] ?? "", tools);
    if (value === undefined) delete delivery.headers[name];
    else delivery.headers[name] = value;
  };
}

function onSignature(change) {
  return (delivery, { names }) => {
    const name = names.at(-1);
    const value = delivery.headers[name];
    if (value) delivery.headers[name] = change(value, names.length > 1 ? " " : ",");
  };
}

function onTimestamp(change) {
  return (delivery, tools) => {
    const name = tools.names[1] ?? tools.names[0];
    delivery.headers[name] = (delivery.headers[name] ?? "").replace(/\b\d{10}\b/, (seconds) =>
      change(seconds, tools),
    );
  };
}

/** Random numbers between 0 and 1 (mulberry32), the same for the same seed. */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = state;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
