// An administrator's way through who is on duty, in a real browser against a running server: an absence, its
// stand-in, its end; a role with days, and its end.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, launch, picture } from "./browser.mjs";
import { signIn } from "./office.mjs";

const { CONSOLE_URL: url, STAFF_NAME: name, STAFF_PASSWORD: password, AWAY: away, HELPER: helper, OWN: own } = process.env;

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

/** Some days after a day, as `2026-12-01`. */
const later = (day, days) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

async function answer() {
  await at("dialog-yes").click();
  await at("dialog").waitFor({ state: "detached" });
}

/** A row of its own: its name is the first thing in it. */
const line = (person) => page.locator('[data-testid="duty-row"]').filter({ has: page.locator("strong", { hasText: person }) });
const act = (person, id) => line(person).getByTestId(id).first();

test("an administrator sees who is on duty, and that their own roles are not theirs to change", async () => {
  await page.goto(`${url}/#/duty`);
  await signIn(page, name, password);
  await line(away).waitFor();
  assert.match(await at("duty-today").innerText(), /无人请假/);
  await picture(page, "duty-calm");
  await act(own, "duty-open").click();
  assert.equal(await line(own).getByTestId("role-give").count(), 0);
  await act(own, "duty-open").click();
});

test("somebody is away, nobody stands in, then somebody does, then they are back", async () => {
  await act(away, "duty-open").click();
  await act(away, "absence-enter").click();
  assert.equal(await at("dialog-yes").isDisabled(), true, "an absence has a last day");
  const today = await at("duty-from").inputValue();
  await at("duty-until").fill(later(today, 9));
  await picture(page, "duty-enter", false);
  await answer();
  await line(away).and(page.locator('[data-today="uncovered"]')).waitFor();
  await act(away, "absence-change").click();
  await at("duty-stand-in").selectOption({ label: helper });
  await answer();
  await line(away).and(page.locator('[data-today="absent"]')).waitFor();
  assert.match(await line(helper).innerText(), new RegExp(away));
  await picture(page, "duty-open");
  await act(away, "absence-end").click();
  await answer();
  await line(away).and(page.locator('[data-today="works"]')).waitFor();
});

test("a role is given with days and a reason, and ended", async () => {
  await act(away, "role-give").click();
  await at("duty-role").selectOption("inspector");
  await at("duty-where").selectOption({ index: 1 });
  assert.equal(await at("dialog-yes").isDisabled(), true, "nothing is given without a reason");
  await at("duty-until").fill(later(await at("duty-from").inputValue(), 20));
  await at("duty-reason").fill("顶替休假的同事");
  await answer();
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="role-end"]').length === 2);
  await act(away, "role-give").click();
  await at("duty-role").selectOption("inspector");
  await at("duty-where").selectOption({ index: 1 });
  await at("duty-reason").fill("再来一次");
  await at("dialog-yes").click();
  await page.getByText("此人在该片区已有这个角色").waitFor();
  await picture(page, "duty-refused", false);
  await at("dialog-no").click();
  await line(away).locator("li", { hasText: "检查员" }).getByTestId("role-end").click();
  await at("duty-reason").fill("同事已返岗");
  await at("duty-until").fill("");
  await answer();
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="role-end"]').length === 1);
});

test("on a phone, in English, nothing runs out of the page", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await at("language-en").click();
  await page.getByRole("heading", { name: "Who is on duty" }).waitFor();
  await picture(page, "duty-phone-en");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${wide} px too wide`);
  assert.deepEqual(complaints, []);
});
