/** Where a menu opens, and what gets the focus back. */
export type MenuPlace = { x: number; y: number; from: HTMLElement };

/** A menu keeps so far from the edges of the window. */
export const MARGIN = 8;
/** What is lower than this is of no use. */
const LEAST_ROOM = 160;

/**
 * Where something of this height is anchored that stands above or below a place, so that all of it is in the window.
 * `side`: where it stands if it fits on neither; it then moves over the place.
 */
export function anchorOf(y: number, height: number, room: number, side: "top" | "bottom"): number {
  // The window may have become lower since.
  const at = Math.min(y, room - MARGIN);
  if (at - height >= MARGIN || at + height <= room - MARGIN) return at;
  return side === "top" ? MARGIN + height : room - MARGIN - height;
}

/** How high something may be: as the window, or as the room above a place that it leaves in sight, if that is enough. */
export function mostHigh(y: number, room: number, staysAbove: boolean): number {
  const above = y - MARGIN;
  return staysAbove && above >= LEAST_ROOM ? above : room - 2 * MARGIN;
}

function within(wanted: number, size: number): number {
  return Math.max(MARGIN, Math.min(wanted, size - MARGIN));
}

/** The place for a right click, or below the top of the element for a key; never outside the window. */
export function placeOf(event: MouseEvent | KeyboardEvent, element: HTMLElement): MenuPlace {
  if (event instanceof MouseEvent && (event.clientX !== 0 || event.clientY !== 0)) {
    return { x: event.clientX, y: event.clientY, from: element };
  }
  const box = element.getBoundingClientRect();
  const x = within(box.left + Math.min(box.width / 2, 120), window.innerWidth);
  const y = within(box.top + Math.min(box.height, 40), window.innerHeight);
  return { x, y, from: element };
}
