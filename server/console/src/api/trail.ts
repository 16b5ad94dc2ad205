// The routes of the audit trail, and the one that shows a masked value.
import { get, post } from "./client";
import type { Label } from "./types";

/** Somebody or something that the trail names. */
export interface Party {
  /** As it stands in the trail, e.g. `staff:0198…`: what the filter takes. */
  id: string;
  kind: "staff" | "device" | "operator" | "person" | "server" | "resident" | "nobody";
  name: string | null;
}

export interface TrailEntry {
  place: number;
  at: number;
  act: string;
  act_label: Label;
  /** `done`, or the code with which it was refused. */
  outcome: string;
  refusal: Label | null;
  times: number;
  actor: Party;
  about: Party | null;
  area: string | null;
  area_name: Label | null;
  record: string | null;
  field: string | null;
  field_label: Label | null;
  detail: string | null;
  address: string | null;
  request: string | null;
  reason: string | null;
}

export interface TrailPage {
  items: TrailEntry[];
  next: number | null;
}

export interface Act {
  code: string;
  label: Label;
}

export const EXPORT = "/v1/trail/export";

export const entries = (query: URLSearchParams, signal?: AbortSignal): Promise<TrailPage> =>
  get(`/v1/trail?${query}`, signal);

export const acts = (signal?: AbortSignal): Promise<{ items: Act[] }> => get("/v1/trail/acts", signal);

/** What somebody may want to see a masked value for. */
export const PURPOSES = ["check", "clash", "duplicate", "contact", "request", "other"] as const;

export type Purpose = (typeof PURPOSES)[number];

export interface MaskedField {
  area: string;
  record: string;
  key: string;
}

/** The bare value, and behind it the others that it clashes with. It is noted. */
export const show = (
  { area, record, key }: MaskedField,
  why: { purpose: Purpose; words: string },
): Promise<{ values: unknown[] }> =>
  post(`/v1/records/${[area, record].map(encodeURIComponent).join("/")}/fields/${encodeURIComponent(key)}/show`, why);
