// A request in a real browser against a running server: a reviewer finds a resident and takes the request in, two
// others agree, one of them erases.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, launch, picture } from "./browser.mjs";
import { signIn } from "./office.mjs";

const { CONSOLE_URL: url, STAFF_PASSWORD: password, TAKER: taker, FIRST: first, SECOND: second, EXPECT_NAME: name } =
  process.env;

let browser;
let page;
let complaints;
let request;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

const at = (id) => page.getByTestId(id);

async function begin(login) {
  ({ page, complaints } = await freshPage(browser));
  page.setDefaultTimeout(15_000);
  await page.goto(url);
  await signIn(page, login, password);
  await at("nav-requests").waitFor();
}

async function agree(login) {
  await begin(login);
  await page.goto(`${url}/#/requests`);
  await at("request-line").first().click();
  await at("request-approve").waitFor();
  assert.match(await at("request-number").innerText(), /^\*+\w{4}$/, "the number can be compared, and not read");
  await at("request-approve").click();
  assert.equal(await at("dialog-yes").isDisabled(), true, "nobody agrees without a reason");
  await at("dialog-text").fill("材料齐全,同意");
  await picture(page, `agree-${login}`);
  await at("dialog-yes").click();
  await at("dialog").waitFor({ state: "detached" });
}

async function find(text, by = "name") {
  await at("nav-search").click();
  await at("search-by").selectOption(by);
  await at("search-words").fill(text);
  await at("search-look").click();
  await at("search-hit").first().waitFor();
}

test("a long list goes on where it ended", async () => {
  await begin(taker);
  await find("司马");
  assert.equal(await at("search-hit").count(), 50);
  await picture(page, "search-page", false);
  // What is typed meanwhile does not belong to the list.
  await at("search-words").fill("欧阳");
  await at("search-more").click();
  await at("search-hit").nth(54).waitFor();
  await at("search-more").waitFor({ state: "detached" });
  assert.equal(await at("search-hit").count(), 55);
  await at("search-count").scrollIntoViewIfNeeded();
  await picture(page, "search-end", false);
  await at("search-words").fill("没有这个人");
  await at("search-look").click();
  await at("empty").waitFor();
  await picture(page, "search-nobody");
  assert.deepEqual(complaints, []);
});

test("a correction asks for a field by its name and for what the field takes", async () => {
  await find(name);
  await at("request-take").first().click();
  await at("intake-kind").selectOption("correction");
  await at("intake-proof").fill("当面出示身份证");
  await at("intake-reason").fill("登记的来居日期有误");
  assert.equal(await at("dialog-yes").isDisabled(), true, "no field is chosen yet");
  await at("intake-field").selectOption({ label: "性别" });
  await at("intake-wanted").selectOption({ label: "男" });
  await at("intake-field").selectOption({ label: "来居日期" });
  await at("intake-wanted").fill("2026-03-01");
  await picture(page, "intake-correction");
  await at("dialog-yes").click();
  await at("request-state").waitFor();
  await page.getByText("2026-03-01").waitFor();
  await picture(page, "correction");
  assert.deepEqual(complaints, []);
});

test("what is held is handed out once, as data and as a paper", async () => {
  await find(name);
  await at("request-take").first().click();
  await at("intake-kind").selectOption("access");
  await at("intake-proof").fill("当面出示身份证");
  await at("intake-reason").fill("想知道登记了什么");
  await at("dialog-yes").click();
  await at("request-state").waitFor();
  for (const login of [first, second]) await agree(login);
  await at("request-handOut").click();
  await picture(page, "hand-out-ask");
  await at("dialog-yes").click();
  await at("handed-out").waitFor();
  await picture(page, "handed-out");
  const [saved] = await Promise.all([page.waitForEvent("download"), at("save-pdf").click()]);
  if (process.env.SCREENSHOT_DIR) await saved.saveAs(`${process.env.SCREENSHOT_DIR}/held.pdf`);
  assert.match(saved.suggestedFilename(), /\.pdf$/);
  assert.equal(await at("request-handOut").count(), 0, "once");
  assert.deepEqual(complaints, []);
});

test("a reviewer finds the resident and takes the request in", async () => {
  await begin(taker);
  await at("nav-search").click();
  await at("search-words").fill(name.slice(1, 3));
  await at("search-look").click();
  await at("search-hit").waitFor();
  assert.equal(new URL(page.url()).hash, "#/search", "what is looked for stands in no address");
  await picture(page, "search");
  await at("request-take").click();
  await at("intake-kind").selectOption("erasure");
  await at("intake-proof").fill("当面出示身份证");
  assert.equal(await at("dialog-yes").isDisabled(), true);
  await at("intake-reason").fill("已搬离本市,不再需要登记");
  await picture(page, "intake");
  await at("dialog-yes").click();
  await at("request-state").waitFor();
  request = page.url();
  assert.equal(await at("request-approve").count(), 0, "whoever asks does not agree");
  assert.equal(await at("request-erase").count(), 0);
  await picture(page, "request");
  assert.deepEqual(complaints, []);
});

test("two others agree and one of them erases", async () => {
  await agree(first);
  assert.equal(await at("request-erase").count(), 0);
  await agree(second);
  await at("request-erase").click();
  await picture(page, "erase");
  await at("dialog-yes").click();
  await at("erased").waitFor();
  await picture(page, "erased");
  await at("language-en").click();
  await page.getByText("Look through these reports:").or(page.getByText("Done")).first().waitFor();
  await picture(page, "erased-en");
  assert.equal(await at("request-erase").count(), 0);
  assert.equal(page.url(), request);
  assert.deepEqual(complaints, []);
});
