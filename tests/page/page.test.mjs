// The page in a real browser: what it says of deliveries, and that nothing of them leaves it.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { Signer, schemes } from "countersign";
import { chromium } from "playwright-core";
import { findChromium } from "../../scripts/chromium.mjs";
import { samples } from "../../scripts/samples.mjs";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const MEDIA_TYPES = {
  "/": "text/html; charset=utf-8",
  "/page.css": "text/css",
  "/page.js": "text/javascript",
  "/favicon.svg": "image/svg+xml",
};

/** Most of a test is waiting, and every one has a page of its own. */
const AT_ONCE = { concurrency: 4 };

/** Nothing but digits and lower case, so that it is found whatever it is escaped for. */
const SECRET = "tell4nobody7about2this9secret5of0mine3";
const NOW = new Date("2026-08-18T09:30:00Z");
const BODY =
  '{"id":"evt_1","type":"invoice.paid","amount":12345678901234567890,"rate":1.0,"2":"b","1":"a"}';
const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);
const signed = (body = BODY, scheme = "stripe") =>
  new Signer(scheme, SECRET).sign({ body, id: "msg_1" }, NOW);
const lines = (/** @type {Record<string, string>} */ headers) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");

let server;
let browser;
let origin;

before(async () => {
  const executablePath = await findChromium();
  assert.ok(executablePath, "no Chromium was found: run `npm test`, which installs it");
  server = createServer(serveBuiltPage);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
  // Playwright gives every launch a profile of its own and deletes it afterwards.
  browser = await chromium.launch({ executablePath, args: FLAGS });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** @type {import("node:http").RequestListener} */
async function serveBuiltPage({ url }, response) {
  const type = MEDIA_TYPES[url];
  if (!type) {
    response.writeHead(404).end();
    return;
  }
  const file = url === "/" ? "/index.html" : url;
  const content = await readFile(new URL(`../../www/dist${file}`, import.meta.url));
  response.writeHead(200, { "content-type": type }).end(content);
}

/**
 * A test with the page open in a context of its own. At its end nothing may have been written to the console, and no
 * request may have gone anywhere but to where the page came from.
 * @param {string} name
 * @param {(page: Page, seen: Seen) => Promise<void>} act
 * @param {import("playwright-core").BrowserContextOptions & { expectsErrors?: boolean }} [options]
 */
function pageTest(name, act, { expectsErrors = false, ...options } = {}) {
  test(name, async () => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(5000);
      /** @type {Seen} */
      const seen = { requests: [], failures: [], console: [] };
      context.on("request", (request) => {
        const sent = [request.url(), JSON.stringify(request.headers()), request.postData() ?? ""];
        seen.requests.push({ url: request.url(), text: sent.join("\n") });
      });
      context.on("requestfailed", (request) => {
        seen.failures.push(`${request.url()} ${request.failure()?.errorText}`);
      });
      page.on("console", (message) => seen.console.push(message.text()));
      page.on("pageerror", (error) => seen.console.push(String(error)));
      await page.goto(origin);
      await page.locator("#verdict[data-kind=accepted]").waitFor();
      await act(page, seen);
      if (expectsErrors) return;
      assert.deepEqual(seen.console, []);
      const paths = seen.requests.map(({ url }) => url.replace(origin, ""));
      for (const path of paths) assert.ok(path in MEDIA_TYPES, `the page asked for ${path}`);
    } finally {
      await context.close();
    }
  });
}

/**
 * @typedef {import("playwright-core").Page} Page
 * @typedef {{ requests: { url: string, text: string }[], failures: string[], console: string[] }} Seen
 */

/**
 * Fills in a delivery and waits for its verdict.
 * @param {Page} page
 * @param {{ scheme?: string, secret?: string, headers?: string, body?: string, now?: Date | string }} delivery
 */
async function enter(
  page,
  { scheme = "stripe", secret = SECRET, headers, body = BODY, now = NOW },
) {
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByLabel("Sender").selectOption(scheme);
  await page.getByLabel("Secret", { exact: true }).fill(secret);
  await page.getByLabel("Headers").fill(headers ?? lines(signed(body, scheme)));
  await page.getByLabel("Body", { exact: true }).fill(body);
  if (await page.getByLabel("Check it as if it arrived").isEnabled()) {
    await page.getByLabel("Check it as if it arrived").selectOption("other");
    await page.getByLabel("Time of arrival").fill(now instanceof Date ? now.toISOString() : now);
  }
  await settled(page);
}

/** @param {Page} page */
const settled = (page) => page.locator("#verdict:not([aria-busy])").waitFor();

/** @param {Page} page */
const verdictOf = (page) =>
  page.locator("#verdict").evaluate((verdict) => ({
    kind: verdict.getAttribute("data-kind"),
    code: verdict.querySelector("#code")?.textContent,
    text: /** @type {HTMLElement} */ (verdict).innerText,
  }));

/** @param {Page} page */
async function assertAccepted(page) {
  const verdict = await verdictOf(page);
  assert.equal(verdict.kind, "accepted", verdict.text);
  return verdict.text;
}

/**
 * @param {Page} page
 * @param {string} code
 */
async function assertRefused(page, code) {
  const verdict = await verdictOf(page);
  assert.deepEqual([verdict.kind, verdict.code], ["refused", code], verdict.text);
  return verdict.text;
}

/**
 * Gives the body as a file.
 * @param {Page} page
 * @param {Uint8Array} content
 */
async function loadFile(page, content) {
  const file = {
    name: "body.bin",
    mimeType: "application/octet-stream",
    buffer: Buffer.from(content),
  };
  await page.getByLabel("Or load the raw bytes").setInputFiles(file);
  await settled(page);
}

describe("verdicts", AT_ONCE, () => {
  pageTest("the page opens with an accepted sample", async (page) => {
    const text = await assertAccepted(page);
    assert.match(text, /Stripe signed exactly these bytes, and in time\./);
    assert.match(text, /checkout\.session\.completed/);
    assert.match(text, /evt_1\w{23}/);
    assert.match(text, /UTC\s+(at the time of|\d+ seconds? before) this check/);
    assert.match(text, /the one given/);
    assert.match(text, /content and sender/);
  });

  pageTest("one changed byte of the body is a mismatch", async (page) => {
    const body = page.getByLabel("Body", { exact: true });
    await body.fill((await body.inputValue()).replace("4200", "4201"));
    await settled(page);
    const text = await assertRefused(page, "signature_mismatch");
    assert.match(text, /No key made this signature/);
    assert.match(text, /What to do/);
  });

  pageTest("one byte typed at the end of the body is a mismatch", async (page) => {
    await page.getByLabel("Body", { exact: true }).press("End");
    await page.getByLabel("Body", { exact: true }).pressSequentially(" ");
    await settled(page);
    await assertRefused(page, "signature_mismatch");
  });

  pageTest("a body that was parsed and printed again is told as that", async (page) => {
    const body = '{"id": "evt_1", "type": "invoice.paid", "name": "Zo\\u00eb"}';
    const headers = lines(signed(body));
    await enter(page, { headers, body: JSON.stringify(JSON.parse(body)) });
    const text = await assertRefused(page, "signature_mismatch");
    assert.match(
      text,
      /What to do\s+The body was parsed and printed again; it was signed as printed/,
    );
    assert.match(text, /a space after commas and colons, non-ASCII escaped/);
    assert.doesNotMatch(text, /may have a secret of its own/);
    // The same with a secret that is wrong is no such thing.
    await enter(page, { secret: "another", headers, body: JSON.stringify(JSON.parse(body)) });
    const other = await assertRefused(page, "signature_mismatch");
    assert.doesNotMatch(other, /parsed and printed again;/);
    assert.match(other, /may have a secret of its own/);
  });

  pageTest("a secret that the sender decodes is told as that", async (page) => {
    const secret = new Uint8Array([1, 2, 3, 4, 5, 6]);
    const headers = lines(new Signer("stripe", secret).sign({ body: BODY }, NOW));
    await enter(page, { secret: "whsec_AQIDBAUG", headers });
    const text = await assertRefused(page, "signature_mismatch");
    assert.match(text, /It is the right secret, but the sender decodes it from base64/);
  });

  pageTest("headers of another sender are told as that", async (page) => {
    await enter(page, { headers: lines(signed(BODY, "github")) });
    const text = await assertRefused(page, "missing_header");
    assert.match(text, /x-hub-signature-256 header has arrived, which is used by GitHub/);
  });

  pageTest("another secret is a mismatch", async (page) => {
    await enter(page, { secret: "another secret", headers: lines(signed()) });
    await assertRefused(page, "signature_mismatch");
  });

  pageTest("of several keys it says which one fits", async (page) => {
    await enter(page, { secret: `first\n\n${SECRET}\nthird` });
    assert.match(await assertAccepted(page), /number 2 of the 3 given/);
  });

  pageTest("a key that cannot be used is named by its line", async (page) => {
    await enter(page, { secret: `${SECRET}\n"quoted"` });
    const verdict = await verdictOf(page);
    assert.deepEqual([verdict.kind, verdict.code], ["bad-key", "encoding"]);
    assert.match(verdict.text, /key in line 2.*quotation marks/s);
    const secret = page.getByLabel("Secret", { exact: true });
    assert.equal(await secret.getAttribute("aria-invalid"), "true");
    await secret.fill(" ");
    await settled(page);
    assert.equal((await verdictOf(page)).kind, "waiting");
    assert.equal(await secret.getAttribute("aria-invalid"), null);
  });

  pageTest("a missing header is named", async (page) => {
    await enter(page, { headers: "content-type: application/json" });
    assert.match(await assertRefused(page, "missing_header"), /stripe-signature/);
  });

  pageTest("a doubled header is refused", async (page) => {
    await enter(page, { headers: `${lines(signed())}\n${lines(signed())}` });
    assert.match(await assertRefused(page, "malformed_header"), /appears twice/);
  });

  pageTest("the time of arrival and the tolerance decide over age", async (page) => {
    await enter(page, { now: "2026-08-18 09:35:00" });
    assert.match(await assertAccepted(page), /5 minutes before this check/);
    await enter(page, { now: "2026-08-18T11:35:01+02:00" });
    assert.match(await assertRefused(page, "stale"), /301 s \(5 minutes\) old/);
    await page.getByLabel("Tolerance").fill("301");
    await settled(page);
    await assertAccepted(page);
    await enter(page, { now: String(NOW.getTime() / 1000 - 301) });
    await assertRefused(page, "premature");
    await page.getByRole("button", { name: "as if it had just arrived" }).click();
    assert.match(await assertAccepted(page), /Its age was left out of account/);
    assert.equal(await page.getByLabel("Check it as if it arrived").inputValue(), "own");
  });

  pageTest("what is no time or tolerance is said to be none", async (page) => {
    await enter(page, { now: "yesterday" });
    assert.equal((await verdictOf(page)).kind, "waiting");
    assert.match(await page.locator("#instant-problem").innerText(), /neither a date/);
    await page.getByLabel("Time of arrival").fill("Tue, 18 Aug 2026 09:30:00 GMT");
    await page.getByLabel("Tolerance").fill("5 min");
    await settled(page);
    assert.equal((await verdictOf(page)).kind, "waiting");
    assert.match(await page.locator("#tolerance-problem").innerText(), /no whole number/);
  });

  pageTest("a genuine body without an id is unreadable, not refused", async (page) => {
    await enter(page, { body: '{"type":"x"}' });
    const verdict = await verdictOf(page);
    assert.deepEqual([verdict.kind, verdict.code], ["unreadable", "missing_id"]);
  });

  pageTest("a body is shown as it was sent, laid out", async (page) => {
    await enter(page, {});
    const shown = await page.getByRole("region", { name: "Body, laid out" }).innerText();
    assert.equal(shown.replace(/\n */g, "").replaceAll('": ', '":'), BODY);
    assert.ok(shown.includes('\n  "amount": 12345678901234567890,\n  "rate": 1.0,\n  "2": "b",'));
  });

  pageTest("markup in a body is text", async (page) => {
    const body = '{"id":"evt_1","type":"<img src=x onerror=alert(1)>"}';
    await enter(page, { body });
    assert.match(await assertAccepted(page), /<img src=x onerror=alert\(1\)>/);
    assert.equal(await page.locator("#verdict img").count(), 0);
  });

  pageTest("headers that nobody signed are marked so", async (page) => {
    const headers = {
      ...signed(BODY, "github"),
      "x-github-event": "push",
      "x-github-delivery": "d-1",
    };
    await enter(page, { scheme: "github", headers: lines(headers) });
    const text = await assertAccepted(page);
    assert.match(text, /Delivery id\s+d-1\s*unsigned/);
    assert.match(text, /Event name\s+push\s*unsigned/);
    assert.match(text, /nothing signed says it/);
    assert.ok(await page.getByLabel("Check it as if it arrived").isDisabled());
  });
});

describe("requests", AT_ONCE, () => {
  const url = "https://hooks.example.com/in?source=a%3Ab";
  const senders = schemes.filter(({ signsUrl, signsMethod }) => signsUrl || signsMethod);

  test("there are senders that sign the URL, and some of them the method", () => {
    assert.ok(senders.every(({ signsUrl }) => signsUrl));
    assert.ok(senders.some(({ signsMethod }) => signsMethod));
    assert.ok(senders.some(({ signsMethod }) => !signsMethod));
  });

  for (const { name, title, signsMethod } of senders) {
    pageTest(`the URL that ${title} signs is asked for: ${name}`, async (page) => {
      const body = "a=1";
      const headers = new Signer(name, SECRET).sign({ body, url, method: "PUT" }, NOW);
      await enter(page, { scheme: name, headers: lines(headers), body });
      assert.match((await verdictOf(page)).text, /Paste the URL that .* was given/);
      await page.getByRole("button", { name: "Sign this body" }).click();
      assert.match(
        await page.locator("#action-note").innerText(),
        /^Not signed: .* signs the URL that it was given/,
      );
      await page.getByLabel("URL", { exact: true }).fill(` ${url}`);
      assert.equal(await page.getByLabel("Method").isVisible(), signsMethod);
      await settled(page);
      if (signsMethod) {
        const text = await assertRefused(page, "signature_mismatch");
        assert.match(text, /What to do\s+.*method/);
        await page.getByLabel("Method").selectOption("PUT");
        await settled(page);
      }
      await assertAccepted(page);
      await page.getByLabel("URL", { exact: true }).fill(url.replace("https", "http"));
      await settled(page);
      assert.match(await assertRefused(page, "signature_mismatch"), /What to do\s+.*URL/);
      await page.getByRole("button", { name: "Sign this body" }).click();
      await assertAccepted(page);
      await page.getByRole("button", { name: "Clear" }).click();
      assert.equal(await page.getByLabel("URL", { exact: true }).inputValue(), "");
    });
  }

  pageTest("no URL is asked for where none is signed", async (page) => {
    assert.ok(!(await page.getByLabel("URL", { exact: true }).isVisible()));
    assert.ok(!(await page.getByLabel("Method").isVisible()));
  });

  pageTest("the digest of a body that is no form goes into Twilio's URL", async (page) => {
    await enter(page, { scheme: "twilio", headers: "x: y" });
    await page.getByLabel("URL", { exact: true }).fill(url);
    await page.getByRole("button", { name: "Sign this body" }).click();
    await assertAccepted(page);
    const signedUrl = await page.getByLabel("URL", { exact: true }).inputValue();
    assert.match(
      signedUrl,
      /^https:\/\/hooks.example.com\/in\?source=a%3Ab&bodySHA256=[0-9a-f]{64}$/,
    );
  });
});

describe("keys of several lines", AT_ONCE, () => {
  const recorded = JSON.parse(
    readFileSync(new URL("../vectors/sendgrid.json", import.meta.url), "utf8"),
  ).tests.find(({ expect }) => expect === "valid");
  /** Enters the recorded delivery, whose lines end in CRLF. */
  const enterWith = async (/** @type {Page} */ page, /** @type {string} */ secret) => {
    const now = String(recorded.now);
    const { body } = recorded;
    await enter(page, { scheme: "sendgrid", secret, headers: lines(recorded.headers), body, now });
    await page.getByLabel("Read the text as").selectOption("crlf");
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
    pageTest(`a key ${name} is one`, async (page) => {
      await enterWith(page, `${secret}\n`);
      assert.match(await assertAccepted(page), /the one given/);
      await enterWith(page, `${other}\n\n${secret}\n${other}`);
      assert.match(await assertAccepted(page), /number 2 of the 3 given/);
    });

    pageTest(`the line of a bad key is the right one after a key ${name}`, async (page) => {
      await enterWith(page, `${secret}\n\nnonsense`);
      const line = secret.split("\n").length + 2;
      assert.equal(
        await page.locator("#secret-problem").innerText(),
        `Line ${line} is no key for SendGrid.`,
      );
      assert.match((await verdictOf(page)).text, new RegExp(`key in line ${line} `));
    });
  }

  pageTest("PEM without an end is no key", async (page) => {
    await enterWith(page, pem.replace(/-----END.*/, ""));
    assert.equal((await verdictOf(page)).kind, "bad-key");
    assert.match(await page.locator("#secret-problem").innerText(), /^Line 1 /);
  });
});

describe("proofs in the body", AT_ONCE, () => {
  pageTest("Mailgun's is put there, and no header is asked for", async (page) => {
    const timestamp = String(NOW.getTime() / 1000);
    const body = `{ "signature": {"timestamp":"${timestamp}","token":"a1b2","signature":""}, "event-data": {"event":"opened"} }`;
    await enter(page, { scheme: "mailgun", headers: "", body });
    assert.match(await page.locator("#headers-hint").innerText(), /none; the proof is in the body/);
    const refusal = await assertRefused(page, "malformed_header");
    assert.match(refusal, /^The proof in the body is malformed/);
    assert.doesNotMatch(refusal, /[Cc]opy the header/);
    await page.getByRole("button", { name: "Sign this body" }).click();
    assert.match(await assertAccepted(page), /a1b2/);
    const signedBody = new Signer("mailgun", SECRET).signBody(body);
    assert.equal(await page.getByLabel("Body", { exact: true }).inputValue(), signedBody);
    assert.equal(await page.getByLabel("Headers").inputValue(), "");
  });

  pageTest("a body without a place for it is told", async (page) => {
    for (const scheme of ["mailgun", "figma"]) {
      await enter(page, { scheme, headers: "", body: "{}" });
      await page.getByRole("button", { name: "Sign this body" }).click();
      assert.match(
        await page.locator("#action-note").innerText(),
        /^Not signed: .* puts its proof into the body, and this one has no text in that place/,
      );
    }
  });
});

describe("headers", AT_ONCE, () => {
  const { "stripe-signature": signature } = signed();
  const forms = {
    "lines with a request line and pseudo-headers": `POST /hooks HTTP/1.1\n:authority: example.com\nHost: example.com\n\nStripe-Signature:${signature}  `,
    "lines as curl -v prints them": `> POST /hooks HTTP/2\n> stripe-signature: ${signature}\n>`,
    "a table with tabs": `Host\texample.com\nStripe-Signature\t${signature}`,
    "lines out of JSON": `"host": "example.com",\n  "stripe-signature": "${signature}",`,
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
    "curl's options, other quotes": `-Hx-empty\\; --header=$'stripe-signature: ${signature}'`,
  };
  for (const [name, headers] of Object.entries(forms)) {
    pageTest(`are read from ${name}`, async (page) => {
      await enter(page, { headers });
      assert.equal(await page.locator("#headers-problem").innerText(), "");
      await assertAccepted(page);
    });
  }

  const unreadable = {
    [`x-one: 1\nnonsense\n${lines(signed())}`]: /^Line 2: there is no colon/,
    [`x-one: 1\n\nbad name: 2\n${lines(signed())}`]: /^Line 3: .* no header name/,
    [`{\n "x-one": {},\n "stripe-signature": "${signature}"\n}`]: /^Line 2: .* is a string/,
    [`curl x \\\n -H 'stripe-signature: ${signature}' \\\n -H 'x: 1`]: /^Line 3: .* never closed/,
  };
  for (const [headers, problem] of Object.entries(unreadable)) {
    pageTest(`a line that cannot be read is named, the others count: ${problem}`, async (page) => {
      await enter(page, { headers });
      assert.match(await page.locator("#headers-problem").innerText(), problem);
      assert.equal(await page.getByLabel("Headers").getAttribute("aria-invalid"), "true");
      await assertAccepted(page);
    });
  }

  pageTest("what only begins like JSON is said to be none", async (page) => {
    await enter(page, { headers: `{\n "a": "b",\n 'c': 'd'\n}` });
    assert.match(await page.locator("#headers-problem").innerText(), /^Line 3: .*double quotes/);
    assert.equal((await verdictOf(page)).kind, "waiting");
  });
});

describe("bodies", AT_ONCE, () => {
  const json = '{\n  "id": "evt_1"\n}\n';

  pageTest("line endings are a choice", async (page) => {
    await enter(page, { body: json });
    assert.match(
      await page.locator("#body-facts").innerText(),
      /^20 bytes, .* a newline at the end/,
    );
    await assertAccepted(page);
    await page.getByLabel("Read the text as").selectOption("crlf");
    await settled(page);
    await assertRefused(page, "signature_mismatch");
    await page.getByLabel("Headers").fill(lines(signed(json.replaceAll("\n", "\r\n"))));
    await settled(page);
    await assertAccepted(page);
  });

  const exact = {
    "with LF": bytes(json),
    "with CRLF": bytes(json.replaceAll("\n", "\r\n")),
    "with both": bytes(json.replace("\n", "\r\n")),
    "with a byte order mark": bytes(`\ufeff${json}`),
    "that are not UTF-8": Uint8Array.of(0x7b, 0xff, 0x00, 0x0d, 0x7d),
    "that are none": new Uint8Array(),
  };
  for (const [name, content] of Object.entries(exact)) {
    pageTest(`a file keeps its bytes: ${name}`, async (page) => {
      const headers = new Signer("github", SECRET).sign({ body: content });
      await enter(page, { scheme: "github", headers: lines(headers) });
      await assertRefused(page, "signature_mismatch");
      await loadFile(page, content);
      await assertAccepted(page);
      assert.match(
        await page.locator("#body-facts").innerText(),
        new RegExp(`^${content.length} byte`),
      );
    });
  }

  pageTest("a body can be pasted in base64", async (page) => {
    const content = Uint8Array.of(0xfb, 0xff, 0x0a);
    const headers = lines(new Signer("github", SECRET).sign({ body: content }));
    await enter(page, { scheme: "github", headers, body: "-_8K\n" });
    await page.getByLabel("Read the text as").selectOption("base64");
    await settled(page);
    assert.match(await assertAccepted(page), /fb ff 0a/);
    await page.getByLabel("Body", { exact: true }).fill("{}");
    await settled(page);
    assert.match(await page.locator("#body-problem").innerText(), /not base64/);
    assert.equal((await verdictOf(page)).kind, "waiting");
  });

  pageTest("a length that does not fit is told", async (page) => {
    await enter(page, { headers: `Content-Length: 1234\n${lines(signed())}`, body: `${BODY} ` });
    const text = await assertRefused(page, "signature_mismatch");
    assert.match(text, /Content-Length says 1234 bytes, and these are 94\./);
  });
});

describe("samples", AT_ONCE, () => {
  for (const { name, title, authenticated } of schemes.filter(({ name }) => name in samples)) {
    pageTest(`${title} makes an accepted one`, async (page) => {
      await page.getByLabel("Sender").selectOption(name);
      const text = await assertAccepted(page);
      assert.match(text, authenticated === "content" ? /content and sender/ : /the sender only/);
      await page.getByRole("button", { name: "Make a signed sample" }).click();
      await assertAccepted(page);
    });
  }

  pageTest("every sender can follow every other, and its body can be signed", async (page) => {
    const note = page.locator("#action-note");
    const recorded = [];
    for (const { name } of schemes) {
      await page.getByLabel("Sender").selectOption(name);
      await page.getByRole("button", { name: "Make a signed sample" }).click();
      const text = await assertAccepted(page);
      if (/^A recorded sample/.test(await note.innerText())) recorded.push(name);
      else assert.doesNotMatch(text, /\b(years|days|hours) (before|after) this check/, name);
      await page.getByRole("button", { name: "Sign this body" }).click();
      await assertAccepted(page);
      const outcome = recorded.includes(name) ? /^Not signed: .* private key/ : /^Signed as /;
      assert.match(await note.innerText(), outcome, name);
    }
    // No more than those whose secret nobody can make up.
    assert.deepEqual(recorded, ["discord", "plaid", "sendgrid", "sns", "telnyx"]);
  });

  pageTest("what another kind of key cannot sign is told", async (page) => {
    for (const { name } of schemes) {
      await enter(page, { scheme: name, secret: 'not "a" key', headers: "x: y", body: "{}" });
      for (const button of ["Make a signed sample", "Sign this body"]) {
        await page.getByRole("button", { name: button }).click();
        const note = await page.locator("#action-note").innerText();
        assert.match(note, /^(Not signed: .*\.|Signed as .*|A sample, .*)$/, `${name}: ${note}`);
      }
    }
  });

  pageTest("a time that no sender writes is told", async (page) => {
    await enter(page, { now: "1999-12-31" });
    await page.getByRole("button", { name: "Sign this body" }).click();
    assert.match(
      await page.locator("#action-note").innerText(),
      /^Not signed: now must lie between the years 2001 and 5138/,
    );
  });

  pageTest("a recorded sample leaves nothing behind but what it was asked for", async (page) => {
    await page.getByLabel("Sender").selectOption("sendgrid");
    assert.match(await assertAccepted(page), /2020-09-14 19:41:42 UTC/);
    await page.getByLabel("Sender").selectOption("stripe");
    await assertAccepted(page);
    assert.equal(await page.getByLabel("Check it as if it arrived").inputValue(), "now");
    assert.match(await page.getByLabel("Secret", { exact: true }).inputValue(), /^whsec_\w{32}$/);
  });

  pageTest(
    "a sample is signed with the secret that is there, for the time that is set",
    async (page) => {
      await enter(page, { headers: "x: y", body: "" });
      await page.getByRole("button", { name: "Make a signed sample" }).click();
      assert.match(await assertAccepted(page), /2026-08-18 09:30:00 UTC/);
      assert.equal(await page.getByLabel("Secret", { exact: true }).inputValue(), SECRET);
    },
  );

  pageTest("another sender keeps what was pasted", async (page) => {
    await enter(page, {});
    await page.getByLabel("Sender").selectOption("slack");
    assert.equal(await page.getByLabel("Body", { exact: true }).inputValue(), BODY);
    await settled(page);
    await assertRefused(page, "missing_header");
  });

  pageTest("a body of one's own can be signed; other headers stay", async (page) => {
    await enter(page, { headers: "x-trace: 1\nStripe-Signature: t=1,v1=0" });
    await page.getByRole("button", { name: "Sign this body" }).click();
    await assertAccepted(page);
    const headers = await page.getByLabel("Headers").inputValue();
    assert.match(headers, /^x-trace: 1\nstripe-signature: t=\d+,v1=[0-9a-f]{64}$/);
  });

  pageTest("a key that cannot sign is told", async (page) => {
    await enter(page, { scheme: "standard", headers: "x: y", secret: "not base64!" });
    await page.getByRole("button", { name: "Make a signed sample" }).click();
    assert.match(
      await page.locator("#action-note").innerText(),
      /^Not signed: the key is not base64/,
    );
  });
});

describe("the curl command", () => {
  const permissions = ["clipboard-read", "clipboard-write"];

  /** @param {Page} page */
  async function copied(page) {
    await page.getByRole("button", { name: "Copy as curl" }).click();
    await page.getByText(/^Copied\./).waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  }

  pageTest(
    "posts the very delivery, and can be pasted again",
    async (page) => {
      const body = `{"id":"evt_1","name":"it's $HOME, \\\\ and ü"}`;
      await enter(page, { body, headers: `Host: a\nX-Empty:\n${lines(signed(body))}` });
      const command = await copied(page);
      const { "stripe-signature": signature } = signed(body);
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
      await assertAccepted(page);
    },
    { permissions },
  );

  pageTest(
    "carries bytes that no terminal does",
    async (page) => {
      const content = Uint8Array.of(0x7b, 0xff, 0x0d, 0x7d);
      const headers = lines(new Signer("github", SECRET).sign({ body: content }));
      await enter(page, { scheme: "github", headers });
      await loadFile(page, content);
      const command = await copied(page);
      assert.match(command, /^printf %s 'e\/8NfQ==' \| base64 -d \| curl -i '/);
      assert.match(command, / {2}--data-binary @-$/);
    },
    { permissions },
  );

  pageTest(
    "carries the method and the query of a signed URL to the gate",
    async (page) => {
      const delivery = { body: BODY, method: "PUT", url: "https://example.com/hooks?a=%27" };
      const headers = lines(new Signer("hubspot-v2", SECRET).sign(delivery, NOW));
      await enter(page, { scheme: "hubspot-v2", headers });
      await page.getByLabel("URL", { exact: true }).fill(delivery.url);
      await page.getByLabel("Method").selectOption("PUT");
      await settled(page);
      await assertAccepted(page);
      assert.ok((await copied(page)).startsWith(`curl -i -X PUT '${origin}/in/hubspot-v2?a=%27' `));
      assert.match(await page.locator("#action-note").innerText(), /hold the same secret and URL/);
    },
    { permissions },
  );

  pageTest("is shown where it cannot be copied", async (page) => {
    await page.evaluate(() => {
      Object.defineProperty(navigator, "clipboard", { value: undefined });
    });
    await page.getByRole("button", { name: "Copy as curl" }).click();
    assert.match(await page.getByLabel("The curl command").inputValue(), /^curl -i '/);
  });
});

describe("a browser that cannot run the core", () => {
  pageTest(
    "is told so, and no verdict is left standing",
    async (page) => {
      await page.route(`${origin}/`, async (route) => {
        const response = await route.fetch();
        const body = (await response.text()).replace(" 'wasm-unsafe-eval'", "");
        await route.fulfill({ response, body });
      });
      await page.reload();
      await page.getByRole("heading", { name: "The check itself failed" }).waitFor();
      assert.equal((await verdictOf(page)).kind, "waiting");
    },
    { expectsErrors: true },
  );
});

describe("what stays in the page", () => {
  /**
   * Everything that is on the page or kept by it, but for the value of the secret's own field.
   * @param {Page} page
   */
  const everything = (page) =>
    page.evaluate(async () => {
      const fields = [...document.querySelectorAll("input, textarea")];
      const others = fields.filter(({ id }) => id !== "secret");
      const databases = await indexedDB.databases();
      return [
        document.documentElement.outerHTML,
        ...others.map((field) => /** @type {HTMLInputElement} */ (field).value),
        JSON.stringify({ ...localStorage }),
        JSON.stringify({ ...sessionStorage }),
        JSON.stringify(databases),
        document.cookie,
        location.href,
        document.title,
        JSON.stringify(history.state),
        window.name,
        await navigator.clipboard.readText(),
      ].join("\n");
    });

  pageTest(
    "the secret shows up nowhere, whatever happens",
    async (page, seen) => {
      const states = [
        { secret: SECRET },
        { secret: `other\n${SECRET}` },
        { secret: SECRET, body: `${BODY} `, headers: lines(signed()) },
        { secret: SECRET, headers: "x: y" },
        { secret: SECRET, now: "2027-01-01" },
        { secret: SECRET, body: "{}" },
        { secret: ` ${SECRET} ` },
        { secret: `"${SECRET}"` },
        { secret: `whsk_${SECRET}`, scheme: "standard", headers: "x: y" },
        { secret: `-----BEGIN ${SECRET}`, headers: "x: y" },
        // Pasted into the wrong field, it is at least not repeated by a message.
      ];
      for (const state of states) {
        await enter(page, state);
        for (const name of ["Copy as curl", "Show secret", "Hide secret", "Sign this body"]) {
          await page.getByRole("button", { name }).click();
        }
        assert.ok(!(await everything(page)).includes(SECRET), JSON.stringify(state));
      }
      assert.ok(!JSON.stringify(seen).includes(SECRET));
      assert.deepEqual(await page.context().cookies(), []);
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  );

  pageTest("a secret among the headers is not repeated by the message", async (page) => {
    await enter(page, { headers: `{ "${SECRET}": }` });
    assert.ok(!(await page.locator("body").innerText()).includes(SECRET));
    await enter(page, { headers: `${SECRET}\n${SECRET} x: y` });
    assert.ok(!(await page.locator("body").innerText()).includes(SECRET));
  });

  pageTest("a reload forgets everything", async (page) => {
    await enter(page, {});
    await page.reload();
    await page.locator("#verdict[data-kind=accepted]").waitFor();
    assert.notEqual(await page.getByLabel("Secret", { exact: true }).inputValue(), SECRET);
  });

  pageTest("the secret is masked until it is asked for", async (page) => {
    const secret = page.getByLabel("Secret", { exact: true });
    const masking = () =>
      secret.evaluate((field) => getComputedStyle(field).getPropertyValue("-webkit-text-security"));
    assert.equal(await masking(), "disc");
    await page.getByRole("button", { name: "Show secret" }).click();
    assert.equal(await masking(), "none");
    await page.getByRole("button", { name: "Hide secret" }).click();
    assert.equal(await masking(), "disc");
    assert.equal(await secret.getAttribute("autocomplete"), "off");
    assert.equal(await secret.getAttribute("spellcheck"), "false");
  });

  pageTest(
    "the policy lets nothing run or connect but the page itself",
    async (page, seen) => {
      const before = seen.requests.length;
      const outcome = await page.evaluate(async () => {
        const violations = [];
        document.addEventListener("securitypolicyviolation", (event) => {
          violations.push(event.effectiveDirective);
        });
        const attempt = (/** @type {() => unknown} */ act) => {
          try {
            return String(act());
          } catch (error) {
            return String(error);
          }
        };
        const script = document.createElement("script");
        attempt(() => {
          script.textContent = "window.injected = true";
        });
        script.append("window.injected = true");
        document.body.append(script);
        const button = document.createElement("button");
        attempt(() => button.setAttribute("onclick", "window.injected = true"));
        document.body.append(button);
        button.click();
        const markup = attempt(() => {
          document.body.innerHTML += "<p>markup</p>";
        });
        const sameOrigin = await fetch("/page.css").catch(String);
        const beacon = navigator.sendBeacon("/collect", "secret");
        const socket = attempt(() => new WebSocket(`ws://${location.host}/`).url);
        const image = new Image();
        image.src = "https://example.com/?secret";
        const form = document.createElement("form");
        form.action = "/collect";
        document.body.append(form);
        form.submit();
        await new Promise((resolve) => setTimeout(resolve, 300));
        const { injected } = /** @type {any} */ (window);
        return { injected, markup, sameOrigin: String(sameOrigin), beacon, socket, violations };
      });
      assert.equal(outcome.injected, undefined);
      assert.match(outcome.markup, /TypeError/);
      assert.match(outcome.sameOrigin, /TypeError/);
      for (const directive of [
        "connect-src",
        "form-action",
        "img-src",
        "require-trusted-types-for",
      ]) {
        assert.ok(outcome.violations.includes(directive), `${directive} in ${outcome.violations}`);
      }
      // What the browser reports as a request was stopped before it left.
      for (const { url } of seen.requests.slice(before)) {
        assert.ok(seen.failures.includes(`${url} csp`), `${url}, failed: ${seen.failures}`);
      }
      assert.equal(page.url(), `${origin}/`);
    },
    { expectsErrors: true },
  );
});

describe("for everyone", () => {
  pageTest("every field has a name, and the verdict is announced", async (page) => {
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll("input, select, textarea")]
        .filter(
          (field) => !(/** @type {HTMLInputElement} */ (field.labels?.length || field.ariaLabel)),
        )
        .map(({ id }) => id),
    );
    assert.deepEqual(nameless, []);
    const status = page.getByRole("status").filter({ hasText: "Accepted" });
    await status.waitFor();
    // Only the ruling: nobody wants the whole body read out at every key.
    assert.ok(!(await status.innerText()).includes("{"));
  });

  pageTest("it can be used by keyboard alone", async (page) => {
    const reached = [];
    for (let count = 0; count < 20; count += 1) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(() => document.activeElement?.id ?? ""));
    }
    const wanted = [
      "make-sample",
      "scheme",
      "show-secret",
      "secret",
      "headers",
      "body",
      "body-form",
    ];
    const order = wanted.map((id) => reached.indexOf(id));
    assert.ok(!order.includes(-1), `${reached}`);
    assert.deepEqual(
      order,
      order.toSorted((one, other) => one - other),
    );
  });

  pageTest(
    "it fits 360 pixels, with the verdict in sight",
    async (page) => {
      const width = () => page.evaluate(() => document.scrollingElement?.scrollWidth);
      assert.equal(await width(), 360);
      const body = page.getByLabel("Body", { exact: true });
      await body.fill(`${await body.inputValue()} `);
      await settled(page);
      const glance = page.getByRole("link", { name: "The signature does not fit" });
      const box = await glance.boundingBox();
      assert.ok(box && box.y + box.height <= 700, JSON.stringify(box));
      await glance.click();
      await page.getByRole("heading", { name: "What to do" }).waitFor();
      assert.equal(await width(), 360);
      await enter(page, { scheme: "svix", headers: `x: ${"y".repeat(500)}`, secret: "c2VjcmV0" });
      assert.equal(await width(), 360);
    },
    { viewport: { width: 360, height: 700 } },
  );

  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    pageTest(
      `text stands out from its ground in ${colorScheme} mode`,
      async (page) => {
        const states = [
          {},
          { body: "{" },
          { secret: '"x"' },
          { headers: "x" },
          { scheme: "flash", headers: "x: y" },
        ];
        for (const state of states) {
          await enter(page, state);
          assert.deepEqual(await page.evaluate(faintTexts), []);
        }
      },
      { colorScheme },
    );
  }
});

/** Runs in the page: the texts that WCAG 2.2 (1.4.3) would call too faint. */
function faintTexts() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!canvas) throw new Error("no canvas");
  const luminance = (/** @type {Uint8ClampedArray} */ [red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** Paints grounds and text over each other, as the screen does. */
  const painted = (/** @type {string[]} */ colours) => {
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return luminance(canvas.getImageData(0, 0, 1, 1).data);
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const text = own.map((node) => node.textContent?.trim()).join("");
    const isShown = element.checkVisibility({ visibilityProperty: true });
    if (!isShown || text === "" || element.matches("option, :disabled *, :disabled")) continue;
    const grounds = [];
    for (let at = element; at; at = at.parentElement) {
      grounds.unshift(getComputedStyle(at).backgroundColor);
    }
    const ground = painted(grounds);
    const ink = painted([...grounds, getComputedStyle(element).color]);
    const contrast = (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
    if (contrast < 4.5) faint.push(`${text}: ${contrast.toFixed(2)}`);
  }
  return faint;
}
