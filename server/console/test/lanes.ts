// The timeline's geometry.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change } from "../src/api/types";
import { lanesOf, scaleOf } from "../src/lib/lanes";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const change = (seq: number, who: string, written: number | null, received: number): Change => ({
  seq,
  record: "r",
  kind_label: { zh: "走访", en: "Visit" },
  author: { id: who, name: who, device: `${who}-phone` },
  written_at: written,
  received_at: received,
  fields: [],
});

test("moments keep their order, and a week takes no more than a few times an hour's room", () => {
  const scale = scaleOf([change(1, "a", 0, 60 * MINUTE), change(2, "b", 7 * DAY, 7 * DAY)], 0, 1000);
  assert.equal(scale.at(0), 0);
  assert.equal(Math.round(scale.at(7 * DAY)), 1000);
  assert.ok(scale.at(60 * MINUTE) > 250);
  assert.equal(scale.breaks.length, 1);
});

test("each device has its lane, and changes too close to tell apart share a dot", () => {
  const changes = [change(1, "a", 0, DAY), change(2, "a", 1, DAY), change(3, "b", 5 * MINUTE, DAY)];
  const lanes = lanesOf(changes, scaleOf(changes, 0, 1000));
  assert.deepEqual(
    lanes.map((lane) => [lane.author?.id, lane.dots.map((dot) => dot.changes.length)]),
    [["a", [2]], ["b", [1]]],
  );
});

test("a change whose phone told no time stands where the server received it", () => {
  const changes = [change(1, "a", null, DAY)];
  const scale = scaleOf(changes, 0, 1000);
  assert.deepEqual(lanesOf(changes, scale)[0]?.dots.map((dot) => dot.x), [scale.at(DAY)]);
  assert.equal(scale.ticks.length, 1);
});

test("labels of moments never stand closer than their room", () => {
  const changes = Array.from({ length: 40 }, (_, i) => change(i, "a", i * 3 * MINUTE, DAY));
  const { at, ticks } = scaleOf(changes, 0, 700);
  ticks.slice(1).forEach((tick, i) => assert.ok(at(tick) - at(ticks[i]!) >= 96));
  assert.equal(ticks[ticks.length - 1], DAY);
});
