// The places of the console, and how each is written after the `#`.

export type Route =
  | { at: "list"; query: URLSearchParams }
  | { at: "report"; area: string; id: string }
  | { at: "account" }
  /** Back from the organisation's sign-in, which did not succeed: why, as a code. */
  | { at: "sign-in"; code: string }
  | { at: "trail"; query: URLSearchParams }
  | { at: "devices" }
  | { at: "duty" }
  | { at: "search" }
  | { at: "requests" }
  | { at: "request"; id: string }
  | { at: "own-devices" }
  | { at: "nowhere" };

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const parts = path.split("/").filter((part) => part !== "");
  if (parts.length === 0) return { at: "list", query: new URLSearchParams(query) };
  if (parts.length === 1 && parts[0] === "devices") return { at: "devices" };
  if (parts.length === 1 && parts[0] === "duty") return { at: "duty" };
  if (parts.length === 1 && parts[0] === "own-devices") return { at: "own-devices" };
  if (parts.length === 1 && parts[0] === "search") return { at: "search" };
  if (parts.length === 1 && parts[0] === "requests") return { at: "requests" };
  const [place, area, id] = parts;
  if (place === "requests" && area !== undefined && parts.length === 2) return { at: "request", id: decode(area) };
  if (place === "reports" && area !== undefined && id !== undefined && parts.length === 3) {
    return { at: "report", area: decode(area), id: decode(id) };
  }
  if (place === "account" && parts.length === 1) return { at: "account" };
  if (place === "sign-in" && area !== undefined && parts.length === 2) return { at: "sign-in", code: area };
  if (place === "trail" && parts.length === 1) return { at: "trail", query: new URLSearchParams(query) };
  return { at: "nowhere" };
}

export const accountHash = "#/account";

export const requestHash = (id: string): string => `#/requests/${encodeURIComponent(id)}`;

export const listHash = (query: string): string => (query === "" ? "#/" : `#/?${query}`);

export const trailHash = (query: string): string => (query === "" ? "#/trail" : `#/trail?${query}`);

export const reportHash = (report: { area: string; id: string }): string =>
  `#/reports/${encodeURIComponent(report.area)}/${encodeURIComponent(report.id)}`;

/** A part of the address, or the part as it stands when somebody mistyped its escapes. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
