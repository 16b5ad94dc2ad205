// What staff do at the console's door, whatever they come for.

/** Fills in the sign-in page that is open, and sends it. */
export async function signIn(page, name, password) {
  await page.getByTestId("sign-in-name").fill(name);
  await page.getByTestId("sign-in-password").fill(password);
  await page.getByTestId("sign-in-submit").click();
}
