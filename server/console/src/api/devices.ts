// The routes about people's phones, and one's own.
import { get, post } from "./client";
import type { Device, Invitation, Staffing } from "./types";

const query = (q: string): string => (q === "" ? "" : `?q=${encodeURIComponent(q)}`);

export type Act = "suspend" | "resume" | "revoke";

export const devices = (q: string, signal?: AbortSignal): Promise<{ items: Device[] }> =>
  get(`/v1/devices${query(q)}`, signal);

export const ownDevices = (): Promise<{ items: Device[] }> => get("/v1/staff/devices");

export const act = (id: string, what: Act, reason: string): Promise<void> =>
  post(`/v1/devices/${encodeURIComponent(id)}/${what}`, { reason });

export const rename = (id: string, name: string): Promise<void> =>
  post(`/v1/devices/${encodeURIComponent(id)}/rename`, { name });

export const revokeOwn = (id: string, reason: string): Promise<void> =>
  post(`/v1/staff/devices/${encodeURIComponent(id)}/revoke`, { reason });

export const people = (q: string, signal?: AbortSignal): Promise<{ items: Staffing[] }> =>
  get(`/v1/people${query(q)}`, signal);

/** A code that is shown this once; phones reach the server where the console does. */
export const invite = (person: string): Promise<Invitation> =>
  post(`/v1/people/${encodeURIComponent(person)}/enrolment-code`, { server: location.origin });
