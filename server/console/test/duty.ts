// The picture of who is on duty.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Absence, Held, Worker } from "../src/api/duty";
import { SHOWN, dayOf, monday, numberOf, spans, today } from "../src/lib/duty";

const label = { zh: "协管员", en: "Coordinator" };
const held = (from: string | null, until: string | null, over = false): Held => ({ area: "1", role: "coordinator", label, from, until, over });
const away = (from: string, until: string, name?: string): Absence => ({
  id: 1,
  from,
  until,
  other: name === undefined ? null : { id: name, name },
});
const worker = (roles: Held[], absences: Absence[] = [], standsIn: Absence[] = []): Worker => ({
  id: "p",
  name: "李春梅",
  roles,
  absences,
  stands_in: standsIn,
  may: { roles: true, absences: true },
});

/** A Monday. */
const FIRST = "2026-11-23";
const first = numberOf(FIRST);

test("the picture begins on the Monday of the day", () => {
  assert.equal(dayOf(monday("2026-11-22")), "2026-11-16");
  assert.equal(dayOf(monday(FIRST)), FIRST);
  assert.equal(dayOf(monday("2026-11-29")), FIRST);
});

test("a span holds its last day, is cut at the picture's edges, and touching ones are one", () => {
  assert.deepEqual(spans(worker([held(null, null)]), first), [{ at: 0, days: SHOWN, is: "works" }]);
  assert.deepEqual(spans(worker([held("2026-11-25", "2026-11-25")]), first), [{ at: 2, days: 1, is: "works" }]);
  const apart = worker([held(null, "2026-11-24"), held("2026-11-25", "2026-11-26"), held("2026-12-01", null)]);
  assert.deepEqual(spans(apart, first), [
    { at: 0, days: 4, is: "works" },
    { at: 8, days: SHOWN - 8, is: "works" },
  ]);
  for (const none of [held("2030-01-01", null), held(null, "2026-11-22"), held(null, null, true)]) {
    assert.deepEqual(spans(worker([none]), first), []);
  }
});

test("an absence that nobody covers is told from one that somebody does", () => {
  const seen = spans(worker([], [away("2026-11-23", "2026-11-24", "王"), away("2026-11-30", "2026-11-30")], [away(FIRST, FIRST, "张")]), first);
  assert.deepEqual(seen.map((span) => [span.at, span.days, span.is]), [
    [0, 2, "absent"],
    [7, 1, "uncovered"],
    [0, 1, "stands-in"],
  ]);
});

test("what somebody is today follows their days", () => {
  const roles = [held(null, null)];
  assert.equal(today(worker(roles), FIRST), "works");
  assert.equal(today(worker(roles, [away(FIRST, FIRST, "王")]), FIRST), "absent");
  assert.equal(today(worker(roles, [away(FIRST, FIRST)]), FIRST), "uncovered");
  assert.equal(today(worker(roles, [away("2026-11-24", "2026-11-24")]), FIRST), "works");
  assert.equal(today(worker([held("2026-11-24", null)]), FIRST), "nothing");
});
