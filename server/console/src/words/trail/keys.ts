// The keys of the words of the audit trail and of showing a masked value.
import type { Purpose } from "../../api/trail";
import type { Period } from "../../lib/trail";

export interface TrailWords {
  title: string;
  lead: string;
  export: string;
  exportWhy: string;
  period: string;
  periods: Record<Period, string>;
  act: string;
  everyAct: string;
  onlyRefused: string;
  clear: string;
  only: (what: string) => string;
  drop: string;
  who: string;
  where: string;
  record: (id: string) => string;
  server: string;
  resident: string;
  nobody: string;
  operator: (name: string) => string;
  device: (name: string) => string;
  unknown: string;
  refused: string;
  times: (count: number) => string;
  details: string;
  place: string;
  at: string;
  address: string;
  request: string;
  recordId: string;
  detail: string;
  code: string;
  reason: (words: string) => string;
  entries: (count: number) => string;
  earlier: string;
  noneTitle: string;
  noneLead: string;
  chain: string;
}

export interface ShowWords {
  show: string;
  hide: string;
  title: (field: string) => string;
  lead: string;
  purpose: string;
  purposes: Record<Purpose, string>;
  words: string;
  hint: string;
  submit: string;
  busy: string;
  cancel: string;
  gone: (seconds: number) => string;
}
