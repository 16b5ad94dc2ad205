// The routes about who is on duty: roles with days, absences, stand-ins. Days are written as 2026-12-01,
// the last one inside.
import { get, post } from "./client";
import type { Label, Person } from "./types";

export interface Held {
  area: string;
  role: string;
  label: Label;
  from: string | null;
  until: string | null;
  over: boolean;
}

export interface Absence {
  id: number;
  from: string;
  until: string;
  /** Who stands in, or for whom; nobody, or somebody who works elsewhere. */
  other: Person | null;
}

export interface Worker {
  id: string;
  name: string;
  roles: Held[];
  absences: Absence[];
  stands_in: Absence[];
  may: { roles: boolean; absences: boolean };
}

export interface Place {
  id: string;
  parent: string | null;
  name: Label;
  gives: boolean;
}

export interface Plan {
  today: string;
  areas: Place[];
  roles: { role: string; label: Label }[];
  people: Worker[];
  more: boolean;
}

export interface RoleDays {
  area: string;
  role: string;
  from?: string | null;
  until: string | null;
  reason: string;
}

const of = (person: string, rest: string): string => `/v1/people/${encodeURIComponent(person)}/${rest}`;

export const plan = (area: string, signal?: AbortSignal): Promise<Plan> =>
  get(area === "" ? "/v1/duty" : `/v1/duty?area=${encodeURIComponent(area)}`, signal);

export const giveRole = (person: string, role: RoleDays): Promise<void> => post(of(person, "roles"), role);

/** After its last day, or now where none is said. */
export const endRole = (person: string, role: RoleDays): Promise<void> => post(of(person, "roles/end"), role);

export const enterAbsence = (person: string, from: string, until: string, standIn: string | null): Promise<void> =>
  post(of(person, "absences"), { from, until, stand_in: standIn });

export const nameStandIn = (person: string, absence: number, standIn: string | null): Promise<void> =>
  post(of(person, `absences/${absence}/stand-in`), { stand_in: standIn });

export const endAbsence = (person: string, absence: number): Promise<void> =>
  post(of(person, `absences/${absence}/end`));
