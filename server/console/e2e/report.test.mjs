// A reviewer's way through the console, in a real browser against a running server: sign in, find the clashes,
// read a report. What is expected there comes from the environment; see `wanted` for the names.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, launch, picture } from "./browser.mjs";
import { signIn } from "./office.mjs";

function wanted(name) {
  const value = process.env[name];
  assert.ok(value, `set ${name}`);
  return value;
}

const url = wanted("CONSOLE_URL");
const name = wanted("STAFF_NAME");
const password = wanted("STAFF_PASSWORD");
const address = wanted("EXPECT_ADDRESS");
const key = wanted("EXPECT_CLASH_KEY");
const values = JSON.parse(wanted("EXPECT_VALUES"));
const authors = JSON.parse(wanted("EXPECT_AUTHORS"));

let browser;
let page;
let complaints;

before(async () => {
  browser = await launch();
  ({ page, complaints } = await freshPage(browser));
  page.setDefaultTimeout(15_000);
});

after(async () => {
  await browser?.close();
});

const at = (id) => page.getByTestId(id);
const clashCard = () => page.locator(`[data-testid="clash-card"][data-key="${key}"]`);

/** The texts of all elements, in order of the alphabet, so that the order on the page does not matter. */
const texts = async (locator) => (await locator.allTextContents()).map((text) => text.trim()).sort();

/** Waits until the list shows what was searched for and nothing is on the way. */
const listSettled = () =>
  page.waitForFunction((address) => {
    const list = document.querySelector('[data-testid="report-list"][aria-busy="false"]');
    const rows = [...(list?.querySelectorAll('[data-testid="report-row"]') ?? [])];
    return rows.length > 0 && rows.every((row) => row.textContent.includes(address));
  }, address);

test("a wrong password is refused in words", async () => {
  await page.goto(url);
  await at("sign-in").waitFor();
  await signIn(page, name, `${password}-wrong`);
  const problem = await at("problem").textContent();
  assert.match(problem, /[\u4e00-\u9fff]{4,}/, "the error speaks Chinese");
  assert.ok((await at("problem").getAttribute("data-code"))?.length, "the error carries its code");
  await picture(page, "sign-in-refused");
});

test("the right password opens the list", async () => {
  await signIn(page, name, password);
  await at("report-list").waitFor();
  await at("person").waitFor();
  await picture(page, "list-zh-1280", false);
});

test("the list narrows to reports with clashes", async () => {
  await at("filter-clashes").click();
  await page.waitForFunction(() => {
    const rows = [...document.querySelectorAll('[data-testid="report-row"]')];
    return rows.length > 0 && rows.every((row) => row.querySelector('[data-testid="clash-badge"]'));
  });
  assert.equal(await at("filter-clashes").getAttribute("aria-pressed"), "true");
  await picture(page, "list-clashes-zh-1280", false);
});

test("the slash key leads to the search, and the search finds the address", async () => {
  await page.locator("body").press("/");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-testid")), "search");
  const answered = page.waitForResponse((answer) => new URL(answer.url()).searchParams.get("q") === address);
  await at("search").fill(address);
  await answered;
  await listSettled();
});

test("arrow keys and Enter open the report; address and state stand on top", async () => {
  const rows = await at("report-row").count();
  for (let row = 0; row < rows; row += 1) {
    await page.locator("body").press("/");
    for (let step = 0; step <= row; step += 1) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.ok((await at("report-address").textContent()).includes(address));
    assert.ok((await at("report-state").textContent()).trim().length > 0);
    if ((await clashCard().count()) > 0) return;
    // Another report of the same home: Esc leads back to the list.
    await page.keyboard.press("Escape");
    await listSettled();
  }
  assert.fail(`no report at ${address} has a clash in ${key}`);
});

test("the clash shows both values, both authors and which value stands", async () => {
  await clashCard().waitFor();
  assert.deepEqual(await texts(clashCard().getByTestId("clash-value")), [...values].sort());
  assert.deepEqual(await texts(clashCard().getByTestId("clash-author")), [...authors].sort());
  assert.equal(await clashCard().locator('[data-effective="true"]').count(), 1, "one value stands for now");
  assert.ok((await clashCard().getByTestId("clash-why").textContent()).length > 8, "and the card says why");
  const field = page.locator(`[data-testid="field"][data-key="${key}"]`).first();
  assert.ok((await field.textContent()).includes("有冲突"), "the field itself is marked");
});

test("a photo's thumbnail is really loaded, and opens large", async () => {
  const thumbnail = at("photo-thumbnail").first();
  await thumbnail.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => {
    const image = document.querySelector('[data-testid="photo-thumbnail"]');
    return image instanceof HTMLImageElement && image.complete && image.naturalWidth > 0;
  });
  await thumbnail.click();
  await page.waitForFunction(() => (document.querySelector('[data-testid="photo-large"]')?.naturalWidth ?? 0) > 0);
  await picture(page, "photo-large", false);
  await page.keyboard.press("Escape");
  await at("photo-viewer").waitFor({ state: "detached" });
  await at("report-address").waitFor();
});

test("English changes the labels, and the choice outlives a reload", async () => {
  const label = clashCard().getByTestId("clash-label");
  const inChinese = await label.textContent();
  await picture(page, "report-zh-1280");
  await at("language-en").click();
  await page.waitForFunction(() => document.documentElement.lang === "en");
  const inEnglish = await label.textContent();
  assert.notEqual(inEnglish, inChinese);
  assert.match(inEnglish, /[A-Za-z]/);
  await picture(page, "report-en-1280");
  await page.reload();
  await clashCard().waitFor();
  assert.equal(await label.textContent(), inEnglish);
});

test("nothing is cut off at 800 pixels", async () => {
  await page.setViewportSize({ width: 800, height: 1000 });
  const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
  assert.ok(await fits(), "the report fits");
  await picture(page, "report-en-800");
  await at("language-zh").click();
  await picture(page, "report-zh-800");
  await page.locator("body").press("Escape");
  await at("report-list").waitFor();
  assert.ok(await fits(), "the list fits");
  await picture(page, "list-zh-800", false);
});

test("signing out leaves nothing to see, and the page never broke its content policy", async () => {
  await at("sign-out").click();
  await at("sign-in").waitFor();
  assert.equal(await at("report-row").count(), 0);
  assert.deepEqual(complaints, []);
});
