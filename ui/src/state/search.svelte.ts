import type {
  ApiError,
  AppEvent,
  Backend,
  ContactRow,
  ConversationId,
  ConversationRow,
  MessageId,
  PersonRef,
  SearchHas,
  SearchRequest,
  SearchRow,
} from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import { hasWords, typedSearch } from "../lib/found";

const PAGE = 50;
/** So many messages are shown; what is older is found by narrowing the search. */
export const MOST_FOUND = 500;
const MOST_CONTACTS = 20;
/** So many messages are asked for at once. */
const LOOKED_AT = 100;

/** Since when. `days`: between two days that are typed. */
export type Period = "any" | "today" | "week" | "month" | "year" | "days";

const PERIOD_DAYS: Readonly<Record<Exclude<Period, "any" | "days">, number>> = {
  today: 0,
  week: 6,
  month: 29,
  year: 364,
};

/** What the search of the list narrows the messages to. */
export type Narrowing = {
  conversation: ConversationRow | null;
  author: PersonRef | null;
  period: Period;
  /** The first and the last day of `days`, each by its beginning. */
  firstDay: number | null;
  lastDay: number | null;
  has: readonly SearchHas[];
};

const WIDE: Narrowing = { conversation: null, author: null, period: "any", firstDay: null, lastDay: null, has: [] };

/** The search of the list: contacts and messages beside the conversations. */
export class Search {
  text = $state("");
  narrowing = $state.raw<Narrowing>(WIDE);
  rows = $state.raw<SearchRow[]>([]);
  /** Contacts without a conversation in the list. */
  contacts = $state.raw<ContactRow[]>([]);
  /** Conversations of the messages found. */
  conversations = $state.raw<ReadonlyMap<ConversationId, ConversationRow>>(new Map());
  /** `idle`: there is nothing to search messages for. */
  status = $state<"idle" | "loading" | "ready" | "error">("idle");
  error = $state<ApiError | null>(null);
  /** All messages are searched. */
  isComplete = $state(true);
  /** There are older ones. */
  hasMore = $state(false);

  readonly #backend: Backend;
  #next: string | null = null;
  #asked = 0;
  #isLoadingMore = false;

  readonly isNarrowed = $derived(
    this.narrowing.conversation !== null ||
      this.narrowing.author !== null ||
      this.narrowing.period !== "any" ||
      this.#has.length > 0,
  );
  /** Something is searched for. */
  readonly isOn = $derived(this.text.trim() !== "" || this.isNarrowed);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** What was typed, without what it says that a message must have. */
  get words(): string {
    return typedSearch(this.text).words;
  }

  get #has(): SearchHas[] {
    return [...new Set([...this.narrowing.has, ...typedSearch(this.text).has])];
  }

  /** Whether messages must have something, chosen or typed. */
  has(what: SearchHas): boolean {
    return this.#has.includes(what);
  }

  async setText(text: string): Promise<void> {
    this.text = text;
    await this.refresh();
  }

  async narrow(change: Partial<Narrowing>): Promise<void> {
    this.narrowing = { ...this.narrowing, ...change };
    await this.refresh();
  }

  async toggle(what: SearchHas): Promise<void> {
    const has = this.narrowing.has.includes(what)
      ? this.narrowing.has.filter((one) => one !== what)
      : [...this.narrowing.has, what];
    await this.narrow({ has });
  }

  /** Searches everything again. */
  async widen(): Promise<void> {
    this.text = this.words;
    await this.narrow(WIDE);
  }

  /** Nothing is searched for any more. */
  forget(): void {
    this.#asked += 1;
    this.text = "";
    this.narrowing = WIDE;
    this.#clear("idle");
    this.contacts = [];
  }

  #clear(status: "idle" | "loading"): void {
    this.rows = [];
    this.conversations = new Map();
    this.hasMore = false;
    this.#next = null;
    this.error = null;
    this.isComplete = true;
    this.status = status;
  }

  /** From the top again. */
  async refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    const request = this.#request(null);
    if (request === null) this.#clear("idle");
    else if (this.rows.length === 0) this.status = "loading";
    await Promise.all([this.#findContacts(asked), request === null ? undefined : this.#findMessages(asked, request)]);
  }

  /** What the program is asked; `null` if there is nothing to search messages for. */
  #request(cursor: string | null): SearchRequest | null {
    const { conversation, author } = this.narrowing;
    const has = this.#has;
    if (!hasWords(this.words) && author === null && has.length === 0) return null;
    return {
      text: this.words,
      conversation: conversation?.id ?? null,
      author: author?.accountId ?? null,
      ...this.#times(),
      has,
      cursor,
      limit: PAGE,
    };
  }

  #times(): { after: number | null; before: number | null } {
    const { period, firstDay, lastDay } = this.narrowing;
    if (period === "any") return { after: null, before: null };
    // The day after the last one, also where a day has 23 hours.
    if (period === "days") return { after: firstDay, before: lastDay === null ? null : dayFrom(lastDay, 1) };
    return { after: dayFrom(Date.now(), -PERIOD_DAYS[period]), before: null };
  }

  async #findMessages(asked: number, request: SearchRequest): Promise<void> {
    try {
      const page = await this.#backend.searchMessages(request);
      if (asked !== this.#asked) return;
      this.rows = page.rows;
      this.isComplete = page.isComplete;
      this.#turn(page.next);
      this.error = null;
      this.status = "ready";
      await this.#learnConversations(page.rows);
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.#clear("idle");
      this.error = asApiError(thrown);
      this.status = "error";
    }
  }

  #turn(next: string | null): void {
    this.#next = this.rows.length < MOST_FOUND ? next : null;
    this.hasMore = this.#next !== null;
  }

  /** Faces and kinds of the conversations; their names come with the messages. */
  async #learnConversations(rows: readonly SearchRow[]): Promise<void> {
    const ids = [...new Set(rows.map((row) => row.message.conversation))].filter((id) => !this.conversations.has(id));
    if (ids.length === 0) return;
    const found = await this.#backend.getConversations(ids).catch(() => []);
    this.conversations = new Map([...this.conversations, ...found.map((row) => [row.id, row] as const)]);
  }

  async #findContacts(asked: number): Promise<void> {
    const filter = this.words;
    if (filter === "" || this.isNarrowed) {
      this.contacts = [];
      return;
    }
    const request = { list: "contacts", cursor: null, limit: MOST_CONTACTS, filter } as const;
    const rows = await this.#backend.listContacts(request).then(
      (page) => page.rows,
      () => [],
    );
    if (asked === this.#asked) this.contacts = rows;
  }

  /** The next page, when the end of the list comes near. */
  async loadMore(): Promise<void> {
    const request = this.#next === null ? null : this.#request(this.#next);
    if (request === null || this.#isLoadingMore) return;
    this.#isLoadingMore = true;
    const asked = this.#asked;
    try {
      const page = await this.#backend.searchMessages(request);
      if (asked !== this.#asked) return;
      const known = new Set(this.rows.map((row) => row.message.id));
      this.rows = [...this.rows, ...page.rows.filter((row) => !known.has(row.message.id))];
      this.#turn(page.next);
      await this.#learnConversations(page.rows);
    } finally {
      this.#isLoadingMore = false;
    }
  }

  /** What is gone is not shown as found. */
  async apply(event: AppEvent): Promise<void> {
    if (!this.isOn) return;
    if (event.kind === "resync") await this.refresh();
    if (event.kind !== "messagesChanged") return;
    const changed = event.ids.of === "all" ? null : new Set(event.ids.ids);
    const ids = this.rows
      .filter(({ message }) => message.conversation === event.conversation && changed?.has(message.id) !== false)
      .map(({ message }) => message.id);
    if (ids.length > 0) await this.#look(ids);
  }

  async #look(ids: MessageId[]): Promise<void> {
    const asked = this.#asked;
    for (let from = 0; from < ids.length; from += LOOKED_AT) {
      const looked = new Set(ids.slice(from, from + LOOKED_AT));
      const found = await this.#backend.getMessages([...looked]);
      if (asked !== this.#asked) return;
      const fresh = new Map(found.map((message) => [message.id, message]));
      this.rows = this.rows.flatMap((row) => {
        const message = looked.has(row.message.id) ? fresh.get(row.message.id) : row.message;
        return message?.body.kind === "text" ? [{ ...row, message }] : [];
      });
    }
  }
}

/** The beginning of a day, so many days from the one of a moment. */
function dayFrom(at: number, days: number): number {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() + days);
  return day.getTime();
}
