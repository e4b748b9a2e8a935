/**
 * Files that are dropped on the page. The web engine hands pages no dropped files: it tells while
 * some are over an element, and the shell tells where they were let go.
 */

import type { FilesDropped } from "../ipc/backend";

type Place = {
  /** Files were dropped here: their number. */
  dropped: (files: number) => void;
  /** Files are held over the element, or not any more. */
  over: (isOver: boolean) => void;
};

const places = new Map<Element, Place>();

/** WebKitGTK calls held files a list of addresses. */
const KINDS = ["Files", "text/uri-list"];

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.some((type) => KINDS.includes(type)) === true;
}

/** An element that takes dropped files. */
export function takesFiles(element: HTMLElement, place: Place): { destroy: () => void } {
  let last: EventTarget | null = null;
  const over = (event: DragEvent): void => {
    if (!hasFiles(event)) return;
    last = event.target;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    place.over(true);
  };
  // A part of the element is entered before another is left.
  const leave = (event: DragEvent): void => {
    if (event.target === last) place.over(false);
  };
  element.addEventListener("dragenter", over);
  element.addEventListener("dragover", over);
  element.addEventListener("dragleave", leave);
  places.set(element, place);
  return {
    destroy: () => {
      element.removeEventListener("dragenter", over);
      element.removeEventListener("dragover", over);
      element.removeEventListener("dragleave", leave);
      places.delete(element);
    },
  };
}

/** Gives dropped files to the innermost element under them that takes files, if there is one. */
export function deliverFiles({ number, x, y }: FilesDropped): void {
  let element = document.elementFromPoint(x, y);
  while (element !== null && !places.has(element)) element = element.parentElement;
  const found = element === null ? undefined : places.get(element);
  for (const place of places.values()) place.over(false);
  found?.dropped(number);
}

/** Nothing else takes files: the page is never left for one. */
export function refuseFiles(event: DragEvent): void {
  if (event.defaultPrevented || !hasFiles(event)) return;
  event.preventDefault();
  if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
}
