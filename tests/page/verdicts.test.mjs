// The verdicts that the page shows: verified, rejected with advice, unreadable, and keys that cannot be used.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe } from "node:test";
import { KeyError, Rejection, Signer, Verifier } from "countersign";
import {
  assertRejected,
  assertShows,
  assertVerified,
  BODY,
  bodyField,
  click,
  clockField,
  enter,
  headerLines,
  IN_PARALLEL,
  NOW,
  origin,
  pageTest,
  problemOf,
  SECRET,
  secretField,
  settled,
  signedHeaders,
  verdictOf,
} from "./open-page.mjs";

/** @typedef {import("./open-page.mjs").Page} Page */

/**
 * The package's own hint for a delivery of Stripe.
 * @param {string} code
 * @param {{ secret?: string, headers: Record<string, string>, body?: string }} delivery
 */
function hintFor(code, { secret = SECRET, headers, body = BODY }) {
  const { hints } = new Verifier("stripe", secret).explain({ headers, body }, NOW);
  const hint = hints.find((each) => each.code === code);
  assert.ok(hint, `the package gave no hint ${code}`);
  return hint.message;
}

/**
 * The message of the error that a call throws.
 * @param {new (...args: any[]) => Error} kind
 * @param {() => unknown} call
 */
function messageOf(kind, call) {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof kind);
    return error.message;
  }
  return assert.fail("the call did not throw");
}

describe("verdicts", IN_PARALLEL, () => {
  pageTest("the page opens with a verified sample", async (page) => {
    const text = await assertVerified(page);
    assert.match(
      text,
      /Stripe signed exactly this body, and the timestamp is within the tolerance\./,
    );
    assert.match(text, /checkout\.session\.completed/);
    assert.match(text, /evt_1\w{23}/);
    assert.match(text, /UTC\s+(at the time of|\d+ seconds? before) this check/);
    assert.match(text, /the only key/);
    assert.match(text, /content and sender/);
  });

  pageTest("a body with one changed byte is rejected", async (page) => {
    const body = bodyField(page);
    await body.fill((await body.inputValue()).replace("4200", "4201"));
    await settled(page);
    const text = await assertRejected(page, "signature_mismatch");
    const message = messageOf(Rejection, () =>
      new Verifier("stripe", SECRET).verify({ headers: signedHeaders(), body: "{}" }, NOW),
    );
    assertShows(text, message);
    assert.match(text, /What to do/);
  });

  pageTest("a body with a byte typed at its end is rejected", async (page) => {
    await bodyField(page).press("End");
    await bodyField(page).pressSequentially(" ");
    await settled(page);
    await assertRejected(page, "signature_mismatch");
  });

  pageTest("re-serialized JSON is explained", async (page) => {
    const body = '{"id": "evt_1", "type": "invoice.paid", "name": "Zo\\u00eb"}';
    const printed = JSON.stringify(JSON.parse(body));
    const hint = hintFor("json_reprinted", { headers: signedHeaders(body), body: printed });
    const headers = headerLines(signedHeaders(body));
    await enter(page, { headers, body: printed });
    const text = await assertRejected(page, "signature_mismatch");
    assert.match(text, /What to do/);
    assertShows(text, hint);
    assert.doesNotMatch(text, /secret belongs to this endpoint. Stripe/);
    // With a wrong secret, re-serialized JSON does not explain the mismatch.
    await enter(page, { secret: "another", headers, body: printed });
    const other = await assertRejected(page, "signature_mismatch");
    assert.ok(!other.includes(hint.slice(1)));
    assert.match(other, /secret belongs to this endpoint. Stripe/);
  });

  pageTest("a secret that the sender decodes from base64 is explained", async (page) => {
    const secret = new Uint8Array([1, 2, 3, 4, 5, 6]);
    const headers = new Signer("stripe", secret).sign({ body: BODY }, NOW);
    await enter(page, { secret: "whsec_AQIDBAUG", headers: headerLines(headers) });
    const text = await assertRejected(page, "signature_mismatch");
    assertShows(text, hintFor("secret_encoding", { secret: "whsec_AQIDBAUG", headers }));
  });

  pageTest("headers of a different sender are explained", async (page) => {
    const headers = signedHeaders(BODY, "github");
    await enter(page, { headers: headerLines(headers) });
    const text = await assertRejected(page, "missing_header");
    assert.match(text, /GitHub/);
    assertShows(text, hintFor("other_sender", { headers }));
  });

  pageTest("a body signed with a different secret is rejected", async (page) => {
    await enter(page, { secret: "another secret", headers: headerLines(signedHeaders()) });
    await assertRejected(page, "signature_mismatch");
  });

  pageTest("the verdict names the key that verified the signature", async (page) => {
    await enter(page, { secret: `first\n\n${SECRET}\nthird` });
    assert.match(await assertVerified(page), /key 2 of 3/);
  });

  pageTest("a key that cannot be used is identified by its line", async (page) => {
    await enter(page, { secret: `${SECRET}\n"quoted"` });
    const verdict = await verdictOf(page);
    assert.deepEqual([verdict.kind, verdict.code], ["bad-key", "encoding"]);
    assert.match(verdict.text, /key on line 2 /);
    assertShows(
      verdict.text,
      messageOf(KeyError, () => new Verifier("stripe", '"quoted"')),
    );
    const secret = secretField(page);
    assert.equal(await secret.getAttribute("aria-invalid"), "true");
    await secret.fill(" ");
    await settled(page);
    assert.equal((await verdictOf(page)).kind, "waiting");
    assert.equal(await secret.getAttribute("aria-invalid"), null);
  });

  pageTest("a missing header is named", async (page) => {
    await enter(page, { headers: "content-type: application/json" });
    assert.match(await assertRejected(page, "missing_header"), /stripe-signature/);
  });

  pageTest("a duplicate signature header is rejected", async (page) => {
    const line = headerLines(signedHeaders());
    await enter(page, { headers: `${line}\n${line}` });
    const headers = [...Object.entries(signedHeaders()), ...Object.entries(signedHeaders())];
    const message = messageOf(Rejection, () =>
      new Verifier("stripe", SECRET).verify({ headers, body: BODY }, NOW),
    );
    assertShows(await assertRejected(page, "malformed_header"), message);
  });

  pageTest(
    "the time of arrival and the tolerance decide whether a delivery is too old",
    async (page) => {
      await enter(page, { now: "2026-08-18 09:35:00" });
      assert.match(await assertVerified(page), /5 minutes before this check/);
      await enter(page, { now: "2026-08-18T11:35:01+02:00" });
      assert.match(await assertRejected(page, "stale"), /\b301 s\w* \(5 minutes\)/);
      await page.getByLabel("Tolerance").fill("301");
      await settled(page);
      await assertVerified(page);
      await enter(page, { now: String(NOW.getTime() / 1000 - 301) });
      await assertRejected(page, "premature");
      await click(page, "Ignore the age");
      assert.match(await assertVerified(page), /Its age was ignored/);
      assert.equal(await clockField(page).inputValue(), "signed-at");
    },
  );

  pageTest("an invalid time or tolerance is reported at its field", async (page) => {
    await enter(page, { now: "yesterday" });
    assert.equal((await verdictOf(page)).kind, "waiting");
    assert.match(await problemOf(page, "received-at"), /^Enter a date/);
    await page.getByLabel("Received at").fill("Tue, 18 Aug 2026 09:30:00 GMT");
    await page.getByLabel("Tolerance").fill("5 min");
    await settled(page);
    assert.equal((await verdictOf(page)).kind, "waiting");
    assert.match(await problemOf(page, "tolerance"), /whole number of seconds/);
  });

  pageTest("an authentic body without an id is unreadable, not rejected", async (page) => {
    await enter(page, { body: '{"type":"x"}' });
    const verdict = await verdictOf(page);
    assert.deepEqual([verdict.kind, verdict.code], ["unreadable", "missing_id"]);
  });

  pageTest("a duplicate key that decides nothing is a warning, not a rejection", async (page) => {
    const body = '{"id":"evt_1","a":1,"a":2}';
    await enter(page, { body });
    const text = await assertVerified(page);
    assert.match(text, /the object that ends at byte 26 has a duplicate key/);
    assert.ok(text.includes(body), text);
  });

  pageTest("a body is shown formatted, without changing its values", async (page) => {
    await enter(page, {});
    const shown = await page.getByRole("region", { name: "Formatted body" }).innerText();
    assert.equal(shown.replace(/\n */g, "").replaceAll('": ', '":'), BODY);
    assert.ok(shown.includes('\n  "amount": 12345678901234567890,\n  "rate": 1.0,\n  "2": "b",'));
  });

  pageTest("the fields of a form are shown as a table, decoded and as text", async (page) => {
    await page.getByLabel("Sender").selectOption("twilio");
    const text = await assertVerified(page);
    assert.doesNotMatch(text, /not JSON/);
    const fields = new URLSearchParams(await bodyField(page).inputValue());
    const table = page.getByRole("table", { name: "Fields of the form" });
    assert.equal(await table.getByRole("row").count(), [...fields].length);
    for (const [name, value] of fields) {
      await table.getByRole("row", { name: `${name} ${value}`.trim(), exact: true }).waitFor();
    }
    const body = "token=a&text=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E&text=caf%C3%A9&empty=";
    await enter(page, { scheme: "slack", body });
    await assertVerified(page);
    const rows = await table.getByRole("row").allInnerTexts();
    assert.deepEqual(
      rows.map((row) => row.split("\t")),
      [
        ["token", "a"],
        ["text", "<img src=x onerror=alert(1)>"],
        ["text", "caf\u00e9"],
        ["empty", ""],
      ],
    );
    assert.equal(await page.locator("#verdict img").count(), 0);
  });

  pageTest("a body that is neither JSON nor a form is shown as it is", async (page) => {
    for (const body of ["plain text", "a=%zz", '"a=b"']) {
      await enter(page, { scheme: "github", body });
      const text = await assertVerified(page);
      assert.equal(await page.getByRole("table").count(), 0);
      assert.ok(text.includes(body));
    }
  });

  pageTest("every hint of the package is shown", async (page) => {
    const headers = signedHeaders();
    for (const [code, body] of [
      ["base64", btoa(BODY)],
      ["inside_event", JSON.stringify({ body: btoa(BODY), isBase64Encoded: true })],
      ["quoted", JSON.stringify(BODY)],
      ["byte_list", JSON.stringify(Buffer.from(BODY))],
      ["json_reprinted", BODY.replace("1.0", "1")],
    ]) {
      await enter(page, { headers: headerLines(headers), body });
      assertShows(
        await assertRejected(page, "signature_mismatch"),
        hintFor(code, { headers, body }),
      );
    }
    const secret = `STRIPE_WEBHOOK_SECRET=${SECRET}`;
    await enter(page, { headers: headerLines(headers), secret });
    const text = await assertRejected(page, "signature_mismatch");
    assertShows(text, hintFor("secret_extra_text", { headers, secret }));
  });

  pageTest("markup in a body is shown as text", async (page) => {
    const body = '{"id":"evt_1","type":"<img src=x onerror=alert(1)>"}';
    await enter(page, { body });
    assert.match(await assertVerified(page), /<img src=x onerror=alert\(1\)>/);
    assert.equal(await page.locator("#verdict img").count(), 0);
  });

  pageTest("values from unsigned headers are marked as unsigned", async (page) => {
    const headers = {
      ...signedHeaders(BODY, "github"),
      "x-github-event": "push",
      "x-github-delivery": "d-1",
    };
    await enter(page, { scheme: "github", headers: headerLines(headers) });
    const text = await assertVerified(page);
    assert.match(text, /Delivery id\s+d-1\s*unsigned/);
    assert.match(text, /Event name\s+push\s*unsigned/);
    assert.match(text, /not in the signed content/);
    assert.ok(await clockField(page).isDisabled());
  });
});

describe("keys that span several lines", IN_PARALLEL, () => {
  const recorded = JSON.parse(
    readFileSync(new URL("../vectors/sendgrid.json", import.meta.url), "utf8"),
  ).tests.find(({ expect }) => expect === "valid");
  /** Enters the recorded delivery, which has CRLF line endings. */
  const enterWith = async (/** @type {Page} */ page, /** @type {string} */ secret) => {
    const now = String(recorded.now);
    const { body } = recorded;
    await enter(page, {
      scheme: "sendgrid",
      secret,
      headers: headerLines(recorded.headers),
      body,
      now,
    });
    await page.getByLabel("Format of the text").selectOption("crlf");
    await settled(page);
  };
  const [spki] = recorded.keys;
  const wrapped = spki.replace(/.{1,64}/g, "$&\n");
  const pem = `-----BEGIN PUBLIC KEY-----\n${wrapped}-----END PUBLIC KEY-----`;
  const key = createPublicKey({ key: Buffer.from(spki, "base64"), format: "der", type: "spki" });
  const jwk = JSON.stringify(key.export({ format: "jwk" }), null, 2);
  // RFC 7515, appendix A.3.
  const other =
    '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}';

  for (const [name, secret] of Object.entries({ "in PEM": pem, "as a JSON Web Key": jwk })) {
    pageTest(`a key ${name} counts as one key`, async (page) => {
      await enterWith(page, `${secret}\n`);
      assert.match(await assertVerified(page), /the only key/);
      await enterWith(page, `${other}\n\n${secret}\n${other}`);
      assert.match(await assertVerified(page), /key 2 of 3/);
    });

    pageTest(`the line of a bad key is counted correctly after a key ${name}`, async (page) => {
      await enterWith(page, `${secret}\n\nnonsense`);
      const line = secret.split("\n").length + 2;
      assert.equal(
        await problemOf(page, "secret"),
        `Line ${line} is not a valid key for SendGrid.`,
      );
      assert.match((await verdictOf(page)).text, new RegExp(`key on line ${line} `));
    });
  }

  pageTest("PEM without its end line is not a key", async (page) => {
    await enterWith(page, pem.replace(/-----END.*/, ""));
    assert.equal((await verdictOf(page)).kind, "bad-key");
    assert.match(await problemOf(page, "secret"), /^Line 1 /);
  });
});

describe("a browser that cannot run the core", () => {
  pageTest(
    "shows a message, and no outdated verdict",
    async (page) => {
      await page.route(`${origin}/`, async (route) => {
        const response = await route.fetch();
        const body = (await response.text()).replace(" 'wasm-unsafe-eval'", "");
        await route.fulfill({ response, body });
      });
      await page.reload();
      await page.getByRole("heading", { name: "The check could not run" }).waitFor();
      assert.equal((await verdictOf(page)).kind, "waiting");
    },
    { expectsErrors: true },
  );
});
