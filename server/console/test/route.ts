// Places after the `#`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRoute, reportHash } from "../src/lib/route";

test("a report's address leads to the report, whatever its ids are made of", () => {
  const report = { area: "2101/02 甲", id: "0198-ff" };
  assert.deepEqual(parseRoute(reportHash(report)), { at: "report", ...report });
});

test("nothing is the list, and the unknown is nowhere", () => {
  for (const hash of ["", "#", "#/"]) assert.equal(parseRoute(hash).at, "list");
  for (const hash of ["#/reports/a", "#/reports/a/b/c", "#/elsewhere"]) assert.equal(parseRoute(hash).at, "nowhere");
  const list = parseRoute("#/?clashes=true");
  assert.equal(list.at === "list" && list.query.get("clashes"), "true");
});

test("the own account and a way back that failed have places", () => {
  assert.deepEqual(parseRoute("#/account"), { at: "account" });
  assert.deepEqual(parseRoute("#/sign-in/oidc_refused"), { at: "sign-in", code: "oidc_refused" });
});

test("a mistyped escape does not break the page", () => {
  assert.deepEqual(parseRoute("#/reports/%E0%A4%A/b"), { at: "report", area: "%E0%A4%A", id: "b" });
});
