// Moments in words. Every moment is shown by China's clock, the one the visit was made by,
// wherever the reviewer's computer believes it is.

export type Language = "zh" | "en";

const ZONE = "Asia/Shanghai";
const LOCALE = { zh: "zh-CN", en: "en-GB" } as const;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number, number][] = [
  ["minute", MINUTE, HOUR],
  ["hour", HOUR, DAY],
  ["day", DAY, 30 * DAY],
  ["month", 30 * DAY, 365 * DAY],
  ["year", 365 * DAY, Infinity],
];

/** "12 minutes ago": the largest unit that fits, whole. */
export function relative(at: number, now: number, language: Language): string {
  const past = at - now;
  const size = Math.abs(past);
  const format = new Intl.RelativeTimeFormat(LOCALE[language], { numeric: "auto" });
  if (size < MINUTE) return format.format(0, "second");
  const [unit, length] = STEPS.find(([, , below]) => size < below) ?? (["year", 365 * DAY] as const);
  return format.format(Math.trunc(past / length), unit);
}

/** "37 minutes": how far two moments lie apart. */
export function duration(size: number, language: Language): string {
  const [unit, length] = STEPS.find(([, , below]) => size < below) ?? (["year", 365 * DAY] as const);
  const count = Math.max(1, Math.round(size / length));
  return new Intl.NumberFormat(LOCALE[language], { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/** Date and time to the second: for the hover, where precision is wanted. */
export function absolute(at: number, language: Language): string {
  return format(at, language, { dateStyle: "long", timeStyle: "medium" });
}

/** Date and time to the minute, short; the year only when it is not this one. */
export function moment(at: number, now: number, language: Language): string {
  const year = yearOf(at) === yearOf(now) ? {} : ({ year: "numeric" } as const);
  return format(at, language, { ...year, month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
}

export function clock(at: number, language: Language): string {
  return format(at, language, { hour: "2-digit", minute: "2-digit" });
}

export function sameDay(a: number, b: number): boolean {
  return format(a, "en", { dateStyle: "short" }) === format(b, "en", { dateStyle: "short" });
}

/** A day by its date and day of the week; today and yesterday by name. */
export function dayName(at: number, now: number, language: Language): string {
  const date = format(at, language, { year: "numeric", month: "long", day: "numeric", weekday: "long" });
  const named = [0, -1].find((days) => sameDay(at, now + days * DAY));
  if (named === undefined) return date;
  const name = new Intl.RelativeTimeFormat(LOCALE[language], { numeric: "auto" }).format(named, "day");
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} · ${date}`;
}

/** A calendar date without a time, as `2026-05-01`; anything else is shown as it came. */
export function calendarDate(value: string, language: Language): string {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(at)) return value;
  return new Intl.DateTimeFormat(LOCALE[language], { dateStyle: "long", timeZone: "UTC" }).format(at);
}

/** A calendar date, short; the year only when it is not that of the other date. */
export function shortDate(value: string, today: string, language: Language): string {
  const year = value.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: "numeric" } as const);
  const options = { ...year, month: "short", day: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(LOCALE[language], options).format(Date.parse(value));
}

/** For `<time datetime>`. */
export const iso = (at: number): string => new Date(at).toISOString();

function yearOf(at: number): string {
  return format(at, "en", { year: "numeric" });
}

function format(at: number, language: Language, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(LOCALE[language], { ...options, timeZone: ZONE, hour12: false }).format(at);
}
