import { t } from "../i18n/i18n.svelte";
import { authorName, errorText } from "../i18n/words";
import type { ConversationId, Forwarded, MessageId, MessageRow, Timer } from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import type { Tone } from "../lib/emoji/emoji";
import type { DeleteScope } from "../lib/message-rules";
import type { AppModel } from "./model.svelte";

/** The six that are offered before one was used. */
const FIRST: readonly string[] = ["😂", "🥰", "😢", "😡", "😮", "😈"];

/** What a person does with messages; what goes wrong is said. */
export class MessageActs {
  /** The emoji that were last reacted with. */
  recent = $state.raw(FIRST);
  /** The colour of skin that was last chosen. */
  tone = $state<Tone>(0);

  readonly #model: AppModel;

  constructor(model: AppModel) {
    this.#model = model;
  }

  async loadRecent(): Promise<void> {
    this.recent = await this.#model.backend.recentReactions();
  }

  /** Writes an answer: the composer says to what. */
  reply(row: MessageRow): void {
    this.#model.composer?.answer(row, authorName(row, this.#model.conversations.current));
    this.#model.navigation.composerFocus += 1;
  }

  /** Reacts, or takes the own reaction back. */
  async react(row: MessageRow, emoji: string): Promise<void> {
    const isOwn = row.reactions.some((one) => one.emoji === emoji && one.isOwn);
    await this.#model.attempt(() => this.#model.backend.react(row.id, emoji, isOwn));
    if (!isOwn) await this.loadRecent().catch(() => undefined);
  }

  /** Takes a message that waits back into the composer. */
  async takeBack(row: MessageRow): Promise<void> {
    const { composer, backend } = this.#model;
    await this.#model.attempt(async () => {
      const { text, quote } = await backend.takeBackQueued(row.id);
      if (composer?.conversation !== row.conversation) return;
      composer.restore(text, quote === null ? null : row.quote);
      if (row.attachments.length > 0) await composer.staging.load();
      this.#model.navigation.composerFocus += 1;
    });
  }

  /** Deletes messages. Asked for in a dialog before. */
  async delete(rows: readonly MessageRow[], scope: DeleteScope): Promise<void> {
    const { backend, timeline } = this.#model;
    const ids = rows.map((row) => row.id);
    this.#model.navigation.closeDialog();
    const isDone = await this.#model.attempt(() => {
      if (scope === "everyone") return backend.deleteForEveryone(ids);
      return scope === "allDevices" ? backend.deleteOnAllDevices(ids) : backend.deleteMessages(ids);
    });
    if (isDone) timeline?.selection.end();
  }

  /** Sends messages on. What was refused is part of the answer; `null` if nothing was done. */
  async forward(rows: readonly MessageRow[], to: readonly ConversationId[]): Promise<Forwarded | null> {
    const { backend, timeline, toasts } = this.#model;
    // In the order in which they were said, whatever the order of choosing.
    const ids = [...rows].sort((a, b) => a.sentAt - b.sentAt).map((row) => row.id);
    try {
      const done = await backend.forwardMessages(ids, [...to]);
      if (done.sent === 0) return done;
      toasts.show(t("forward-done", { count: done.sent }));
      timeline?.selection.end();
      return done;
    } catch (thrown) {
      toasts.show(errorText(asApiError(thrown)), "danger");
      return null;
    }
  }

  /** Goes to a message of the open conversation, wherever it stands. */
  async show(message: MessageId): Promise<void> {
    await this.#model.attempt(() => this.#model.timeline?.show(message) ?? Promise.resolve());
  }

  /** Goes to what was first said at or after a moment. */
  async showDate(conversation: ConversationId, at: number): Promise<"shown" | "none" | "failed"> {
    const { backend, navigation, toasts } = this.#model;
    try {
      const found = await backend.messageAtDate(conversation, at);
      if (found === null) return "none";
      navigation.closeDialog();
      await this.#model.openConversation(conversation, false, found);
      return "shown";
    } catch (thrown) {
      toasts.show(errorText(asApiError(thrown)), "danger");
      return "failed";
    }
  }

  /** Sets how long messages stay; answers whether it is set. */
  setTimer(conversation: ConversationId, timer: Timer): Promise<boolean> {
    return this.#model.attempt(() => this.#model.backend.setTimer(conversation, timer));
  }

  /** Lets our messages stay as long as the author of a row says theirs do. */
  async follow(row: MessageRow): Promise<void> {
    await this.#model.attempt(() => this.#model.backend.followTimer(row.id));
  }

  async markAllRead(): Promise<void> {
    await this.#model.attempt(() => this.#model.backend.markAllRead());
  }

  /** A locked profile: nothing of it stays. */
  forget(): void {
    this.recent = FIRST;
  }
}
