import type { AppEvent, Backend, ConversationId } from "../ipc/backend";

/** Where the other types now. */
export class TypingModel {
  ids = $state.raw<ReadonlySet<ConversationId>>(new Set());

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async apply(event: AppEvent): Promise<void> {
    if (event.kind === "typingChanged" || event.kind === "resync") {
      this.ids = new Set(await this.#backend.listTyping());
    }
  }

  forget(): void {
    this.ids = new Set();
  }
}
