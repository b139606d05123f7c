// Nothing that the user enters leaves the page: no requests, no storage, and no message that repeats a secret.

import assert from "node:assert/strict";
import { describe } from "node:test";
import {
  BODY,
  click,
  enter,
  headerLines,
  origin,
  pageTest,
  SECRET,
  secretField,
  signedHeaders,
} from "./open-page.mjs";

/** @typedef {import("./open-page.mjs").Page} Page */

describe("privacy", () => {
  /**
   * Everything that is on the page or stored by it, except the value of the secret's own field.
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
    "the secret appears nowhere except in its own field",
    async (page, observed) => {
      const states = [
        { secret: SECRET },
        { secret: `other\n${SECRET}` },
        { secret: SECRET, body: `${BODY} `, headers: headerLines(signedHeaders()) },
        { secret: SECRET, headers: "x: y" },
        { secret: SECRET, now: "2027-01-01" },
        { secret: SECRET, body: "{}" },
        { secret: ` ${SECRET} ` },
        { secret: `"${SECRET}"` },
        { secret: `whsk_${SECRET}`, scheme: "standard", headers: "x: y" },
        { secret: `-----BEGIN ${SECRET}`, headers: "x: y" },
      ];
      for (const state of states) {
        await enter(page, state);
        for (const name of ["Copy as curl", "Show secret", "Hide secret", "Sign this body"]) {
          await click(page, name);
        }
        assert.ok(!(await everything(page)).includes(SECRET), JSON.stringify(state));
      }
      assert.ok(!JSON.stringify(observed).includes(SECRET));
      assert.deepEqual(await page.context().cookies(), []);
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  );

  pageTest("a secret pasted among the headers is not repeated by a message", async (page) => {
    await enter(page, { headers: `{ "${SECRET}": }` });
    assert.ok(!(await page.locator("body").innerText()).includes(SECRET));
    await enter(page, { headers: `${SECRET}\n${SECRET} x: y` });
    assert.ok(!(await page.locator("body").innerText()).includes(SECRET));
  });

  pageTest("a reload clears the form", async (page) => {
    await enter(page, {});
    await page.reload();
    await page.locator("#verdict[data-kind=verified]").waitFor();
    assert.notEqual(await secretField(page).inputValue(), SECRET);
  });

  pageTest("the secret is masked until the user shows it", async (page) => {
    const secret = secretField(page);
    const masking = () =>
      secret.evaluate((field) => getComputedStyle(field).getPropertyValue("-webkit-text-security"));
    assert.equal(await masking(), "disc");
    await click(page, "Show secret");
    assert.equal(await masking(), "none");
    await click(page, "Hide secret");
    assert.equal(await masking(), "disc");
    assert.equal(await secret.getAttribute("autocomplete"), "off");
    assert.equal(await secret.getAttribute("spellcheck"), "false");
  });

  pageTest(
    "the security policy blocks other scripts and every connection",
    async (page, observed) => {
      const before = observed.requests.length;
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
      // The browser reports blocked requests too. Each must have been stopped by the policy.
      for (const { url } of observed.requests.slice(before)) {
        assert.ok(observed.failures.includes(`${url} csp`), `${url}, failed: ${observed.failures}`);
      }
      assert.equal(page.url(), `${origin}/`);
    },
    { expectsErrors: true },
  );
});
