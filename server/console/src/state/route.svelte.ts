// Where the person is, from the address bar; and ways to go elsewhere.
import { parseRoute, type Route } from "../lib/route";

export const place = $state<{ route: Route }>({ route: parseRoute(location.hash) });

addEventListener("hashchange", () => {
  place.route = parseRoute(location.hash);
});

export function go(hash: string): void {
  location.hash = hash;
}

/** Goes without leaving a step behind for the back button: for changes of a filter. */
export function replace(hash: string): void {
  history.replaceState(null, "", hash);
  place.route = parseRoute(hash);
}
