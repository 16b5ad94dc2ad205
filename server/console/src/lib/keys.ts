// Which key presses are ours to act on: none that belong to a text being typed, to an input method
// composing Chinese, or to the browser's own shortcuts.

export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** A bare key meant for the page: no modifier, no composition, nobody has used it yet. */
export function isPlain(event: KeyboardEvent): boolean {
  return !event.defaultPrevented && !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey;
}
