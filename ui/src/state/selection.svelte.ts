import type { MessageId, MessageRow } from "../ipc/backend";

/** Messages of one conversation that are chosen, to do something with all of them. */
export class Selection {
  isOn = $state(false);
  /** In the order in which they were chosen; rows that were let go on scrolling stay. */
  rows = $state.raw<ReadonlyMap<MessageId, MessageRow>>(new Map());
  readonly count = $derived(this.rows.size);
  /** Where a stretch begins. */
  #anchor: MessageId | null = null;

  /** Begins, with one message or none. */
  begin(row: MessageRow | null): void {
    this.isOn = true;
    this.rows = new Map<MessageId, MessageRow>(row === null ? [] : [[row.id, row]]);
    this.#anchor = row?.id ?? null;
  }

  has(id: MessageId): boolean {
    return this.rows.has(id);
  }

  toggle(row: MessageRow): void {
    const rows = new Map(this.rows);
    if (!rows.delete(row.id)) rows.set(row.id, row);
    this.rows = rows;
    this.#anchor = row.id;
  }

  /** Everything from the last one that was chosen to this one, as they stand. */
  extend(to: MessageRow, all: readonly MessageRow[]): void {
    const from = all.findIndex((row) => row.id === this.#anchor);
    const end = all.findIndex((row) => row.id === to.id);
    if (from < 0 || end < 0) return this.toggle(to);
    this.add(all.slice(Math.min(from, end), Math.max(from, end) + 1));
  }

  add(more: readonly MessageRow[]): void {
    this.rows = new Map([...this.rows, ...more.map((row): [MessageId, MessageRow] => [row.id, row])]);
  }

  /** Some rows were asked for again: those that did not come are gone. */
  refresh(asked: readonly MessageId[], fresh: ReadonlyMap<MessageId, MessageRow>): void {
    if (!asked.some((id) => this.rows.has(id))) return;
    const rows = new Map(this.rows);
    for (const id of asked) {
      const row = fresh.get(id);
      if (row === undefined) rows.delete(id);
      else if (rows.has(id)) rows.set(id, row);
    }
    this.rows = rows;
  }

  end(): void {
    this.isOn = false;
    this.rows = new Map();
    this.#anchor = null;
  }
}
