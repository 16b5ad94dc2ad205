// The shapes the server answers with, as they stand in its OpenAPI document. Times are milliseconds since 1970.

/** Words in both languages, as the server sends them. */
export interface Label {
  zh: string;
  en: string;
}

export interface Person {
  id: string;
  name: string;
}

export interface Me {
  person: Person;
  roles: { area: string; role: string }[];
  /** What is still to be shown before anything but the own account can be seen. */
  lacks: "nothing" | "second_factor" | "enrolment";
  /** Goes with every write. */
  csrf: string;
  account: { name: string | null; has_password: boolean; second_factor: boolean; recovery_codes: number };
}

/** A secret to be taken over into an app that shows one-time codes. */
export interface Offer {
  secret: string;
  url: string;
  qr_size: number;
  qr_path: string;
}

export interface SessionLine {
  id: string;
  created_at: number;
  seen_at: number;
  address: string;
  browser: string;
  present: boolean;
}

export interface Area {
  id: string;
  code: string;
  name: Label;
  level: string | number;
  parent: string | null;
  reports: number;
  clashes: number;
}

export type Kind = "visit" | "inspection";

/** One line of the list. */
export interface ReportRow {
  area: string;
  area_name: Label;
  id: string;
  kind: Kind;
  address: string;
  state: string;
  state_label: Label;
  /** The outcome of a visit, the verdict of an inspection. */
  result: Label | null;
  worker: Person | null;
  started_at: number | null;
  ended_at: number | null;
  received_at: number;
  /** How many clashes are open. */
  clashes: number;
  photos: number;
}

export interface Page<T> {
  items: T[];
  next: string | null;
  total: number;
}

/** Who wrote something, and on which phone. */
export interface Author extends Person {
  device: string;
}

/** How concurrent values of a field resolve. */
export type Rule = "latest" | "severest" | "highest" | "earliest" | "furthest" | "text" | "review";

/** A raw value with what is needed to show it: the server's words, or none when the console formats it itself. */
export interface Shown {
  value: unknown;
  type: string;
  display: Label | null;
}

export interface Field extends Shown {
  key: string;
  label: Label;
  rule: Rule;
  masked: boolean;
  author: Author | null;
  /** By the phone's clock. */
  written_at: number | null;
  clash: boolean;
}

/** One record of a report: the report itself first, then its premises, then the residencies there. */
export interface Section {
  record: string;
  kind: string;
  kind_label: Label;
  title: string;
  fields: Field[];
}

export interface ClashValue extends Shown {
  author: Author | null;
  written_at: number | null;
  /** Whether this is the value that stands for now. */
  effective: boolean;
}

export interface Clash {
  record: string;
  kind: string;
  key: string;
  label: Label;
  values: ClashValue[];
}

export interface Photo {
  sha256: string;
  caption: string | null;
  /** False while the original is still on the phone. */
  stored: boolean;
  author: Author | null;
  written_at: number | null;
  thumbnail: string | null;
  original: string | null;
}

/** One accepted change. */
export interface Change {
  seq: number;
  record: string;
  kind_label: Label;
  author: Author | null;
  written_at: number | null;
  received_at: number;
  fields: Label[];
}

export interface Report {
  area: { id: string; name: Label };
  id: string;
  kind: Kind;
  kind_label: Label;
  title: string;
  address: string;
  state: string;
  state_label: Label;
  sections: Section[];
  clashes: Clash[];
  photos: Photo[];
  history: Change[];
}

export type DeviceState = "active" | "suspended" | "revoked";

/** Somebody's phone. */
export interface Device {
  id: string;
  person: Person;
  name: string;
  app: string;
  enrolled_at: number;
  /** When it last proved its key. */
  seen_at: number | null;
  state: DeviceState;
  /** Since when it is not in use. */
  since: number | null;
}

/** Somebody, and what they are where. */
export interface Staffing extends Person {
  roles: { area: string; role: string; label: Label }[];
}

/** A code by which a phone enrols, as text and as a drawing. */
export interface Invitation {
  code: string;
  text: string;
  qr: string | null;
  expires_at: number;
}
