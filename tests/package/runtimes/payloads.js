// Every body of `tests/payloads` is signed, verified and read, and must have its type and its value. The same files are
// read as Rust types by `tests/core/payloads.rs` and compiled as TypeScript by `tests/package/packaging`.

import { equal, ok } from "./harness.js";

/** The schemes of a sender that has more than one. */
const SCHEMES = { flexprice: ["flexprice", "flexprice-native", "flexprice-native-token"] };

export function payloadTests(test, { sign, expectEvent }, files) {
  for (const { scheme, bodies } of files) {
    for (const { name, types, body, signed = body } of bodies) {
      for (const way of SCHEMES[scheme] ?? [scheme]) {
        test(`payload of ${way}: ${name}`, () => {
          for (const type of types) {
            const ofType = (value) => JSON.stringify(value).replaceAll("{type}", type ?? "");
            const text = ofType(body);
            // A Flash token holds fields that the body may leave out.
            const { headers } = sign(way, { body: ofType(signed) });
            const event = expectEvent(way, { headers, body: text });
            equal(event.type, type ?? undefined, "the type");
            equal(event.json(), JSON.parse(text), "the body");
          }
        });
      }
    }
  }

  test("payload of flash-vault: integers of any size keep their digits", () => {
    const body =
      '{"event":"subscription.renewed","data":{"amount":9007199254740993,"periodNumber":3}}';
    const { data } = expectEvent("flash-vault", sign("flash-vault", { body })).json();
    equal(data, { amount: 9007199254740993n, periodNumber: 3 });
  });

  test("payload of flexprice: `__proto__` is an ordinary key", () => {
    const body =
      '{"customer":{"id":"cust_1","metadata":{"__proto__":"text"}},"__proto__":{"invoice":1}}';
    const payload = expectEvent("flexprice", sign("flexprice", { body })).json();
    equal(payload.invoice, undefined);
    ok(Object.hasOwn(payload.customer.metadata, "__proto__"), "the key is missing");
  });
}
