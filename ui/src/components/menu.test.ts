import { describe, expect, it } from "vitest";

import { anchorOf, MARGIN, mostHigh, placeOf } from "./menu-place";

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

describe("the place of what opens above or below", () => {
  const room = 720;

  it.each([
    ["above", 600, 400, 600],
    ["below, where it does not fit above", 200, 400, 200],
    ["over it, where it fits on neither side", 338, 474, MARGIN + 474],
    ["in the window that became lower since", 900, 400, room - MARGIN],
  ])("is %s", (_, y, height, anchor) => {
    expect(anchorOf(y, height, room, "top")).toBe(anchor);
    const [top, bottom] = [anchor - height, anchor + height];
    expect(top >= MARGIN || bottom <= room - MARGIN).toBe(true);
  });

  it("ends with the window, where it begins below and fits on neither side", () => {
    expect(anchorOf(338, 474, room, "bottom") + 474).toBe(room - MARGIN);
  });

  it("leaves what it stands above in sight, where there is room for that", () => {
    expect(mostHigh(463, room, true)).toBe(455);
    expect(mostHigh(463, room, false)).toBe(704);
    expect(mostHigh(100, room, true)).toBe(704);
  });
});
