// Signing in where a second factor is demanded, in a real browser: setting it up, showing it, the own account.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
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

let browser;
let page;
let complaints;
let secret;

before(async () => {
  browser = await launch();
  ({ page, complaints } = await freshPage(browser));
  page.setDefaultTimeout(15_000);
});

after(async () => {
  await browser?.close();
});

const at = (id) => page.getByTestId(id);

/** What an app shows for a secret (RFC 6238), so many steps of 30 seconds from now. */
function code(letters, steps = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...letters].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", key).update(counter).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

const enter = () => signIn(page, name, password);

test("the first sign-in is good for setting a second factor up", async () => {
  await page.goto(url);
  await at("sign-in").waitFor();
  await picture(page, "sign-in");
  await enter();
  await at("enrolment").waitFor();
  await at("factor-qr").waitFor();
  secret = (await at("factor-secret").textContent()).replace(/\s/g, "");
  await picture(page, "sign-in-enrolment");
  await at("factor-code").fill("000000");
  await at("factor-submit").click();
  assert.equal(await at("problem").getAttribute("data-code"), "code_wrong");
  await at("factor-code").fill(code(secret));
  await at("factor-submit").click();
  await at("recovery-codes").waitFor();
  assert.equal(await at("recovery-codes").locator("li").count(), 10);
  await picture(page, "sign-in-recovery-codes");
  await at("recovery-kept").click();
  await at("person").waitFor();
});

test("the next one asks for a code, and the account says what is set up", async () => {
  await at("sign-out").click();
  await at("language-en").click();
  await enter();
  await at("second-factor").waitFor();
  await picture(page, "sign-in-second-factor");
  await at("second-factor-code").fill("not a code");
  await at("second-factor-submit").click();
  assert.equal(await at("problem").getAttribute("data-code"), "code_wrong");
  // The present one was used; the next is good half a minute early.
  await at("second-factor-code").fill(code(secret, 1));
  await at("second-factor-submit").click();
  await at("person").click();
  await at("account").waitFor();
  assert.match(await at("factor-panel").textContent(), /10 recovery codes left/);
  await at("session").first().waitFor();
  assert.equal(await at("session").count(), 1);
  await picture(page, "account");
});

test("the password is changed with the old one", async () => {
  await at("password-old").fill(password);
  await at("password-new").fill("short");
  await at("password-submit").click();
  assert.equal(await at("problem").getAttribute("data-code"), "password_length");
  await at("password-old").fill(password);
  await at("password-new").fill("nine red lanterns");
  await at("password-submit").click();
  await at("password-changed").waitFor();
});

test("whoever has an invitation finds the way to use it", async () => {
  await at("sign-out").click();
  await at("sign-in-invited").click();
  await at("invitation").waitFor();
  await picture(page, "invitation");
  await at("invitation-code").fill("AAAA-BBBB-CCCC");
  await at("invitation-password").fill("three wet umbrellas");
  await at("invitation-submit").click();
  assert.equal(await at("problem").getAttribute("data-code"), "invitation_invalid");
});

test("a way back that failed says why", async () => {
  await page.goto("about:blank");
  await page.goto(`${url}/#/sign-in/oidc_unbound`);
  assert.match(await at("sign-in-failed").textContent(), /invitation/);
});

test("nothing broke on the way", () => {
  assert.deepEqual(complaints, []);
});
