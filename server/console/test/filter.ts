// Filters in the address bar.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EVERYTHING, filterFrom, filterQuery, isNarrowed } from "../src/lib/filter";

test("a filter survives the address bar, all but the search text", () => {
  const filter = { area: "a1", kind: "visit", state: "in_review", clashes: true, q: "王丽" } as const;
  assert.deepEqual(filterFrom(new URLSearchParams(filterQuery(filter))), { ...filter, q: "" });
});

test("what is not understood is left out", () => {
  assert.deepEqual(filterFrom(new URLSearchParams("kind=raid&state=lost&clashes=maybe")), EVERYTHING);
  assert.equal(isNarrowed(EVERYTHING), false);
  assert.equal(isNarrowed({ ...EVERYTHING, q: "王" }), true);
});
