// Measures how the time of `verify` grows: with the size of the body, and with the number of keys times the number of
// signatures. Also measures hostile headers: as many bytes as Workers accept, in the forms that take the most work.

import { Signer, Verifier } from "countersign";
import { bodyOf, deliveryOf } from "./peers/deliveries.js";
import { spread } from "./peers/measure.js";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const HEADER_BYTES = 128 * 1024;
/** The most microseconds that rejecting hostile headers may take. */
export const HOSTILE_LIMIT_US = 1000;

const otherSecret = (index) =>
  `whsec_${Buffer.from(`another key, number ${index}`.padEnd(24)).toString("base64")}`;

/**
 * Measures the microseconds of a call, as the spread of short samples.
 * @param {() => unknown} call
 * @param {import("./peers/measure.js").Effort} effort
 */
function time(call, { samples, sampleMs, warmUpMs }) {
  const deadline = performance.now() + warmUpMs;
  let calls = 0;
  do {
    call();
    calls++;
  } while (performance.now() < deadline);
  const callsPerSample = Math.max(1, Math.round((calls * sampleMs) / Math.max(warmUpMs, 1)));
  const measured = Array.from({ length: samples }, () => {
    const start = performance.now();
    for (let index = 0; index < callsPerSample; index++) call();
    return ((performance.now() - start) * 1000) / callsPerSample;
  });
  return spread(measured);
}

/**
 * @param {number[]} sizes of bodies, in bytes
 * @param {import("./peers/measure.js").Effort} effort
 */
export function measureGrowth(sizes, effort) {
  const body = sizes.map((size) => {
    const verifier = new Verifier("standard", SECRET);
    const delivery = deliveryOf("standard", SECRET, bodyOf(size));
    const took = time(() => verifier.verify(delivery), effort);
    return { size, took, nanosecondsPerByte: (took.median * 1000) / size };
  });
  const keys = [1, 2, 4, 8].flatMap((count) =>
    [1, 2, 4, 8].map((signatures) => {
      const took = time(manyKeys(count, signatures), effort);
      return { keys: count, signatures, took, each: took.median / (count * signatures) };
    }),
  );
  const hostile = hostileHeaders().map(({ name, call }) => ({ name, took: time(call, effort) }));
  return { body, keys, hostile };
}

/** Returns a call that verifies `count` keys against `signatures` signatures. Only the last of each match. */
function manyKeys(count, signatures) {
  const keys = [...Array.from({ length: count - 1 }, (_, index) => otherSecret(index)), SECRET];
  const { headers, body } = deliveryOf("standard", SECRET, bodyOf(1024));
  const wrong = Array.from({ length: signatures - 1 }, (_, index) => {
    const signer = new Signer("standard", otherSecret(100 + index));
    return signer.sign({ body: bodyOf(1024), id: headers["webhook-id"] })["webhook-signature"];
  });
  headers["webhook-signature"] = [...wrong, headers["webhook-signature"]].join(" ");
  const verifier = new Verifier("standard", keys);
  return () => verifier.verify({ headers, body });
}

/** Returns calls that each reject a set of headers of 128 KB. */
function hostileHeaders() {
  const { headers, body } = deliveryOf("standard", SECRET, bodyOf(256));
  const verifier = new Verifier("standard", SECRET);
  const rejects = (set) => () => {
    try {
      verifier.verify({ headers: set, body });
    } catch (error) {
      return error;
    }
    throw new Error("a hostile set of headers was accepted");
  };
  const fill = (item, separator) => {
    const count = Math.floor(HEADER_BYTES / (item.length + separator.length));
    return Array.from({ length: count }, () => item).join(separator);
  };
  const mismatch = `v1,${Buffer.alloc(32).toString("base64")}`;
  const names = Array.from({ length: HEADER_BYTES / 32 }, (_, index) => [
    `X-Webhook-${String(index).padStart(6, "0")}`,
    "aaaaaaaaaaa",
  ]);
  const repeated = Array.from({ length: HEADER_BYTES / 32 }, () => [
    "WEBHOOK-SIGNATURE",
    "v1,aaaaaaaaaa",
  ]);
  return [
    {
      name: "one value of wrong signatures",
      set: { ...headers, "webhook-signature": fill(mismatch, " ") },
    },
    {
      name: "one value of spaces",
      set: { ...headers, "webhook-signature": " ".repeat(HEADER_BYTES) },
    },
    {
      name: "a timestamp of digits",
      set: { ...headers, "webhook-timestamp": "1".repeat(HEADER_BYTES) },
    },
    { name: "thousands of headers", set: [...names, ...Object.entries(headers).slice(0, -3)] },
    { name: "one header, thousands of times", set: [...Object.entries(headers), ...repeated] },
  ].map(({ name, set }) => ({ name, call: rejects(set) }));
}
