// What went wrong, in the shape of the server's error catalogue. Failures the server could not word
// (no connection, an answer that is no JSON) are worded here, from the console's own words.
import { en } from "../words/en";
import { zh } from "../words/zh";
import type { Label } from "./types";

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly words: Label,
    readonly remedy: Label | null,
    readonly retry: boolean,
  ) {
    super(code);
    this.name = "Problem";
  }
}

type Worded = "network" | "unreadable";

/** A failure the console words itself. */
export function ownProblem(code: Worded, status = 0): Problem {
  return new Problem(
    status,
    code,
    { zh: zh.problem[code], en: en.problem[code] },
    { zh: zh.problem[`${code}Remedy`], en: en.problem[`${code}Remedy`] },
    true,
  );
}

/** The catalogue entry in an error answer's body, or our own words where there is none. */
export function problemFrom(status: number, body: unknown): Problem {
  if (typeof body !== "object" || body === null) return ownProblem("unreadable", status);
  const { code, message, remedy, retry } = body as Record<string, unknown>;
  if (typeof code !== "string" || !isLabel(message)) return ownProblem("unreadable", status);
  return new Problem(status, code, message, isLabel(remedy) ? remedy : null, retry === true);
}

function isLabel(value: unknown): value is Label {
  if (typeof value !== "object" || value === null) return false;
  const { zh, en } = value as Record<string, unknown>;
  return typeof zh === "string" && typeof en === "string";
}
