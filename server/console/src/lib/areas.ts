// Areas as a tree laid flat: each under its parent, with its depth, for a list to choose from.
import type { Area } from "../api/types";

export interface AreaLine {
  area: Area;
  depth: number;
}

/** Every area once, children after their parent in code order; one whose parent we may not see starts a tree. */
export function asTree(areas: Area[]): AreaLine[] {
  const known = new Set(areas.map((area) => area.id));
  const children = new Map<string | null, Area[]>();
  for (const area of [...areas].sort((a, b) => a.code.localeCompare(b.code))) {
    const parent = area.parent !== null && known.has(area.parent) ? area.parent : null;
    children.set(parent, [...(children.get(parent) ?? []), area]);
  }
  const lines: AreaLine[] = [];
  const walk = (parent: string | null, depth: number): void => {
    for (const area of children.get(parent) ?? []) {
      lines.push({ area, depth });
      walk(area.id, depth + 1);
    }
  };
  walk(null, 0);
  return lines;
}
