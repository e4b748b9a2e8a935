import { describe, expect, it } from "vitest";

import { EMOJI_GROUPS, findEmoji, loadEmoji, parseEmoji, withTone, type Emoji } from "./emoji";

function signs(found: readonly Emoji[]): string[] {
  return found.map((one) => one.emoji);
}

describe("the list of emoji", () => {
  it("has every emoji once, with a name in both languages, in each group", async () => {
    const [english, french] = await Promise.all([loadEmoji("en"), loadEmoji("fr")]);
    expect(english.length).toBeGreaterThan(1_500);
    expect(signs(french)).toEqual(signs(english));
    expect(new Set(signs(english)).size).toBe(english.length);
    for (const one of [...english, ...french]) expect(one.name.trim(), one.emoji).not.toBe("");
    for (const group of EMOJI_GROUPS) expect(english.some((one) => one.group === group)).toBe(true);
  });

  it("holds nothing but emoji", async () => {
    const emojiOnly = /^(\p{Extended_Pictographic}|\p{Emoji_Component})+$/u;
    const strange = (await loadEmoji("en")).filter(({ emoji }) => !emojiOnly.test(emoji));
    expect(signs(strange)).toEqual([]);
  });

  it("stands for women and men where a line says so", () => {
    const all = parseEmoji(":people\n🏃±|running|courir\n🧑‍🍳+|cook|cuisinier\n", "fr");
    expect(signs(all)).toEqual(["🏃", "🏃‍♀️", "🏃‍♂️", "🧑‍🍳", "👩‍🍳", "👨‍🍳"]);
    expect(all.map((one) => one.name)).toContain("courir (femme)");
  });

  it("names flags in the language", () => {
    const [france] = parseEmoji(":flags\nFR DE\n", "fr");
    expect(france).toMatchObject({ emoji: "🇫🇷", name: "France", group: "flags" });
  });

  it("is searched by beginnings of words, without accents and capitals", async () => {
    const french = await loadEmoji("fr");
    expect(signs(findEmoji(french, "FETE"))).toContain("🥳");
    expect(signs(findEmoji(french, "cœur rouge"))[0]).toBe("❤️");
    expect(signs(findEmoji(french, "coeur rouge"))[0]).toBe("❤️");
    expect(findEmoji(french, "zzzz")).toEqual([]);
    const english = await loadEmoji("en");
    expect(signs(findEmoji(english, "thumbs up"))[0]).toBe("👍");
    expect(findEmoji(english, "a").length).toBeLessThanOrEqual(120);
  });

  it("puts first what is called so and no more", async () => {
    const [english, french] = await Promise.all([loadEmoji("en"), loadEmoji("fr")]);
    expect(signs(findEmoji(english, "thumb")).slice(0, 3)).toEqual(["👍", "👎", "🫰"]);
    expect(signs(findEmoji(english, "thum"))[0]).toBe("👍");
    expect(signs(findEmoji(french, "pouce"))[0]).toBe("👍");
    expect(signs(findEmoji(english, "car"))[0]).toBe("🚗");
  });

  it("finds an emoji that was pasted", async () => {
    expect(signs(findEmoji(await loadEmoji("en"), "🍅"))).toEqual(["🍅"]);
  });
});

describe("a colour of skin", () => {
  const by = async (sign: string): Promise<Emoji> => (await loadEmoji("en")).find((one) => one.emoji === sign)!;

  it("goes to everybody who has skin, and to nothing else", async () => {
    expect(withTone(await by("👍"), 3)).toBe("👍🏽");
    expect(withTone(await by("✌️"), 1)).toBe("✌🏻");
    expect(withTone(await by("👩‍🚀"), 5)).toBe("👩🏿‍🚀");
    expect(withTone(await by("🏃‍♀️"), 2)).toBe("🏃🏼‍♀️");
    for (const sign of ["🍅", "👨‍👩‍👧", "🤼", "😀"]) expect(withTone(await by(sign), 4)).toBe(sign);
    expect(withTone(await by("👍"), 0)).toBe("👍");
  });
});
