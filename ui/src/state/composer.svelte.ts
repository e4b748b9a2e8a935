import type { ApiError, Backend, ConversationRow, MessageRow } from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import { codePoints } from "../lib/text";

/** Code points that a message may have. */
export const LIMIT = 2_000;
/** The counter shows from here on. */
export const COUNTED_FROM = 1_800;
const DRAFT_PAUSE_MS = 400;

/** The text being written in one conversation. */
export class Composer {
  readonly conversation: string;
  text = $state("");
  error = $state<ApiError | null>(null);
  readonly length = $derived(codePoints(this.text));
  readonly left = $derived(LIMIT - this.length);
  readonly showsCounter = $derived(this.length >= COUNTED_FROM);
  readonly canSend = $derived(this.text.trim() !== "" && this.left >= 0);

  readonly #backend: Backend;
  #saved: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: Backend, row: ConversationRow) {
    this.#backend = backend;
    this.conversation = row.id;
    this.text = row.draft;
    this.#saved = row.draft;
  }

  /** The text changed by typing. */
  type(text: string): void {
    this.text = text;
    this.error = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.saveDraft(), DRAFT_PAUSE_MS);
  }

  /** Keeps what was typed; also called when the conversation is left. */
  async saveDraft(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.text === this.#saved) return;
    const before = this.#saved;
    this.#saved = this.text;
    try {
      await this.#backend.setDraft({ conversation: this.conversation, text: this.text });
    } catch {
      // Tried again with the next key or when the conversation is left.
      this.#saved = before;
    }
  }

  /** Clears the field at once. When the program refuses, the text comes back, before what was typed since. */
  async send(): Promise<MessageRow | null> {
    if (!this.canSend) return null;
    const body = this.text;
    const clientToken = crypto.randomUUID();
    clearTimeout(this.#timer);
    this.text = "";
    this.error = null;
    try {
      const row = await this.#backend.sendMessage({ conversation: this.conversation, body, clientToken });
      // The message is shown without waiting for this.
      void this.saveDraft();
      return row;
    } catch (thrown) {
      this.error = asApiError(thrown);
      this.text = this.text === "" ? body : `${body}\n${this.text}`;
      await this.saveDraft();
      return null;
    }
  }
}
