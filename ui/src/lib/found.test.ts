import { describe, expect, it } from "vitest";

import { foundPieces, hasWords, hitsIn, piecesOf, typedSearch } from "./found";

function marked(text: string, typed: string): string[] | null {
  return hitsIn(text, typed)?.map(({ start, length }) => text.slice(start, start + length)) ?? null;
}

describe("words that are searched for", () => {
  it("are found by their beginnings, whatever their case and accents", () => {
    expect(marked("Des étés, un ete, jeté", "ETE")).toEqual(["été", "ete"]);
    expect(marked("Mon cœur", "co")).toEqual(["cœ"]);
    expect(marked("e\u0301te\u0301", "été")).toEqual(["e\u0301te\u0301"]);
    expect(marked("Straße in Łódź", "strasse lodz")).toEqual(["Straße", "Łódź"]);
    expect(marked("ΛΌΓΟΣ", "λόγος")).toEqual(["ΛΌΓΟΣ"]);
  });

  it("must all be there", () => {
    expect(marked("un deux", "deux trois")).toBeNull();
    expect(marked("un deux", "deux un")).toEqual(["un", "deux"]);
  });

  it("count from two letters, and from one in scripts without spaces", () => {
    expect(hasWords(" a ! ")).toBe(false);
    expect(hasWords("ab")).toBe(true);
    expect(marked("今日は東京都です", "京")).toEqual(["京"]);
    expect(marked("京都の東京", "東京都")).toBeNull();
  });

  it("cut a text where they stand", () => {
    expect(piecesOf("🍅 ab", [{ start: 3, length: 1 }])).toEqual([
      { text: "🍅 ", isHit: false },
      { text: "a", isHit: true },
      { text: "b", isHit: false },
    ]);
    expect(foundPieces("Élodie Roux", "el missing")).toEqual([
      { text: "Él", isHit: true },
      { text: "odie Roux", isHit: false },
    ]);
    expect(foundPieces("x", "")).toEqual([{ text: "x", isHit: false }]);
  });

  it("stand beside what a message must have", () => {
    expect(typedSearch("has:link jardin HAS:Picture")).toEqual({ words: "jardin", has: ["link", "picture"] });
    expect(typedSearch("what has:nothing")).toEqual({ words: "what has:nothing", has: [] });
  });
});
