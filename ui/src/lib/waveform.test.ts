import { describe, expect, it } from "vitest";

import { evened, heard, placeAt, rolling, strokes } from "./waveform";

describe("a waveform", () => {
  it("has as many pillars as are drawn, and keeps what is loud", () => {
    expect(evened([0, 255, 10, 20], 2)).toEqual([255, 20]);
    expect(evened([7, 9], 4)).toEqual([7, 7, 9, 9]);
    expect(evened([], 3)).toEqual([0, 0, 0]);
  });

  it("begins at the right while it is recorded", () => {
    expect(rolling([100], 3)).toEqual([0, 0, 255]);
    expect(rolling([0, 0, 0, 100], 2)).toEqual([0, 255]);
  });

  it("is drawn in two parts that meet", () => {
    const pillars = [0, 255, 128];
    expect(strokes(pillars, 0, 1) + strokes(pillars, 1, 3)).toBe(strokes(pillars, 0, 3));
    expect(strokes(pillars, 1, 2)).toBe("M3 0.0V32.0");
    expect(strokes([0], 0, 1)).toBe("M1 15.3V16.8");
  });

  it("knows how much of it was heard, and what lies under the pointer", () => {
    expect(heard(500, 1_000, 10)).toBe(5);
    expect(heard(2_000, 1_000, 10)).toBe(10);
    expect(heard(1, 0, 10)).toBe(0);
    expect(placeAt(150, 100, 200, 8_000)).toBe(2_000);
    expect(placeAt(900, 100, 200, 8_000)).toBe(8_000);
    expect(placeAt(900, 100, 0, 8_000)).toBe(0);
  });
});
