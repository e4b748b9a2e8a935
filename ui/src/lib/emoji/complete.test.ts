import { describe, expect, it } from "vitest";

import { closedName, emojiQuery, namedEmoji } from "./complete";
import { loadEmoji } from "./emoji";

describe("an emoji by its name", () => {
  it("is looked for from two letters behind a colon that begins a word", () => {
    expect(emojiQuery("see :smi")).toEqual({ start: 4, text: "smi" });
    expect(emojiQuery(":thumbs_up")).toEqual({ start: 0, text: "thumbs_up" });
    expect(emojiQuery("(:été")).toEqual({ start: 1, text: "été" });
    for (const text of [":s", ":)", "at 10:30", "https://ab", "a:smile", ":smi le", ":smile:", "::smile"])
      expect(emojiQuery(text), text).toBeNull();
  });

  it("is whole between two colons", () => {
    expect(closedName("yes :smile:")).toEqual({ start: 4, text: "smile" });
    for (const text of [":smile", "10:30:", "a :smile: b", "::"]) expect(closedName(text), text).toBeNull();
  });

  it("is found by whole words in the language of the window", async () => {
    const [english, french] = await Promise.all([loadEmoji("en"), loadEmoji("fr")]);
    expect(namedEmoji(english, "thumbs_up")?.emoji).toBe("👍");
    expect(namedEmoji(french, "bisou")?.emoji).toBe("😘");
    expect(namedEmoji(english, "smil")).toBeNull();
    expect(namedEmoji(english, "nothing_of_that_kind")).toBeNull();
  });
});
