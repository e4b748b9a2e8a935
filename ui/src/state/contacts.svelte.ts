import type { ApiError, AppEvent, Backend, ContactRow, ContactList as Which } from "../ipc/backend";
import { asApiError } from "../ipc/errors";

const PAGE = 100;

/** A list of people in the order of their names: pages from the top, kept true by events. */
export class Contacts {
  rows = $state.raw<ContactRow[]>([]);
  status = $state<"loading" | "ready" | "error">("loading");
  error = $state<ApiError | null>(null);
  filter = $state("");

  readonly #backend: Backend;
  readonly #which: Which;
  /** Where the next page begins; `null` at the end. */
  #next = $state.raw<string | null>(null);
  #asked = 0;
  #isLoadingMore = false;

  get hasMore(): boolean {
    return this.#next !== null;
  }

  constructor(backend: Backend, which: Which) {
    this.#backend = backend;
    this.#which = which;
  }

  #page(cursor: string | null): ReturnType<Backend["listContacts"]> {
    return this.#backend.listContacts({ list: this.#which, cursor, limit: PAGE, filter: this.filter.trim() });
  }

  /** From the top again, as far as was shown before. */
  async refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    const wanted = this.rows.length;
    try {
      let page = await this.#page(null);
      const rows = page.rows;
      while (page.next !== null && rows.length < wanted) {
        page = await this.#page(page.next);
        rows.push(...page.rows);
      }
      if (asked !== this.#asked) return;
      this.rows = rows;
      this.#next = page.next;
      this.error = null;
      this.status = "ready";
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.error = asApiError(thrown);
      this.status = "error";
    }
  }

  async setFilter(filter: string): Promise<void> {
    this.filter = filter;
    this.rows = [];
    await this.refresh();
  }

  /** The next page, when the end of the list comes near. */
  async loadMore(): Promise<void> {
    if (this.#next === null || this.#isLoadingMore) return;
    this.#isLoadingMore = true;
    const asked = this.#asked;
    try {
      const page = await this.#page(this.#next);
      if (asked !== this.#asked) return;
      this.rows = [...this.rows, ...page.rows];
      this.#next = page.next;
    } finally {
      this.#isLoadingMore = false;
    }
  }

  async apply(event: AppEvent): Promise<void> {
    if (event.kind === "conversationsChanged" || event.kind === "resync") await this.refresh();
  }
}
