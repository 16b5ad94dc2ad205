// What the audit trail is narrowed to, and how its entries are laid out.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrailEntry } from "../src/api/trail";
import { dayName } from "../src/lib/time";
import { ALL, days, startOf, trailFilterFrom, trailFilterQuery, trailQuery } from "../src/lib/trail";

/** 2026-11-22, 17:30 in China. */
const NOW = Date.parse("2026-11-22T17:30:00+08:00");
const HOUR = 3_600_000;

const entry = (place: number, at: number, actor: string): TrailEntry =>
  ({ place, at, actor: { id: actor, kind: "staff", name: actor } }) as TrailEntry;

test("a filter comes back from the address bar as it went there", () => {
  const filter = { ...ALL, period: "all" as const, act: "value_shown", actor: "staff:1", area: "210102", refused: true };
  assert.deepEqual(trailFilterFrom(new URLSearchParams(trailFilterQuery(filter))), filter);
  assert.equal(trailFilterQuery(ALL), "");
  assert.deepEqual(trailFilterFrom(new URLSearchParams("period=century")), ALL);
});

test("a period begins at a midnight of China's clock", () => {
  assert.equal(startOf("today", NOW), Date.parse("2026-11-22T00:00:00+08:00"));
  assert.equal(startOf("week", NOW), Date.parse("2026-11-16T00:00:00+08:00"));
  assert.equal(startOf("today", Date.parse("2026-11-22T00:30:00+08:00")), startOf("today", NOW));
  const asked = trailQuery({ ...ALL, act: "sign_in" }, NOW, 40);
  assert.equal(asked.toString(), `act=sign_in&from=${startOf("week", NOW)}&before=40`);
  assert.equal(trailQuery({ ...ALL, period: "all" }, NOW, null).toString(), "");
});

test("entries are laid out by day and by turns", () => {
  const list = [
    entry(5, NOW, "a"),
    entry(4, NOW - HOUR, "a"),
    entry(3, NOW - 2 * HOUR, "b"),
    entry(2, NOW - 20 * HOUR, "b"),
    entry(1, NOW - 21 * HOUR, "a"),
  ];
  const laid = days(list).map(({ count, turns }) => [count, turns.map((turn) => turn.entries.map(({ place }) => place))]);
  assert.deepEqual(laid, [
    [3, [[5, 4], [3]]],
    [2, [[2], [1]]],
  ]);
});

test("today and yesterday have names", () => {
  assert.match(dayName(NOW, NOW, "zh"), /^今天 · 2026年11月22日/);
  assert.match(dayName(NOW - 20 * HOUR, NOW, "en"), /^Yesterday · /);
  assert.match(dayName(NOW - 96 * HOUR, NOW, "zh"), /^2026年11月18日/);
});
