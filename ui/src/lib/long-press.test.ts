import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { longPress } from "./long-press";

function press(element: HTMLElement, name: string, over: Partial<PointerEvent> = {}): boolean {
  const event = new MouseEvent(name, { bubbles: true, cancelable: true, clientX: over.clientX ?? 0 });
  Object.defineProperty(event, "pointerType", { value: over.pointerType ?? "touch" });
  return element.dispatchEvent(event);
}

describe("a finger that rests", () => {
  const held = vi.fn();
  const opened = vi.fn();
  let element: HTMLElement;

  beforeEach(() => {
    vi.useFakeTimers();
    held.mockReset();
    opened.mockReset();
    element = document.createElement("div");
    document.body.append(element);
    element.addEventListener("click", opened);
    longPress(element, held);
  });
  afterEach(() => vi.useRealTimers());

  it("asks for the menu, and the click that follows does not count", () => {
    press(element, "pointerdown");
    vi.advanceTimersByTime(600);
    press(element, "pointerup");
    press(element, "click");
    expect(held).toHaveBeenCalledOnce();
    expect(opened).not.toHaveBeenCalled();
    press(element, "pointerdown");
    press(element, "pointerup");
    press(element, "click");
    expect(opened).toHaveBeenCalledOnce();
  });

  it.each([
    ["moves", "pointermove", { clientX: 40 }],
    ["is lifted", "pointerup", {}],
    ["is taken by the scrolling", "pointercancel", {}],
  ])("asks for nothing when it %s", (_, name, over) => {
    press(element, "pointerdown");
    press(element, name, over);
    vi.advanceTimersByTime(600);
    expect(held).not.toHaveBeenCalled();
  });

  it("is not a mouse", () => {
    press(element, "pointerdown", { pointerType: "mouse" });
    vi.advanceTimersByTime(600);
    expect(held).not.toHaveBeenCalled();
  });
});
