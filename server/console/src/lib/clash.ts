// Facts about one clash that stand elsewhere in the report: its field's merge rule, how far apart
// the values were written, and a stable name to scroll to.
import type { Change, Clash, Report, Rule } from "../api/types";

export const clashAnchor = (record: string, key: string): string => `clash-${record}-${key}`;

/** The merge rule of the field in clash; a clash is for a person to settle where no field says otherwise. */
export function ruleOf(clash: Clash, report: Report): Rule {
  const section = report.sections.find((section) => section.record === clash.record);
  return section?.fields.find((field) => field.key === clash.key)?.rule ?? "review";
}

/** Whose record the clash is in: the section's kind and title. */
export function sectionOf(clash: Clash, report: Report) {
  return report.sections.find((section) => section.record === clash.record) ?? null;
}

/** Whether a change wrote a field that is in clash. A change names its fields by their labels. */
export function wroteClash(change: Change, clashes: Clash[]): boolean {
  return clashes.some(
    (clash) => clash.record === change.record && change.fields.some((label) => label.zh === clash.label.zh),
  );
}

/** Milliseconds between the first and the last value written, by the phones' clocks. */
export function apart(clash: Clash): number | null {
  const times = clash.values.flatMap((value) => (value.written_at === null ? [] : [value.written_at]));
  return times.length < 2 ? null : Math.max(...times) - Math.min(...times);
}
