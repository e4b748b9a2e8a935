import type { ApiError, AppEvent, Backend, ConversationRow, GalleryKind, GalleryRow, MessageId } from "../ipc/backend";
import { asApiError } from "../ipc/errors";

const PAGE = 60;

/** The files and links of one conversation, newest first, page by page. */
export class Gallery {
  readonly conversation: ConversationRow;
  kind = $state<GalleryKind>("media");
  rows = $state.raw<readonly GalleryRow[]>([]);
  status = $state<"loading" | "ready" | "error">("loading");
  error = $state<ApiError | null>(null);
  hasMore = $state(false);
  /** Others may have come since the newest were asked for. */
  hasNewer = false;
  /** Where the list was left, in pixels. */
  offset = 0;

  readonly #backend: Backend;
  #next: string | null = null;
  #asked = 0;
  #isLoadingMore = false;

  constructor(backend: Backend, conversation: ConversationRow) {
    this.#backend = backend;
    this.conversation = conversation;
  }

  async show(kind: GalleryKind): Promise<void> {
    if (kind !== this.kind) {
      this.kind = kind;
      this.rows = [];
      this.offset = 0;
      this.status = "loading";
    }
    await this.refresh();
  }

  /** From the newest again. */
  async refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    this.hasNewer = false;
    try {
      const page = await this.#backend.gallery(this.#request(null));
      if (asked !== this.#asked) return;
      this.rows = page.rows;
      this.#turn(page.next);
      this.error = null;
      this.status = "ready";
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.error = asApiError(thrown);
      this.status = "error";
    }
  }

  #request(cursor: string | null): { conversation: string; kind: GalleryKind; cursor: string | null; limit: number } {
    return { conversation: this.conversation.id, kind: this.kind, cursor, limit: PAGE };
  }

  /** Where the next page begins; `null` at the end. */
  get next(): string | null {
    return this.#next;
  }

  #turn(next: string | null): void {
    this.#next = next;
    this.hasMore = next !== null;
  }

  /** The next page, when the end of the list comes near. */
  async loadMore(): Promise<void> {
    if (this.#next === null || this.#isLoadingMore) return;
    this.#isLoadingMore = true;
    const asked = this.#asked;
    try {
      const page = await this.#backend.gallery(this.#request(this.#next));
      if (asked !== this.#asked) return;
      this.rows = [...this.rows, ...page.rows];
      this.#turn(page.next);
    } finally {
      this.#isLoadingMore = false;
    }
  }

  async apply(event: AppEvent): Promise<void> {
    if (event.kind === "resync") await this.refresh();
    if (event.kind !== "messagesChanged" || event.conversation !== this.conversation.id) return;
    if (event.ids.of === "all") await this.refresh();
    else await this.#look(event.ids.ids);
  }

  /** What is gone goes from here, what was fetched is shown. What is new stands there when it is opened again. */
  async #look(changed: readonly MessageId[]): Promise<void> {
    const shown = new Set(this.rows.map((row) => row.message));
    const ids = changed.filter((id) => shown.has(id));
    if (ids.length < changed.length) this.hasNewer = true;
    if (ids.length === 0) return;
    const asked = this.#asked;
    const messages = await this.#backend.getMessages(ids);
    if (asked !== this.#asked) return;
    const fresh = new Map(messages.map((row) => [row.id, row]));
    const looked = new Set(ids);
    this.rows = this.rows.flatMap((row): GalleryRow[] => {
      if (!looked.has(row.message)) return [row];
      const message = fresh.get(row.message);
      if (message?.body.kind !== "text") return [];
      if (row.file === null) return [row];
      const file = message.attachments.find((one) => one.index === row.file?.index);
      return file === undefined ? [] : [{ ...row, file }];
    });
  }
}
