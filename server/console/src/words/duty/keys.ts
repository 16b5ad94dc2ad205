// The keys of the words about who is on duty.

export interface DutyWords {
  title: string;
  lead: string;
  area: string;
  everyArea: string;
  search: string;
  /** Of those who have a role today: how many work, are away, are away with nobody in their place. */
  today: (working: number, away: number, uncovered: number) => string;
  none: string;
  noneLead: string;
  more: string;
  noRole: string;
  states: { works: string; absent: string; uncovered: string; "stands-in": string };
  from: (day: string) => string;
  until: (day: string) => string;
  between: (from: string, until: string) => string;
  away: (days: string) => string;
  by: (name: string) => string;
  nobody: string;
  standsIn: (name: string, days: string) => string;
  elsewhere: string;
  over: string;
  more_of: (name: string) => string;
  enter: string;
  enterAsk: (name: string) => string;
  enterLead: string;
  back: string;
  backAsk: (name: string) => string;
  backLead: string;
  change: string;
  changeAsk: (name: string) => string;
  changeLead: string;
  give: string;
  giveAsk: (name: string) => string;
  end: string;
  endAsk: (name: string, role: string) => string;
  endLead: string;
  first: string;
  last: string;
  open: string;
  now: string;
  standIn: string;
  noStandIn: string;
  role: string;
  reason: string;
  notHere: string;
  notOwn: string;
}
