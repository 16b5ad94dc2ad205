// The list of reports as it was last seen: kept while a report is open, so that coming back is instant
// and the report can lead to its neighbours. Forgotten on sign-out.
import { Problem } from "../api/problem";
import * as api from "../api/reports";
import type { Area, ReportRow } from "../api/types";
import { EVERYTHING, type Filter } from "../lib/filter";

class ReportList {
  filter = $state.raw<Filter>(EVERYTHING);
  items = $state.raw<ReportRow[] | null>(null);
  total = $state(0);
  /** Reports with clashes among what the filter lets through. */
  withClashes = $state<number | null>(null);
  areas = $state.raw<Area[]>([]);
  loading = $state(false);
  problem = $state.raw<Problem | null>(null);
  loadedAt = $state(0);
  /** The cursors that lead to this page; empty on the first. */
  trail = $state.raw<string[]>([]);
  next = $state<string | null>(null);
  /** The report last opened, to return the focus to. */
  opened = $state<string | null>(null);

  #flight: AbortController | null = null;
  #areasKnown = false;

  get first(): number {
    return this.trail.length * api.PAGE_SIZE + 1;
  }

  /** Shows the first page of what a filter lets through. */
  async narrow(filter: Filter): Promise<void> {
    this.filter = filter;
    this.trail = [];
    await this.load();
    // Lines that another filter let through must not stand under this one.
    if (this.problem !== null) this.items = null;
  }

  async forward(): Promise<void> {
    if (this.next !== null) await this.#turn([...this.trail, this.next]);
  }

  async back(): Promise<void> {
    await this.#turn(this.trail.slice(0, -1));
  }

  /** The page anew, and the areas with their counts too. */
  async refresh(): Promise<void> {
    this.#areasKnown = false;
    await this.load();
  }

  /** Loads the page. A later load overtakes an earlier one that is still under way. */
  async load(): Promise<void> {
    this.#flight?.abort();
    const flight = new AbortController();
    this.#flight = flight;
    this.loading = true;
    this.problem = null;
    try {
      const { filter, trail } = this;
      const after = trail[trail.length - 1] ?? null;
      const [page, clashing, areas] = await Promise.all([
        api.reports(filter, after, api.PAGE_SIZE, flight.signal),
        filter.clashes ? null : api.reports({ ...filter, clashes: true }, null, 1, flight.signal),
        this.#areasKnown ? null : api.areas(flight.signal),
      ]);
      if (flight.signal.aborted) return;
      this.items = page.items;
      this.next = page.next;
      this.total = page.total;
      this.withClashes = (clashing ?? page).total;
      if (areas !== null) {
        this.areas = areas.items;
        this.#areasKnown = true;
      }
      this.loadedAt = Date.now();
    } catch (error) {
      if (flight.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
    } finally {
      if (this.#flight === flight) this.loading = false;
    }
  }

  /** Goes to another page; stays on this one when that cannot be had. */
  async #turn(trail: string[]): Promise<void> {
    const before = this.trail;
    this.trail = trail;
    await this.load();
    if (this.problem !== null) this.trail = before;
  }

  /** The reports before and after one, on this page. */
  around(id: string): { previous: ReportRow | null; next: ReportRow | null } {
    const items = this.items ?? [];
    const at = items.findIndex((row) => row.id === id);
    if (at < 0) return { previous: null, next: null };
    return { previous: items[at - 1] ?? null, next: items[at + 1] ?? null };
  }

  forget(): void {
    this.#flight?.abort();
    this.filter = EVERYTHING;
    this.items = null;
    this.areas = [];
    this.#areasKnown = false;
    this.total = 0;
    this.withClashes = null;
    this.trail = [];
    this.next = null;
    this.opened = null;
    this.problem = null;
    this.loading = false;
    this.loadedAt = 0;
  }
}

export const list = new ReportList();
