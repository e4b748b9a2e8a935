import { tick } from "svelte";

import type {
  Anchor,
  ApiError,
  AppEvent,
  Backend,
  ConversationId,
  MessageId,
  MessagePage,
  MessageRow,
} from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import { momentOf } from "../lib/grouping";
import { Find } from "./find.svelte";
import { Selection } from "./selection.svelte";

const PAGE = 50;
/** Rows kept in the window; the far end goes, page by page. */
export const MOST_ROWS = 300;
/** The newest page grows so far by new messages. Beyond, it is asked for anew, or ends where the reader is. */
const LONG_PAGE = 150;

/** What happened to a message that is shown; for the announcer. */
export type TimelineNews = { kind: "received" | "state"; row: MessageRow };

/** A stretch of one conversation: whole pages, so that every end has its cursor. */
export class Timeline {
  readonly conversation: ConversationId;
  pages = $state.raw<MessagePage[]>([]);
  readonly rows: MessageRow[] = $derived(this.pages.flatMap((page) => page.rows));
  readonly hasOlder = $derived((this.pages[0]?.older ?? null) !== null);
  readonly hasNewer = $derived((this.pages.at(-1)?.newer ?? null) !== null);
  status = $state<"loading" | "ready" | "error">("loading");
  error = $state<ApiError | null>(null);
  /** Where the unread line stands; fixed when the conversation is opened. */
  firstUnread = $state<MessageId | null>(null);
  unreadCount = $state(0);
  /** The message that the view begins at, if one was asked for. */
  wanted = $state<MessageId | null>(null);
  /** Rows that came after the person had scrolled away. */
  newBelow = $state(0);
  isAtBottom = $state(true);
  /** The next change is at the beginning of the list: the view keeps its place. */
  shift = $state(false);
  /** Arrived while open: these rise into view. */
  readonly fresh = new Set<MessageId>();
  /** A message that the view is to go to; `null` once it is there. */
  target = $state.raw<{ id: MessageId; keepsFocus: boolean } | null>(null);
  readonly selection = new Selection();
  readonly find: Find;

  readonly #backend: Backend;
  readonly #news: (news: TimelineNews) => void;
  #isPaging = false;

  constructor(backend: Backend, conversation: ConversationId, news: (news: TimelineNews) => void = () => undefined) {
    this.#backend = backend;
    this.conversation = conversation;
    this.#news = news;
    this.find = new Find(backend, conversation, (message) => this.show(message, true));
  }

  /** The newest page, the one around the first unread message, or the one around a message asked for. */
  async open(unreadCount: number, wanted: MessageId | null = null): Promise<void> {
    this.status = "loading";
    try {
      let page = await this.#page({ at: "latest" });
      const unread = wanted ?? page.firstUnread;
      if (unread !== null && !page.rows.some((row) => row.id === unread)) {
        page = await this.#page({ at: "around", message: unread });
      }
      this.wanted = wanted;
      this.firstUnread = unreadCount > 0 ? page.firstUnread : null;
      this.unreadCount = unreadCount;
      this.pages = [page];
      this.status = "ready";
    } catch (thrown) {
      this.error = asApiError(thrown);
      this.status = "error";
    }
  }

  #page(anchor: Anchor, limit = PAGE): Promise<MessagePage> {
    return this.#backend.listMessages({ conversation: this.conversation, anchor, limit });
  }

  async loadOlder(): Promise<void> {
    const cursor = this.pages[0]?.older ?? null;
    if (cursor === null) return;
    await this.#paging(async () => {
      const page = await this.#page({ at: "before", cursor });
      this.shift = true;
      this.pages = [page, ...this.pages];
      await tick();
      this.shift = false;
      while (this.rows.length > MOST_ROWS && this.pages.length > 1) this.pages = this.pages.slice(0, -1);
      await tick();
    });
  }

  async loadNewer(): Promise<void> {
    const cursor = this.pages.at(-1)?.newer ?? null;
    if (cursor === null) return;
    await this.#paging(async () => {
      const page = await this.#page({ at: "after", cursor });
      this.pages = [...this.pages, page];
      await tick();
      await this.#cutBeginning();
    });
  }

  async #cutBeginning(): Promise<void> {
    if (this.rows.length <= MOST_ROWS || this.pages.length <= 1) return;
    this.shift = true;
    while (this.rows.length > MOST_ROWS && this.pages.length > 1) this.pages = this.pages.slice(1);
    await tick();
    this.shift = false;
  }

  async #paging(work: () => Promise<void>): Promise<void> {
    if (this.#isPaging) return;
    this.#isPaging = true;
    try {
      await work();
    } finally {
      this.#isPaging = false;
    }
  }

  /** Shows the newest page, wherever the view was. */
  async toLatest(): Promise<void> {
    if (this.hasNewer) this.pages = [await this.#page({ at: "latest" })];
    this.newBelow = 0;
  }

  /** The next unread message that mentions us; the page around it is shown, however far it is. */
  async findMention(): Promise<MessageId | null> {
    const shown = this.rows.find((row) => row.mentionsUs && row.isUnread);
    if (shown !== undefined) return shown.id;
    const { firstUnreadMention: message } = await this.#page({ at: "latest" }, 1);
    if (message === null) return null;
    this.pages = [await this.#page({ at: "around", message })];
    await tick();
    return message;
  }

  /** Brings the view to a message; the page around it is shown, however far it is. It takes the focus, or not. */
  async show(message: MessageId, keepsFocus = false): Promise<void> {
    this.isAtBottom = false;
    if (!this.rows.some((row) => row.id === message)) {
      this.pages = [await this.#page({ at: "around", message })];
      await tick();
    }
    this.target = { id: message, keepsFocus };
  }

  /** Tries a failed message again. */
  retry(id: MessageId): Promise<void> {
    return this.#backend.retryMessage(id);
  }

  async apply(event: AppEvent): Promise<void> {
    await Promise.all([this.#apply(event), this.find.apply(event)]);
  }

  async #apply(event: AppEvent): Promise<void> {
    if (event.kind === "resync") await this.#refreshAll();
    if (event.kind !== "messagesChanged" || event.conversation !== this.conversation) return;
    if (event.ids.of === "all") await this.#refreshAll();
    else await this.#refresh(event.ids.ids);
  }

  /** An own message just written: at the end, whatever the network does. */
  async add(row: MessageRow): Promise<void> {
    if (this.hasNewer) await this.toLatest();
    if (this.rows.some((known) => known.id === row.id)) return;
    this.fresh.add(row.id);
    if (!this.#append(row)) {
      await this.#takeLatest(await this.#page({ at: "latest" }));
      return;
    }
    await tick();
    if (this.isAtBottom) await this.#cutBeginning();
  }

  /** Puts a row at the end without asking again; `false` if it belongs elsewhere or the page is long. */
  #append(row: MessageRow): boolean {
    const page = this.pages.at(-1);
    const last = page?.rows.at(-1);
    if (page === undefined || last === undefined) return false;
    if (page.rows.length >= LONG_PAGE || momentOf(row) < momentOf(last)) return false;
    this.pages = [...this.pages.slice(0, -1), { ...page, rows: [...page.rows, row] }];
    return true;
  }

  async #refresh(ids: MessageId[]): Promise<void> {
    const shown = new Set(this.rows.map((row) => row.id));
    const known = ids.filter((id) => shown.has(id));
    if (known.length > 0) this.#replace(known, await this.#backend.getMessages(known));
    if (known.length === ids.length) return;
    if (!this.hasNewer && (await this.#takeLatest(await this.#page({ at: "latest" })))) return;
    const strangers = await this.#backend.getMessages(ids.filter((id) => !shown.has(id)));
    this.newBelow += strangers.filter((row) => !row.isOwn && row.isUnread).length;
  }

  #replace(ids: MessageId[], rows: MessageRow[]): void {
    const fresh = new Map(rows.map((row) => [row.id, row]));
    const asked = new Set(ids);
    this.selection.refresh(ids, fresh);
    const before = new Map(this.rows.map((row) => [row.id, row]));
    this.pages = this.pages.map((page) => ({
      ...page,
      rows: page.rows.flatMap((row) =>
        asked.has(row.id) ? [fresh.get(row.id)].filter((next) => next !== undefined) : [row],
      ),
    }));
    for (const row of rows) {
      if (row.isOwn && row.state !== before.get(row.id)?.state) this.#news({ kind: "state", row });
    }
  }

  /** Joins the newest page to what is shown; answers false where that would take a reader's place away. */
  async #takeLatest(latest: MessagePage): Promise<boolean> {
    const shown = new Set(this.rows.map((row) => row.id));
    const received = latest.rows.filter((row) => !shown.has(row.id) && !row.isOwn);
    const joined = this.#joined(latest, shown);
    const isTaken = joined !== null || this.isAtBottom || shown.size === 0;
    if (isTaken) {
      this.pages = joined ?? [latest];
      if (shown.size > 0) for (const row of latest.rows) if (!shown.has(row.id)) this.fresh.add(row.id);
      // A line about the conversation is no message.
      if (!this.isAtBottom) this.newBelow += received.filter((row) => row.isUnread).length;
    } else {
      await this.#endHere();
      // Came down meanwhile: nothing scrolls that would ask for them.
      if (this.isAtBottom) await this.loadNewer();
    }
    for (const row of received) this.#news({ kind: "received", row });
    await tick();
    if (this.isAtBottom) await this.#cutBeginning();
    return isTaken;
  }

  /** What is shown with the newest page at its end; `null` if something lies between, or it would be too much. */
  #joined(latest: MessagePage, shown: ReadonlySet<MessageId>): MessagePage[] | null {
    const first = latest.rows.find((row) => shown.has(row.id))?.id;
    const at = this.pages.findIndex((page) => page.rows.some((row) => row.id === first));
    const page = this.pages[at];
    if (page === undefined) return null;
    const start = page.rows.findIndex((row) => row.id === first);
    const last = { ...latest, rows: [...page.rows.slice(0, start), ...latest.rows], older: page.older };
    const joined = [...this.pages.slice(0, at), last];
    const count = joined.reduce((sum, { rows }) => sum + rows.length, 0);
    const isTooMuch = last.rows.length > LONG_PAGE || (count > MOST_ROWS && !this.isAtBottom);
    return isTooMuch ? null : joined;
  }

  /** What came after the last row shown is left for later: a cursor leads there. */
  async #endHere(): Promise<void> {
    const last = this.rows.at(-1);
    if (last === undefined) return;
    const { newer } = await this.#page({ at: "around", message: last.id }, 1);
    this.pages = this.pages.map((page, at) => (at === this.pages.length - 1 ? { ...page, newer } : page));
  }

  async #refreshAll(): Promise<void> {
    const first = this.rows[0];
    if (first === undefined || this.isAtBottom) {
      this.pages = [await this.#page({ at: "latest" })];
      return;
    }
    const ids = this.rows.map((row) => row.id);
    const rows: MessageRow[] = [];
    for (let from = 0; from < ids.length; from += 100)
      rows.push(...(await this.#backend.getMessages(ids.slice(from, from + 100))));
    this.#replace(ids, rows);
    if (this.hasNewer) return;
    const latest = await this.#page({ at: "latest" });
    const shown = new Set(this.rows.map((row) => row.id));
    if (await this.#takeLatest(latest)) return;
    this.newBelow += latest.rows.filter((row) => !shown.has(row.id) && !row.isOwn && row.isUnread).length;
  }
}
