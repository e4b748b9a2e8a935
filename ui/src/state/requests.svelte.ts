import type { ApiError, AppEvent, Backend, ConversationId, RequestDetails, RequestRow } from "../ipc/backend";
import { asApiError } from "../ipc/errors";

const PAGE = 50;

/** The message requests: pages from the top, kept true by events. */
export class Requests {
  rows = $state.raw<RequestRow[]>([]);
  total = $state(0);
  error = $state<ApiError | null>(null);
  hasMore = $state(false);

  readonly #backend: Backend;
  readonly #onNew: () => void;
  #next: string | null = null;
  #asked = 0;
  #isKnown = false;

  /** `onNew`: there are more than before. */
  constructor(backend: Backend, onNew: () => void) {
    this.#backend = backend;
    this.#onNew = onNew;
  }

  async refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    try {
      const page = await this.#backend.listRequests({ cursor: null, limit: PAGE });
      if (asked !== this.#asked) return;
      const isMore = this.#isKnown && page.total > this.total;
      Object.assign(this, { rows: page.rows, total: page.total, error: null });
      this.#nextPage(page.next);
      this.#isKnown = true;
      if (isMore) this.#onNew();
    } catch (thrown) {
      if (asked === this.#asked) this.error = asApiError(thrown);
    }
  }

  async loadMore(): Promise<void> {
    if (this.#next === null) return;
    const asked = this.#asked;
    const page = await this.#backend.listRequests({ cursor: this.#next, limit: PAGE });
    if (asked !== this.#asked) return;
    const known = new Set(this.rows.map((row) => row.id));
    this.rows = [...this.rows, ...page.rows.filter((row) => !known.has(row.id))];
    this.#nextPage(page.next);
  }

  async apply(event: AppEvent): Promise<void> {
    if (event.kind === "requestsChanged" || event.kind === "resync") await this.refresh();
    else if (event.kind === "conversationsChanged" && this.#concerns(event.ids)) await this.refresh();
  }

  #concerns(ids: { of: "all" } | { of: "some"; ids: ConversationId[] }): boolean {
    if (ids.of === "all") return true;
    const changed = new Set(ids.ids);
    return this.rows.some((row) => changed.has(row.id));
  }

  #nextPage(next: string | null): void {
    this.#next = next;
    this.hasMore = next !== null;
  }

  /** Nothing of a locked account stays. */
  forget(): void {
    Object.assign(this, { rows: [], total: 0 });
    this.#nextPage(null);
    this.#isKnown = false;
  }

  details(id: ConversationId): Promise<RequestDetails> {
    return this.#backend.getRequest(id);
  }

  async accept(id: ConversationId): Promise<void> {
    await this.#backend.acceptRequest(id);
  }

  decline(id: ConversationId): Promise<void> {
    return this.#backend.declineRequest(id);
  }

  block(id: ConversationId): Promise<void> {
    return this.#backend.blockRequest(id);
  }

  async clear(): Promise<void> {
    await this.#backend.clearRequests();
    await this.refresh();
  }
}
