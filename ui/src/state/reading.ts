import type { Backend, ConversationRow, MessageRow } from "../ipc/backend";

/** Tells the program what a person has seen: one call at a time, and none twice. */
export class Reading {
  readonly #backend: Backend;
  #told = "";
  #isTelling = false;
  #next: [ConversationRow, MessageRow] | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Everything up to `row`, which is on the screen, counts as read. */
  async seen(conversation: ConversationRow, row: MessageRow): Promise<void> {
    this.#next = [conversation, row];
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      while (this.#next !== null) {
        const [where, last] = this.#next;
        this.#next = null;
        // A message that came late may be unread above the last one seen.
        const told = `${where.id} ${last.id} ${where.unreadCount}`;
        if (told === this.#told) continue;
        this.#told = told;
        await this.#backend.markReadTo(where.id, last.id);
      }
    } catch {
      // Told again with the next look.
      this.#told = "";
    } finally {
      this.#isTelling = false;
    }
  }

  /** Another conversation was opened: its first look counts, whatever was told before. */
  begin(): void {
    this.#told = "";
  }
}
