// What is asked before something of the plan is changed, and of whom.
import type { Absence, Held, Worker } from "../api/duty";

export type Asked =
  | { what: "enter"; worker: Worker }
  | { what: "back"; worker: Worker; absence: Absence }
  | { what: "change"; worker: Worker; absence: Absence }
  | { what: "give"; worker: Worker }
  | { what: "end"; worker: Worker; held: Held };
