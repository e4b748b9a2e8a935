/** Searching messages in memory. */

import type { ConversationRow, MessageRow, SearchHas, SearchPage, SearchRequest, SearchRow } from "../backend";
import { hasWords, hitsIn } from "../../lib/found";
import { fail } from "./input";
import type { MessageStore } from "./message-store";

/** So many messages of a long conversation are looked at. */
const MOST_LOOKED_AT = 5_000;
const SNIPPET = 200;

export function searchPage(request: SearchRequest, store: MessageStore, rows: readonly ConversationRow[]): SearchPage {
  if (!hasWords(request.text) && request.author === null && request.has.length === 0) fail("nothingToSearch");
  const within = rows.filter((row) =>
    request.conversation === null ? row.isListed && row.isApproved && !row.isRequest : row.id === request.conversation,
  );
  if (request.conversation !== null && within.length === 0) fail("conversationNotFound");
  const found = within
    .flatMap((row) => {
      const fitting: SearchRow[] = [];
      for (const message of store.newestFirst(row.id, MOST_LOOKED_AT)) {
        const fit = fits(message, request);
        if (fit !== null) fitting.push({ ...fit, conversationName: row.name });
      }
      return fitting;
    })
    .sort((a, b) => b.message.sentAt - a.message.sentAt);
  const from = Number(request.cursor ?? 0);
  const end = from + Math.min(request.limit, 100);
  return {
    rows: found.slice(from, end),
    next: end < found.length ? String(end) : null,
    total: request.conversation !== null && from === 0 ? found.length : null,
    isComplete: true,
  };
}

function fits(message: MessageRow, request: SearchRequest): Omit<SearchRow, "conversationName"> | null {
  if (message.body.kind !== "text") return null;
  const { text } = message.body;
  if (request.author !== null && message.author !== request.author) return null;
  if (message.sentAt < (request.after ?? -Infinity) || message.sentAt >= (request.before ?? Infinity)) return null;
  if (!request.has.every((what) => has(message, text, what))) return null;
  const snippet = text.slice(0, SNIPPET);
  const hits = hitsIn(text, request.text);
  return hits === null ? null : { message: { ...message }, snippet, hits: hitsIn(snippet, request.text) ?? [] };
}

function has(message: MessageRow, text: string, what: SearchHas): boolean {
  switch (what) {
    case "link":
      return /https?:\/\//iu.test(text);
    case "picture":
      return message.attachments.some((file) => file.kind === "picture");
    case "file":
      return message.attachments.some((file) => file.kind !== "picture");
  }
}
