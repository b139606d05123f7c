// Attacks with headers: repeated, of odd types, with strange bytes, of mixed families, with ids that shift bytes.

import { ok } from "../harness.js";
import {
  forge,
  NOW_SECONDS,
  names,
  sampleBody,
  senders,
  signingId,
  tagFor,
  withHeader,
} from "../senders.js";

export function headerAttacks(test, { sign, genuine, refused, attacked, Signer }) {
  for (const name of names) {
    test(`A-12 ${name}: a header that arrives twice is refused`, () => {
      const { headers, body } = sign(name);
      for (const [header, value] of Object.entries(headers)) {
        const pairs = [...Object.entries(headers), [header, value]];
        refused(name, { headers: pairs, body }, "malformed_header");
        refused(name, { headers: pairs.toReversed(), body }, "malformed_header");
        const upper = [...Object.entries(headers), [header.toUpperCase(), value]];
        refused(name, { headers: upper, body }, "malformed_header");
        refused(
          name,
          { headers: { ...headers, [header]: [value, value] }, body },
          "malformed_header",
        );
        // What a runtime makes of two headers: one value with a comma and a space in it.
        const joined = new Headers(headers);
        joined.append(header, value);
        refused(name, { headers: joined, body });
        for (const comma of [", ", ","]) {
          refused(name, withHeader({ headers, body }, header, value + comma + value));
        }
      }
    });

    test(`A-12 ${name}: a right header beside an invented one of the same name is refused`, () => {
      const { headers, body } = sign(name);
      for (const [header, value] of Object.entries(headers)) {
        for (const values of [
          [value, "x"],
          ["x", value],
        ]) {
          refused(name, { headers: { ...headers, [header]: values }, body }, "malformed_header");
          refused(name, withHeader({ headers, body }, header, values.join(", ")));
        }
      }
    });

    test(`A-13 ${name}: only own string properties are headers, in any letter case`, () => {
      const { headers, body } = sign(name);
      const renamed = (change) =>
        Object.fromEntries(Object.entries(headers).map(([key, value]) => [change(key), value]));
      genuine(name, { headers: renamed((key) => key.toUpperCase()), body });
      genuine(name, { headers: Object.assign(Object.create(null), headers), body });
      refused(name, { headers: { ...headers, ...renamed((key) => key.toUpperCase()) }, body }, [
        "malformed_header",
      ]);
      refused(name, { headers: Object.create(headers), body }, "missing_header");
      refused(name, { headers: { __proto__: headers }, body }, "missing_header");
      const named = JSON.parse(`{"__proto__":${JSON.stringify(headers)}}`);
      refused(name, { headers: named, body }, "missing_header");
      refused(name, { headers: { ...named, constructor: headers }, body }, "missing_header");
      class Inherited {}
      Object.assign(Inherited.prototype, headers);
      refused(name, { headers: new Inherited(), body }, "missing_header");
    });

    test(`A-13 ${name}: a value that is not a string is refused`, () => {
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
          refused(name, { headers: { ...headers, [header]: other }, body }, "malformed_header");
        }
        for (const none of [undefined, []]) {
          refused(name, { headers: { ...headers, [header]: none }, body }, "missing_header");
        }
        genuine(name, { headers: { ...headers, [header]: [value] }, body });
      }
    });

    test(`A-13 ${name}: letters that only look like a header's name are not it`, () => {
      const { headers, body } = sign(name);
      for (const [header, value] of Object.entries(headers)) {
        const { [header]: _, ...rest } = headers;
        // KELVIN SIGN and LATIN SMALL LETTER LONG S become k and S when letter case is changed.
        for (const [letter, like] of [
          ["k", "\u212a"],
          ["s", "\u017f"],
        ]) {
          if (header.includes(letter)) {
            const odd = { ...rest, [header.replace(letter, like)]: value };
            refused(name, { headers: odd, body }, "missing_header");
          }
        }
        refused(name, { headers: { ...rest, [` ${header}`]: value }, body }, "missing_header");
        refused(name, { headers: { ...rest, [`${header}-`]: value }, body }, "missing_header");
      }
    });

    test(`A-14 ${name}: no byte outside printable ASCII passes in a header that is checked`, () => {
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
            refused(name, withHeader({ headers, body }, header, changed), "malformed_header");
          }
        }
      }
    });
  }

  for (const name of signingId) {
    test(`A-14 ${name}: two ids that a lossy decoder makes equal are both refused`, async () => {
      const body = sampleBody(name);
      for (const id of ["msg_\u00ff", "msg_\u00e9", "msg_\ufffd"]) {
        refused(name, await forge(name, { id, body }), "malformed_header");
      }
    });
  }

  test("A-12 github: a repeated header that nobody signed steers nothing", () => {
    const { headers, body } = sign("github");
    const twice = { ...headers, "x-github-delivery": ["one", "two"] };
    const event = genuine("github", { headers: twice, body });
    ok(event.unsigned.id === undefined, "one of the two ids was taken");
    ok(event.id === genuine("github", { headers, body }).id, "the id of the event changed");
  });

  test("A-15 svix: of all mixtures of svix-* and webhook-* only the two whole families pass", () => {
    const { headers, body } = sign("svix");
    const parts = ["id", "timestamp", "signature"];
    for (let mixture = 0; mixture < 2 ** parts.length; mixture += 1) {
      const families = parts.map((_, index) => ((mixture >> index) & 1 ? "webhook" : "svix"));
      const mixed = Object.fromEntries(
        parts.map((part, index) => [`${families[index]}-${part}`, headers[`svix-${part}`]]),
      );
      if (new Set(families).size === 1) {
        genuine("svix", { headers: mixed, body });
      } else {
        refused("svix", { headers: mixed, body }, "missing_header");
      }
    }
  });

  test("A-15 svix: with both families, the one that counts is checked as a whole", async () => {
    const { headers, body } = sign("svix");
    const forged = await forge("svix", { id: "msg_2", body, key: senders.svix.keys[1] });
    const renamed = (from) =>
      Object.fromEntries(
        Object.entries(from).map(([key, value]) => [key.replace("svix-", "webhook-"), value]),
      );
    const event = genuine("svix", { headers: { ...renamed(forged.headers), ...headers }, body });
    ok(event.id === "msg_1", "the id came from the other family");
    refused("svix", { headers: { ...renamed(headers), ...forged.headers }, body });
  });

  test("A-15 shopify: a wrong tag under one name is not made good by a right one under the other", async () => {
    const { headers, body } = sign("shopify");
    const right = headers["x-shopify-hmac-sha256"];
    const wrong = await tagFor("shopify", { body, key: senders.shopify.keys[1] });
    genuine("shopify", { headers: { "shopify-hmac-sha256": right }, body });
    const both = { "x-shopify-hmac-sha256": wrong, "shopify-hmac-sha256": right };
    refused("shopify", { headers: both, body }, "signature_mismatch");
  });

  for (const name of ["standard", "flexprice", "resend"]) {
    test(`A-15 ${name}: the headers of another family do not count`, () => {
      const { headers, body } = sign(name);
      const [from, to] = name === "standard" ? ["webhook-", "svix-"] : ["svix-", "webhook-"];
      const renamed = Object.fromEntries(
        Object.entries(headers).map(([key, value]) => [key.replace(from, to), value]),
      );
      refused(name, { headers: renamed, body }, "missing_header");
    });
  }

  for (const name of signingId) {
    const { idHeader, timeHeader } = senders[name];

    test(`A-16 ${name}: bytes cannot move between id, time and body`, async () => {
      const rest = sampleBody(name);
      const delivery = await forge(name, { id: "msg_1", body: `${NOW_SECONDS}.${rest}` });
      genuine(name, delivery);
      // The same signed bytes, cut one dot further on.
      const shifted = {
        headers: {
          ...delivery.headers,
          [idHeader]: `msg_1.${NOW_SECONDS}`,
          [timeHeader]: `${NOW_SECONDS}`,
        },
        body: rest,
      };
      refused(name, shifted, "malformed_header");
    });

    test(`A-16 ${name}: an id that is none is refused, however well it is signed`, async () => {
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
        const error = refused(name, delivery, "malformed_header");
        ok(id.length < 4 || !error.message.includes(id), "the message repeats the id");
      }
      for (const id of ["a", "a".repeat(256), "-", "msg_2KW%$&{id}", "0"]) {
        const event = genuine(name, await forge(name, { id, body }));
        ok(event.id === id, `the id became ${event.id}`);
      }
    });
  }

  test("A-16 the signer makes no id that a receiver refuses", () => {
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

  test("every header that a scheme reads is one that its sender is known by", () => {
    for (const { name, headers } of attacked) {
      const { idHeader, timeHeader, header } = senders[name];
      for (const own of [idHeader, timeHeader, header].filter(Boolean)) {
        ok(headers.includes(own), `${name} does not read ${own}`);
      }
    }
  });
}
