// The routes about areas and reports.
import type { Filter } from "../lib/filter";
import { get } from "./client";
import type { Area, Page, Report, ReportRow } from "./types";

export const PAGE_SIZE = 50;

export const areas = (signal?: AbortSignal): Promise<{ items: Area[] }> => get("/v1/areas", signal);

/** One page of the list: what the filter lets through, after a cursor an earlier page gave. */
export function reports(
  filter: Filter,
  after: string | null,
  limit: number,
  signal?: AbortSignal,
): Promise<Page<ReportRow>> {
  const query = new URLSearchParams();
  if (filter.area) query.set("area", filter.area);
  if (filter.kind) query.set("kind", filter.kind);
  if (filter.state) query.set("state", filter.state);
  if (filter.clashes) query.set("clashes", "true");
  if (filter.q) query.set("q", filter.q);
  if (after !== null) query.set("after", after);
  query.set("limit", String(limit));
  return get(`/v1/reports?${query}`, signal);
}

export const report = (area: string, id: string, signal?: AbortSignal): Promise<Report> =>
  get(`/v1/reports/${encodeURIComponent(area)}/${encodeURIComponent(id)}`, signal);
