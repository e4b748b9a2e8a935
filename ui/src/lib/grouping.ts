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
  /** Alike events that are one line, `row` the last of them; `null` for everything else. */
  fold: { kind: FoldedKind; people: number; rows: readonly MessageRow[] } | null;
};

/** When a message was sent, as far as that can be: what is said to come from the future was sent when it came. */
export function momentOf(row: Pick<MessageRow, "sentAt" | "receivedAt">): number {
  return Math.min(row.sentAt, row.receivedAt);
}

const RUN_MS = 5 * 60_000;

/** So many events of a kind in a row are one line. */
const FOLDED_FROM = 3;
/** One who saves a few pictures makes one line. */
const SAVED_FROM = 2;

/** A line about the conversation: nobody said it, so it is in no run. */
export function isEvent(row: Pick<MessageRow, "body">): boolean {
  const { kind } = row.body;
  return kind === "requestAccepted" || kind === "groupEvent" || kind === "timerChanged" || kind === "mediaSaved";
}

/** Events that are folded when several stand in a row. */
export type FoldedKind = "added" | "removed" | "promoted" | "left" | "saved";

function foldedKind(row: MessageRow | undefined): FoldedKind | null {
  if (row?.body.kind === "mediaSaved") return "saved";
  if (row?.body.kind !== "groupEvent") return null;
  const { kind } = row.body.event;
  return kind === "added" || kind === "removed" || kind === "promoted" || kind === "left" ? kind : null;
}

/** Where a run of alike events ends that begins at `start`: one after its last row. */
function endOfRun(rows: readonly MessageRow[], start: number, firstUnread: string | null): number {
  const first = rows[start];
  const kind = foldedKind(first);
  let end = start + 1;
  if (first === undefined || kind === null) return end;
  for (let row = rows[end]; row !== undefined; row = rows[(end += 1)]) {
    if (foldedKind(row) !== kind || !sameDay(momentOf(row), momentOf(first)) || row.id === firstUnread) break;
    // Its line names who it was.
    if (kind === "saved" && row.author !== first.author) break;
  }
  return end;
}

/** How many people some events are about. */
function peopleIn(rows: readonly MessageRow[]): number {
  const ids = rows.flatMap(({ author, body }) => {
    if (body.kind !== "groupEvent") return [];
    return "people" in body.event ? body.event.people.map((person) => person.accountId) : [author];
  });
  return new Set(ids).size;
}

function joined(a: MessageRow | undefined, b: MessageRow | undefined): boolean {
  if (a === undefined || b === undefined || isEvent(a) || isEvent(b)) return false;
  const [before, after] = [momentOf(a), momentOf(b)];
  return a.author === b.author && Math.abs(after - before) <= RUN_MS && sameDay(before, after);
}

/** Rows of a timeline with their places in runs, day breaks and the unread line. */
export function grouped(rows: readonly MessageRow[], firstUnread: string | null): TimelineItem[] {
  const items: TimelineItem[] = [];
  for (let at = 0; at < rows.length;) {
    const end = endOfRun(rows, at, firstUnread);
    const run = rows.slice(at, end);
    const kind = foldedKind(run[0]);
    if (kind !== null && run.length >= (kind === "saved" ? SAVED_FROM : FOLDED_FROM))
      items.push(foldedItem(rows, at, run, kind, firstUnread));
    else for (let one = at; one < end; one += 1) items.push(itemAt(rows, one, firstUnread));
    at = end;
  }
  return items;
}

function foldedItem(
  rows: readonly MessageRow[],
  at: number,
  run: readonly MessageRow[],
  kind: FoldedKind,
  firstUnread: string | null,
): TimelineItem {
  const first = itemAt(rows, at, firstUnread);
  const last = itemAt(rows, at + run.length - 1, firstUnread);
  return { ...first, row: last.row, place: "single", fold: { kind, people: peopleIn(run), rows: run } };
}

function itemAt(rows: readonly MessageRow[], at: number, firstUnread: string | null): TimelineItem {
  const row = rows[at];
  if (row === undefined) throw new RangeError("no such row");
  const before = rows[at - 1];
  const after = rows[at + 1];
  const up = joined(before, row) && row.id !== firstUnread;
  const down = joined(row, after) && after?.id !== firstUnread;
  return {
    row,
    place: up ? (down ? "middle" : "last") : down ? "first" : "single",
    startsDay: before === undefined || !sameDay(momentOf(before), momentOf(row)),
    startsUnread: row.id === firstUnread,
    fold: null,
  };
}

/** Whether a message stands in an item, alone or folded with others. */
export function holds(item: TimelineItem, id: string | null): boolean {
  return item.row.id === id || item.fold?.rows.some((row) => row.id === id) === true;
}
