// The senders' own libraries and this package judge the same deliveries, in both directions: what this package
// signs, and what a library signs. Both have to accept it, and to refuse it with another key or with something
// signed changed.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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
// Some of the libraries tell of all that they do.
console.debug = () => {};
const interpreter = startPython();
after(() => interpreter.end());

/** What was seen, for the table at the end. */
const seen = oracles.map(({ scheme, sdk, thirdParty }) => ({
  ...{ scheme, sdk, version: "", thirdParty },
  makers: /** @type {string[]} */ ([]),
}));
after(() => console.log(`\n${table()}\n`));

for (const [index, oracle] of oracles.entries()) {
  const row = seen[index];
  const { scheme, sdk, keys } = oracle;
  const [secret] = keys.map(secretOf);

  describe(`${scheme} and ${sdk}${oracle.thirdParty ? " (not the sender's)" : ""}`, () => {
    const makers = {
      [oracle.reference ? "reference" : "countersign"]: (_library, delivery, now) =>
        oracle.reference?.(delivery, secret, now) ?? {
          headers: new Signer(/** @type {any} */ (scheme), secret).sign(delivery, now),
        },
      ...(oracle.sign && {
        sdk: (library, delivery, now) => oracle.sign(library, delivery, secret, now),
      }),
    };
    for (const [maker, make] of Object.entries(makers)) {
      it(`agree on what ${maker === "sdk" ? sdk : maker} signs`, async () => {
        const library = await load(oracle);
        row.version = await versionOf(sdk);
        const now = new Date();
        const unsigned = complete(oracle.delivery(now));
        const made = await make(library, unsigned, now);
        const delivery = complete({ ...unsigned, ...made }, unsigned.headers);
        await agree(oracle, library, delivery, now);
        row.makers.push(maker === "sdk" ? "the library" : maker);
      });
    }
  });
}

describe("the network", () => {
  it("is out of reach of the libraries for Node", async () => {
    await assert.rejects(fetch("https://example.com/"), /fetch failed/);
    assert.throws(() => net.connect(443, "127.0.0.1"), /asked for the network/);
  });

  it("is out of reach of the libraries for Python", async () => {
    await assert.rejects(interpreter.ask({ call: "connect" }), /asked for the network/);
  });
});

describe("what `schemes` says of itself", () => {
  const asked = new Set(
    oracles.filter(({ thirdParty }) => !thirdParty).map(({ scheme }) => scheme),
  );

  it("is `oracle` where a sender's own library agrees", () => {
    const claimed = schemes.filter(({ confirmed }) => confirmed === "oracle");
    assert.deepEqual(
      claimed.map(({ name }) => name).filter((name) => !asked.has(name)),
      [],
    );
  });

  it("is not `documented` where one does", () => {
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
 * Both judges accept a delivery, and refuse what differs from it.
 * @param {Oracle} oracle
 * @param {unknown} library
 * @param {Delivery} delivery
 * @param {Date} now
 */
async function agree({ scheme, keys, accepts, alter = alterBody }, library, delivery, now) {
  const [own, other] = keys.map(publicOf);
  const altered = complete({ ...delivery, ...alter(delivery) });
  const judges = {
    countersign: (given, key) =>
      accepted(new Verifier(/** @type {any} */ (scheme), key), given, now),
    "the library": (given, key) => accepts(library, given, key, now),
  };
  for (const [judge, judges_] of Object.entries(judges)) {
    assert.equal(await judges_(delivery, own), true, `${judge} accepts it`);
    assert.equal(await judges_(altered, own), false, `${judge} refuses it when it is changed`);
    assert.equal(await judges_(delivery, other), false, `${judge} refuses it with another key`);
  }
}

/**
 * @param {Verifier<any>} verifier
 * @param {Delivery} delivery
 * @param {Date} now
 */
function accepted(verifier, delivery, now) {
  try {
    verifier.verify(delivery, now);
    return true;
  } catch (error) {
    if (error instanceof Rejection) return false;
    throw error;
  }
}

const alterBody = (/** @type {Delivery} */ { body }) => ({ body: changed(body) });

/**
 * A delivery with headers, their names in lower case.
 * @param {{ body: string } & Partial<Delivery>} delivery
 * @param {Record<string, string>} [more] headers that it has anyway
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

/** @param {string} sdk */
async function versionOf(sdk) {
  if (sdk.startsWith(IN_PYTHON)) {
    return interpreter.ask({ call: "version", package: sdk.slice(IN_PYTHON.length) });
  }
  const manifest = new URL(`node_modules/${sdk}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

function table() {
  const rows = seen.map(({ scheme, sdk, version, thirdParty, makers }) => [
    scheme,
    sdk,
    version,
    `${makers.join(", ") || "-"}${thirdParty ? " (not the sender's library)" : ""}`,
  ]);
  const all = [["scheme", "library", "version", "agree on what is signed by"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((cells) => cells[column].length)));
  return all
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
