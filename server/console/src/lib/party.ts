// What somebody or something that the trail names is called.
import type { Party } from "../api/trail";
import type { Words } from "../words/keys";

export function partyName({ kind, name, id }: Party, words: Words): string {
  const trail = words.trail;
  if (kind === "server" || kind === "resident" || kind === "nobody") return trail[kind];
  const known = name ?? `${trail.unknown} ${id.slice(id.indexOf(":") + 1, id.indexOf(":") + 9)}`;
  if (kind === "operator") return trail.operator(known);
  return kind === "device" ? trail.device(known) : known;
}
