import type { ApiError, Backend, ConversationId, ConversationRow } from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import { mayWrite } from "../lib/message-rules";

const PAGE = 100;

/** Conversations to choose from, several at once: those in which something can be written. */
export class ForwardTargets {
  rows = $state.raw<readonly ConversationRow[]>([]);
  filter = $state("");
  status = $state<"loading" | "ready" | "error">("loading");
  error = $state<ApiError | null>(null);
  /** In the order in which they were chosen, also those that the filter hides. */
  chosen = $state.raw<ReadonlyMap<ConversationId, ConversationRow>>(new Map());
  hasMore = $state(false);

  readonly #backend: Backend;
  /** Not offered: nobody is told of themselves. */
  readonly #without: ConversationId | null;
  #next: string | null = null;
  #asked = 0;

  constructor(backend: Backend, without: ConversationId | null = null) {
    this.#backend = backend;
    this.#without = without;
  }

  async refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    try {
      const page = await this.#page(null);
      if (asked !== this.#asked) return;
      this.#take(page.rows, page.next, []);
      this.status = "ready";
      this.error = null;
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.error = asApiError(thrown);
      this.status = "error";
    }
  }

  async loadMore(): Promise<void> {
    const asked = this.#asked;
    const page = await this.#page(this.#next);
    if (asked === this.#asked) this.#take(page.rows, page.next, this.rows);
  }

  async setFilter(filter: string): Promise<void> {
    this.filter = filter;
    await this.refresh();
  }

  choose(row: ConversationRow, isChosen: boolean): void {
    const chosen = new Map(this.chosen);
    if (isChosen) chosen.set(row.id, row);
    else chosen.delete(row.id);
    this.chosen = chosen;
  }

  #page(cursor: string | null): ReturnType<Backend["listConversations"]> {
    return this.#backend.listConversations({ cursor, limit: PAGE, filter: this.filter.trim() });
  }

  #take(rows: readonly ConversationRow[], next: string | null, before: readonly ConversationRow[]): void {
    this.rows = [...before, ...rows.filter((row) => row.id !== this.#without && mayWrite(row))];
    this.#next = next;
    this.hasMore = next !== null;
  }
}
