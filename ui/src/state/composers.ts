import type { AppEvent, Backend, ConversationId, ConversationRow } from "../ipc/backend";
import { Composer } from "./composer.svelte";

/** What is being written in every conversation opened so far: a row of the list may know an older draft. */
export class Composers {
  readonly #backend: Backend;
  readonly #all = new Map<ConversationId, Composer>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** That of a conversation which is opened. What it answers may have gone while others were open. */
  of(row: ConversationRow): Composer {
    const known = this.#all.get(row.id);
    if (known !== undefined) {
      void known.look(row).catch(() => undefined);
      return known;
    }
    const composer = new Composer(this.#backend, row);
    this.#all.set(row.id, composer);
    return composer;
  }

  find(id: ConversationId): Composer | null {
    return this.#all.get(id) ?? null;
  }

  /** What is answered may have been deleted, or have disappeared. `open`: the conversation that is open. */
  async apply(event: AppEvent, open: ConversationRow | null): Promise<void> {
    if (event.kind !== "resync" && event.kind !== "messagesChanged") return;
    const rowOf = (composer: Composer): ConversationRow | null => (open?.id === composer.conversation ? open : null);
    await Promise.all([...this.#all.values()].map((composer) => composer.apply(event, rowOf(composer))));
  }

  delete(id: ConversationId): void {
    this.#all.delete(id);
  }

  clear(): void {
    this.#all.clear();
  }
}
