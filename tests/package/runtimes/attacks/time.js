// Attacks on the clock: times that are no plain number, and the two ends of the window.

import { equal, ok, thrown } from "../harness.js";
import { forge, NOW_SECONDS, sampleBody, seconds, senders, signingTime } from "../senders.js";

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

export function timeAttacks(test, { Verifier, sign, genuine, refused }) {
  for (const name of signingTime) {
    const { timeHeader, header } = senders[name];
    // An item that a comma cuts short may be a time, but not the one that was signed.
    const codes = ["malformed_timestamp", "malformed_header", "signature_mismatch"];

    test(`A-20 ${name}: a time that is not plain digits is refused, however well it is signed`, async () => {
      const body = sampleBody(name);
      genuine(name, await forge(name, { body }));
      for (const time of NOT_A_TIME) {
        refused(name, await forge(name, { time, body }), codes, { tolerance: FAR });
      }
    });

    test(`A-20 ${name}: the text of the time is what was signed, not its number`, () => {
      const delivery = sign(name);
      const place = timeHeader ?? header;
      const usual = delivery.headers[place];
      const others = [`0${NOW_SECONDS}`, `${NOW_SECONDS}.0`, `+${NOW_SECONDS}`, ` ${NOW_SECONDS}`];
      others.push(`${NOW_SECONDS + 1}`, `${NOW_SECONDS - 1}`, `${NOW_SECONDS}0`);
      for (const other of others) {
        const changed = usual.replace(`${NOW_SECONDS}`, other);
        ok(changed !== usual, "the time was not changed");
        refused(name, { ...delivery, headers: { ...delivery.headers, [place]: changed } });
      }
    });

    test(`A-20 ${name}: eleven digits are a time, in the year 2286 and later`, async () => {
      const body = sampleBody(name);
      const time = "10000000000";
      const delivery = await forge(name, { time, body });
      refused(name, delivery, "premature");
      const event = genuine(name, delivery, { now: new Date(10_000_000_000_000) });
      equal(event.signedAt, new Date(10_000_000_000_000));
    });

    test(`A-20 ${name}: a time may not be missing or given twice`, () => {
      const { headers, body } = sign(name);
      if (timeHeader) {
        const { [timeHeader]: _, ...rest } = headers;
        refused(name, { headers: rest, body }, "missing_header");
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
        refused(name, { headers: { ...headers, [header]: changed }, body }, "malformed_header");
      }
      genuine(name, { headers: { ...headers, [header]: `${tag},${time}` }, body });
    });

    test(`A-21 ${name}: the ends of the window belong to it, and one second more does not`, () => {
      const delivery = sign(name);
      for (const tolerance of [0, 1, 10, 300, 86_400, FAR]) {
        for (const after of [0, tolerance, -tolerance]) {
          const earliest = -NOW_SECONDS;
          const now = seconds(Math.max(after, earliest));
          const event = genuine(name, delivery, { now, tolerance });
          equal(event.signedAt, seconds(0), "the signed time");
        }
        refused(name, delivery, "stale", { now: seconds(tolerance + 1), tolerance });
        if (tolerance + 1 <= NOW_SECONDS) {
          refused(name, delivery, "premature", { now: seconds(-tolerance - 1), tolerance });
        }
      }
    });

    test(`A-21 ${name}: the widest window has two ends too`, () => {
      const at = seconds(FAR);
      const delivery = sign(name, { at });
      genuine(name, delivery, { now: seconds(0), tolerance: FAR });
      refused(name, delivery, "premature", { now: seconds(-1), tolerance: FAR });
    });

    test(`A-21 ${name}: the window is five minutes either way unless it is said otherwise`, () => {
      const delivery = sign(name);
      for (const tolerance of [undefined, {}]) {
        const options = { keys: senders[name].keys[0], tolerance };
        genuine(name, delivery, { now: seconds(300), ...options });
        genuine(name, delivery, { now: seconds(-300), ...options });
        refused(name, delivery, "stale", { now: seconds(301), ...options });
        refused(name, delivery, "premature", { now: seconds(-301), ...options });
      }
    });

    test(`A-21 ${name}: the two sides of the window can differ`, () => {
      const delivery = sign(name);
      const narrow = (past, future) => ({ tolerance: { past, future } });
      genuine(name, delivery, { now: seconds(20), ...narrow(20, 5) });
      refused(name, delivery, "stale", { now: seconds(21), ...narrow(20, 5) });
      genuine(name, delivery, { now: seconds(-5), ...narrow(20, 5) });
      refused(name, delivery, "premature", { now: seconds(-6), ...narrow(20, 5) });
      genuine(name, delivery, { now: seconds(-300), tolerance: { past: 0 } });
      refused(name, delivery, "stale", { now: seconds(1), tolerance: { past: 0 } });
      refused(name, delivery, "premature", { now: seconds(-1), tolerance: { future: 0 } });
    });

    test(`A-21 ${name}: parts of a second count as nothing`, () => {
      const delivery = sign(name, { at: new Date(NOW_SECONDS * 1000 + 999) });
      equal(genuine(name, delivery).signedAt, seconds(0));
      genuine(name, delivery, { now: new Date((NOW_SECONDS + 300) * 1000 + 999) });
      refused(name, delivery, "stale", { now: seconds(301) });
    });

    test(`A-21 ${name}: the signature is checked before the clock`, async () => {
      const body = sampleBody(name);
      const time = `${NOW_SECONDS - 100_000}`;
      refused(name, await forge(name, { time, body }), "stale");
      const forged = await forge(name, { time, body, key: senders[name].keys[1] });
      refused(name, forged, "signature_mismatch");
    });
  }

  test("A-21 flash: a token is good from an hour before its end to its end, and a minute more either way", () => {
    const delivery = sign("flash");
    for (const after of [-60, 0, 3600, 3660]) {
      genuine("flash", delivery, { now: seconds(after) });
    }
    refused("flash", delivery, "stale", { now: seconds(3661) });
    refused("flash", delivery, "premature", { now: seconds(-61) });
    genuine("flash", delivery, { now: seconds(3600), tolerance: 0 });
    refused("flash", delivery, "stale", { now: seconds(3601), tolerance: 0 });
    refused("flash", delivery, "premature", { now: seconds(-1), tolerance: 0 });
  });

  test("A-21 nothing switches the window off", () => {
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
      isRefused(() => new Verifier("stripe", key, { tolerance }));
    }
  });

  test("A-21 a window of a wrong type is refused, not replaced by the usual one", () => {
    const [key] = senders.stripe.keys;
    for (const tolerance of ["60", "off", "", false, true, [60], 60n]) {
      isRefused(() => new Verifier("stripe", key, { tolerance }));
    }
  });

  test("A-21 a clock that shows no time verifies nothing", () => {
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
    refused("stripe", delivery, "premature", { now: new Date(-1) });
    refused("stripe", delivery, "premature", { now: new Date(-8.64e15) });
    refused("stripe", delivery, "stale", { now: new Date(8.64e15) });
  });
}

function isRefused(make) {
  const error = thrown(make);
  ok(error instanceof TypeError, `${error}`);
  ok(/whole number of seconds/.test(error.message), `the message: ${error.message}`);
}
