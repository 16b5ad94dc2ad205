// The browser of the end-to-end test: the system's Chromium, quiet, with every complaint of the page collected.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
}

/** A fresh page and the list of what went wrong on it: uncaught errors and breaches of the content policy. */
export async function freshPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "zh-CN", ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  return { page, complaints };
}

/** Keeps a picture of the page when SCREENSHOT_DIR asks for pictures. */
export async function picture(page, name, fullPage = true) {
  const folder = process.env.SCREENSHOT_DIR;
  if (folder === undefined || folder === "") return;
  await mkdir(folder, { recursive: true });
  if (fullPage) await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
}
