// Who is signed in. Any answer of 401 ends it, and with it everything held in memory about residents.
import { carry, onSignedOut } from "../api/client";
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
  /** The password was right; a code of the second factor is lacking, or that there is one. */
  | { is: "halfway"; me: Me }
  | { is: "in"; me: Me };

export const session = $state<{ now: Session }>({ now: { is: "asking" } });

/** Whether the person at the screen has a role anywhere: what is shown; what they may, the server says. */
export const has = (role: string): boolean =>
  session.now.is === "in" && session.now.me.roles.some((held) => held.role === role);

onSignedOut(() => {
  if (session.now.is !== "out") leave(session.now.is === "in");
});

/** Whether they review in an area, and so may have masked values shown. */
export const reviews = (area: string): boolean =>
  session.now.is === "in" && session.now.me.roles.some((held) => held.role === "reviewer" && held.area === area);

export async function ask(): Promise<void> {
  session.now = { is: "asking" };
  try {
    await settle();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) leave(false);
    else session.now = { is: "failed", problem: error };
  }
}

/** Throws a `Problem` when the server refuses. */
export async function signIn(name: string, password: string): Promise<void> {
  await staff.signIn(name, password);
  await settle();
}

/** Asks the server who is there now, after something was shown or changed. */
export async function settle(): Promise<void> {
  const me = await staff.me();
  carry(me.csrf);
  session.now = { is: me.lacks === "nothing" ? "in" : "halfway", me };
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
  carry("");
  session.now = { is: "out", expired };
}
