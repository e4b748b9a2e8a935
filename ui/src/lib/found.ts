/** Words that were searched for, as the program finds them: by their beginnings, without case and accents. */

import type { SearchHas, SearchHit } from "../ipc/backend";

/** A piece of a text: a word that was searched for, or what stands between. */
export type FoundPiece = { text: string; isHit: boolean };

/** A letter of a folded text, and where in the text it comes from. */
type Letter = { letter: string; from: number; to: number; writing: "spaced" | "unspaced" | null };

const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const PLAIN: Readonly<Record<string, string>> = { œ: "oe", æ: "ae", ß: "ss", ø: "o", ł: "l", đ: "d", ı: "i", ς: "σ" };
const FEWEST_LETTERS = 2;

function writingOf(letter: string): Letter["writing"] {
  if (!/[\p{L}\p{N}]/u.test(letter)) return null;
  return UNSPACED.test(letter) ? "unspaced" : "spaced";
}

function lettersOf(text: string): Letter[] {
  const letters: Letter[] = [];
  let from = 0;
  for (const sign of text) {
    const to = from + sign.length;
    // Without accents, and what cannot be seen.
    const folded = sign.normalize("NFKD").replace(/[\p{Mn}\p{Cf}]/gu, "");
    const last = letters.at(-1);
    // An accent of its own belongs to the letter before it.
    if (folded === "" && last?.to === from) last.to = to;
    for (const low of folded.toLowerCase())
      for (const letter of PLAIN[low] ?? low) letters.push({ letter, from, to, writing: writingOf(letter) });
    from = to;
  }
  return letters;
}

/** The words of a text, each as its letters. */
function wordsOf(text: string): Letter[][] {
  const words: Letter[][] = [];
  let last: Letter["writing"] = null;
  for (const letter of lettersOf(text)) {
    if (letter.writing !== null && letter.writing === last) words.at(-1)?.push(letter);
    else if (letter.writing !== null) words.push([letter]);
    last = letter.writing;
  }
  return words;
}

function isUnspaced(word: readonly Letter[]): boolean {
  return word[0]?.writing === "unspaced";
}

/** The words of what was typed that count. */
function termsOf(typed: string): Letter[][] {
  return wordsOf(typed).filter((word) => isUnspaced(word) || word.length >= FEWEST_LETTERS);
}

/** Whether what was typed has a word that can be searched for. */
export function hasWords(typed: string): boolean {
  return termsOf(typed).length > 0;
}

function hitAt(word: readonly Letter[], term: readonly Letter[], at: number): SearchHit | null {
  const [first, last] = [word[at], word[at + term.length - 1]];
  if (first === undefined || last === undefined) return null;
  if (!term.every((letter, index) => word[at + index]?.letter === letter.letter)) return null;
  return { start: first.from, length: last.to - first.from };
}

function hitsOf(words: readonly Letter[][], term: readonly Letter[]): SearchHit[] {
  return words
    .filter((word) => isUnspaced(word) === isUnspaced(term))
    .flatMap((word) => (isUnspaced(word) ? word.map((_, at) => hitAt(word, term, at)) : [hitAt(word, term, 0)]))
    .filter((hit) => hit !== null);
}

/** Where the words that were typed stand in a text; `null` if one of them does not. */
export function hitsIn(text: string, typed: string): SearchHit[] | null {
  const words = wordsOf(text);
  const each = termsOf(typed).map((term) => hitsOf(words, term));
  return each.some((hits) => hits.length === 0) ? null : inOrder(each.flat());
}

/** In order; those that touch become one. */
function inOrder(hits: SearchHit[]): SearchHit[] {
  const apart: SearchHit[] = [];
  for (const hit of hits.sort((a, b) => a.start - b.start)) {
    const last = apart.at(-1);
    const end = last === undefined ? -1 : last.start + last.length;
    if (last !== undefined && hit.start <= end) last.length = Math.max(end, hit.start + hit.length) - last.start;
    else apart.push({ ...hit });
  }
  return apart;
}

/** A text cut at its hits. */
export function piecesOf(text: string, hits: readonly SearchHit[]): FoundPiece[] {
  const pieces: FoundPiece[] = [];
  let end = 0;
  for (const { start, length } of hits) {
    if (start > end) pieces.push({ text: text.slice(end, start), isHit: false });
    pieces.push({ text: text.slice(start, start + length), isHit: true });
    end = start + length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), isHit: false });
  return pieces;
}

/** A text cut at those of the words typed that stand in it. */
export function foundPieces(text: string, typed: string): FoundPiece[] {
  const words = wordsOf(text);
  return piecesOf(text, inOrder(termsOf(typed).flatMap((term) => hitsOf(words, term))));
}

const HAS = /(?:^|\s)has:(file|link|picture)(?=\s|$)/giu;

/** What was typed into a search: words, and what a message must have (`has:link`). */
export function typedSearch(typed: string): { words: string; has: SearchHas[] } {
  const has = [...typed.matchAll(HAS)].map((match) => (match[1] ?? "").toLowerCase() as SearchHas);
  return { words: typed.replace(HAS, " ").trim(), has: [...new Set(has)] };
}
