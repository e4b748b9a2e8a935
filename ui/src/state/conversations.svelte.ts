import type { ApiError, AppEvent, Backend, ConversationId, ConversationRow } from "../ipc/backend";
import { asApiError } from "../ipc/errors";

const PAGE = 100;

function inOrder(a: ConversationRow, b: ConversationRow): number {
  return b.pinRank - a.pinRank || b.lastActivityAt - a.lastActivityAt || (a.id > b.id ? -1 : 1);
}

/** Whether a row stands in the list: who is not accepted is a request, and so is an invitation. */
function isInList(row: ConversationRow | undefined): boolean {
  if (row === undefined || !row.isListed) return false;
  return row.kind === "group" ? !row.isRequest : row.isApproved;
}

/** The list of conversations: pages from the top, kept true by events. */
export class Conversations {
  rows = $state.raw<ConversationRow[]>([]);
  /** The open conversation's row, whether it stands in the list or not. */
  current = $state.raw<ConversationRow | null>(null);
  filter = $state("");
  status = $state<"loading" | "ready" | "error">("loading");
  error = $state<ApiError | null>(null);
  total = $state(0);

  readonly #backend: Backend;
  #next: string | null = null;
  #isLoadingMore = false;
  #asked = 0;
  #isHeld = false;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    try {
      const page = await this.#backend.listConversations({ cursor: null, limit: PAGE, filter: this.filter.trim() });
      if (asked !== this.#asked) return;
      this.rows = page.rows;
      this.total = page.total;
      this.#next = page.next;
      this.status = "ready";
      this.error = null;
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.error = asApiError(thrown);
      this.status = "error";
    }
  }

  async setFilter(filter: string): Promise<void> {
    this.filter = filter;
    await this.refresh();
  }

  /** The next page, when the end of the list comes near. */
  async loadMore(): Promise<void> {
    if (this.#next === null || this.#isLoadingMore) return;
    this.#isLoadingMore = true;
    const asked = this.#asked;
    try {
      const page = await this.#backend.listConversations({
        cursor: this.#next,
        limit: PAGE,
        filter: this.filter.trim(),
      });
      if (asked !== this.#asked) return;
      const known = new Set(this.rows.map((row) => row.id));
      this.rows = [...this.rows, ...page.rows.filter((row) => !known.has(row.id))];
      this.#next = page.next;
    } finally {
      this.#isLoadingMore = false;
    }
  }

  /** While the pointer moves over the list, rows keep their places. */
  hold(isHeld: boolean): void {
    if (this.#isHeld === isHeld) return;
    this.#isHeld = isHeld;
    if (!isHeld) this.rows = [...this.rows].sort(inOrder);
  }

  async apply(event: AppEvent): Promise<void> {
    if (event.kind === "resync") {
      await Promise.all([this.refresh(), this.#refreshCurrent()]);
    } else if (event.kind === "conversationsChanged") {
      if (event.ids.of === "all") await Promise.all([this.refresh(), this.#refreshCurrent()]);
      else await this.#merge(event.ids.ids);
    }
  }

  async #refreshCurrent(): Promise<void> {
    const id = this.current?.id;
    if (id === undefined) return;
    const [row] = await this.#backend.getConversations([id]);
    if (row !== undefined) this.#takeCurrent(row);
  }

  /** The newer form of the current row, if it is still the current one. */
  #takeCurrent(row: ConversationRow): void {
    if (row.id === this.current?.id) this.current = row;
  }

  async #merge(ids: ConversationId[]): Promise<void> {
    const fresh = new Map((await this.#backend.getConversations(ids)).map((row) => [row.id, row]));
    for (const row of fresh.values()) this.#takeCurrent(row);
    const wasListed = new Set(this.rows.map((row) => row.id));
    if (this.filter.trim() !== "" || ids.some((id) => wasListed.has(id) !== isInList(fresh.get(id)))) {
      await this.refresh();
      return;
    }
    const rows = this.rows.map((row) => fresh.get(row.id) ?? row);
    this.rows = this.#isHeld ? rows : rows.sort(inOrder);
  }

  /** Makes a conversation with an account the current one; it joins the list with its first message. */
  async open(accountId: string): Promise<ConversationRow> {
    this.current = await this.#backend.openConversation(accountId);
    return this.current;
  }

  /** A row as it stands in the list now, if it does, or as it is open. */
  latest(row: ConversationRow): ConversationRow {
    return this.rows.find((listed) => listed.id === row.id) ?? (this.current?.id === row.id ? this.current : row);
  }

  /** A row that is shown already, or asked for. */
  async select(id: ConversationId): Promise<void> {
    if (this.current?.id === id) return;
    const known = this.rows.find((row) => row.id === id);
    if (known !== undefined) this.current = known;
    else this.current = (await this.#backend.getConversations([id]))[0] ?? null;
  }

  close(): void {
    this.current = null;
  }

  /** The row `step` places below (or above) the current one. */
  neighbour(step: 1 | -1): ConversationRow | undefined {
    const at = this.rows.findIndex((row) => row.id === this.current?.id);
    return at < 0 ? this.rows[step === 1 ? 0 : this.rows.length - 1] : this.rows[at + step];
  }

  /** The next row with something unread, from the current one on and round again. */
  nextUnread(): ConversationRow | undefined {
    const at = this.rows.findIndex((row) => row.id === this.current?.id) + 1;
    return [...this.rows.slice(at), ...this.rows.slice(0, at)].find((row) => row.unreadCount > 0 || row.isMarkedUnread);
  }

  setPinned(row: ConversationRow): Promise<void> {
    return this.#backend.setPinned(row.id, !row.isPinned);
  }

  markRead(id: ConversationId): Promise<void> {
    return this.#backend.markRead(id);
  }

  /** Carries out what takes a conversation out of the list. */
  async remove(id: ConversationId, work: () => Promise<void>): Promise<void> {
    await work();
    if (this.current?.id === id) this.current = null;
    await this.refresh();
  }
}
