// Where two texts differ: what they share at both ends, and the part between that is not the same.
// Shown inside a clash, so that one wrong digit among eleven is seen at once.

export interface Difference {
  before: string;
  changed: string;
  after: string;
}

/**
 * The part of `text` that `other` does not share. Null when they are the same or share too little
 * for the mark to help: then the whole value is the difference.
 */
export function differenceFrom(text: string, other: string): Difference | null {
  const a = [...text];
  const b = [...other];
  if (text === other || a.length < 4) return null;
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  if (head + tail < a.length / 2 || head + tail === a.length) return null;
  return {
    before: a.slice(0, head).join(""),
    changed: a.slice(head, a.length - tail).join(""),
    after: a.slice(a.length - tail).join(""),
  };
}
