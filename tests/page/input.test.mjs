// What the page reads from the form: headers in every form in which people have them, exact bytes of bodies, signed URLs
// and methods, and signatures in the body.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Signer, schemes } from "countersign";
import {
  assertRejected,
  assertVerified,
  BODY,
  bodyField,
  click,
  enter,
  headerLines,
  IN_PARALLEL,
  loadFile,
  NOW,
  noteOf,
  pageTest,
  problemOf,
  SECRET,
  settled,
  signedHeaders,
  urlField,
  verdictOf,
} from "./open-page.mjs";

const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);

describe("headers", IN_PARALLEL, () => {
  const { "stripe-signature": signature } = signedHeaders();
  const forms = {
    "lines with a request line and pseudo-headers": `POST /hooks HTTP/1.1\n:authority: example.com\nHost: example.com\n\nStripe-Signature:${signature}  `,
    "lines as curl -v prints them": `> POST /hooks HTTP/2\n> stripe-signature: ${signature}\n>`,
    "a table with tabs": `Host\texample.com\nStripe-Signature\t${signature}`,
    "lines copied from JSON": `"host": "example.com",\n  "stripe-signature": "${signature}",`,
    "a JSON object": JSON.stringify({ "stripe-signature": signature, "content-length": 93 }),
    "a JSON object with lists": JSON.stringify({ "Stripe-Signature": [signature], gone: null }),
    "a request in JSON": JSON.stringify({
      method: "POST",
      headers: { "stripe-signature": signature },
    }),
    "pairs in JSON": JSON.stringify([["stripe-signature", signature]]),
    "names and values in JSON": JSON.stringify([{ name: "Stripe-Signature", value: signature }]),
    "Node's raw headers": JSON.stringify(["Host", "example.com", "Stripe-Signature", signature]),
    "a curl command": `curl -X POST 'http://localhost/in' \\\n  -H 'host: example.com' \\\n  -H 'Stripe-Signature: ${signature}' \\\n  --data-raw '{"a":"it'\\''s -H x"}'`,
    "curl's options alone": `-H "host: example.com"\n--header "stripe-signature: ${signature}"`,
    "curl's options in other quotes": `-Hx-empty\\; --header=$'stripe-signature: ${signature}'`,
  };
  for (const [name, headers] of Object.entries(forms)) {
    pageTest(`headers are read from ${name}`, async (page) => {
      await enter(page, { headers });
      assert.equal(await problemOf(page, "headers"), "");
      await assertVerified(page);
    });
  }

  const unreadable = {
    "without a colon": {
      headers: `x-one: 1\nnonsense\n${headerLines(signedHeaders())}`,
      problem: /^Line 2: there is no colon/,
    },
    "with an invalid header name": {
      headers: `x-one: 1\n\nbad name: 2\n${headerLines(signedHeaders())}`,
      problem: /^Line 3: .* not a valid header name/,
    },
    "with an object as its value": {
      headers: `{\n "x-one": {},\n "stripe-signature": "${signature}"\n}`,
      problem: /^Line 2: .* must be a string/,
    },
    "with an unclosed quotation mark": {
      headers: `curl x \\\n -H 'stripe-signature: ${signature}' \\\n -H 'x: 1`,
      problem: /^Line 3: .* never closed/,
    },
  };
  for (const [name, { headers, problem }] of Object.entries(unreadable)) {
    pageTest(`a line ${name} is reported, and the other lines are read`, async (page) => {
      await enter(page, { headers });
      assert.match(await problemOf(page, "headers"), problem);
      assert.equal(await page.getByLabel("Headers").getAttribute("aria-invalid"), "true");
      await assertVerified(page);
    });
  }

  pageTest("text that only starts like JSON is reported", async (page) => {
    await enter(page, { headers: `{\n "a": "b",\n 'c': 'd'\n}` });
    assert.match(await problemOf(page, "headers"), /^Line 3: .*double quotes/);
    assert.equal((await verdictOf(page)).kind, "waiting");
  });
});

describe("bodies", IN_PARALLEL, () => {
  const json = '{\n  "id": "evt_1"\n}\n';

  pageTest("the user chooses the line endings of the body", async (page) => {
    await enter(page, { body: json });
    assert.match(
      await page.locator("#body-facts").innerText(),
      /^20 bytes, .* ends with a newline/,
    );
    await assertVerified(page);
    await page.getByLabel("Format of the text").selectOption("crlf");
    await settled(page);
    await assertRejected(page, "signature_mismatch");
    await page
      .getByLabel("Headers")
      .fill(headerLines(signedHeaders(json.replaceAll("\n", "\r\n"))));
    await settled(page);
    await assertVerified(page);
  });

  const contents = {
    "with LF": bytes(json),
    "with CRLF": bytes(json.replaceAll("\n", "\r\n")),
    "with LF and CRLF": bytes(json.replace("\n", "\r\n")),
    "with a byte order mark": bytes(`\ufeff${json}`),
    "that are not UTF-8": Uint8Array.of(0x7b, 0xff, 0x00, 0x0d, 0x7d),
    "without any": new Uint8Array(),
  };
  for (const [name, content] of Object.entries(contents)) {
    pageTest(`a body loaded from a file keeps its bytes: ${name}`, async (page) => {
      const headers = new Signer("github", SECRET).sign({ body: content });
      await enter(page, { scheme: "github", headers: headerLines(headers) });
      await assertRejected(page, "signature_mismatch");
      await loadFile(page, content);
      await assertVerified(page);
      assert.match(
        await page.locator("#body-facts").innerText(),
        new RegExp(`^${content.length} byte`),
      );
    });
  }

  pageTest("a body can be pasted as base64", async (page) => {
    const content = Uint8Array.of(0xfb, 0xff, 0x0a);
    const headers = headerLines(new Signer("github", SECRET).sign({ body: content }));
    await enter(page, { scheme: "github", headers, body: "-_8K\n" });
    await page.getByLabel("Format of the text").selectOption("base64");
    await settled(page);
    assert.match(await assertVerified(page), /fb ff 0a/);
    await bodyField(page).fill("{}");
    await settled(page);
    assert.match(await problemOf(page, "body"), /not valid base64/);
    assert.equal((await verdictOf(page)).kind, "waiting");
  });

  pageTest("a Content-Length that contradicts the body is reported", async (page) => {
    await enter(page, {
      headers: `Content-Length: 1234\n${headerLines(signedHeaders())}`,
      body: `${BODY} `,
    });
    const text = await assertRejected(page, "signature_mismatch");
    assert.match(text, /Content-Length is 1234 bytes, but the body here has 94\./);
  });
});

describe("signed URLs and methods", IN_PARALLEL, () => {
  const url = "https://hooks.example.com/in?source=a%3Ab";
  const senders = schemes.filter(({ signsUrl, signsMethod }) => signsUrl || signsMethod);

  test("some senders sign the URL, and some of these also sign the method", () => {
    assert.ok(senders.every(({ signsUrl }) => signsUrl));
    assert.ok(senders.some(({ signsMethod }) => signsMethod));
    assert.ok(senders.some(({ signsMethod }) => !signsMethod));
  });

  for (const { name, title, signsMethod } of senders) {
    pageTest(`the page asks for the URL that ${title} signs (${name})`, async (page) => {
      // These two sign the fields of a form. For the others, the body begins at the bracket behind the URL.
      const body = ["twilio", "mandrill"].includes(name) ? "a=1" : '{"a":1}';
      const headers = new Signer(name, SECRET).sign({ body, url, method: "PUT" }, NOW);
      await enter(page, { scheme: name, headers: headerLines(headers), body });
      assert.match((await verdictOf(page)).text, /Paste the URL that you registered with /);
      await click(page, "Sign this body");
      assert.match(await noteOf(page), /^Not signed: .* signs the URL, so enter the URL first/);
      await urlField(page).fill(` ${url}`);
      assert.equal(await page.getByLabel("Method").isVisible(), signsMethod);
      await settled(page);
      if (signsMethod) {
        const text = await assertRejected(page, "signature_mismatch");
        assert.match(text, /What to do\s+.*method/);
        await page.getByLabel("Method").selectOption("PUT");
        await settled(page);
      }
      await assertVerified(page);
      await urlField(page).fill(url.replace("https", "http"));
      await settled(page);
      assert.match(await assertRejected(page, "signature_mismatch"), /What to do\s+.*URL/);
      await click(page, "Sign this body");
      await assertVerified(page);
      await click(page, "Clear");
      assert.equal(await urlField(page).inputValue(), "");
    });
  }

  pageTest("the page does not ask for a URL if the sender does not sign it", async (page) => {
    assert.ok(!(await urlField(page).isVisible()));
    assert.ok(!(await page.getByLabel("Method").isVisible()));
  });

  pageTest(
    "signing for Twilio adds the digest of a body that is not a form to the URL",
    async (page) => {
      await enter(page, { scheme: "twilio", headers: "x: y" });
      await urlField(page).fill(url);
      await click(page, "Sign this body");
      await assertVerified(page);
      const signedUrl = await urlField(page).inputValue();
      assert.match(
        signedUrl,
        /^https:\/\/hooks.example.com\/in\?source=a%3Ab&bodySHA256=[0-9a-f]{64}$/,
      );
    },
  );
});

describe("signatures in the body", IN_PARALLEL, () => {
  pageTest("Mailgun's signature is put in the body, and no header is needed", async (page) => {
    const timestamp = String(NOW.getTime() / 1000);
    const body = `{ "signature": {"timestamp":"${timestamp}","token":"a1b2","signature":""}, "event-data": {"event":"opened"} }`;
    await enter(page, { scheme: "mailgun", headers: "", body });
    assert.match(
      await page.locator("#headers-hint").innerText(),
      /none, the signature or token is in the body/,
    );
    const text = await assertRejected(page, "malformed_header");
    assert.match(text, /^The signature in the body is malformed/);
    assert.doesNotMatch(text, /[Cc]opy the whole header/);
    await click(page, "Sign this body");
    assert.match(await assertVerified(page), /a1b2/);
    const signedBody = new Signer("mailgun", SECRET).signBody(body);
    assert.equal(await bodyField(page).inputValue(), signedBody);
    assert.equal(await page.getByLabel("Headers").inputValue(), "");
  });

  pageTest("a body without a place for the signature is not signed", async (page) => {
    for (const scheme of ["mailgun", "figma"]) {
      await enter(page, { scheme, headers: "", body: "{}" });
      await click(page, "Sign this body");
      assert.match(
        await noteOf(page),
        /^Not signed: .* in the body, and this body has no string in that place/,
      );
    }
  });
});
