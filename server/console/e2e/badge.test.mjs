// A resident's look at a worker's badge, in a real browser of the size of an old phone. Whatever it says must be
// seen without scrolling sideways, without a script, and read in Chinese and English.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, launch, picture } from "./browser.mjs";

function wanted(name) {
  const value = process.env[name];
  assert.ok(value, `set ${name}`);
  return value;
}

const cases = [
  { state: "valid", url: wanted("VALID_URL"), says: /现在有效.*Valid now/s },
  { state: "stale", url: wanted("STALE_URL"), says: /现在无效.*Not valid now/s },
  { state: "void", url: wanted("VOID_URL"), says: /无效.*Not valid/s },
];
const name = wanted("EXPECT_NAME");

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

/** Opens a page on a small phone without scripts. */
async function open(url) {
  const { page, complaints } = await freshPage(browser, {
    viewport: { width: 320, height: 568 },
    javaScriptEnabled: false,
  });
  await page.goto(url);
  return { page, complaints };
}

/** The relative luminance of `rgb(r, g, b)` (WCAG 2.2). */
function luminance(colour) {
  const [r, g, b] = colour.match(/\d+/g).map((part) => {
    const c = Number(part) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

for (const { state, url, says } of cases) {
  test(`${state}: the verdict is big, in words, and seen at once`, async () => {
    const { page, complaints } = await open(url);
    const verdict = page.locator("h1");
    assert.equal(await verdict.getAttribute("data-state"), state);
    assert.match(await verdict.textContent(), says);
    const box = await verdict.boundingBox();
    assert.ok(box.y + box.height < 568, "it is on the first screen");
    const wide = await page.locator("body").evaluate((body) => body.scrollWidth);
    assert.ok(wide <= 320, `${wide} pixels wide`);
    const style = await verdict.evaluate((h1) => {
      const { color, backgroundColor, fontSize } = getComputedStyle(h1);
      return { color, backgroundColor, fontSize };
    });
    assert.ok(Number.parseFloat(style.fontSize) >= 28, style.fontSize);
    const [light, dark] = [luminance(style.color), luminance(style.backgroundColor)].sort((a, b) => b - a);
    assert.ok((light + 0.05) / (dark + 0.05) >= 7, "AAA contrast");
    const small = await page.locator("body *").evaluateAll((all) =>
      all
        .filter((one) => one.textContent.trim() !== "" && !["STYLE", "TITLE"].includes(one.tagName))
        .map((one) => Number.parseFloat(getComputedStyle(one).fontSize))
        .filter((size) => size < 12.5),
    );
    assert.deepEqual(small, [], "nothing is in small print");
    const call = await page.getByRole("link").boundingBox();
    assert.ok(call.height >= 44, "a thumb finds the number to call");
    await picture(page, `badge-${state}`);
    assert.deepEqual(complaints, []);
  });
}

test("a valid badge shows name and portrait; others show nobody", async () => {
  for (const { state, url } of cases) {
    const { page } = await open(url);
    const valid = state === "valid";
    assert.equal((await page.textContent("body")).includes(name), valid, state);
    assert.equal(await page.locator("img").count(), valid ? 1 : 0, state);
  }
  const { page } = await open(cases[0].url);
  const drawn = await page.locator("img").evaluate((img) => img.naturalWidth);
  assert.ok(drawn > 0, "the portrait is drawn");
});
