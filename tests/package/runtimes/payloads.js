// Every body of tests/payloads comes out of the package as it went in, under its type. `tests/core/payloads.rs` reads the
// same files as Rust types, `tests/package/packaging` compiles them as TypeScript.

import { equal, ok } from "./harness.js";

/** The schemes by which a sender delivers. */
const SCHEMES = { flexprice: ["flexprice", "flexprice-native", "flexprice-native-token"] };

export function payloadTests(test, { sign, genuine }, files) {
  for (const { scheme, bodies } of files) {
    for (const { name, types, body, signed = body } of bodies) {
      for (const way of SCHEMES[scheme] ?? [scheme]) {
        test(`payload of ${way}: ${name}`, () => {
          for (const type of types) {
            const ofType = (value) => JSON.stringify(value).replaceAll("{type}", type ?? "");
            const text = ofType(body);
            // A token says of the event what the body may leave out.
            const { headers } = sign(way, { body: ofType(signed) });
            const event = genuine(way, { headers, body: text });
            equal(event.type, type ?? undefined, "the type");
            equal(event.json(), JSON.parse(text), "the body");
          }
        });
      }
    }
  }

  test("payload of flash-vault: integers keep their digits, whatever their size", () => {
    const body =
      '{"event":"subscription.renewed","data":{"amount":9007199254740993,"periodNumber":3}}';
    const { data } = genuine("flash-vault", sign("flash-vault", { body })).json();
    equal(data, { amount: 9007199254740993n, periodNumber: 3 });
  });

  test("payload of flexprice: `__proto__` is a name like any other", () => {
    const body =
      '{"customer":{"id":"cust_1","metadata":{"__proto__":"text"}},"__proto__":{"invoice":1}}';
    const payload = genuine("flexprice", sign("flexprice", { body })).json();
    equal(payload.invoice, undefined);
    ok(Object.hasOwn(payload.customer.metadata, "__proto__"), "the name is lost");
  });
}
