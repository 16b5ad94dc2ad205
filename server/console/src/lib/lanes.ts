// The timeline's geometry: changes sorted into a lane a device, and moments laid on a line
// where quiet stretches shrink, so that an hour's work stays readable beside a week's pause.
import type { Author, Change } from "../api/types";

/** Changes of one lane that lie too close together to be told apart. */
export interface Dot {
  x: number;
  /** Where the server received the last of them. */
  arrived: number;
  changes: Change[];
}

export interface Lane {
  author: Author | null;
  dots: Dot[];
}

export interface Scale {
  at: (time: number) => number;
  /** Moments worth a label, left to right. */
  ticks: number[];
  /** Pauses so long that the line is drawn broken: where, and how long. */
  breaks: { x: number; length: number }[];
}

const MINUTE = 60_000;
const LONG_PAUSE = 6 * 60 * MINUTE;
const TICK_ROOM = 96;
const DOT_ROOM = 15;

/** By the phone's clock where it gave a time, else by the server's. */
export const writtenAt = (change: Change): number => change.written_at ?? change.received_at;

/** Lays moments between `from` and `to`: a pause takes room by the logarithm of its length. */
export function scaleOf(changes: Change[], from: number, to: number): Scale {
  const times = [...new Set(changes.flatMap((c) => [writtenAt(c), c.received_at]))].sort((a, b) => a - b);
  const starts = [0];
  for (let i = 1; i < times.length; i += 1) {
    const pause = times[i]! - times[i - 1]!;
    starts.push(starts[i - 1]! + Math.log2(1 + pause / MINUTE));
  }
  const whole = starts[starts.length - 1] || 1;
  const place = new Map(times.map((time, i) => [time, from + ((to - from) * starts[i]!) / whole]));
  const at = (time: number): number => place.get(time) ?? from;
  const breaks = times.flatMap((time, i) => {
    const before = times[i - 1];
    if (before === undefined || time - before < LONG_PAUSE) return [];
    return [{ x: (at(before) + at(time)) / 2, length: time - before }];
  });
  return { at, ticks: spaced(times, at), breaks };
}

/** One lane for each person's device, in the order they first wrote. */
export function lanesOf(changes: Change[], scale: Scale): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const change of [...changes].sort((a, b) => writtenAt(a) - writtenAt(b) || a.seq - b.seq)) {
    const name = `${change.author?.id ?? ""}\n${change.author?.device ?? ""}`;
    const lane = lanes.get(name) ?? { author: change.author, dots: [] };
    lanes.set(name, lane);
    const x = scale.at(writtenAt(change));
    const arrived = scale.at(change.received_at);
    const near = lane.dots[lane.dots.length - 1];
    if (near !== undefined && x - near.x < DOT_ROOM) {
      near.changes.push(change);
      near.arrived = Math.max(near.arrived, arrived);
    } else {
      lane.dots.push({ x, arrived, changes: [change] });
    }
  }
  return [...lanes.values()];
}

/** As many moments as fit with room for their labels: the first and the last always, then by order. */
function spaced(times: number[], at: (time: number) => number): number[] {
  const last = times[times.length - 1];
  if (last === undefined) return [];
  const kept: number[] = [];
  for (const time of times) {
    const before = kept[kept.length - 1];
    if (before === undefined || at(time) - at(before) >= TICK_ROOM) kept.push(time);
  }
  while (kept.length > 1 && at(last) - at(kept[kept.length - 1]!) < TICK_ROOM) kept.pop();
  return kept.includes(last) || at(last) - at(kept[0]!) < TICK_ROOM ? kept : [...kept, last];
}
