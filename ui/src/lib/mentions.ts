/** Mentions: on the wire `@` and an account ID, for people `@` and a name. */

import type { PersonRef } from "../ipc/backend";

/** A piece of a text: words, or somebody who is mentioned. */
export type MentionPiece = { kind: "text"; text: string } | { kind: "mention"; accountId: string };

const MENTION = /@(05[0-9a-f]{64})(?![0-9a-f])/giu;

/** Splits a text at the people that it mentions. */
export function splitMentions(text: string): MentionPiece[] {
  const pieces: MentionPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(MENTION)) {
    if (match.index > end) pieces.push({ kind: "text", text: text.slice(end, match.index) });
    pieces.push({ kind: "mention", accountId: (match[1] ?? "").toLowerCase() });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ kind: "text", text: text.slice(end) });
  return pieces;
}

/** The text with names where account IDs stand. */
export function namedMentions(text: string, nameOf: (accountId: string) => string): string {
  return text.replace(MENTION, (_, accountId: string) => `@${nameOf(accountId.toLowerCase())}`);
}

/** The person of a list with an account ID. */
export function mentioned(people: readonly PersonRef[], accountId: string): PersonRef {
  return people.find((person) => person.accountId === accountId) ?? { accountId, name: null, isSelf: false };
}

/** What is typed after an `@` that begins a word, up to the caret; `null` if there is none. */
export function mentionQuery(before: string): { start: number; text: string } | null {
  const found = /(?:^|[\s(«“"'’])@([^\s@]{0,40})$/u.exec(before);
  if (found === null) return null;
  const text = found[1] ?? "";
  return { start: before.length - text.length - 1, text };
}

/** Letters without accents and case, for comparing. */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** Whether a word of a name, or an account ID, begins with what was typed. */
export function fitsQuery(name: string | null, accountId: string, query: string): boolean {
  const wanted = folded(query);
  if (wanted === "" || accountId.startsWith(wanted)) return true;
  const words = folded(name ?? "").split(/[\s\-_.’']+/u);
  return words.some((word) => word.startsWith(wanted)) || folded(name ?? "").startsWith(wanted);
}
