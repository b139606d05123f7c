// Attacks on the timestamp: texts that are not plain digits, and deliveries at both ends of the tolerance.

import { equal, ok, thrown } from "../harness.js";
import { forge, NOW_SECONDS, sampleBody, seconds, senders, timeSigners } from "../senders.js";

const FAR = 0xffff_ffff;

const NOT_A_TIME = [
  ...["", " ", "NaN", "Infinity", "-Infinity", "now", "null", "true", "1e3", "1.7e9", "17e8"],
  ...["0x6553f100", "0b11", "0o14525", "+1700000000", "-1700000000", "01700000000", "001700000000"],
  ...[" 1700000000", "1700000000 ", "1700000000\n", "1700000000.", "1700000000.0", "1700000000.5"],
  ...["1700000000,", "1700000000;", "1_700_000_000", "1,700,000,000", "17000000000000000000"],
  ...["1700000000000", "9223372036854775807", "-9223372036854775808", "18446744073709551616"],
  ...[
    "0",
    "1",
    "00",
    "170000000",
    "999999999999",
    "2023-11-14T22:13:20Z",
    "1700000000s",
    "\u0661700000000",
  ],
  ...["1700000000 1700000000", "1700000000, 1700000000", "[object Object]", "1700000000\u0000"],
];

export function timeAttacks(test, { Verifier, sign, expectEvent, expectRejection }) {
  for (const name of timeSigners) {
    const { timeHeader, header } = senders[name];
    // A comma cuts the item short. The rest may be a valid timestamp, but not the one that was signed.
    const codes = ["malformed_timestamp", "malformed_header", "signature_mismatch"];

    // Threat model: A-20.
    test(`${name}: a timestamp that is not plain digits is rejected even if its signature is correct`, async () => {
      const body = sampleBody(name);
      expectEvent(name, await forge(name, { body }));
      for (const time of NOT_A_TIME) {
        expectRejection(name, await forge(name, { time, body }), codes, { tolerance: FAR });
      }
    });

    // Threat model: A-20.
    test(`${name}: a different text for the same timestamp is rejected`, () => {
      const delivery = sign(name);
      const place = timeHeader ?? header;
      const usual = delivery.headers[place];
      const others = [`0${NOW_SECONDS}`, `${NOW_SECONDS}.0`, `+${NOW_SECONDS}`, ` ${NOW_SECONDS}`];
      others.push(`${NOW_SECONDS + 1}`, `${NOW_SECONDS - 1}`, `${NOW_SECONDS}0`);
      for (const other of others) {
        const changed = usual.replace(`${NOW_SECONDS}`, other);
        ok(changed !== usual, "the time was not changed");
        expectRejection(name, { ...delivery, headers: { ...delivery.headers, [place]: changed } });
      }
    });

    // Threat model: A-20.
    test(`${name}: a timestamp of eleven digits is read, for 2286 and later`, async () => {
      const body = sampleBody(name);
      const time = "10000000000";
      const delivery = await forge(name, { time, body });
      expectRejection(name, delivery, "premature");
      const event = expectEvent(name, delivery, { now: new Date(10_000_000_000_000) });
      equal(event.signedAt, new Date(10_000_000_000_000));
    });

    // Threat model: A-20.
    test(`${name}: a missing or repeated timestamp is rejected`, () => {
      const { headers, body } = sign(name);
      if (timeHeader) {
        const { [timeHeader]: _, ...rest } = headers;
        expectRejection(name, { headers: rest, body }, "missing_header");
        return;
      }
      const value = headers[header];
      const [time, tag] = value.split(",");
      for (const changed of [
        tag,
        `${time},${value}`,
        `${value},${time}`,
        `${value},t=1`,
        `t,${tag}`,
      ]) {
        expectRejection(
          name,
          { headers: { ...headers, [header]: changed }, body },
          "malformed_header",
        );
      }
      expectEvent(name, { headers: { ...headers, [header]: `${tag},${time}` }, body });
    });

    // Threat model: A-21.
    test(`${name}: a delivery at the end of the tolerance verifies, and one second later is rejected`, () => {
      const delivery = sign(name);
      for (const tolerance of [0, 1, 10, 300, 86_400, FAR]) {
        for (const after of [0, tolerance, -tolerance]) {
          const earliest = -NOW_SECONDS;
          const now = seconds(Math.max(after, earliest));
          const event = expectEvent(name, delivery, { now, tolerance });
          equal(event.signedAt, seconds(0), "the signed time");
        }
        expectRejection(name, delivery, "stale", { now: seconds(tolerance + 1), tolerance });
        if (tolerance + 1 <= NOW_SECONDS) {
          expectRejection(name, delivery, "premature", { now: seconds(-tolerance - 1), tolerance });
        }
      }
    });

    // Threat model: A-21.
    test(`${name}: the largest tolerance is still a limit`, () => {
      const at = seconds(FAR);
      const delivery = sign(name, { at });
      expectEvent(name, delivery, { now: seconds(0), tolerance: FAR });
      expectRejection(name, delivery, "premature", { now: seconds(-1), tolerance: FAR });
    });

    // Threat model: A-21.
    test(`${name}: the default tolerance is five minutes in both directions`, () => {
      const delivery = sign(name);
      for (const tolerance of [undefined, {}]) {
        const options = { keys: senders[name].keys[0], tolerance };
        expectEvent(name, delivery, { now: seconds(300), ...options });
        expectEvent(name, delivery, { now: seconds(-300), ...options });
        expectRejection(name, delivery, "stale", { now: seconds(301), ...options });
        expectRejection(name, delivery, "premature", { now: seconds(-301), ...options });
      }
    });

    // Threat model: A-21.
    test(`${name}: the tolerance for the past and for the future can differ`, () => {
      const delivery = sign(name);
      const narrow = (past, future) => ({ tolerance: { past, future } });
      expectEvent(name, delivery, { now: seconds(20), ...narrow(20, 5) });
      expectRejection(name, delivery, "stale", { now: seconds(21), ...narrow(20, 5) });
      expectEvent(name, delivery, { now: seconds(-5), ...narrow(20, 5) });
      expectRejection(name, delivery, "premature", { now: seconds(-6), ...narrow(20, 5) });
      expectEvent(name, delivery, { now: seconds(-300), tolerance: { past: 0 } });
      expectRejection(name, delivery, "stale", { now: seconds(1), tolerance: { past: 0 } });
      expectRejection(name, delivery, "premature", { now: seconds(-1), tolerance: { future: 0 } });
    });

    // Threat model: A-21.
    test(`${name}: fractions of a second are dropped`, () => {
      const delivery = sign(name, { at: new Date(NOW_SECONDS * 1000 + 999) });
      equal(expectEvent(name, delivery).signedAt, seconds(0));
      expectEvent(name, delivery, { now: new Date((NOW_SECONDS + 300) * 1000 + 999) });
      expectRejection(name, delivery, "stale", { now: seconds(301) });
    });

    // Threat model: A-21.
    test(`${name}: the signature is checked before the timestamp`, async () => {
      const body = sampleBody(name);
      const time = `${NOW_SECONDS - 100_000}`;
      expectRejection(name, await forge(name, { time, body }), "stale");
      const forged = await forge(name, { time, body, key: senders[name].keys[1] });
      expectRejection(name, forged, "signature_mismatch");
    });
  }

  // Threat model: A-21.
  test("flash: a token is valid for the hour before it expires, with a minute of tolerance on both sides", () => {
    const delivery = sign("flash");
    for (const after of [-60, 0, 3600, 3660]) {
      expectEvent("flash", delivery, { now: seconds(after) });
    }
    expectRejection("flash", delivery, "stale", { now: seconds(3661) });
    expectRejection("flash", delivery, "premature", { now: seconds(-61) });
    expectEvent("flash", delivery, { now: seconds(3600), tolerance: 0 });
    expectRejection("flash", delivery, "stale", { now: seconds(3601), tolerance: 0 });
    expectRejection("flash", delivery, "premature", { now: seconds(-1), tolerance: 0 });
  });

  // Threat model: A-21.
  test("no value of the tolerance switches the check off", () => {
    const [key] = senders.stripe.keys;
    const bad = [Number.NaN, Infinity, -Infinity, -1, 0.5, 2 ** 32];
    bad.push(
      { past: -1 },
      { past: "300" },
      { future: Number.NaN },
      { past: 0, future: Infinity },
      { past: null },
    );
    for (const tolerance of bad) {
      expectInvalidTolerance(() => new Verifier("stripe", key, { tolerance }));
    }
  });

  // Threat model: A-21.
  test("a tolerance of a wrong type is an error, and does not fall back to the default", () => {
    const [key] = senders.stripe.keys;
    for (const tolerance of ["60", "off", "", false, true, [60], 60n]) {
      expectInvalidTolerance(() => new Verifier("stripe", key, { tolerance }));
    }
  });

  // Threat model: A-21.
  test("verification with an invalid date is an error", () => {
    const delivery = sign("stripe");
    const verifier = new Verifier("stripe", senders.stripe.keys[0], { tolerance: FAR });
    for (const now of [
      new Date(Number.NaN),
      new Date("tomorrow"),
      NOW_SECONDS,
      null,
      "2023-11-14",
      {},
    ]) {
      const error = thrown(() => verifier.verify(delivery, now));
      ok(error instanceof TypeError && /valid Date/.test(error.message), `${now}: ${error}`);
    }
    expectRejection("stripe", delivery, "premature", { now: new Date(-1) });
    expectRejection("stripe", delivery, "premature", { now: new Date(-8.64e15) });
    expectRejection("stripe", delivery, "stale", { now: new Date(8.64e15) });
  });
}

function expectInvalidTolerance(make) {
  const error = thrown(make);
  ok(error instanceof TypeError, `${error}`);
  ok(/whole number of seconds/.test(error.message), `the message: ${error.message}`);
}
