import type { ApiError, Backend, ConversationRow, MessageRow } from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import { codePoints } from "../lib/text";

/** Code points that a message may have. */
export const LIMIT = 2_000;
/** The counter shows from here on. */
export const COUNTED_FROM = 1_800;
const DRAFT_PAUSE_MS = 400;
/** While keys come, the program is told so often. */
const TYPING_PAUSE_MS = 2_000;

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
  /** When the program was last told that keys come; 0 if it thinks that none do. */
  #toldTyping = 0;

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
    this.#tellTyping(text.trim() !== "");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.saveDraft(), DRAFT_PAUSE_MS);
  }

  #tellTyping(isTyping: boolean): void {
    const now = performance.now();
    if (isTyping ? this.#toldTyping > 0 && now - this.#toldTyping < TYPING_PAUSE_MS : this.#toldTyping === 0) return;
    this.#toldTyping = isTyping ? Math.max(now, 1) : 0;
    // A sign that is lost is not worth a word.
    this.#backend.setTyping(this.conversation, isTyping).catch(() => undefined);
  }

  /** Nobody writes here any more: the conversation is left. */
  stopTyping(): void {
    this.#tellTyping(false);
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
    // The message itself ends the sign.
    this.#toldTyping = 0;
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
