// What the list is narrowed to, and how that is written in the address bar. The search text stays out of it:
// people search for names, and a browser's history is no place for them.
import type { Kind } from "../api/types";

export interface Filter {
  area: string;
  kind: Kind | "";
  state: string;
  clashes: boolean;
  q: string;
}

/** The states a report passes through, in order. */
export const STATES = ["draft", "submitted", "in_review", "returned", "resubmitted", "accepted"] as const;

export type State = (typeof STATES)[number];

export const KINDS: readonly Kind[] = ["visit", "inspection"];

export const EVERYTHING: Filter = { area: "", kind: "", state: "", clashes: false, q: "" };

/** Reads the address bar's part of a filter; what it does not understand it leaves out. */
export function filterFrom(query: URLSearchParams): Filter {
  return {
    area: query.get("area") ?? "",
    kind: KINDS.find((kind) => kind === query.get("kind")) ?? "",
    state: STATES.find((state) => state === query.get("state")) ?? "",
    clashes: query.get("clashes") === "true",
    q: "",
  };
}

/** Writes the address bar's part of a filter, without a leading question mark. */
export function filterQuery(filter: Filter): string {
  const query = new URLSearchParams();
  if (filter.area) query.set("area", filter.area);
  if (filter.kind) query.set("kind", filter.kind);
  if (filter.state) query.set("state", filter.state);
  if (filter.clashes) query.set("clashes", "true");
  return query.toString();
}

export function isNarrowed(filter: Filter): boolean {
  return filter.q !== "" || filterQuery(filter) !== "";
}
