import type { ApiError, AppEvent, Backend, ConversationId, MessageId } from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import { hasWords } from "../lib/found";
import { isSaid } from "../lib/message-rules";

const PAGE = 50;

/** The search within one conversation: from hit to hit, the newest first. */
export class Find {
  isOpen = $state(false);
  /** Asks the field to take the focus; grows with every request. */
  focus = $state(0);
  text = $state("");
  /** The messages found so far, newest first. */
  ids = $state.raw<MessageId[]>([]);
  /** Which of them is shown; −1: none. */
  at = $state(-1);
  /** How many there are, if they were counted. */
  total = $state<number | null>(null);
  status = $state<"idle" | "loading" | "ready" | "error">("idle");
  error = $state<ApiError | null>(null);

  readonly #backend: Backend;
  readonly #conversation: ConversationId;
  readonly #show: (message: MessageId) => Promise<void>;
  /** Where the next page begins; `null` at the end. */
  #next = $state.raw<string | null>(null);
  #asked = 0;

  readonly hasOlder = $derived(this.at + 1 < this.ids.length || this.#next !== null);
  readonly hasNewer = $derived(this.at > 0);

  constructor(backend: Backend, conversation: ConversationId, show: (message: MessageId) => Promise<void>) {
    this.#backend = backend;
    this.#conversation = conversation;
    this.#show = show;
  }

  open(): void {
    this.isOpen = true;
    this.focus += 1;
  }

  close(): void {
    this.#asked += 1;
    this.isOpen = false;
    this.text = "";
    this.#clear();
  }

  #clear(): void {
    this.ids = [];
    this.at = -1;
    this.total = null;
    this.#next = null;
    this.status = "idle";
    this.error = null;
  }

  /** Searches for what is typed and shows the newest hit. */
  async setText(text: string): Promise<void> {
    const asked = (this.#asked += 1);
    this.text = text;
    if (!hasWords(text)) {
      this.#clear();
      return;
    }
    if (this.ids.length === 0) this.status = "loading";
    try {
      const page = await this.#page(null);
      if (asked !== this.#asked) return;
      this.ids = page.rows.map((row) => row.message.id);
      this.total = page.total;
      this.#next = page.next;
      this.at = this.ids.length > 0 ? 0 : -1;
      this.status = "ready";
      this.error = null;
      await this.#go();
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.#clear();
      this.error = asApiError(thrown);
      this.status = "error";
    }
  }

  #page(cursor: string | null): ReturnType<Backend["searchMessages"]> {
    return this.#backend.searchMessages({
      text: this.text.trim(),
      conversation: this.#conversation,
      author: null,
      after: null,
      before: null,
      has: [],
      cursor,
      limit: PAGE,
    });
  }

  /** Goes to the hit before, in time. */
  async older(): Promise<void> {
    if (this.at + 1 >= this.ids.length) await this.#loadMore();
    if (this.at + 1 >= this.ids.length) return;
    this.at += 1;
    await this.#go();
  }

  /** Goes to the hit after, in time. */
  async newer(): Promise<void> {
    if (this.at <= 0) return;
    this.at -= 1;
    await this.#go();
  }

  async #loadMore(): Promise<void> {
    const cursor = this.#next;
    if (cursor === null) return;
    const asked = this.#asked;
    const page = await this.#page(cursor);
    if (asked !== this.#asked) return;
    const known = new Set(this.ids);
    this.ids = [...this.ids, ...page.rows.map((row) => row.message.id).filter((id) => !known.has(id))];
    this.#next = page.next;
    if (page.next === null) this.total = this.ids.length;
  }

  async #go(): Promise<void> {
    const id = this.ids[this.at];
    if (id !== undefined) await this.#show(id);
  }

  /** What was deleted, or has disappeared, is no hit any more, and is not counted. */
  async apply(event: AppEvent): Promise<void> {
    if (this.status !== "ready" || this.ids.length === 0) return;
    if (event.kind === "resync") return this.#again();
    if (event.kind !== "messagesChanged" || event.conversation !== this.#conversation) return;
    if (event.ids.of === "all") return this.#again();
    const known = new Set(this.ids);
    const ids = event.ids.ids.filter((id) => known.has(id));
    if (ids.length > 0) await this.#look(ids);
  }

  async #look(ids: readonly MessageId[]): Promise<void> {
    const asked = this.#asked;
    const found = await this.#backend.getMessages([...ids]);
    if (asked !== this.#asked) return;
    const left = new Set(found.filter(isSaid).map((row) => row.id));
    const gone = new Set(ids.filter((id) => !left.has(id)));
    if (gone.size === 0) return;
    const before = this.ids.slice(0, this.at).filter((id) => gone.has(id)).length;
    this.ids = this.ids.filter((id) => !gone.has(id));
    // The view stays where it is: the hit after the one that went is next.
    this.at = Math.min(this.at - before, this.ids.length - 1);
    if (this.total !== null) this.total -= gone.size;
  }

  /** Searches once more, as far as it had come, and stays at the hit that is shown. */
  async #again(): Promise<void> {
    const asked = (this.#asked += 1);
    const shown = this.ids[this.at];
    const count = this.ids.length;
    try {
      let page = await this.#page(null);
      const { total } = page;
      const ids = page.rows.map((row) => row.message.id);
      while (page.next !== null && ids.length < count) {
        page = await this.#page(page.next);
        ids.push(...page.rows.map((row) => row.message.id));
      }
      if (asked !== this.#asked) return;
      this.ids = [...new Set(ids)];
      this.total = page.next === null ? this.ids.length : total;
      this.#next = page.next;
      const at = shown === undefined ? -1 : this.ids.indexOf(shown);
      this.at = Math.min(Math.max(at, 0), this.ids.length - 1);
    } catch {
      // What was found stays until it is searched again.
    }
  }
}
