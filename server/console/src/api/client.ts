// One request to the server: the cookie goes along, writes carry the console's header,
// and every failure becomes a `Problem`. Knows no route of the API.
import { ownProblem, problemFrom } from "./problem";

/** Proof to the server that a write comes from this page and not from a form elsewhere. */
const CONSOLE_HEADER = { "X-Doorstep": "console" };

let token = "";

/** The session's token, which goes with every write: another site cannot know it. */
export function carry(sessionToken: string): void {
  token = sessionToken;
}

let signedOut: () => void = () => {};

/** Called whenever the server no longer knows who we are. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await send("GET", path, undefined, signal)) as T;
}

export async function post<T>(path: string, body?: unknown): Promise<T> {
  return (await send("POST", path, body)) as T;
}

async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") Object.assign(headers, CONSOLE_HEADER, { "X-Doorstep-Token": token });
  if (body !== undefined) headers["Content-Type"] = "application/json";

  let answer: Response;
  let text: string;
  try {
    answer = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    text = await answer.text();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw ownProblem("network");
  }
  const parsed = parse(text);
  if (!answer.ok) {
    const problem = problemFrom(answer.status, parsed);
    if (problem.code === "credentials_missing") signedOut();
    throw problem;
  }
  if (answer.status !== 204 && parsed === undefined) throw ownProblem("unreadable", answer.status);
  return parsed;
}

/** The JSON in an answer, or undefined when it is none: a proxy's error page, say. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
