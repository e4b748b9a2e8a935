import type {
  AppEvent,
  AttachmentRow,
  Backend,
  ConversationId,
  Cursor,
  GalleryPage,
  GalleryRow,
  MessageId,
  MessageRow,
} from "../ipc/backend";
import { isViewable } from "../lib/files";
import { momentOf } from "../lib/grouping";

/** So many files are asked for at once. */
const PAGE = 100;
/** So many messages are. */
const MESSAGES = 100;
/** So near to the end of what is known more is asked for. */
const NEAR = 3;

/** A picture or film that is looked at large. */
export type Viewed = {
  message: MessageId;
  file: AttachmentRow;
  /** Words of its sender: its own, or those of the message. */
  caption: string;
  author: string;
  /** `null`: as the conversation is called. */
  authorName: string | null;
  isOwn: boolean;
  sentAt: number;
  /** Where it stands among the others. */
  moment: number;
};

/** What there may be beside the pictures and films that are known. */
export type Beyond = {
  /** Where earlier ones are asked for: at the end of a page of the timeline or of the gallery, which is the same. */
  older: Cursor | null;
  /** The moment of the first message that was looked through. */
  from: number;
  hasNewer: boolean;
};

const NOTHING: Beyond = { older: null, from: -Infinity, hasNewer: false };

function textOf({ body }: Pick<MessageRow, "body">): string {
  return body.kind === "text" ? body.text : "";
}

/** What can be looked at of some messages, in their order. */
export function viewedOf(rows: readonly MessageRow[]): Viewed[] {
  return rows.flatMap((row) =>
    row.attachments
      .filter((file) => isViewable(file, row))
      .map((file) => ({
        message: row.id,
        file,
        caption: file.caption ?? textOf(row),
        author: row.author,
        authorName: row.authorName,
        isOwn: row.isOwn,
        sentAt: row.sentAt,
        moment: momentOf(row),
      })),
  );
}

/** The same of a gallery, the oldest first. */
export function viewedOfGallery(rows: readonly GalleryRow[]): Viewed[] {
  const viewed = rows.flatMap(({ message, author, sentAt, file }): Viewed[] => {
    if (file === null || !isViewable(file, { isOwn: author.isSelf, state: null })) return [];
    const { accountId, name, isSelf } = author;
    const caption = file.caption ?? "";
    const from = { author: accountId, authorName: name, isOwn: isSelf };
    return [{ message, file, caption, ...from, sentAt, moment: sentAt }];
  });
  // Newest first there, but the files of a message in their order.
  return viewed.sort((a, b) => a.moment - b.moment || (a.message === b.message ? a.file.index - b.file.index : 0));
}

/**
 * The files of some messages where they belong: in the place of what was shown of these, or by their time; what may
 * stand beyond all that is known is found when one comes there.
 */
function replaced(
  items: readonly Viewed[],
  asked: ReadonlySet<MessageId>,
  fresh: ReadonlyMap<MessageId, readonly Viewed[]>,
  { older, from, hasNewer }: Beyond,
): Viewed[] {
  const rest = new Map(fresh);
  const next = items.flatMap((item) => {
    if (!asked.has(item.message)) return [item];
    const now = rest.get(item.message) ?? [];
    rest.delete(item.message);
    return now;
  });
  const first = older === null ? -Infinity : from;
  const end = hasNewer ? (items.at(-1)?.moment ?? -Infinity) : Infinity;
  for (const [file, ...more] of rest.values()) {
    if (file === undefined || file.moment < first || file.moment >= end) continue;
    const at = next.findIndex((item) => item.moment > file.moment);
    next.splice(at < 0 ? next.length : at, 0, file, ...more);
  }
  return next;
}

function isSame(a: Viewed | null | undefined, b: Viewed | null): boolean {
  return a?.message === b?.message && a?.file.index === b?.file.index;
}

/** Pictures and films, one of them large; beyond those that are known the conversation is asked for more. */
export class Lightbox {
  readonly conversation: ConversationId;
  items = $state.raw<readonly Viewed[]>([]);
  at = $state(0);
  readonly current = $derived<Viewed | null>(this.items[this.at] ?? null);
  #beyond = $state.raw(NOTHING);
  readonly hasOlder = $derived(this.at > 0 || this.#beyond.older !== null);
  readonly hasNewer = $derived(this.at < this.items.length - 1 || this.#beyond.hasNewer);
  /** How many there are; `null` while that is not known. */
  readonly total = $derived(this.#beyond.older === null && !this.#beyond.hasNewer ? this.items.length : null);

  readonly #backend: Backend;
  /** More are being asked for. */
  #loading: Promise<void> | null = null;
  /** What changed meanwhile. */
  #changed: (readonly MessageId[] | null)[] = [];

  /** `first`: what is looked at first. */
  constructor(
    backend: Backend,
    conversation: ConversationId,
    items: readonly Viewed[],
    first: { message: MessageId; index: number },
    beyond = NOTHING,
  ) {
    this.#backend = backend;
    this.conversation = conversation;
    this.items = items;
    this.#beyond = beyond;
    const at = items.findIndex((item) => item.message === first.message && item.file.index === first.index);
    this.at = Math.max(0, at);
    // Often that is all there are: then it is known how many.
    void this.#lookAhead(Infinity);
  }

  /** Goes on by one; at the end of what is known, what comes next is asked for. */
  async step(by: 1 | -1): Promise<void> {
    const from = this.current;
    const isAtEnd = (): boolean => (by < 0 ? this.at <= 0 : this.at >= this.items.length - 1);
    while (isAtEnd() && (by < 0 ? this.hasOlder : this.hasNewer)) await this.#load(by);
    // Somebody may have gone elsewhere meanwhile.
    if (!isSame(this.current, from)) return;
    this.at = Math.max(0, Math.min(this.at + by, this.items.length - 1));
    void this.#lookAhead();
  }

  /** Asks for more before somebody waits for it, so near to the first and to the last one that are known. */
  async #lookAhead(first = NEAR, last = NEAR): Promise<void> {
    try {
      if (this.#beyond.older !== null && this.at < first) await this.#load(-1);
      if (this.#beyond.hasNewer && this.at >= this.items.length - last) await this.#load(1);
    } catch {
      // A step asks again, and what goes wrong then is said.
    }
  }

  /** Earlier ones, or all later ones. One question at a time: whoever waits looks whether it was theirs. */
  #load(by: 1 | -1): Promise<void> {
    this.#loading ??= this.#extend(by).finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #extend(by: 1 | -1): Promise<void> {
    this.#changed = [];
    const { older } = this.#beyond;
    if (by > 0) await this.#loadNewer();
    else if (older !== null) await this.#loadOlder(older);
    // The answers may be older than what was told since.
    if (this.#changed.includes(null)) this.#beyond = { ...this.#beyond, hasNewer: true };
    for (const changed of this.#changed) await this.#look(changed);
  }

  async #loadOlder(cursor: Cursor): Promise<void> {
    const { rows, next } = await this.#page(cursor);
    const messages = await this.#messagesOf(rows);
    const files = this.#strangers(messages);
    this.items = [...files, ...this.items];
    this.at += files.length;
    const [first] = messages;
    const from = first === undefined ? this.#beyond.from : momentOf(first);
    this.#beyond = { ...this.#beyond, older: next, from };
  }

  /** The gallery is read from its newest end, until it comes to what is known. */
  async #loadNewer(): Promise<void> {
    const known = new Set(this.items.map((item) => item.message));
    const rows: GalleryRow[] = [];
    let cursor: Cursor | null = null;
    do {
      const page: GalleryPage = await this.#page(cursor);
      const end = page.rows.findIndex((row) => known.has(row.message));
      rows.push(...(end < 0 ? page.rows : page.rows.slice(0, end)));
      cursor = end < 0 ? page.next : null;
    } while (cursor !== null);
    const messages = await this.#messagesOf(rows);
    this.items = [...this.items, ...this.#strangers(messages)];
    this.#beyond = { ...this.#beyond, hasNewer: false };
  }

  #page(cursor: Cursor | null): Promise<GalleryPage> {
    return this.#backend.gallery({ conversation: this.conversation, kind: "media", cursor, limit: PAGE });
  }

  /** The messages of a stretch of the gallery, the oldest first: their words belong to their files. */
  async #messagesOf(newestFirst: readonly GalleryRow[]): Promise<MessageRow[]> {
    const ids = [...new Set(newestFirst.map((row) => row.message))].reverse();
    const found = new Map<MessageId, MessageRow>();
    for (let from = 0; from < ids.length; from += MESSAGES)
      for (const row of await this.#backend.getMessages(ids.slice(from, from + MESSAGES))) found.set(row.id, row);
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** What can be looked at of messages, but for those that are known. */
  #strangers(rows: readonly MessageRow[]): Viewed[] {
    const known = new Set(this.items.map((item) => item.message));
    return viewedOf(rows.filter((row) => !known.has(row.id)));
  }

  /** What was deleted, or disappeared, is not looked at any more; what came meanwhile is. */
  async apply(event: AppEvent): Promise<void> {
    const isHere = event.kind === "messagesChanged" && event.conversation === this.conversation;
    if (!isHere && event.kind !== "resync") return;
    const changed = isHere && event.ids.of === "some" ? event.ids.ids : null;
    if (this.#loading !== null) this.#changed.push(changed);
    const knewLast = !this.#beyond.hasNewer;
    // Nobody says which ones came.
    if (changed === null) this.#beyond = { ...this.#beyond, hasNewer: true };
    await this.#look(changed);
    if (this.current !== null) void this.#lookAhead(NEAR, knewLast ? Infinity : NEAR);
  }

  async #look(changed: readonly MessageId[] | null): Promise<void> {
    const ids = [...new Set(changed ?? this.items.map((item) => item.message))];
    for (let from = 0; from < ids.length; from += MESSAGES) {
      const asked = new Set(ids.slice(from, from + MESSAGES));
      const rows = await this.#backend.getMessages([...asked]);
      const fresh = new Map(rows.map((row) => [row.id, viewedOf([row])]));
      const now = this.current;
      this.items = replaced(this.items, asked, fresh, this.#beyond);
      const still = this.items.findIndex((item) => isSame(item, now));
      this.at = still >= 0 ? still : Math.max(0, Math.min(this.at, this.items.length - 1));
    }
  }
}
