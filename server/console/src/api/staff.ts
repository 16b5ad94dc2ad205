// The routes about the person at the screen.
import { get, post } from "./client";
import type { Me, Offer, SessionLine } from "./types";

export const waysIn = (): Promise<{ single_sign_on: boolean }> => get("/v1/staff/sign-in");

export const me = (): Promise<Me> => get("/v1/staff/me");

export const signIn = (name: string, password: string): Promise<unknown> =>
  post("/v1/staff/sign-in", { name, password });

export const showCode = (code: string): Promise<unknown> => post("/v1/staff/second-factor", { code });

/** Sets the password of whoever is invited; answers the name for signing in. */
export const accept = (code: string, password: string): Promise<{ name: string }> =>
  post("/v1/staff/invitation", { code, password });

/** Where to go to sign in by the organisation's own account. */
export const leave = (invitation: string | null): Promise<{ url: string }> =>
  post("/v1/staff/oidc/leave", { invitation });

export const signOut = (): Promise<void> => post("/v1/staff/sign-out");

export const changePassword = (old: string, next: string): Promise<void> =>
  post("/v1/staff/account/password", { old, new: next });

export const offer = (): Promise<Offer> => post("/v1/staff/account/second-factor/offer");

export const confirm = (code: string): Promise<{ recovery_codes: string[] }> =>
  post("/v1/staff/account/second-factor/confirm", { code });

export const removeFactor = (password: string): Promise<void> =>
  post("/v1/staff/account/second-factor/remove", { password });

export const renewCodes = (password: string): Promise<{ recovery_codes: string[] }> =>
  post("/v1/staff/account/recovery-codes", { password });

export const sessions = (): Promise<{ items: SessionLine[] }> => get("/v1/staff/account/sessions");

export const endSession = (id: string): Promise<void> =>
  post(`/v1/staff/account/sessions/${encodeURIComponent(id)}/end`);

export const endOthers = (): Promise<void> => post("/v1/staff/account/sessions/end-others");
