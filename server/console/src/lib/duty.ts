// The picture of who is on duty: days as numbers, and each person's weeks as spans between them.
import type { Worker } from "../api/duty";

/** How many days the picture shows, from the Monday before today. */
export const SHOWN = 42;

/** A span of days: what somebody is then. `at` counts from the picture's first day. */
export interface Span {
  at: number;
  days: number;
  is: "works" | "absent" | "uncovered" | "stands-in";
}

export type Today = "works" | "absent" | "uncovered" | "nothing";

/** The number of a day, and the day of a number. */
export const numberOf = (day: string): number => Math.round(Date.parse(day) / 86_400_000);
export const dayOf = (number: number): string => new Date(number * 86_400_000).toISOString().slice(0, 10);

/** The Monday on or before a day. The first of January 1970 was a Thursday. */
export const monday = (day: string): number => {
  const number = numberOf(day);
  return number - ((number + 3) % 7);
};

/** Somebody's spans in the picture: what they are, what is away from it above, whom they help below. */
export function spans(worker: Worker, first: number): Span[] {
  const works = merged(worker.roles.filter((held) => !held.over).map((held) => range(held, first)));
  const away = worker.absences.map((absence) => ({ ...range(absence, first), covered: absence.other !== null }));
  return [
    ...works.map((span) => ({ ...span, is: "works" as const })),
    ...away.map(({ covered, ...span }) => ({ ...span, is: covered ? ("absent" as const) : ("uncovered" as const) })),
    ...worker.stands_in.map((absence) => ({ ...range(absence, first), is: "stands-in" as const })),
  ].filter((span) => span.days > 0);
}

/** What somebody is today. */
export function today(worker: Worker, day: string): Today {
  const covers = (from: string | null, until: string | null): boolean =>
    (from === null || from <= day) && (until === null || day <= until);
  const away = worker.absences.filter((absence) => covers(absence.from, absence.until));
  if (!worker.roles.some((held) => !held.over && covers(held.from, held.until))) return "nothing";
  if (away.length === 0) return "works";
  return away.some((absence) => absence.other !== null) ? "absent" : "uncovered";
}

function range(days: { from: string | null; until: string | null }, first: number): { at: number; days: number } {
  const from = days.from === null ? 0 : Math.max(0, numberOf(days.from) - first);
  const until = days.until === null ? SHOWN : Math.min(SHOWN, numberOf(days.until) - first + 1);
  return { at: from, days: until - from };
}

function merged(ranges: { at: number; days: number }[]): { at: number; days: number }[] {
  const sorted = ranges.filter((one) => one.days > 0).sort((a, b) => a.at - b.at);
  const all: { at: number; days: number }[] = [];
  for (const one of sorted) {
    const last = all[all.length - 1];
    if (last !== undefined && one.at <= last.at + last.days) {
      last.days = Math.max(last.days, one.at + one.days - last.at);
    } else all.push({ ...one });
  }
  return all;
}
