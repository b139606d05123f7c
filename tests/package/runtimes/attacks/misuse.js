// Attacks that need a helping hand: a secret that ends up in a log, a check whose answer nobody waits for.

import { equal, ok, print, rejection, thrown } from "../harness.js";
import {
  makeToken,
  NOW,
  names,
  PAIR,
  sampleBody,
  seconds,
  senders,
  usualClaims,
  withHeader,
  withTag,
} from "../senders.js";

const CANARY = "canary0f4a";

/** Canaries as each kind of sender would have them. */
const secretOf = (name) =>
  senders[name].keyEncoding === "base64" ? `whsec_${CANARY}${CANARY}` : `${CANARY}-${CANARY}`;

/** @param show further ways to print a value, such as a runtime's inspector */
export function misuse(
  test,
  { Verifier, Signer, sign, genuine, outcome, attacked, ...context },
  show,
) {
  /** Everything that a logger might print of a value. */
  function shown(value) {
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

  function hidden(value, canary) {
    const leak = shown(value).find((text) => text.includes(canary));
    ok(leak === undefined, `"${canary}" is shown: ${leak}`);
  }

  for (const name of names) {
    test(`A-62 ${name}: verifier and signer show nothing of their secret`, () => {
      const key = secretOf(name);
      for (const made of [
        new Verifier(name, key),
        new Verifier(name, [key, { id: "main", key }]),
        new Verifier(name, new TextEncoder().encode(key)),
        new Signer(name, key),
      ]) {
        hidden(made, CANARY);
        equal(JSON.stringify(made), "{}", "as JSON");
      }
    });

    test(`A-62 ${name}: no refusal shows the secret, the signature, the expected one, or the body`, () => {
      const key = secretOf(name);
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
      let refusals = 0;
      for (const attempt of attempts) {
        for (const now of [NOW, seconds(100_000), seconds(-100_000)]) {
          let error;
          try {
            verifier.verify(attempt, now);
            continue;
          } catch (caught) {
            error = caught;
          }
          refusals += 1;
          ok(error instanceof context.Rejection, print(error));
          for (const canary of [CANARY, tag, "canary", "bodycanary"]) {
            hidden(error, canary);
          }
        }
      }
      ok(refusals > attempts.length, `only ${refusals} refusals`);
    });

    test(`A-62 ${name}: an event shows neither secret nor signature, and its body only when asked`, () => {
      const key = secretOf(name);
      const delivery = sign(name, { key, body: sampleBody(name, { note: "bodycanary" }) });
      const event = new Verifier(name, key).verify(delivery, NOW);
      hidden(event, CANARY);
      hidden(event, delivery.headers[senders[name].header].slice(-20));
      ok(!JSON.stringify(event).includes("bodycanary"), "the body is in the event as JSON");
      ok(event.text().includes("bodycanary"), "the body cannot be read");
    });

    test(`A-62 ${name}: a key that cannot be used is not shown`, () => {
      const key = secretOf(name);
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
          hidden(thrown(make), CANARY);
        }
      }
      for (const odd of [[[key]], { key }, { id: key }, { id: 7, key }, { toString: () => key }]) {
        hidden(
          thrown(() => new Verifier(name, odd)),
          CANARY,
        );
        hidden(
          thrown(() => new Signer(name, odd)),
          CANARY,
        );
      }
    });
  }

  test("A-62 a secret in the place of the scheme's name is not shown", () => {
    for (const secret of [`${CANARY}-${CANARY}`, `whsec_${CANARY}`, `${CANARY} with blanks`]) {
      hidden(
        thrown(() => new Verifier(secret, "stripe")),
        CANARY,
      );
      hidden(
        thrown(() => new Signer(secret, "stripe")),
        CANARY,
      );
    }
  });

  test("A-62 flash: no refusal shows the token or its claims", async () => {
    const verifier = new Verifier("flash", senders.flash.keys[0]);
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
        hidden(error, CANARY);
        hidden(error, token.slice(-20));
        hidden(error, token.slice(0, 12));
      }
    }
  });

  test("A-62 a body that cannot be read is not shown", () => {
    const bodies = [
      `{"${CANARY}"`,
      `{"id":7,"note":"${CANARY}"}`,
      `{"${CANARY}":1,"${CANARY}":2}`,
      `${'{"a":'.repeat(65)}"${CANARY}"${"}".repeat(65)}`,
      CANARY,
    ];
    for (const body of bodies) {
      const error = outcome("stripe", sign("stripe", { body }));
      ok(error instanceof context.DecodeError, print(error));
      hidden(error, CANARY);
      const event = genuine("github", sign("github", { body }));
      if (body !== bodies[1]) {
        hidden(
          thrown(() => event.json()),
          CANARY,
        );
      }
    }
    const bytes = new Uint8Array([...new TextEncoder().encode(CANARY), 0xff]);
    const event = genuine("github", sign("github", { body: bytes }));
    hidden(
      thrown(() => event.text()),
      CANARY,
    );
    hidden(
      thrown(() => event.json()),
      CANARY,
    );
  });

  test("A-62 a body that is no body is not shown", () => {
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
      hidden(error, CANARY);
    }
  });

  test("A-62 a private key in the place of a public one is not shown, nor the other way round", () => {
    hidden(
      thrown(() => new Verifier("standard", PAIR.secret)),
      PAIR.secret.slice(10, 30),
    );
    hidden(
      thrown(() => new Signer("standard", PAIR.public)),
      PAIR.public.slice(10, 30),
    );
  });

  for (const { name } of attacked) {
    test(`A-71 ${name}: verify throws at once; there is no answer to wait for and no boolean`, () => {
      const verifier = new Verifier(name, senders[name].keys[0]);
      const forged = sign(name, { key: senders[name].keys[1] });
      let passed = false;
      const error = thrown(() => {
        // The mistake of a caller who takes a promise, or a result that says no, for a yes.
        if (verifier.verify(forged, NOW)) {
          passed = true;
        }
      });
      ok(error instanceof context.Rejection && !passed, "a forged delivery got through");
      const event = verifier.verify(sign(name), NOW);
      equal([typeof event, typeof event.then, event.source], ["object", "undefined", name]);
    });

    test(`A-71 ${name}: receive never fulfils its promise for a forged delivery`, async () => {
      const verifier = new Verifier(name, senders[name].keys[0]);
      const forged = sign(name, { key: senders[name].keys[1] });
      const request = new Request("https://example.com/in", { method: "POST", ...forged });
      const promise = verifier.receive(request, NOW);
      ok(promise instanceof Promise, "receive gives no promise");
      ok((await rejection(promise)) instanceof context.Rejection, "another error");
    });
  }

  test("A-71 no method of a verifier answers with a boolean", () => {
    const methods = Object.getOwnPropertyNames(Verifier.prototype).sort();
    equal(
      methods.filter((method) => method !== "constructor"),
      ["explain", "handshake", "receive", "verify"],
    );
  });
}
