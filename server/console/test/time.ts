// Moments in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { absolute, calendarDate, duration, moment, relative } from "../src/lib/time";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 4, 1, 4); // 12:00 in China

test("how long ago is told in the largest whole unit", () => {
  assert.equal(relative(NOON - 12 * MINUTE, NOON, "zh"), "12分钟前");
  assert.equal(relative(NOON - 119 * MINUTE, NOON, "en"), "1 hour ago");
  assert.equal(relative(NOON - 24 * HOUR, NOON, "zh"), "昨天");
  assert.equal(relative(NOON - 5_000, NOON, "en"), "now");
});

test("a phone whose clock runs ahead is shown as it is", () => {
  assert.equal(relative(NOON + 2 * HOUR, NOON, "en"), "in 2 hours");
});

test("moments are told by China's clock, wherever the computer is", () => {
  assert.match(absolute(NOON, "zh"), /2026年5月1日.*12:00:00/);
  assert.match(moment(NOON, NOON, "zh"), /^5月1日.*12:00$/);
  assert.match(moment(NOON - 365 * 24 * HOUR, NOON, "zh"), /2025/);
});

test("durations and dates read well", () => {
  assert.equal(duration(37 * MINUTE, "en"), "37 minutes");
  assert.equal(duration(3 * 24 * HOUR, "zh"), "3天");
  assert.equal(calendarDate("2026-05-01", "zh"), "2026年5月1日");
  assert.equal(calendarDate("soon", "en"), "soon");
});
