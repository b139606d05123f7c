// Verifies every delivery in `tests/vectors`, and the deliveries that follow from each genuine one.
// `tests/core/vectors.rs` reads the same files in Rust.

import { utf8 } from "./bytes.js";
import { casesOf, hasExpiringToken } from "./derive.js";
import { equal, equalBytes, ok, print, thrown } from "./harness.js";

/** Returns every case of a parsed vector file. The package under test gives the facts about its scheme. */
export function casesIn(file, { Verifier, schemes }) {
  const scheme = schemes.find(({ name }) => name === file.scheme);
  return casesOf(file, scheme, ({ keys, now, decode, ...delivery }) =>
    decode === undefined
      ? new Verifier(file.scheme, keys).verify(delivery, now).signedAt
      : undefined,
  );
}

/** The forms in which headers and body can be passed. The verdict must not depend on them. */
const formsOf = ({ headers, body }) =>
  [headers, Object.entries(headers)].flatMap((headers) =>
    [body, utf8(body)].map((body) => ({ headers, body })),
  );

export function vectorTests(test, context, files) {
  const { Verifier, Rejection, DecodeError, schemes } = context;

  test("every scheme has a vector file, and every vector file a scheme", () => {
    const tested = files.map(({ scheme }) => scheme).sort();
    equal(tested, schemes.map(({ name }) => name).sort());
  });

  for (const file of files) {
    const scheme = schemes.find(({ name }) => name === file.scheme);

    for (const { name, keys, now, method, url, expected, decode, ...rest } of casesIn(
      file,
      context,
    )) {
      const said = [expected.join(" or "), decode].filter(Boolean).join(" ");

      test(`vector ${name}: ${file.scheme}, ${said}`, () => {
        const verifier = new Verifier(file.scheme, keys);
        const isValid = expected.includes("valid");
        for (const { headers, body } of formsOf(rest)) {
          const delivery = { headers, body, method, url };
          if (!isValid || decode !== undefined) {
            const error = thrown(() => verifier.verify(delivery, now));
            const [kind, codes] = isValid ? [DecodeError, [decode]] : [Rejection, expected];
            ok(error instanceof kind, `${print(error)} instead of ${kind.name}`);
            ok(codes.includes(error.code), `${print(error)} instead of ${codes}`);
            continue;
          }
          const event = verifier.verify(delivery, now);
          equal(event.source, file.scheme, "source");
          ok(typeof event.id === "string" && event.id !== "", `the id is ${print(event.id)}`);
          if (rest.id !== undefined) equal(event.id, rest.id, "id");
          if (rest.type !== undefined) equal(event.type, rest.type, "type");
          equal(event.authenticated, scheme.authenticated, "authenticated");
          equalBytes(event.body, utf8(rest.body), "the body");
          equal(url !== undefined, scheme.signsUrl, "whether the vector has a URL");
          ok(method !== undefined || !scheme.signsMethod, "the vector has no method");
          const hasTime = scheme.signsTime && !hasExpiringToken(rest.headers);
          equal(event.signedAt instanceof Date, hasTime, "whether the event has a signed time");
          ok(keys[event.keyId] !== undefined, `the key is ${print(event.keyId)}`);
          const alone = new Verifier(file.scheme, keys[event.keyId]);
          equal(alone.verify(delivery, now).id, event.id, "the id with this key alone");
        }
      });
    }
  }
}
