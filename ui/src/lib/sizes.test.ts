import { describe, expect, it } from "vitest";

import { percentText, sizeText } from "./sizes";

/** With usual spaces: which one stands before a unit is up to the language. */
function plain(text: string): string {
  return text.replace(/\s/gu, " ");
}

describe("a size", () => {
  it.each([
    ["en", 0, "0 bytes"],
    ["en", 1, "1 byte"],
    ["en", 26, "26 bytes"],
    ["en", 999, "999 bytes"],
    ["en", 340_000, "340 kB"],
    ["en", 1_240_000, "1.2 MB"],
    ["en", 2_000_000_000, "2 GB"],
    ["fr", 1, "1 octet"],
    ["fr", 26, "26 octets"],
    ["fr", 340_000, "340 ko"],
    ["fr", 1_240_000, "1,2 Mo"],
  ] as const)("is said in %s: %d", (locale, bytes, text) => {
    expect(plain(sizeText(locale, bytes))).toBe(text);
  });

  it("stays on one line in French", () => {
    expect(sizeText("fr", 26)).not.toContain(" ");
  });
});

describe("a part of a whole", () => {
  it("has the space of its language, or none", () => {
    expect(percentText("en", 100)).toBe("100%");
    expect(percentText("en", 7)).toBe("7%");
    expect(percentText("fr", 100)).toBe("100\u202f%");
  });
});
