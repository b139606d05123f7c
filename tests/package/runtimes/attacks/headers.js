// Attacks with headers: repeated headers, values of other types, bytes outside printable ASCII, mixed header families,
// and ids that shift bytes between the signed parts. Each must be rejected, without reading an ambiguous value.

import { ok } from "../harness.js";
import {
  forge,
  idSigners,
  NOW_SECONDS,
  sampleBody,
  senderNames,
  senders,
  tagFor,
  withHeader,
} from "../senders.js";

export function headerAttacks(
  test,
  { sign, expectEvent, expectRejection, attackedSchemes, Signer },
) {
  for (const name of senderNames) {
    // Threat model: A-12.
    test(`${name}: a repeated header is rejected`, () => {
      const { headers, body } = sign(name);
      for (const [header, value] of Object.entries(headers)) {
        const pairs = [...Object.entries(headers), [header, value]];
        expectRejection(name, { headers: pairs, body }, "malformed_header");
        expectRejection(name, { headers: pairs.toReversed(), body }, "malformed_header");
        const upper = [...Object.entries(headers), [header.toUpperCase(), value]];
        expectRejection(name, { headers: upper, body }, "malformed_header");
        expectRejection(
          name,
          { headers: { ...headers, [header]: [value, value] }, body },
          "malformed_header",
        );
        // Runtimes join two headers into one value, with a comma and a space between.
        const joined = new Headers(headers);
        joined.append(header, value);
        expectRejection(name, { headers: joined, body });
        for (const comma of [", ", ","]) {
          expectRejection(name, withHeader({ headers, body }, header, value + comma + value));
        }
      }
    });

    // Threat model: A-12.
    test(`${name}: a correct header next to a forged one of the same name is rejected`, () => {
      const { headers, body } = sign(name);
      for (const [header, value] of Object.entries(headers)) {
        for (const values of [
          [value, "x"],
          ["x", value],
        ]) {
          expectRejection(
            name,
            { headers: { ...headers, [header]: values }, body },
            "malformed_header",
          );
          expectRejection(name, withHeader({ headers, body }, header, values.join(", ")));
        }
      }
    });

    // Threat model: A-13.
    test(`${name}: only own string properties are headers, in any letter case`, () => {
      const { headers, body } = sign(name);
      const renamed = (change) =>
        Object.fromEntries(Object.entries(headers).map(([key, value]) => [change(key), value]));
      expectEvent(name, { headers: renamed((key) => key.toUpperCase()), body });
      expectEvent(name, { headers: Object.assign(Object.create(null), headers), body });
      expectRejection(
        name,
        { headers: { ...headers, ...renamed((key) => key.toUpperCase()) }, body },
        ["malformed_header"],
      );
      expectRejection(name, { headers: Object.create(headers), body }, "missing_header");
      expectRejection(name, { headers: { __proto__: headers }, body }, "missing_header");
      const named = JSON.parse(`{"__proto__":${JSON.stringify(headers)}}`);
      expectRejection(name, { headers: named, body }, "missing_header");
      expectRejection(
        name,
        { headers: { ...named, constructor: headers }, body },
        "missing_header",
      );
      class Inherited {}
      Object.assign(Inherited.prototype, headers);
      expectRejection(name, { headers: new Inherited(), body }, "missing_header");
    });

    // Threat model: A-13.
    test(`${name}: a header value that is not a string is rejected`, () => {
      const { headers, body } = sign(name);
      for (const [header, value] of Object.entries(headers)) {
        const fake = { toString: () => value, valueOf: () => value };
        for (const other of [
          fake,
          Number(value),
          true,
          null,
          [1],
          [[value]],
          [fake],
          new String(value),
        ]) {
          expectRejection(
            name,
            { headers: { ...headers, [header]: other }, body },
            "malformed_header",
          );
        }
        for (const none of [undefined, []]) {
          expectRejection(
            name,
            { headers: { ...headers, [header]: none }, body },
            "missing_header",
          );
        }
        expectEvent(name, { headers: { ...headers, [header]: [value] }, body });
      }
    });

    // Threat model: A-13.
    test(`${name}: a header name with look-alike letters does not count`, () => {
      const { headers, body } = sign(name);
      for (const [header, value] of Object.entries(headers)) {
        const { [header]: _, ...rest } = headers;
        // KELVIN SIGN lowercases to k, and LATIN SMALL LETTER LONG S uppercases to S.
        for (const [letter, like] of [
          ["k", "\u212a"],
          ["s", "\u017f"],
        ]) {
          if (header.includes(letter)) {
            const odd = { ...rest, [header.replace(letter, like)]: value };
            expectRejection(name, { headers: odd, body }, "missing_header");
          }
        }
        expectRejection(
          name,
          { headers: { ...rest, [` ${header}`]: value }, body },
          "missing_header",
        );
        expectRejection(
          name,
          { headers: { ...rest, [`${header}-`]: value }, body },
          "missing_header",
        );
      }
    });

    // Threat model: A-14.
    test(`${name}: a checked header with a byte outside printable ASCII is rejected`, () => {
      const { headers, body } = sign(name);
      for (const [header, value] of Object.entries(headers)) {
        for (const odd of [
          "\ufffd",
          "\u00ff",
          "\u00e9",
          "\u0000",
          "\u007f",
          "\u001f",
          "\ud800",
          "\t",
        ]) {
          for (const changed of [
            value + odd,
            odd + value,
            `${value.slice(0, 3)}${odd}${value.slice(3)}`,
          ]) {
            expectRejection(
              name,
              withHeader({ headers, body }, header, changed),
              "malformed_header",
            );
          }
        }
      }
    });
  }

  for (const name of idSigners) {
    // Threat model: A-14.
    test(`${name}: ids that a lossy decoder would make equal are rejected`, async () => {
      const body = sampleBody(name);
      for (const id of ["msg_\u00ff", "msg_\u00e9", "msg_\ufffd"]) {
        expectRejection(name, await forge(name, { id, body }), "malformed_header");
      }
    });
  }

  // Threat model: A-12.
  test("github: a repeated unsigned header changes neither the id nor the verdict", () => {
    const { headers, body } = sign("github");
    const twice = { ...headers, "x-github-delivery": ["one", "two"] };
    const event = expectEvent("github", { headers: twice, body });
    ok(event.unsigned.id === undefined, "one of the two ids was taken");
    ok(event.id === expectEvent("github", { headers, body }).id, "the id of the event changed");
  });

  // Threat model: A-15.
  test("svix: only a complete family of headers verifies, and no mixture of svix-* and webhook-*", () => {
    const { headers, body } = sign("svix");
    const parts = ["id", "timestamp", "signature"];
    for (let mixture = 0; mixture < 2 ** parts.length; mixture += 1) {
      const families = parts.map((_, index) => ((mixture >> index) & 1 ? "webhook" : "svix"));
      const mixed = Object.fromEntries(
        parts.map((part, index) => [`${families[index]}-${part}`, headers[`svix-${part}`]]),
      );
      if (new Set(families).size === 1) {
        expectEvent("svix", { headers: mixed, body });
      } else {
        expectRejection("svix", { headers: mixed, body }, "missing_header");
      }
    }
  });

  // Threat model: A-15.
  test("svix: if both families are present, the id, time and signature come from one of them", async () => {
    const { headers, body } = sign("svix");
    const forged = await forge("svix", { id: "msg_2", body, key: senders.svix.keys[1] });
    const renamed = (from) =>
      Object.fromEntries(
        Object.entries(from).map(([key, value]) => [key.replace("svix-", "webhook-"), value]),
      );
    const event = expectEvent("svix", {
      headers: { ...renamed(forged.headers), ...headers },
      body,
    });
    ok(event.id === "msg_1", "the id came from the other family");
    expectRejection("svix", { headers: { ...renamed(headers), ...forged.headers }, body });
  });

  // Threat model: A-15.
  test("shopify: a wrong signature under one header name is rejected despite a correct one under the other", async () => {
    const { headers, body } = sign("shopify");
    const right = headers["x-shopify-hmac-sha256"];
    const wrong = await tagFor("shopify", { body, key: senders.shopify.keys[1] });
    expectEvent("shopify", { headers: { "shopify-hmac-sha256": right }, body });
    const both = { "x-shopify-hmac-sha256": wrong, "shopify-hmac-sha256": right };
    expectRejection("shopify", { headers: both, body }, "signature_mismatch");
  });

  for (const name of ["standard", "flexprice", "resend"]) {
    // Threat model: A-15.
    test(`${name}: the headers of a different family do not count`, () => {
      const { headers, body } = sign(name);
      const [from, to] = name === "standard" ? ["webhook-", "svix-"] : ["svix-", "webhook-"];
      const renamed = Object.fromEntries(
        Object.entries(headers).map(([key, value]) => [key.replace(from, to), value]),
      );
      expectRejection(name, { headers: renamed, body }, "missing_header");
    });
  }

  for (const name of idSigners) {
    const { idHeader, timeHeader } = senders[name];

    // Threat model: A-16.
    test(`${name}: bytes cannot move between id, time and body`, async () => {
      const rest = sampleBody(name);
      const delivery = await forge(name, { id: "msg_1", body: `${NOW_SECONDS}.${rest}` });
      expectEvent(name, delivery);
      // The same signed bytes, split at the next dot.
      const shifted = {
        headers: {
          ...delivery.headers,
          [idHeader]: `msg_1.${NOW_SECONDS}`,
          [timeHeader]: `${NOW_SECONDS}`,
        },
        body: rest,
      };
      expectRejection(name, shifted, "malformed_header");
    });

    // Threat model: A-16.
    test(`${name}: a malformed id is rejected even if its signature is correct`, async () => {
      const body = sampleBody(name);
      const ids = ["", ".", "a.b", "msg_1.", ".msg_1", "a b", "a,b", " msg_1", "msg_1 ", "a, a"];
      ids.push(
        "a".repeat(257),
        "a".repeat(100_000),
        "\u0000",
        "a\nb",
        "a\r\nb: c",
        "\u001b[31m",
        "\u007f",
      );
      for (const id of ids) {
        const delivery = await forge(name, { id, body });
        const error = expectRejection(name, delivery, "malformed_header");
        ok(id.length < 4 || !error.message.includes(id), "the message repeats the id");
      }
      for (const id of ["a", "a".repeat(256), "-", "msg_2KW%$&{id}", "0"]) {
        const event = expectEvent(name, await forge(name, { id, body }));
        ok(event.id === id, `the id became ${event.id}`);
      }
    });
  }

  // Threat model: A-16.
  test("the signer rejects ids that a receiver would reject", () => {
    const signer = new Signer("standard", senders.standard.keys[0]);
    for (const id of [
      "",
      "a.b",
      "a b",
      "a,b",
      "a".repeat(257),
      "a\n",
      "\u00e9",
      "a\u0000",
      7,
      null,
    ]) {
      let error;
      try {
        signer.sign({ id, body: "{}" });
      } catch (caught) {
        error = caught;
      }
      ok(error instanceof TypeError && /id must be/.test(error.message), `${id}: ${error}`);
    }
  });

  test("every scheme reads the headers that its sender sends", () => {
    for (const { name, headers } of attackedSchemes) {
      const { idHeader, timeHeader, header } = senders[name];
      for (const own of [idHeader, timeHeader, header].filter(Boolean)) {
        ok(headers.includes(own), `${name} does not read ${own}`);
      }
    }
  });
}
