// Who is signed in. Any answer of 401 ends it, and with it everything held in memory about residents.
import { onSignedOut } from "../api/client";
import { Problem } from "../api/problem";
import * as staff from "../api/staff";
import type { Me } from "../api/types";
import { bare } from "./bare.svelte";
import { list } from "./list.svelte";

type Session =
  | { is: "asking" }
  | { is: "failed"; problem: Problem }
  /** `expired`: was signed in a moment ago, so the sign-in says why it is here. */
  | { is: "out"; expired: boolean }
  | { is: "in"; me: Me };

export const session = $state<{ now: Session }>({ now: { is: "asking" } });

/** Whether the person at the screen has a role anywhere: what is shown; what they may, the server says. */
export const has = (role: string): boolean =>
  session.now.is === "in" && session.now.me.roles.some((held) => held.role === role);

onSignedOut(() => {
  if (session.now.is !== "out") leave(session.now.is === "in");
});

/** Whether somebody signed in who reads the audit trail. */
export const audits = (): boolean =>
  session.now.is === "in" && session.now.me.roles.some(({ role }) => role === "auditor");

/** Whether that is all they do here, as it should be: then there is no other page for them. */
export const auditsOnly = (): boolean =>
  audits() && session.now.is === "in" && session.now.me.roles.every(({ role }) => role === "auditor");

/** Whether they review in an area, and so may have masked values shown. */
export const reviews = (area: string): boolean =>
  session.now.is === "in" && session.now.me.roles.some((held) => held.role === "reviewer" && held.area === area);

export async function ask(): Promise<void> {
  session.now = { is: "asking" };
  try {
    session.now = { is: "in", me: await staff.me() };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status !== 401) session.now = { is: "failed", problem: error };
  }
}

/** Throws a `Problem` when the server refuses. */
export async function signIn(name: string, password: string): Promise<void> {
  session.now = { is: "in", me: await staff.signIn(name, password) };
}

/** Leaves even when the server cannot be told: the person wants to be gone from this screen. */
export async function signOut(): Promise<void> {
  try {
    await staff.signOut();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  leave(false);
}

function leave(expired: boolean): void {
  bare.forget();
  list.forget();
  session.now = { is: "out", expired };
}
