import { describe, expect, it, vi } from "vitest";

import { linkify } from "./linkify";

function links(text: string): string[] {
  return linkify(text).flatMap((piece) => (piece.kind === "link" ? [piece.text] : []));
}

describe("an address in a text", () => {
  it.each([
    ["See https://a.org/b.", "https://a.org/b"],
    ["(https://a.org/b)", "https://a.org/b"],
    ["(see https://a.org/b!).", "https://a.org/b"],
    ["https://a.org/b_(c)", "https://a.org/b_(c)"],
    ["https://a.org/b_(c)...)", "https://a.org/b_(c)"],
    ["https://a.org/?q=1,", "https://a.org/?q=1"],
  ])("ends before the punctuation around it: %s", (text, shown) => {
    expect(links(text)).toEqual([shown]);
  });

  it("is found by one way back, whatever stands behind it", () => {
    let looks = 0;
    const charAt = vi.spyOn(String.prototype, "charAt").mockImplementation(function (this: string, at: number) {
      looks += 1;
      return this[at] ?? "";
    });
    const found = links(`https://a.org/b${".)".repeat(2_000)}`);
    charAt.mockRestore();
    expect(found).toEqual(["https://a.org/b"]);
    expect(looks).toBeLessThan(5_000);
  });
});
