import { describe, expect, it } from "vitest";

import { placeOf } from "./menu-place";

function element(left: number, top: number, width: number, height: number): HTMLElement {
  const made = document.createElement("div");
  made.getBoundingClientRect = () => ({ left, top, width, height }) as DOMRect;
  return made;
}

describe("the place of a menu opened by a key", () => {
  const key = new KeyboardEvent("keydown", { key: "Enter" });

  it.each([
    ["whose top is out of view", element(20, -900, 300, 1_200)],
    ["whose left edge is out of view", element(-400, 20, 100, 40)],
    ["below the window", element(20, 5_000, 300, 40)],
    ["beside the window", element(5_000, 20, 300, 40)],
  ])("is in the window for something %s", (_, from) => {
    const { x, y } = placeOf(key, from);
    expect(x).toBeGreaterThanOrEqual(0);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(window.innerWidth);
    expect(y).toBeLessThanOrEqual(window.innerHeight);
  });

  it("is below the top of what is in view", () => {
    expect(placeOf(key, element(20, 100, 300, 300))).toMatchObject({ x: 140, y: 140 });
  });
});
