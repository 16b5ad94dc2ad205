// A field's value in words: the server's where it sends some, else formatted by its type.
import type { Shown } from "../api/types";
import { absolute, calendarDate, type Language } from "./time";

interface YesNo {
  yes: string;
  no: string;
}

/** What to show for a value, or null when nothing was written. */
export function inWords(shown: Shown, language: Language, words: YesNo): string | null {
  if (isEmpty(shown.value) && shown.display === null) return null;
  if (shown.display !== null) return shown.display[language];
  const { value, type } = shown;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (type === "instant" && typeof value === "number") return absolute(value, language);
  if (type === "date" && typeof value === "string") return calendarDate(value, language);
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map(String).join(language === "zh" ? "、" : ", ");
  return JSON.stringify(value);
}

/** Whether a value is a number somebody reads digit by digit. */
export function isDigits(type: string): boolean {
  return type === "document_number" || type === "phone" || type === "code";
}

/** Whether a value is written out letter by letter, so that two of them can differ in a few. */
export function isSpelt(type: string): boolean {
  return isDigits(type) || type === "text" || type === "long_text" || type === "name";
}

/** A checked item that failed: the one value a reviewer must not overlook. */
export function isFailure(shown: Shown): boolean {
  return shown.type === "choice" && shown.value === "fail";
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}
