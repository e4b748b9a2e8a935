/** `:smile:` in a text: what is typed so far, and which emoji it names. */

import { findEmoji, wordsOf, type Emoji } from "./emoji";

const BEFORE = String.raw`(?:^|[\s(«“"'’])`;
const NAME = String.raw`[\p{L}\p{N}][\p{L}\p{N}_+-]{1,29}`;
const OPEN = new RegExp(`${BEFORE}:(${NAME})$`, "u");
const CLOSED = new RegExp(`${BEFORE}:(${NAME}):$`, "u");

/** Where a name stands, from its `:` on. */
export type EmojiName = { start: number; text: string };

/** What is typed after a `:` that begins a word, up to the caret, from two letters on; `null` if nothing is. */
export function emojiQuery(before: string): EmojiName | null {
  const text = OPEN.exec(before)?.[1];
  return text === undefined ? null : { start: before.length - text.length - 1, text };
}

/** A name between two `:` that ends at the caret; `null` if there is none. */
export function closedName(before: string): EmojiName | null {
  const text = CLOSED.exec(before)?.[1];
  return text === undefined ? null : { start: before.length - text.length - 2, text };
}

/** The emoji that is called so: each word stands whole among its own. */
export function namedEmoji(all: readonly Emoji[], name: string): Emoji | null {
  const wanted = wordsOf(name);
  const fits = (one: Emoji): boolean => wanted.every((word) => one.words.includes(word));
  return findEmoji(all, wanted.join(" "), all.length).find(fits) ?? null;
}
