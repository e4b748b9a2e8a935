import type {
  AppEvent,
  AttachmentRow,
  Backend,
  ConversationId,
  GalleryRow,
  MessageId,
  MessageRow,
} from "../ipc/backend";
import { isViewable } from "../lib/files";

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
};

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
      })),
  );
}

/** The same of a gallery, the oldest first. */
export function viewedOfGallery(rows: readonly GalleryRow[]): Viewed[] {
  const viewed = rows.flatMap(({ message, author, sentAt, file }): Viewed[] => {
    if (file === null || !isViewable(file, { isOwn: author.isSelf, state: null })) return [];
    const { accountId, name, isSelf } = author;
    const caption = file.caption ?? "";
    return [{ message, file, caption, author: accountId, authorName: name, isOwn: isSelf, sentAt }];
  });
  // Newest first there, but the files of a message in their order.
  return viewed.sort((a, b) => a.sentAt - b.sentAt || (a.message === b.message ? a.file.index - b.file.index : 0));
}

/** The files of some messages where they belong: in the place of what was shown of these, or by their time. */
function replaced(
  items: readonly Viewed[],
  asked: ReadonlySet<MessageId>,
  fresh: ReadonlyMap<MessageId, readonly Viewed[]>,
): Viewed[] {
  const rest = new Map(fresh);
  const next = items.flatMap((item) => {
    if (!asked.has(item.message)) return [item];
    const now = rest.get(item.message) ?? [];
    rest.delete(item.message);
    return now;
  });
  // What is older than all that is shown stands where nothing was loaded.
  const oldest = items[0]?.sentAt ?? Infinity;
  for (const files of rest.values()) {
    const sentAt = files[0]?.sentAt ?? -Infinity;
    if (sentAt < oldest) continue;
    const at = next.findIndex((item) => item.sentAt > sentAt);
    next.splice(at < 0 ? next.length : at, 0, ...files);
  }
  return next;
}

/** Pictures and films, one of them large. */
export class Lightbox {
  readonly conversation: ConversationId;
  items = $state.raw<readonly Viewed[]>([]);
  at = $state(0);
  readonly current = $derived<Viewed | null>(this.items[this.at] ?? null);
  readonly hasOlder = $derived(this.at > 0);
  readonly hasNewer = $derived(this.at < this.items.length - 1);

  readonly #backend: Backend;

  /** `first`: what is looked at first. */
  constructor(
    backend: Backend,
    conversation: ConversationId,
    items: readonly Viewed[],
    first: { message: MessageId; index: number },
  ) {
    this.#backend = backend;
    this.conversation = conversation;
    this.items = items;
    const at = items.findIndex((item) => item.message === first.message && item.file.index === first.index);
    this.at = Math.max(0, at);
  }

  step(by: 1 | -1): void {
    this.at = Math.max(0, Math.min(this.at + by, this.items.length - 1));
  }

  /** What was deleted, or disappeared, is not looked at any more; what came meanwhile is. */
  async apply(event: AppEvent): Promise<void> {
    if (event.kind === "resync") await this.#look(null);
    if (event.kind !== "messagesChanged" || event.conversation !== this.conversation) return;
    await this.#look(event.ids.of === "all" ? null : event.ids.ids);
  }

  async #look(changed: readonly MessageId[] | null): Promise<void> {
    const ids = [...new Set(changed ?? this.items.map((item) => item.message))];
    for (let from = 0; from < ids.length; from += 100) {
      const asked = new Set(ids.slice(from, from + 100));
      const rows = await this.#backend.getMessages([...asked]);
      const fresh = new Map(rows.map((row) => [row.id, viewedOf([row])]));
      const now = this.current;
      this.items = replaced(this.items, asked, fresh);
      const still = this.items.findIndex((item) => item.message === now?.message && item.file.index === now.file.index);
      this.at = still >= 0 ? still : Math.max(0, Math.min(this.at, this.items.length - 1));
    }
  }
}
