// Values in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords } from "../src/lib/value";

const words = { yes: "是", no: "否" };
const show = (value: unknown, type: string, display: { zh: string; en: string } | null = null) =>
  inWords({ value, type, display }, "zh", words);

test("the server's words come first", () => {
  assert.equal(show("fail", "choice", { zh: "不合格", en: "Fail" }), "不合格");
});

test("raw values are told by their type", () => {
  assert.equal(show(false, "boolean"), "否");
  assert.equal(show(0, "integer"), "0");
  assert.equal(show(2024, "integer"), "2024");
  assert.equal(show("2026-05-01", "date"), "2026年5月1日");
  assert.equal(show(["电", "气"], "choices"), "电、气");
});

test("nothing written is nothing to show", () => {
  for (const nothing of [null, undefined, "", []]) assert.equal(show(nothing, "text"), null);
});
