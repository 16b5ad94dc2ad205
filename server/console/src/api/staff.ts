// The routes about the person at the screen.
import { get, post } from "./client";
import type { Me } from "./types";

export const me = (): Promise<Me> => get("/v1/staff/me");

export const signIn = (name: string, password: string): Promise<Me> => post("/v1/staff/sign-in", { name, password });

export const signOut = (): Promise<void> => post("/v1/staff/sign-out");
