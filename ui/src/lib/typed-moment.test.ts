import { describe, expect, it } from "vitest";

import { momentToType, typedMoment } from "./typed-moment";

const HALF_PAST_TWO = new Date(2026, 10, 28, 14, 30).getTime();

describe("a day and a time as typed", () => {
  it.each([
    ["fr", "28/11/2026 14:30"],
    ["fr", " 28.11.26 à 14h30 "],
    ["fr-CH", "28.11.2026, 14:30"],
    ["fr-CA", "2026-11-28 14 h 30"],
    ["en-GB", "28/11/2026, 14:30"],
    ["en-US", "11/28/2026, 02:30 PM"],
    ["en-US", "11/28/26 at 2:30 p.m."],
    ["en", "2026-11-28 14:30"],
  ])("is understood in the order of %s: %s", (locale, text) => {
    expect(typedMoment(locale, text)).toBe(HALF_PAST_TWO);
  });

  it.each(["fr", "fr-CA", "fr-CH", "en", "en-US", "en-GB", "en-AU", "en-CA", "en-ZA"])(
    "is understood as %s itself writes it",
    (locale) => {
      for (const [day, hour] of [
        [1, 0],
        [12, 12],
        [28, 23],
      ] as const) {
        const at = new Date(2027, 1, day, hour, 5).getTime();
        expect(typedMoment(locale, momentToType(locale, at))).toBe(at);
      }
    },
  );

  it("may be a whole hour", () => {
    const at = new Date(2026, 10, 28, 9, 0).getTime();
    expect(typedMoment("fr", "28/11/2026 9h")).toBe(at);
    expect(typedMoment("en-US", "11/28/2026 9 am")).toBe(at);
  });

  it.each([
    "",
    "tomorrow",
    "28/11/2026",
    "14:30",
    "31/02/2026 14:30",
    "11/28/2026 14:30",
    "28/11/2026 24:30",
    "28/11/2026 14:60",
    "28/11/2026 14:30 pm",
    "28/11/2026 0:30 am",
    "28/11/2026 14:30:10",
    "28/11 14:30",
  ])("is nothing in %j", (text) => {
    expect(typedMoment("fr", text)).toBeNull();
  });
});
