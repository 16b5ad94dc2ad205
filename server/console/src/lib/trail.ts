// What the audit trail is narrowed to, how that is written in the address bar and asked of the server, and
// how entries are laid out: by day, and in a day by who did them one after another.
import type { Party, TrailEntry } from "../api/trail";
import { sameDay } from "./time";

export const PERIODS = ["today", "week", "month", "all"] as const;

export type Period = (typeof PERIODS)[number];

export interface TrailFilter {
  period: Period;
  act: string;
  actor: string;
  area: string;
  record: string;
  refused: boolean;
}

export const ALL: TrailFilter = { period: "week", act: "", actor: "", area: "", record: "", refused: false };

const DAY = 86_400_000;

/** China's clock is eight hours ahead all year: its midnights are what "today" means here. */
const CHINA = 8 * 3_600_000;

const DAYS: Record<Exclude<Period, "all">, number> = { today: 1, week: 7, month: 30 };

export const TEXTS = ["act", "actor", "area", "record"] as const;

export function trailFilterFrom(query: URLSearchParams): TrailFilter {
  const filter = { ...ALL, refused: query.get("refused") === "true" };
  filter.period = PERIODS.find((period) => period === query.get("period")) ?? ALL.period;
  for (const name of TEXTS) filter[name] = query.get(name) ?? "";
  return filter;
}

/** The address bar's part, without a leading question mark. */
export function trailFilterQuery(filter: TrailFilter): string {
  const query = new URLSearchParams();
  if (filter.period !== ALL.period) query.set("period", filter.period);
  for (const name of TEXTS) if (filter[name]) query.set(name, filter[name]);
  if (filter.refused) query.set("refused", "true");
  return query.toString();
}

/** What is asked of the server. */
export function trailQuery(filter: TrailFilter, now: number, before: number | null): URLSearchParams {
  const query = new URLSearchParams(TEXTS.flatMap((name) => (filter[name] ? [[name, filter[name]]] : [])));
  if (filter.period !== "all") query.set("from", String(startOf(filter.period, now)));
  if (filter.refused) query.set("refused", "true");
  if (before !== null) query.set("before", String(before));
  return query;
}

/** The midnight from which a period counts, today's day being its last. */
export function startOf(period: Exclude<Period, "all">, now: number): number {
  const midnight = Math.floor((now + CHINA) / DAY) * DAY - CHINA;
  return midnight - (DAYS[period] - 1) * DAY;
}

/** What one party did without another doing something in between. */
export interface Turn {
  actor: Party;
  entries: TrailEntry[];
}

export interface TrailDay {
  at: number;
  count: number;
  turns: Turn[];
}

/** Entries, newest first, by day and by turns. */
export function days(entries: TrailEntry[]): TrailDay[] {
  const days: TrailDay[] = [];
  for (const entry of entries) {
    let day = days[days.length - 1];
    if (day === undefined || !sameDay(day.at, entry.at)) {
      day = { at: entry.at, count: 0, turns: [] };
      days.push(day);
    }
    day.count += 1;
    const turn = day.turns[day.turns.length - 1];
    if (turn?.actor.id === entry.actor.id) turn.entries.push(entry);
    else day.turns.push({ actor: entry.actor, entries: [entry] });
  }
  return days;
}
