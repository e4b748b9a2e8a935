/** Where a menu opens, and what gets the focus back. */
export type MenuPlace = { x: number; y: number; from: HTMLElement };

/** A menu keeps so far from the edges of the window. */
export const MARGIN = 8;

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
