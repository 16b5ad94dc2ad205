// A request in a real browser against a running server: a reviewer finds a resident and takes the request in, two
// others agree, one of them erases.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, launch, picture } from "./browser.mjs";

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

async function signIn(login) {
  ({ page, complaints } = await freshPage(browser));
  page.setDefaultTimeout(15_000);
  await page.goto(url);
  await at("sign-in-name").fill(login);
  await at("sign-in-password").fill(password);
  await at("sign-in-submit").click();
  await at("nav-requests").waitFor();
}

async function agree(login) {
  await signIn(login);
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

test("a reviewer finds the resident and takes the request in", async () => {
  await signIn(taker);
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
