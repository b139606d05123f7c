// The page can be used with a screen reader, with the keyboard, on a narrow screen, and in light and dark mode.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { bodyField, enter, pageTest, settled } from "./open-page.mjs";

describe("accessibility", () => {
  pageTest("every field has a label, and the verdict is announced", async (page) => {
    const unlabelled = await page.evaluate(() =>
      [...document.querySelectorAll("input, select, textarea")]
        .filter(
          (field) => !(/** @type {HTMLInputElement} */ (field.labels?.length || field.ariaLabel)),
        )
        .map(({ id }) => id),
    );
    assert.deepEqual(unlabelled, []);
    const status = page.getByRole("status").filter({ hasText: "Verified" });
    await status.waitFor();
    // Only the summary is announced, not the whole body at each keystroke.
    assert.ok(!(await status.innerText()).includes("{"));
  });

  pageTest("all fields are reached with the Tab key, in reading order", async (page) => {
    const reached = [];
    for (let count = 0; count < 20; count += 1) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(() => document.activeElement?.id ?? ""));
    }
    const wanted = [
      "create-sample",
      "scheme",
      "show-secret",
      "secret",
      "headers",
      "body",
      "body-format",
    ];
    const order = wanted.map((id) => reached.indexOf(id));
    assert.ok(!order.includes(-1), `${reached}`);
    assert.deepEqual(
      order,
      order.toSorted((one, other) => one - other),
    );
  });

  pageTest(
    "the page fits a width of 360 pixels, with the headline of the verdict in view",
    async (page) => {
      const width = () => page.evaluate(() => document.scrollingElement?.scrollWidth);
      assert.equal(await width(), 360);
      const body = bodyField(page);
      await body.fill(`${await body.inputValue()} `);
      await settled(page);
      const bar = page.getByRole("link", { name: "Signature mismatch" });
      const box = await bar.boundingBox();
      assert.ok(box && box.y + box.height <= 700, JSON.stringify(box));
      await bar.click();
      await page.getByRole("heading", { name: "What to do" }).waitFor();
      assert.equal(await width(), 360);
      await enter(page, { scheme: "svix", headers: `x: ${"y".repeat(500)}`, secret: "c2VjcmV0" });
      assert.equal(await width(), 360);
    },
    { viewport: { width: 360, height: 700 } },
  );

  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    pageTest(
      `text has enough contrast in ${colorScheme} mode`,
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
          assert.deepEqual(await page.evaluate(textsWithLowContrast), []);
        }
      },
      { colorScheme },
    );
  }
});

/** Runs in the page. Returns the texts whose contrast is below the minimum of WCAG 2.2 (1.4.3). */
function textsWithLowContrast() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!canvas) throw new Error("no canvas");
  const luminance = (/** @type {Uint8ClampedArray} */ [red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** Returns the luminance of colours painted over each other. */
  const paintedLuminance = (/** @type {string[]} */ colours) => {
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return luminance(canvas.getImageData(0, 0, 1, 1).data);
  };
  const lowContrast = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const text = own.map((node) => node.textContent?.trim()).join("");
    const isShown = element.checkVisibility({ visibilityProperty: true });
    if (!isShown || text === "" || element.matches("option, :disabled *, :disabled")) continue;
    const backgrounds = [];
    for (let at = element; at; at = at.parentElement) {
      backgrounds.unshift(getComputedStyle(at).backgroundColor);
    }
    const background = paintedLuminance(backgrounds);
    const ink = paintedLuminance([...backgrounds, getComputedStyle(element).color]);
    const contrast = (Math.max(background, ink) + 0.05) / (Math.min(background, ink) + 0.05);
    if (contrast < 4.5) lowContrast.push(`${text}: ${contrast.toFixed(2)}`);
  }
  return lowContrast;
}
