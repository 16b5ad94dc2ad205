// The routes about residents: looking somebody up, and what they ask of the district.
import { get, post } from "./client";
import type { Label } from "./types";

export const SORTS = ["name", "number", "phone"] as const;

export type Sort = (typeof SORTS)[number];

export interface FoundRecord {
  area: string;
  area_name: Label;
  record: string;
  kind: string;
  kind_label: Label;
  name: string | null;
  fields: { key: string; label: Label; value: unknown; masked: boolean }[];
  home: string | null;
  address: string | null;
  reports: { area: string; record: string; kind: string; received_at: number }[];
}

/** A field that a resident may ask to have corrected. */
export interface Correctable {
  key: string;
  label: Label;
  holds: string;
  choices: { code: string; label: Label }[];
}

export interface Found {
  items: FoundRecord[];
  /** Where the next page begins, if there may be one. */
  next: string | null;
  /** What can be asked to be corrected, by the kind of record. */
  correctable: Record<string, Correctable[]>;
}

/** A POST: what is looked for stands in no address. */
export const search = (by: Sort, words: string, after: string | null): Promise<Found> =>
  post("/v1/search", { by, words, after });

export const KINDS = ["access", "correction", "erasure"] as const;

export type RequestKind = (typeof KINDS)[number];

export interface ListedRequest {
  id: string;
  kind: RequestKind;
  kind_label: Label;
  state: "open" | "begun" | "done" | "declined";
  state_label: Label;
  area: string;
  area_name: Label;
  taken_by: string | null;
  taken_at: number;
  approvals: number;
  /** How many have to agree; 0 for a correction. */
  wanted: number;
}

interface Shown {
  value: unknown;
  display: Label | null;
  masked: boolean;
}

export interface ResidentRequest extends ListedRequest {
  version: number;
  changed_by: string | null;
  record: string;
  /** The document number of whom it is for, masked: to be compared with the papers. */
  number: string | null;
  name: string | null;
  proof: string | null;
  reason: string | null;
  decision: string | null;
  wishes: { key: string; label: Label; is: Shown; wanted: Shown }[];
  records: { area: string; area_name: Label; record: string }[];
  agreed: { name: string | null; at: number }[];
  may_agree: boolean;
  closed_by: string | null;
  closed_at: number | null;
}

export interface Asked {
  kind: RequestKind;
  area: string;
  record: string;
  proof: string;
  reason: string;
  wishes: { key: string; wanted: string | number | boolean | null }[];
}

/** What an erasure left behind, for the reviewers to look through. */
export interface Erased {
  records: number;
  as_landlord: { area: string; record: string }[];
  reports: { area: string; record: string; kind: string; received_at: number }[];
  notice: Label;
}

const of = (id: string, way = ""): string => `/v1/requests/${encodeURIComponent(id)}${way}`;

export const requests = (): Promise<{ items: ListedRequest[] }> => get("/v1/requests");

export const request = (id: string): Promise<ResidentRequest> => get(of(id));

export const take = (asked: Asked): Promise<{ id: string }> => post("/v1/requests", asked);

export const approve = (id: string, version: number, reason: string): Promise<void> =>
  post(of(id, "/approve"), { version, reason });

export const decline = (id: string, reason: string): Promise<void> => post(of(id, "/decline"), { reason });

export const erase = (id: string): Promise<Erased> => post(of(id, "/erase"));

export const close = (id: string): Promise<void> => post(of(id, "/close"));

/** Once: the data, and the same as a PDF in base64. */
export const handOut = (id: string): Promise<{ held: unknown; pdf: string }> => post(of(id, "/hand-out"));
