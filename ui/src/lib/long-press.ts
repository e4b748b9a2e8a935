/** A finger that rests as long as this asks for the menu. */
const HELD_MS = 500;
/** A finger that moves further than this scrolls. */
const STILL_PX = 10;

/** Calls `held` when a finger rests on an element, and keeps the click that follows from counting. */
export function longPress(element: HTMLElement, held: (event: PointerEvent) => void): { destroy: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start: PointerEvent | null = null;
  let isHeld = false;

  const end = (): void => {
    clearTimeout(timer);
    start = null;
  };
  const down = (event: PointerEvent): void => {
    isHeld = false;
    if (event.pointerType === "mouse") return;
    start = event;
    timer = setTimeout(() => {
      isHeld = true;
      held(event);
    }, HELD_MS);
  };
  const move = (event: PointerEvent): void => {
    if (start === null) return;
    const distance = Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY);
    if (distance > STILL_PX) end();
  };
  const click = (event: MouseEvent): void => {
    if (!isHeld) return;
    isHeld = false;
    event.preventDefault();
    event.stopPropagation();
  };
  const listeners = [
    ["pointerdown", down],
    ["pointermove", move],
    ["pointerup", end],
    ["pointercancel", end],
  ] as const;
  for (const [name, listener] of listeners) element.addEventListener(name, listener);
  element.addEventListener("click", click, { capture: true });
  return {
    destroy: () => {
      end();
      for (const [name, listener] of listeners) element.removeEventListener(name, listener);
      element.removeEventListener("click", click, { capture: true });
    },
  };
}
