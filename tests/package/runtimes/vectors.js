// Every vector of tests/vectors gives its verdict. `tests/core/vectors.rs` reads the same files.

import { utf8 } from "./bytes.js";
import { equal, equalBytes, ok, print, thrown } from "./harness.js";
import { NOW_SECONDS } from "./senders.js";

/** What stands for any rejection. */
const ANY = ["reject", "malformed"];

/** Senders whose token says when it ends, and not when it was made. */
const EXPIRING = ["flash", "livekit"];

export function vectorTests(test, { Verifier, Rejection, DecodeError, schemes }, files) {
  test("every scheme has vectors, and every vector file a scheme", () => {
    const tested = files.map(({ scheme }) => scheme).sort();
    equal(tested, schemes.map(({ name }) => name).sort());
  });

  for (const { scheme, tests } of files) {
    for (const vector of tests) {
      test(`vector ${vector.id}: ${scheme}, ${vector.expect} ${vector.decode ?? ""}`.trim(), () => {
        const { authenticated, signsTime, signsUrl, signsMethod } = schemes.find(
          ({ name }) => name === vector.scheme,
        );
        const now = new Date((vector.now ?? NOW_SECONDS) * 1000);
        const text = vector.body_repeat
          ? vector.body_repeat.byte.repeat(vector.body_repeat.count)
          : (vector.body ?? "");
        const { method, url } = vector;
        const verifier = new Verifier(vector.scheme, vector.keys);
        const verify = (headers, body) => verifier.verify({ headers, body, method, url }, now);

        if (vector.expect !== "valid" || vector.decode !== undefined) {
          // The verdict does not hang on the form in which headers and body are passed.
          for (const headers of [vector.headers, Object.entries(vector.headers)]) {
            for (const body of [text, utf8(text)]) {
              const error = thrown(() => verify(headers, body));
              const [kind, code] =
                vector.expect === "valid"
                  ? [DecodeError, vector.decode]
                  : [Rejection, vector.expect];
              ok(error instanceof kind, `${print(error)} instead of ${kind.name}`);
              ok(ANY.includes(code) || error.code === code, `${print(error)} instead of ${code}`);
            }
          }
          return;
        }
        for (const headers of [vector.headers, Object.entries(vector.headers)]) {
          for (const body of [text, utf8(text)]) {
            const event = verify(headers, body);
            equal(event.source, vector.scheme, "source");
            ok(typeof event.id === "string" && event.id !== "", `the id is ${print(event.id)}`);
            if (vector.event_id !== undefined) equal(event.id, vector.event_id, "id");
            if (vector.type !== undefined) equal(event.type, vector.type, "type");
            equal(event.authenticated, authenticated, "authenticated");
            equalBytes(event.body, utf8(text), "the body");
            equal(url !== undefined, signsUrl, "whether the URL is signed");
            ok(method !== undefined || !signsMethod, "the method is signed");
            // A token says when it ends, not when it was made.
            const hasTime = signsTime && !EXPIRING.includes(vector.scheme);
            equal(event.signedAt instanceof Date, hasTime, "whether there is a signed time");
            ok(vector.keys[event.keyId] !== undefined, `the key is ${print(event.keyId)}`);
            const own = new Verifier(vector.scheme, vector.keys[event.keyId]);
            equal(
              own.verify({ headers, body, method, url }, now).id,
              event.id,
              "the id by that key alone",
            );
          }
        }
      });
    }
  }
}
