// The samples that the page creates and signs, and the curl command that it copies.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { KeyError, Signer, schemes, Verifier } from "countersign";
import { samples } from "../../scripts/samples.mjs";
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
  loadFile,
  NOW,
  noteOf,
  origin,
  pageTest,
  SECRET,
  secretField,
  settled,
  signedHeaders,
  urlField,
} from "./open-page.mjs";

/** @typedef {import("./open-page.mjs").Page} Page */

describe("samples", IN_PARALLEL, () => {
  for (const { name, title, authenticated } of schemes.filter(({ name }) => name in samples)) {
    pageTest(`a sample of ${title} is verified`, async (page) => {
      await page.getByLabel("Sender").selectOption(name);
      const text = await assertVerified(page);
      assert.match(text, authenticated === "content" ? /content and sender/ : /sender only/);
      await click(page, "Create a signed sample");
      await assertVerified(page);
    });
  }

  pageTest(
    "a sample of every sender is verified, and its body can be signed again",
    async (page) => {
      const recorded = [];
      for (const { name } of schemes) {
        await page.getByLabel("Sender").selectOption(name);
        await click(page, "Create a signed sample");
        const text = await assertVerified(page);
        if (/^A recorded sample/.test(await noteOf(page))) recorded.push(name);
        else assert.doesNotMatch(text, /\b(years|days|hours) (before|after) this check/, name);
        await click(page, "Sign this body");
        await assertVerified(page);
        const outcome = recorded.includes(name) ? /^Not signed: .* private key/ : /^Signed as /;
        assert.match(await noteOf(page), outcome, name);
      }
      // Only senders with a private key are recorded.
      assert.deepEqual(recorded, ["discord", "plaid", "sendgrid", "sns", "telnyx"]);
    },
  );

  pageTest("a key of the wrong type leads to a note, for every sender", async (page) => {
    for (const { name } of schemes) {
      await enter(page, { scheme: name, secret: 'not "a" key', headers: "x: y", body: "{}" });
      for (const button of ["Create a signed sample", "Sign this body"]) {
        await click(page, button);
        const note = await noteOf(page);
        assert.match(note, /^(Not signed: .*\.|Signed as .*|A sample, .*)$/, `${name}: ${note}`);
      }
    }
  });

  pageTest("a delivery cannot be signed at a time that no sender would use", async (page) => {
    await enter(page, { now: "1999-12-31" });
    await click(page, "Sign this body");
    assert.match(await noteOf(page), /^Not signed: .*2001/);
  });

  pageTest(
    "choosing another sender removes the key and the time of a recorded sample",
    async (page) => {
      await page.getByLabel("Sender").selectOption("sendgrid");
      assert.match(await assertVerified(page), /2020-09-14 19:41:42 UTC/);
      await page.getByLabel("Sender").selectOption("stripe");
      await assertVerified(page);
      assert.equal(await clockField(page).inputValue(), "now");
      assert.match(await secretField(page).inputValue(), /^whsec_\w{32}$/);
    },
  );

  pageTest("a sample is signed with the secret and at the time in the form", async (page) => {
    await enter(page, { headers: "x: y", body: "" });
    await click(page, "Create a signed sample");
    assert.match(await assertVerified(page), /2026-08-18 09:30:00 UTC/);
    assert.equal(await secretField(page).inputValue(), SECRET);
  });

  pageTest("choosing another sender keeps the delivery that was pasted", async (page) => {
    await enter(page, {});
    await page.getByLabel("Sender").selectOption("slack");
    assert.equal(await bodyField(page).inputValue(), BODY);
    await settled(page);
    await assertRejected(page, "missing_header");
  });

  pageTest("signing a pasted body keeps its other headers", async (page) => {
    await enter(page, { headers: "x-trace: 1\nStripe-Signature: t=1,v1=0" });
    await click(page, "Sign this body");
    await assertVerified(page);
    const headers = await page.getByLabel("Headers").inputValue();
    assert.match(headers, /^x-trace: 1\nstripe-signature: t=\d+,v1=[0-9a-f]{64}$/);
  });

  pageTest("a sample is not signed with an invalid secret", async (page) => {
    await enter(page, { scheme: "standard", headers: "x: y", secret: "not base64!" });
    await click(page, "Create a signed sample");
    const note = await noteOf(page);
    assert.match(note, /^Not signed: /);
    assert.throws(
      () => new Signer("standard", "not base64!"),
      (error) => {
        assert.ok(error instanceof KeyError);
        assertShows(note, error.message);
        return true;
      },
    );
  });
});

describe("the curl command", () => {
  const permissions = ["clipboard-read", "clipboard-write"];

  /** @param {Page} page */
  async function copied(page) {
    await click(page, "Copy as curl");
    await page.getByText(/^Copied\./).waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  }

  pageTest(
    "sends exactly the delivery in the form, and can be pasted as headers",
    async (page) => {
      const body = `{"id":"evt_1","name":"it's $HOME, \\\\ and ü"}`;
      await enter(page, {
        body,
        headers: `Host: a\nX-Empty:\n${headerLines(signedHeaders(body))}`,
      });
      const command = await copied(page);
      const { "stripe-signature": signature } = signedHeaders(body);
      assert.equal(
        command,
        [
          `curl -i '${origin}/in/stripe' \\`,
          "  -H 'X-Empty;' \\",
          `  -H 'stripe-signature: ${signature}' \\`,
          `  --data-raw '${body.replaceAll("'", "'\\''")}'`,
        ].join("\n"),
      );
      await page.getByLabel("Headers").fill(command);
      await settled(page);
      await assertVerified(page);
    },
    { permissions },
  );

  pageTest(
    "encodes bytes that a terminal would change",
    async (page) => {
      const content = Uint8Array.of(0x7b, 0xff, 0x0d, 0x7d);
      const headers = headerLines(new Signer("github", SECRET).sign({ body: content }));
      await enter(page, { scheme: "github", headers });
      await loadFile(page, content);
      const command = await copied(page);
      assert.match(command, /^printf %s 'e\/8NfQ==' \| base64 -d \| curl -i '/);
      assert.match(command, / {2}--data-binary @-$/);
    },
    { permissions },
  );

  pageTest(
    "keeps the method and the query of a signed URL",
    async (page) => {
      const delivery = { body: BODY, method: "PUT", url: "https://example.com/hooks?a=%27" };
      const headers = headerLines(new Signer("hubspot-v2", SECRET).sign(delivery, NOW));
      await enter(page, { scheme: "hubspot-v2", headers });
      await urlField(page).fill(delivery.url);
      await page.getByLabel("Method").selectOption("PUT");
      await settled(page);
      await assertVerified(page);
      assert.ok((await copied(page)).startsWith(`curl -i -X PUT '${origin}/in/hubspot-v2?a=%27' `));
      assert.match(await noteOf(page), /with this secret and URL/);
    },
    { permissions },
  );

  // A body that HubSpot signs right after the URL must begin like JSON.
  for (const body of [BODY, `[1,\n"it's $HOME"]\n`, "[1,\r\n2]", Uint8Array.of(0x7b, 0xff, 0x0d)]) {
    pageTest(
      `keeps its method and its body of ${body.length} bytes when it is pasted as headers`,
      async (page) => {
        const delivery = { body, method: "PUT", url: "https://example.com/hooks" };
        const headers = headerLines(new Signer("hubspot", SECRET).sign(delivery, NOW));
        await enter(page, { scheme: "hubspot", headers });
        await loadFile(page, Buffer.from(body));
        await urlField(page).fill(delivery.url);
        await page.getByLabel("Method").selectOption("PUT");
        await settled(page);
        await assertVerified(page);
        const command = await copied(page);
        await enter(page, { scheme: "hubspot", headers: "x: y", body: "" });
        await urlField(page).fill(delivery.url);
        await page.getByLabel("Headers").fill(command);
        await settled(page);
        await assertVerified(page);
        // The body can be edited after that.
        await bodyField(page).fill("another");
        await page.getByLabel("Headers").press("End");
        await settled(page);
        await assertRejected(page, "signature_mismatch");
      },
      { permissions },
    );
  }

  for (const [shape, data] of Object.entries({
    "a browser": String.raw`--data-raw $'{"id":"evt_1",\n"text":"it\'s"}'`,
    "several options": `-d '{"id":"evt_1",\n"text":"it'"'"'s"}'`,
    "an attached option": `--data='{"id":"evt_1",\n"text":"it'\\''s"}'`,
  })) {
    pageTest(`of ${shape} brings its body along`, async (page) => {
      const body = `{"id":"evt_1",\n"text":"it's"}`;
      const { "stripe-signature": signature } = signedHeaders(body);
      await enter(page, { headers: "x: y", body: "" });
      const headers = `curl 'https://example.com/' -H 'stripe-signature: ${signature}' ${data}`;
      await page.getByLabel("Headers").fill(headers);
      await settled(page);
      await assertVerified(page);
      assert.equal(await bodyField(page).inputValue(), body);
    });
  }

  pageTest("that reads a file leaves the body in the form", async (page) => {
    const { "stripe-signature": signature } = signedHeaders();
    const headers = `curl https://x -H 'stripe-signature: ${signature}' --data-binary @body.json`;
    await enter(page, { headers });
    await assertVerified(page);
    assert.equal(await bodyField(page).inputValue(), BODY);
  });

  pageTest(
    "comes with a note that the gate rejects a secret that the page made up",
    async (page) => {
      await click(page, "Copy as curl");
      await page.getByText(/^Copied, but this gate rejects it/).waitFor();
      assert.match(await noteOf(page), /source “stripe”.*\.dev\.vars.*“Sign this body”/);
      // With the gate's own secret the same steps lead to a delivery that it accepts.
      await secretField(page).fill(SECRET);
      await click(page, "Sign this body");
      await settled(page);
      await assertVerified(page);
      const command = await copied(page);
      const [, signature] = command.match(/-H 'stripe-signature: ([^']+)'/) ?? [];
      const [, sent] = command.match(/--data-raw '([^']+)'$/) ?? [];
      const verifier = new Verifier("stripe", SECRET);
      const event = verifier.verify({ headers: { "stripe-signature": signature }, body: sent });
      assert.match(event.id, /^evt_/);
    },
    { permissions },
  );

  pageTest("is shown if the browser does not allow copying", async (page) => {
    await page.evaluate(() => {
      Object.defineProperty(navigator, "clipboard", { value: undefined });
    });
    await click(page, "Copy as curl");
    assert.match(await page.getByLabel("Curl command").inputValue(), /^curl -i '/);
  });
});
