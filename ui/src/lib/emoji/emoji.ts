/**
 * The emoji that can be chosen, with what they are called in each language. The list is read when
 * somebody first asks for it: the window starts without it.
 */

import { folded } from "../mentions";

export const EMOJI_GROUPS = [
  "smileys",
  "people",
  "nature",
  "food",
  "travel",
  "activities",
  "objects",
  "symbols",
  "flags",
] as const;
export type EmojiGroup = (typeof EMOJI_GROUPS)[number];

export type Emoji = {
  emoji: string;
  group: EmojiGroup;
  name: string;
  /** What it is found by: words without accents and capitals. */
  words: readonly string[];
  /** Whether it can have a colour of skin. */
  hasTones: boolean;
};

/** Colours of skin, from none to dark. */
export const TONES = ["", "\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"] as const;
export type Tone = 0 | 1 | 2 | 3 | 4 | 5;

type Language = "en" | "fr";
type Line = { sign: string; name: string; others: string };

const WOMAN = { sign: "\u200d\u2640\ufe0f", en: "woman", fr: "femme" };
const MAN = { sign: "\u200d\u2642\ufe0f", en: "man", fr: "homme" };
const FLAG_LETTER = 0x1f1e6;
const COUNTRIES = /^[A-Z]{2}( [A-Z]{2})+$/u;
/** Families and wrestlers have one colour only. */
const WITHOUT_TONES = /\u200d[\u{1f466}\u{1f467}]|\u{1f93c}/u;

const read = new Map<Language, Promise<readonly Emoji[]>>();

/** Every emoji, in the order in which they stand in the picker. */
export function loadEmoji(language: Language): Promise<readonly Emoji[]> {
  const known = read.get(language);
  if (known !== undefined) return known;
  const loading = import("./list.txt?raw").then((file) => parseEmoji(file.default, language));
  read.set(language, loading);
  // What could not be read is tried again.
  loading.catch(() => read.delete(language));
  return loading;
}

/** Reads a list of emoji: `:group`, then `emoji|English name, words|French name, words`. */
export function parseEmoji(text: string, language: Language): Emoji[] {
  const all: Emoji[] = [];
  let group: EmojiGroup = "smileys";
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const named = EMOJI_GROUPS.find((one) => `:${one}` === line);
    if (named !== undefined) group = named;
    else if (COUNTRIES.test(line)) for (const code of line.split(" ")) all.push(made(flag(code, language), group));
    else for (const one of variants(lineOf(line, language), language)) all.push(made(one, group));
  }
  return all;
}

function lineOf(line: string, language: Language): Line {
  const [sign = "", english = "", french = ""] = line.split("|");
  const text = language === "fr" ? french : english;
  const [name = ""] = text.split(", ");
  return { sign, name, others: text.slice(name.length + 2) };
}

/** `±` stands for a woman and a man beside the person, `+` for them in the person's place. */
function variants(line: Line, language: Language): Line[] {
  const sign = line.sign.slice(0, -1);
  const called = (who: typeof WOMAN): string => `${line.name} (${who[language]})`;
  const others = line.others;
  if (line.sign.endsWith("±"))
    return [
      { ...line, sign },
      { sign: sign + WOMAN.sign, name: called(WOMAN), others },
      { sign: sign + MAN.sign, name: called(MAN), others },
    ];
  if (line.sign.endsWith("+"))
    return [
      { ...line, sign },
      { sign: sign.replace("🧑", "👩"), name: called(WOMAN), others },
      { sign: sign.replace("🧑", "👨"), name: called(MAN), others },
    ];
  return [line];
}

function flag(code: string, language: Language): Line {
  const letters = Array.from(code, (letter) => FLAG_LETTER + letter.charCodeAt(0) - "A".charCodeAt(0));
  return { sign: String.fromCodePoint(...letters), name: countryName(code, language), others: code };
}

function countryName(code: string, language: Language): string {
  try {
    return new Intl.DisplayNames([language], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function made({ sign, name, others }: Line, group: EmojiGroup): Emoji {
  const words = wordsOf(`${name} ${others}`);
  const hasTones = /\p{Emoji_Modifier_Base}/u.test(sign) && !WITHOUT_TONES.test(sign);
  return { emoji: sign, group, name, words, hasTones };
}

/** The words of a text, without accents and capitals. */
export function wordsOf(text: string): string[] {
  return folded(text.replace(/œ/giu, "oe"))
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

/**
 * How well a name answers to what is typed: it is the name, its first word is meant, or begins so, or another does.
 * Of names with the same first word the shorter says less that was not asked for.
 */
function rankOf(name: readonly string[], wanted: readonly string[]): number {
  const [first = "", typed = ""] = [name[0], wanted[0]];
  if (!first.startsWith(typed)) return 1_000;
  if (name.join(" ") === wanted.join(" ")) return 0;
  // One of several is meant, too: “thumb” is the beginning of “thumbs up”.
  const isMeant = first === typed || first === `${typed}s`;
  return (isMeant ? 0 : 100) + name.length;
}

/** Those whose words begin as the typed ones do; a name that begins so comes first. */
export function findEmoji(all: readonly Emoji[], typed: string, most = 120): Emoji[] {
  const wanted = wordsOf(typed);
  if (wanted.length === 0) return all.filter((one) => one.emoji === typed.trim());
  const found = all.filter((one) => wanted.every((word) => one.words.some((known) => known.startsWith(word))));
  const ranked = found.map((one) => ({ one, rank: rankOf(wordsOf(one.name), wanted) }));
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ one }) => one);
}

/** An emoji in a colour of skin. */
export function withTone(emoji: Emoji, tone: Tone): string {
  if (tone === 0 || !emoji.hasTones) return emoji.emoji;
  return emoji.emoji.replace(/(\p{Emoji_Modifier_Base})\ufe0f?/gu, `$1${TONES[tone]}`);
}
