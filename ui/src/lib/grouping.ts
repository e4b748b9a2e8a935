import type { MessageRow } from "../ipc/backend";
import { sameDay } from "./dates";

/** A message with what its neighbours make of it. */
export type TimelineItem = {
  row: MessageRow;
  /** Place in a run of one person: decides the corners. */
  place: "single" | "first" | "middle" | "last";
  /** The day begins here. */
  startsDay: boolean;
  /** The unread line stands above. */
  startsUnread: boolean;
};

const RUN_MS = 5 * 60_000;

/** A line about the conversation: nobody said it, so it is in no run. */
function isEvent(row: MessageRow): boolean {
  return row.body.kind === "requestAccepted";
}

function joined(a: MessageRow | undefined, b: MessageRow | undefined): boolean {
  if (a === undefined || b === undefined || isEvent(a) || isEvent(b)) return false;
  return a.author === b.author && Math.abs(b.sentAt - a.sentAt) <= RUN_MS && sameDay(a.sentAt, b.sentAt);
}

/** Rows of a timeline with their places in runs, day breaks and the unread line. */
export function grouped(rows: readonly MessageRow[], firstUnread: string | null): TimelineItem[] {
  return rows.map((row, at) => {
    const before = rows[at - 1];
    const after = rows[at + 1];
    const up = joined(before, row) && row.id !== firstUnread;
    const down = joined(row, after) && after?.id !== firstUnread;
    return {
      row,
      place: up ? (down ? "middle" : "last") : down ? "first" : "single",
      startsDay: before === undefined || !sameDay(before.sentAt, row.sentAt),
      startsUnread: row.id === firstUnread,
    };
  });
}
