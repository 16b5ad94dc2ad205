// The language the person reads, kept in the browser; and the console's words in it.
import type { Label } from "../api/types";
import type { Language } from "../lib/time";
import { en } from "../words/en";
import type { Words } from "../words/keys";
import { zh } from "../words/zh";

const KEPT_AS = "doorstep.language";

export const language = $state<{ code: Language }>({ code: kept() });

/** The console's words in the person's language. */
export const words = (): Words => (language.code === "zh" ? zh : en);

/** The server's words in the person's language. */
export const say = (label: Label): string => label[language.code];

export function choose(code: Language): void {
  language.code = code;
  try {
    localStorage.setItem(KEPT_AS, code);
  } catch {
    // A browser that keeps nothing still switches for this visit.
  }
}

function kept(): Language {
  try {
    return localStorage.getItem(KEPT_AS) === "en" ? "en" : "zh";
  } catch {
    return "zh";
  }
}
