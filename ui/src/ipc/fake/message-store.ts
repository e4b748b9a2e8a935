/** Messages in memory: pages of them, their facts, and what waits. */

import type {
  Anchor,
  ListMessagesRequest,
  MessageInfo,
  MessagePage,
  MessageRow,
  MessageState,
  OutboxItem,
} from "../backend";
import { apiError } from "../errors";
import { fail } from "./input";
import { LONG_PACE, longMessage, NOW } from "./seed";

const LONG_COUNT = 100_000;

export class MessageStore {
  /** Of each conversation, oldest first. */
  readonly lines = new Map<string, MessageRow[]>();
  /** A conversation with 100,000 messages before its lines, made when asked for. */
  long: string | null = null;

  page(request: ListMessagesRequest): MessagePage {
    const total = this.#size(request.conversation);
    const limit = Math.min(request.limit, 100);
    const [start, end] = this.#range(request.conversation, request.anchor, total, limit);
    const rows = Array.from({ length: end - start }, (_, step) => this.#at(request.conversation, start + step));
    return {
      rows,
      older: start > 0 ? String(start) : null,
      newer: end < total ? String(end) : null,
      firstUnread: this.lines.get(request.conversation)?.find((row) => row.isUnread)?.id ?? null,
      firstUnreadMention:
        this.lines.get(request.conversation)?.find((row) => row.isUnread && row.mentionsUs)?.id ?? null,
    };
  }

  #range(id: string, anchor: Anchor, total: number, limit: number): [number, number] {
    switch (anchor.at) {
      case "latest":
        return [Math.max(0, total - limit), total];
      case "before": {
        const end = Number(anchor.cursor);
        return [Math.max(0, end - limit), end];
      }
      case "after": {
        const start = Number(anchor.cursor);
        return [start, Math.min(total, start + limit)];
      }
      case "around": {
        const middle = this.#index(id, anchor.message);
        const start = Math.max(0, middle - Math.floor(limit / 2));
        return [start, Math.min(total, start + limit)];
      }
    }
  }

  #size(id: string): number {
    return (id === this.long ? LONG_COUNT : 0) + (this.lines.get(id)?.length ?? 0);
  }

  #at(id: string, index: number): MessageRow {
    const base = id === this.long ? LONG_COUNT : 0;
    if (index < base) return longMessage(id, index, LONG_COUNT);
    const row = this.lines.get(id)?.[index - base];
    return row === undefined ? fail("messageNotFound") : { ...row };
  }

  #index(id: string, messageId: string): number {
    if (messageId.startsWith("L")) return Number(messageId.slice(1));
    return (this.lines.get(id) ?? []).findIndex((row) => row.id === messageId);
  }

  find(id: string): MessageRow | undefined {
    if (id.startsWith("L") && this.long !== null) return longMessage(this.long, Number(id.slice(1)), LONG_COUNT);
    return [...this.lines.values()].flat().find((row) => row.id === id);
  }

  /** The messages of a conversation, at most so many. */
  *newestFirst(id: string, most: number): Generator<MessageRow> {
    for (const [, row] of this.before(id, null, most)) yield row;
  }

  /** The same before a place, each with its own, as the pages of a timeline have them. */
  *before(id: string, cursor: string | null, most: number): Generator<[cursor: string, row: MessageRow]> {
    const end = Math.min(this.#size(id), Number(cursor ?? Infinity));
    for (let at = end - 1; at >= Math.max(0, end - most); at -= 1) yield [String(at), this.#at(id, at)];
  }

  /** The first message at or after a moment. */
  firstAt(id: string, at: number): string | null {
    const index = Math.max(0, Math.ceil(LONG_COUNT - (NOW - at) / LONG_PACE));
    if (id === this.long && index < LONG_COUNT) return `L${index}`;
    return this.lines.get(id)?.find((row) => row.sentAt >= at)?.id ?? null;
  }

  /** Every message in one of these states. */
  inState(...states: MessageState[]): MessageRow[] {
    return [...this.lines.values()].flat().filter((row) => row.state !== null && states.includes(row.state));
  }

  info(id: string): MessageInfo {
    const row = this.find(id);
    if (row === undefined) fail("messageNotFound");
    const stored = row.state === "sent" || row.state === "read" || row.state === null;
    return {
      row: { ...row },
      fullText: row.body.kind === "text" ? row.body.text : "",
      storedAt: stored ? row.sentAt + 900 : null,
      serverHash: stored ? "9ZkqTn3Vw0rY8mSgT7bF2c1LhXoPq4uJ" : null,
      expiresAt: stored ? row.sentAt + 14 * 86_400_000 : null,
      attempts: row.state === "failed" ? 4 : 1,
    };
  }

  /** What waits; `nameOf` tells a conversation's name. */
  outbox(nameOf: (conversation: string) => string | null): OutboxItem[] {
    return this.inState("queued", "sending", "notSynced").map((row) => ({
      messageId: row.id,
      conversation: row.conversation,
      conversationName: nameOf(row.conversation),
      isDirectoryName: false,
      isOwnCopy: row.state === "notSynced",
      queuedAt: row.sentAt,
      nextAttemptAt: row.state === "sending" ? null : row.nextAttemptAt,
      attempts: 1,
      error: row.state === "queued" ? apiError("offline") : null,
    }));
  }
}
