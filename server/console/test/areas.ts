// Areas laid flat.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Area } from "../src/api/types";
import { asTree } from "../src/lib/areas";

const area = (id: string, code: string, parent: string | null): Area => ({
  id,
  code,
  parent,
  name: { zh: id, en: id },
  level: "community",
  reports: 0,
  clashes: 0,
});

test("children follow their parent in code order, and an unseen parent starts a tree", () => {
  const lines = asTree([area("b", "12", "top"), area("far", "30", "unseen"), area("a", "11", "top"), area("top", "1", null)]);
  assert.deepEqual(
    lines.map(({ area, depth }) => [area.id, depth]),
    [["top", 0], ["a", 1], ["b", 1], ["far", 0]],
  );
});
