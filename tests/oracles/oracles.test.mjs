// Compares this package with the senders' own libraries, in both directions: deliveries that this package signs, and
// deliveries that a library signs. Both sides must accept a delivery, and both must reject it with a different key or
// with a signed part changed.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import https from "node:https";
import net from "node:net";
import { after, describe, it } from "node:test";
import { Rejection, Signer, schemes, Verifier } from "countersign";
import keypairs from "./npm/keypairs.mjs";
import messaging from "./npm/messaging.mjs";
import payments from "./npm/payments.mjs";
import platforms from "./npm/platforms.mjs";
import standard from "./npm/standard.mjs";
import thirdParties from "./npm/third-parties.mjs";
import { goOffline } from "./offline.mjs";
import { changed } from "./oracle.mjs";
import { startPython } from "./pypi/python.mjs";
import python from "./pypi/senders.mjs";

/** @typedef {import("./oracle.mjs").Oracle} Oracle */
/** @typedef {import("./oracle.mjs").Delivery} Delivery */
/** @typedef {import("./oracle.mjs").Key} Key */

/** @type {Oracle[]} */
const oracles = [
  ...standard,
  ...payments,
  ...messaging,
  ...platforms,
  ...keypairs,
  ...thirdParties,
  ...python,
];

const IN_PYTHON = "pypi:";

goOffline();
// Some of the libraries log every step.
console.debug = () => {};
const interpreter = startPython();
after(() => interpreter.end());

/** The right verdicts for a forged delivery. Any other rejection would have the wrong reason. */
const REJECTIONS = new Set([false, "signature_mismatch", "body_mismatch"]);

/** The lines of the table at the end, one for each oracle. */
const results = oracles.map((oracle) => ({
  oracle,
  version: "",
  signers: /** @type {string[]} */ ([]),
}));
after(() => console.log(`\n${table()}\n`));

for (const line of results) {
  const { oracle } = line;
  const note = oracle.thirdParty ? " (not the sender's)" : "";
  describe(`${oracle.scheme} and ${oracle.sdk}${note}`, () => {
    for (const { signer, sign } of signersOf(oracle)) {
      it(`agree on a delivery signed by ${signer}`, async () => {
        const library = await load(oracle);
        line.version = await versionOf(oracle);
        const now = new Date();
        const unsigned = complete(oracle.delivery(now));
        const signed = await sign(library, unsigned, now);
        await expectAgreement(
          oracle,
          library,
          complete({ ...unsigned, ...signed }, unsigned.headers),
          now,
        );
        line.signers.push(signer);
      });
    }
  });
}

describe("the network", () => {
  it("cannot be reached by the libraries for Node", async () => {
    const offline = /asked for the network/;
    await assert.rejects(fetch("https://example.com/"), ({ cause }) => offline.test(cause.message));
    assert.throws(() => https.get("https://example.com/"), offline);
    assert.throws(() => net.connect(443, "127.0.0.1"), offline);
  });

  it("cannot be reached by the libraries for Python", async () => {
    await assert.rejects(interpreter.ask({ call: "connect" }), /asked for the network/);
  });
});

describe("the field confirmed of schemes", () => {
  const asked = new Set(
    oracles.filter(({ thirdParty }) => !thirdParty).map(({ scheme }) => scheme),
  );

  it("is oracle only if a sender's own library agrees", () => {
    const claimed = schemes.filter(({ confirmed }) => confirmed === "oracle");
    assert.deepEqual(
      claimed.map(({ name }) => name).filter((name) => !asked.has(name)),
      [],
    );
  });

  it("is not documented if a sender's own library agrees", () => {
    const modest = schemes.filter(
      ({ name, confirmed }) => confirmed === "documented" && asked.has(name),
    );
    assert.deepEqual(
      modest.map(({ name }) => name),
      [],
    );
  });
});

/**
 * Returns the signers whose deliveries both sides verify.
 * @param {Oracle} oracle
 */
function signersOf({ scheme, sdk, keys, sign, reference, inBody, withoutSigner }) {
  const secret = secretOf(keys[0]);
  /** @type {{ signer: string, sign: (library: unknown, delivery: Delivery, now: Date) => any }[]} */
  const signers = [];
  if (reference) {
    signers.push({
      signer: "a reference",
      sign: (_library, delivery, now) => reference(delivery, secret, now),
    });
  } else if (!withoutSigner) {
    signers.push({
      signer: "countersign",
      sign(_library, delivery, now) {
        const signer = new Signer(/** @type {any} */ (scheme), secret);
        if (inBody) return { body: signer.signBody(delivery.body) };
        const url = delivery.url && signer.signUrl(delivery.url, delivery.body);
        return { url, headers: signer.sign({ ...delivery, url }, now) };
      },
    });
  }
  if (sign) {
    signers.push({
      signer: sdk,
      sign: (library, delivery, now) => sign(library, delivery, secret, now),
    });
  }
  return signers;
}

/**
 * Expects both sides to accept a delivery, and to reject it with a signed part changed or with a different key.
 * @param {Oracle} oracle
 * @param {unknown} library
 * @param {Delivery} delivery
 * @param {Date} now
 */
async function expectAgreement(
  { scheme, sdk, keys, accepts, alter = alterBody },
  library,
  delivery,
  now,
) {
  const [own, other] = keys.map(publicOf);
  const altered = complete({ ...delivery, ...alter(delivery) });
  /** @type {[string, (delivery: Delivery, key: string) => unknown][]} the verdict: true, or a rejection */
  const judges = [
    ["countersign", (given, key) => verdict(scheme, key, given, now)],
    [sdk, (given, key) => accepts(library, given, key, now)],
  ];
  for (const [name, judge] of judges) {
    const accepted = await judge(delivery, own);
    assert.equal(accepted, true, `${name} should accept it, but says ${accepted}`);
    const whenAltered = await judge(altered, own);
    assert.ok(
      REJECTIONS.has(whenAltered),
      `${name} should reject the changed delivery, but says ${whenAltered}`,
    );
    const withOther = await judge(delivery, other);
    assert.ok(
      REJECTIONS.has(withOther),
      `${name} should reject a different key, but says ${withOther}`,
    );
  }
}

/**
 * @param {string} scheme
 * @param {string} key
 * @param {Delivery} delivery
 * @param {Date} now
 * @returns true, or the code of the rejection
 */
function verdict(scheme, key, delivery, now) {
  try {
    new Verifier(/** @type {any} */ (scheme), key).verify(delivery, now);
    return true;
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
}

const alterBody = (/** @type {Delivery} */ { body }) => ({ body: changed(body) });

/**
 * Returns the delivery with headers whose names are in lower case.
 * @param {{ body: string } & Partial<Delivery>} delivery
 * @param {Record<string, string>} [more] further headers
 * @returns {Delivery}
 */
function complete(delivery, more = {}) {
  const names = Object.entries({ ...more, ...delivery.headers });
  const headers = Object.fromEntries(names.map(([name, value]) => [name.toLowerCase(), value]));
  return { ...delivery, headers };
}

/** @param {Key} key */
function secretOf(key) {
  return typeof key === "string" ? key : key.secret;
}

/** @param {Key} key */
function publicOf(key) {
  return typeof key === "string" ? key : key.public;
}

/** @param {Oracle} oracle */
const load = ({ sdk, entry }) => (sdk.startsWith(IN_PYTHON) ? interpreter : import(entry ?? sdk));

/** @param {Oracle} oracle */
async function versionOf({ sdk }) {
  if (sdk.startsWith(IN_PYTHON)) {
    return interpreter.ask({ call: "version", package: sdk.slice(IN_PYTHON.length) });
  }
  const manifest = new URL(`node_modules/${sdk}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

function table() {
  const lines = results.map(({ oracle, version, signers }) => [
    ...[oracle.scheme, oracle.sdk, version],
    (signers.join(", ") || "-") + (oracle.thirdParty ? " (not the sender's library)" : ""),
  ]);
  const all = [["scheme", "library", "version", "agrees on deliveries signed by"], ...lines];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((cells) => cells[column].length)));
  const padded = (/** @type {string[]} */ cells) =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return all.map((cells) => padded(cells).trimEnd()).join("\n");
}
