// Where two values differ.
import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceFrom } from "../src/lib/difference";

test("two swapped digits of a phone number are found", () => {
  assert.deepEqual(differenceFrom("13940125678", "13940126578"), { before: "1394012", changed: "56", after: "78" });
});

test("values that share little are not marked", () => {
  assert.equal(differenceFrom("合格", "不合格"), null);
  assert.equal(differenceFrom("房东在场", "无人应答过"), null);
  assert.equal(differenceFrom("13940125678", ""), null);
});

test("a value that only lacks something has nothing of its own to mark", () => {
  assert.equal(differenceFrom("楼道堆放杂物", "楼道堆放杂物，已清理"), null);
  assert.deepEqual(differenceFrom("楼道堆放杂物，已清理", "楼道堆放杂物"), {
    before: "楼道堆放杂物",
    changed: "，已清理",
    after: "",
  });
});

test("characters beyond the basic plane are not cut in two", () => {
  assert.deepEqual(differenceFrom("𠮷田一号楼", "𠮸田一号楼"), { before: "", changed: "𠮷", after: "田一号楼" });
});
