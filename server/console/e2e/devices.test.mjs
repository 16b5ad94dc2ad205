// An administrator's way through people's phones, in a real browser against a running server: suspend one and let
// it go on, revoke it, make a code for another.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, launch, picture } from "./browser.mjs";
import { signIn } from "./office.mjs";

const { CONSOLE_URL: url, STAFF_NAME: name, STAFF_PASSWORD: password, EXPECT_PERSON: person } = process.env;

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
const row = (state) => page.locator(`[data-testid="device-row"][data-state="${state}"]`, { hasText: person });

async function act(what, reason) {
  await at(`device-${what}`).first().click();
  assert.equal(await at("dialog-yes").isDisabled(), true, "nothing is done without a reason");
  await at("dialog-text").fill(reason);
  await at("dialog-yes").click();
  await at("dialog").waitFor({ state: "detached" });
}

test("an administrator comes to the phones and to no report", async () => {
  await page.goto(url);
  await signIn(page, name, password);
  await row("active").waitFor();
  assert.equal(await at("nav-list").count(), 0);
  await picture(page, "devices");
});

test("a phone is named, suspended, let go on and revoked, each asked for first", async () => {
  await at("device-search").fill(person);
  await row("active").waitFor();
  await act("rename", "备用机");
  await page.getByText("备用机").first().waitFor();
  await act("suspend", "交接");
  await row("suspended").waitFor();
  await act("resume", "交接完毕");
  await row("active").waitFor();
  await at("device-revoke").first().click();
  await at("dialog-no").click();
  await row("active").waitFor();
  await act("revoke", "遗失");
  await row("revoked").waitFor();
  assert.equal(await at("device-revoke").count(), 0, "what is revoked stays so");
});

test("a code is shown once, with its drawing, in either language", async () => {
  await at("language-en").click();
  await at("invite").click();
  const option = at("invite-person").locator("option", { hasText: person });
  await at("invite-person").selectOption(await option.getAttribute("value"));
  await at("dialog-yes").click();
  assert.match(await at("invite-code").textContent(), /[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}/);
  await at("invite-qr").locator("svg").waitFor();
  await picture(page, "devices-code", false);
  await page.keyboard.press("Escape");
  await at("dialog").waitFor({ state: "detached" });
});

test("whoever signed in sees their own phones", async () => {
  await at("nav-own-devices").click();
  await at("empty").waitFor();
  assert.deepEqual(complaints, []);
});
