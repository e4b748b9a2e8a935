/** Unicode code points of a text: what the limits of the network count. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Bytes of a text in UTF-8. */
export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** `05a3…c91f`: an account ID shortened in the middle. */
export function shortId(accountId: string): string {
  return accountId.length > 12 ? `${accountId.slice(0, 4)}…${accountId.slice(-4)}` : accountId;
}

/** A longer cut of an account ID, where there is room: `05a3f10c77b2…41d0e8c91f`. */
export function mediumId(accountId: string): string {
  return accountId.length > 26 ? `${accountId.slice(0, 12)}…${accountId.slice(-10)}` : accountId;
}

const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** One or two letters that stand for a person. */
export function initials(name: string | null, accountId: string): string {
  const words = (name ?? "").split(/[\s\-_.]+/u).filter(Boolean);
  const first = words[0];
  if (first === undefined) return accountId.slice(0, 2);
  const letters = [...segments.segment(first)].map((part) => part.segment);
  const second = words[1] === undefined ? letters[1] : [...segments.segment(words[1])][0]?.segment;
  return `${letters[0] ?? ""}${second ?? ""}`.toLocaleUpperCase();
}

/** Which of six colours an account has, 1 to 6: the same on every day. */
export function colourOf(accountId: string): number {
  let hash = 2_166_136_261;
  for (const letter of accountId) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  return (((hash ^ (hash >>> 13)) >>> 8) % 6) + 1;
}

const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f|\s)+$/u;

/** Whether a text is one to six emoji and nothing else: shown larger. */
export function isEmojiOnly(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > 80 || !EMOJI_ONLY.test(trimmed)) return false;
  return [...segments.segment(trimmed.replace(/\s/gu, ""))].length <= 6;
}

/** Letters of a block of a long text, at least. */
const BLOCK = 2_000;

/** A long text in blocks of whole lines: each is laid out by itself. The line ends between them are left out. */
export function textBlocks(text: string): string[] {
  const blocks: string[] = [];
  let start = 0;
  for (;;) {
    let end = text.indexOf("\n", start + BLOCK);
    // An empty line at the end of a block would not be seen.
    while (end > 0 && text[end - 1] === "\n") end = text.indexOf("\n", end + 1);
    if (end < 0) break;
    blocks.push(text.slice(start, end));
    start = end + 1;
  }
  return [...blocks, text.slice(start)];
}

/** One line of a text, for lists and names. */
export function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}
