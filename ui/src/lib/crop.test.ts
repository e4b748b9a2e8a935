import { describe, expect, it } from "vitest";

import { cropRequest, moved, turned, wholeCrop, zoomed, zoomOf } from "./crop";

describe("a square over a picture", () => {
  it("begins as the largest one in the middle", () => {
    expect(cropRequest(wholeCrop(800, 600))).toEqual({ quarterTurns: 0, xPx: 100, yPx: 0, sidePx: 600 });
  });

  it("never leaves the picture", () => {
    const far = moved(wholeCrop(800, 600), 10_000, -10_000);
    expect(cropRequest(far)).toMatchObject({ xPx: 200, yPx: 0 });
    const near = moved(zoomed(wholeCrop(800, 600), 99), -10_000, 10_000);
    expect(cropRequest(near)).toEqual({ quarterTurns: 0, xPx: 0, yPx: 450, sidePx: 150 });
  });

  it("zooms around its middle", () => {
    const near = zoomed(wholeCrop(800, 600), 2);
    expect(cropRequest(near)).toMatchObject({ xPx: 250, yPx: 150, sidePx: 300 });
    expect(zoomOf(near)).toBe(2);
    expect(cropRequest(zoomed(near, 1))).toMatchObject({ xPx: 100, yPx: 0, sidePx: 600 });
  });

  it("keeps what it holds when the picture is turned, and four turns are none", () => {
    const left = moved(wholeCrop(800, 600), -100, 0);
    expect(cropRequest(turned(left))).toEqual({ quarterTurns: 1, xPx: 0, yPx: 0, sidePx: 600 });
    expect(turned(turned(turned(turned(left))))).toEqual(left);
  });

  it("is in whole pixels inside the picture", () => {
    const odd = zoomed(wholeCrop(333, 501), 1.7);
    const { xPx, yPx, sidePx } = cropRequest(moved(odd, 1_000, 1_000));
    expect([xPx + sidePx <= 333, yPx + sidePx <= 501, Number.isInteger(sidePx)]).toEqual([true, true, true]);
  });
});
