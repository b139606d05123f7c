// Opens the built page in Chromium for a test, fills in deliveries and reads the verdict. Each test file that imports this
// module gets a browser and a server of its own.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Signer } from "countersign";
import { chromium } from "playwright-core";
import { findChromium } from "../../scripts/chromium.mjs";

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

/** Tests run in parallel, because each has a page of its own and mostly waits. */
export const IN_PARALLEL = { concurrency: 4 };

/** Lower-case letters and digits only, so that a search finds the secret in any escaped text. */
export const SECRET = "tell4nobody7about2this9secret5of0mine3";
export const NOW = new Date("2026-08-18T09:30:00Z");
export const BODY =
  '{"id":"evt_1","type":"invoice.paid","amount":12345678901234567890,"rate":1.0,"2":"b","1":"a"}';

/**
 * The headers with which a sender signs a body at `NOW`.
 * @param {string} [body]
 * @param {string} [scheme]
 */
export const signedHeaders = (body = BODY, scheme = "stripe") =>
  new Signer(scheme, SECRET).sign({ body, id: "msg_1" }, NOW);

/** @param {Record<string, string>} headers */
export const headerLines = (headers) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");

let server;
let browser;
/** Where the page is served. */
export let origin;

before(async () => {
  const executablePath = await findChromium();
  assert.ok(executablePath, "Chromium was not found: run `npm test`, which installs it");
  server = createServer(serveBuiltPage);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
  // Playwright creates a profile for each launch and deletes it afterwards.
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
 * @typedef {import("playwright-core").Page} Page
 * @typedef {{ requests: { url: string, text: string }[], failures: string[], console: string[] }} Observed
 */

/**
 * Runs a test with the page open in its own browser context. Afterwards the console must be empty, and every request must
 * have been for one of the page's own files.
 * @param {string} name
 * @param {(page: Page, observed: Observed) => Promise<void>} act
 * @param {import("playwright-core").BrowserContextOptions & { expectsErrors?: boolean }} [options]
 */
export function pageTest(name, act, { expectsErrors = false, ...options } = {}) {
  test(name, async () => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(5000);
      /** @type {Observed} */
      const observed = { requests: [], failures: [], console: [] };
      context.on("request", (request) => {
        const sent = [request.url(), JSON.stringify(request.headers()), request.postData() ?? ""];
        observed.requests.push({ url: request.url(), text: sent.join("\n") });
      });
      context.on("requestfailed", (request) => {
        observed.failures.push(`${request.url()} ${request.failure()?.errorText}`);
      });
      page.on("console", (message) => observed.console.push(message.text()));
      page.on("pageerror", (error) => observed.console.push(String(error)));
      await page.goto(origin);
      await page.locator("#verdict[data-kind=verified]").waitFor();
      await act(page, observed);
      if (expectsErrors) return;
      assert.deepEqual(observed.console, []);
      const paths = observed.requests.map(({ url }) => url.replace(origin, ""));
      for (const path of paths) assert.ok(path in MEDIA_TYPES, `the page requested ${path}`);
    } finally {
      await context.close();
    }
  });
}

/** @param {Page} page */
export const bodyField = (page) => page.getByLabel("Body", { exact: true });

/** @param {Page} page */
export const secretField = (page) => page.getByLabel("Secret", { exact: true });

/** @param {Page} page */
export const urlField = (page) => page.getByLabel("URL", { exact: true });

/** @param {Page} page */
export const clockField = (page) => page.getByLabel("Verify as if received");

/**
 * @param {Page} page
 * @param {string} name of the button
 */
export const click = (page, name) => page.getByRole("button", { name }).click();

/**
 * The note that a button leaves.
 * @param {Page} page
 */
export const noteOf = (page) => page.locator("#action-note").innerText();

/**
 * The problem that is shown below a field.
 * @param {Page} page
 * @param {string} id of the field
 */
export const problemOf = (page, id) => page.locator(`#${id}-problem`).innerText();

/**
 * Fills in a delivery and waits for the verdict.
 * @param {Page} page
 * @param {{ scheme?: string, secret?: string, headers?: string, body?: string, now?: Date | string }} delivery
 */
export async function enter(
  page,
  { scheme = "stripe", secret = SECRET, headers, body = BODY, now = NOW },
) {
  await click(page, "Clear");
  await page.getByLabel("Sender").selectOption(scheme);
  await secretField(page).fill(secret);
  await page.getByLabel("Headers").fill(headers ?? headerLines(signedHeaders(body, scheme)));
  await bodyField(page).fill(body);
  if (await clockField(page).isEnabled()) {
    await clockField(page).selectOption("at another time");
    await page.getByLabel("Received at").fill(now instanceof Date ? now.toISOString() : now);
  }
  await settled(page);
}

/**
 * Loads the body from a file.
 * @param {Page} page
 * @param {Uint8Array} content
 */
export async function loadFile(page, content) {
  const file = {
    name: "body.bin",
    mimeType: "application/octet-stream",
    buffer: Buffer.from(content),
  };
  await page.getByLabel("Or load the raw body").setInputFiles(file);
  await settled(page);
}

/**
 * Waits until the verdict belongs to what is in the form.
 * @param {Page} page
 */
export const settled = (page) => page.locator("#verdict:not([aria-busy])").waitFor();

/** @param {Page} page */
export const verdictOf = (page) =>
  page.locator("#verdict").evaluate((verdict) => ({
    kind: verdict.getAttribute("data-kind"),
    code: verdict.querySelector("#code")?.textContent,
    text: /** @type {HTMLElement} */ (verdict).innerText,
  }));

/**
 * @param {Page} page
 * @returns {Promise<string>} the text of the verdict
 */
export async function assertVerified(page) {
  const verdict = await verdictOf(page);
  assert.equal(verdict.kind, "verified", verdict.text);
  return verdict.text;
}

/**
 * @param {Page} page
 * @param {string} code
 * @returns {Promise<string>} the text of the verdict
 */
export async function assertRejected(page, code) {
  const verdict = await verdictOf(page);
  assert.deepEqual([verdict.kind, verdict.code], ["rejected", code], verdict.text);
  return verdict.text;
}

/**
 * Holds that a text contains a message of the package. The page starts it with a capital and sets names as code.
 * @param {string} text
 * @param {string} message
 */
export function assertShows(text, message) {
  const plain = message.replaceAll("`", "").slice(1);
  assert.ok(text.includes(plain), `"${plain}" is not in: ${text}`);
}
