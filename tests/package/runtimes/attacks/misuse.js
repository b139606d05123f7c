// Mistakes of a caller that become attacks: a value that is logged must not show a secret, a signature or a body, and a
// verification whose result is ignored must not let a forged delivery through.

import { equal, ok, print, rejection, thrown } from "../harness.js";
import {
  makeToken,
  NOW,
  PAIR,
  sampleBody,
  seconds,
  senderNames,
  senders,
  usualClaims,
  withHeader,
  withTag,
} from "../senders.js";

const CANARY = "canary0f4a";

/** A secret in the sender's format that holds the canary. */
const canarySecret = (name) =>
  senders[name].keyEncoding === "base64" ? `whsec_${CANARY}${CANARY}` : `${CANARY}-${CANARY}`;

/** @param show further ways to print a value, such as a runtime's inspector */
export function misuse(
  test,
  { Verifier, Signer, sign, expectEvent, outcome, attackedSchemes, ...context },
  show,
) {
  /** Every text that a logger might print for a value. */
  function printedTexts(value) {
    const texts = show.map((inspect) => inspect(value));
    texts.push(String(value), `${JSON.stringify(value)}`, Object.prototype.toString.call(value));
    if (typeof value === "object" && value !== null) {
      texts.push(`${value.stack}`, `${value.message}`, `${value.cause}`);
      for (const key of Reflect.ownKeys(value)) {
        texts.push(String(key), String(value[key]), `${JSON.stringify(value[key])}`);
      }
      for (const key in value) {
        texts.push(key, String(value[key]));
      }
    }
    return texts;
  }

  function expectHidden(value, canary) {
    const leak = printedTexts(value).find((text) => text.includes(canary));
    ok(leak === undefined, `"${canary}" is shown: ${leak}`);
  }

  for (const name of senderNames) {
    // Threat model: A-62.
    test(`${name}: a verifier and a signer do not show their secret`, () => {
      const key = canarySecret(name);
      for (const made of [
        new Verifier(name, key),
        new Verifier(name, [key, { id: "main", key }]),
        new Verifier(name, new TextEncoder().encode(key)),
        new Signer(name, key),
      ]) {
        expectHidden(made, CANARY);
        equal(JSON.stringify(made), "{}", "as JSON");
      }
    });

    // Threat model: A-62.
    test(`${name}: a rejection shows neither the secret, a signature nor the body`, () => {
      const key = canarySecret(name);
      const body = sampleBody(name, { note: "bodycanary" });
      const verifier = new Verifier(name, key);
      const delivery = sign(name, { key, body });
      const { header } = senders[name];
      const right = delivery.headers[header];
      const tag = right.slice(-20);
      verifier.verify(delivery, NOW);
      const attempts = [
        { ...delivery, body: `${body} ` },
        { ...delivery, headers: {} },
        sign(name, { body }),
        withTag(name, delivery, (value) => value.slice(1)),
        withTag(name, delivery, (value) => `${value}canary`),
        withHeader(delivery, header, `x=${right}`),
        withHeader(delivery, header, `${right}, ${right}`),
        withHeader(delivery, header, [right, right]),
        withHeader(delivery, header, { canary: right }),
        withHeader(delivery, header, right.repeat(500)),
        ...Object.keys(delivery.headers).map((other) =>
          withHeader(delivery, other, `canary ${right}`),
        ),
      ];
      let rejections = 0;
      for (const attempt of attempts) {
        for (const now of [NOW, seconds(100_000), seconds(-100_000)]) {
          let error;
          try {
            verifier.verify(attempt, now);
            continue;
          } catch (caught) {
            error = caught;
          }
          rejections += 1;
          ok(error instanceof context.Rejection, print(error));
          for (const canary of [CANARY, tag, "canary", "bodycanary"]) {
            expectHidden(error, canary);
          }
        }
      }
      ok(rejections > attempts.length, `only ${rejections} rejections`);
    });

    // Threat model: A-62.
    test(`${name}: an event shows neither secret nor signature, and its body only on request`, () => {
      const key = canarySecret(name);
      const delivery = sign(name, { key, body: sampleBody(name, { note: "bodycanary" }) });
      const event = new Verifier(name, key).verify(delivery, NOW);
      expectHidden(event, CANARY);
      expectHidden(event, delivery.headers[senders[name].header].slice(-20));
      ok(!JSON.stringify(event).includes("bodycanary"), "the body is in the event as JSON");
      ok(event.text().includes("bodycanary"), "the body cannot be read");
    });

    // Threat model: A-62.
    test(`${name}: the error for a malformed key does not show it`, () => {
      const key = canarySecret(name);
      const broken = [`${key}\n`, ` ${key}`, `"${key}"`, `'${key}'`, `\ufeff${key}`];
      if (senders[name].keyEncoding === "base64") {
        broken.push(
          `${key}!`,
          `whsec_${key}`,
          `whpk_${CANARY}`,
          `whsk_${CANARY}`,
          `${CANARY} ${CANARY}`,
        );
      } else {
        broken.push(`-----BEGIN ${key}`, `{"k":"${key}"}`, `whpk_${key}`, `ssh-rsa ${key}`);
      }
      for (const text of broken) {
        for (const make of [
          () => new Verifier(name, text),
          () => new Verifier(name, [key, text]),
          () => new Verifier(name, { id: "main", key: text }),
          () => new Signer(name, text),
        ]) {
          expectHidden(thrown(make), CANARY);
        }
      }
      for (const odd of [[[key]], { key }, { id: key }, { id: 7, key }, { toString: () => key }]) {
        expectHidden(
          thrown(() => new Verifier(name, odd)),
          CANARY,
        );
        expectHidden(
          thrown(() => new Signer(name, odd)),
          CANARY,
        );
      }
    });
  }

  // Threat model: A-62.
  test("the error for an unknown scheme does not show a secret that was passed by mistake", () => {
    for (const secret of [`${CANARY}-${CANARY}`, `whsec_${CANARY}`, `${CANARY} with spaces`]) {
      expectHidden(
        thrown(() => new Verifier(secret, "stripe")),
        CANARY,
      );
      expectHidden(
        thrown(() => new Signer(secret, "stripe")),
        CANARY,
      );
    }
  });

  // Threat model: A-62.
  test("flash: a rejection shows neither the token nor its claims", async () => {
    const verifier = new Verifier("flash", { id: "main", key: senders.flash.keys[0] });
    const claims = (more) => usualClaims({ note: CANARY, ...more });
    const tokens = [
      await makeToken({ alg: CANARY }, claims()),
      await makeToken({ alg: "HS256", kid: CANARY }, claims()),
      await makeToken({ alg: "HS256", crit: [CANARY] }, claims()),
      await makeToken({ alg: "HS256" }, claims({ exp: CANARY })),
      await makeToken({ alg: "HS256" }, claims({ iat: CANARY })),
      await makeToken({ alg: "HS256" }, claims({ exp: 1 })),
      await makeToken({ alg: "HS256" }, claims({ user_public_key: CANARY })),
      await makeToken({ alg: "HS256" }, claims({ eventType: { id: "1", name: CANARY } })),
      await makeToken({ alg: "HS256" }, `{"note":"${CANARY}"`),
      await makeToken({ alg: "HS256" }, claims(), CANARY),
    ];
    for (const token of tokens) {
      for (const authorization of [`Bearer ${token}`, `Basic ${token}`, `${token}.${CANARY}`]) {
        const headers = { authorization };
        const error = thrown(() => verifier.verify({ headers, body: sampleBody("flash") }, NOW));
        ok(error instanceof context.Rejection, print(error));
        expectHidden(error, CANARY);
        expectHidden(error, token.slice(-20));
        expectHidden(error, token.slice(0, 12));
      }
    }
  });

  // Threat model: A-62.
  test("the error for a body that cannot be decoded does not show it", () => {
    const bodies = [
      `{"${CANARY}"`,
      `{"id":7,"note":"${CANARY}"}`,
      `{"${CANARY}":1,"${CANARY}":2}`,
      `{"id":"${CANARY}","id":"${CANARY}"}`,
      `${'{"a":'.repeat(65)}"${CANARY}"${"}".repeat(65)}`,
      CANARY,
    ];
    for (const body of bodies) {
      const error = outcome("stripe", sign("stripe", { body }));
      ok(error instanceof context.DecodeError, print(error));
      expectHidden(error, CANARY);
      const event = expectEvent("github", sign("github", { body }));
      if (body !== bodies[1]) {
        expectHidden(
          thrown(() => event.json({ strict: true })),
          CANARY,
        );
      }
    }
    const bytes = new Uint8Array([...new TextEncoder().encode(CANARY), 0xff]);
    const event = expectEvent("github", sign("github", { body: bytes }));
    expectHidden(
      thrown(() => event.text()),
      CANARY,
    );
    expectHidden(
      thrown(() => event.json()),
      CANARY,
    );
  });

  // Threat model: A-62.
  test("the error for a body of a wrong type does not show it", () => {
    const delivery = sign("stripe");
    const verifier = new Verifier("stripe", senders.stripe.keys[0]);
    for (const body of [
      { note: CANARY },
      [CANARY],
      { toString: () => CANARY },
      new String(CANARY),
      `${CANARY}\ud800`,
    ]) {
      const error = thrown(() => verifier.verify({ ...delivery, body }, NOW));
      ok(error instanceof TypeError, print(error));
      expectHidden(error, CANARY);
    }
  });

  // Threat model: A-62.
  test("the error for a private key in place of a public key, or the reverse, does not show it", () => {
    expectHidden(
      thrown(() => new Verifier("standard", PAIR.secret)),
      PAIR.secret.slice(10, 30),
    );
    expectHidden(
      thrown(() => new Signer("standard", PAIR.public)),
      PAIR.public.slice(10, 30),
    );
  });

  for (const { name } of attackedSchemes) {
    // Threat model: A-71.
    test(`${name}: verify throws synchronously for a forged delivery, and returns neither a promise nor a boolean`, () => {
      const verifier = new Verifier(name, senders[name].keys[0]);
      const forged = sign(name, { key: senders[name].keys[1] });
      let passed = false;
      const error = thrown(() => {
        // A caller may treat any returned value as success: a promise, or a result object that says no.
        if (verifier.verify(forged, NOW)) {
          passed = true;
        }
      });
      ok(error instanceof context.Rejection && !passed, "a forged delivery got through");
      const event = verifier.verify(sign(name), NOW);
      equal([typeof event, typeof event.then, event.source], ["object", "undefined", name]);
    });

    // Threat model: A-71.
    test(`${name}: receive rejects its promise for a forged delivery`, async () => {
      const verifier = new Verifier(name, senders[name].keys[0]);
      const forged = sign(name, { key: senders[name].keys[1] });
      const request = new Request("https://example.com/in", { method: "POST", ...forged });
      const promise = verifier.receive(request, NOW);
      ok(promise instanceof Promise, "receive does not return a promise");
      ok((await rejection(promise)) instanceof context.Rejection, "another error");
    });
  }

  // Threat model: A-71.
  test("a verifier has no method that returns a boolean", () => {
    const methods = Object.getOwnPropertyNames(Verifier.prototype).sort();
    equal(
      methods.filter((method) => method !== "constructor"),
      ["answer", "explain", "handshake", "receive", "verify"],
    );
  });
}
