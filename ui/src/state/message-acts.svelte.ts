import { t } from "../i18n/i18n.svelte";
import { authorName, bodyText, errorText, withNames } from "../i18n/words";
import type { ConversationId, ConversationRow, Forwarded, MessageId, MessageRow, Timer } from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import { copyText } from "../lib/clipboard";
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

  /** Takes a message that waits, or failed, back into what is being written. */
  async takeBack(row: MessageRow): Promise<void> {
    const { backend, navigation, toasts } = this.#model;
    const composer = this.#model.composerOf(row.conversation);
    try {
      // The program puts the text before what it knows of.
      await composer?.saveDraft();
      const { text, quote } = await backend.takeBackQueued(row.id);
      composer?.restore(text, quote === null ? null : row.quote);
      if (row.attachments.length > 0) await composer?.staging.load();
      navigation.composerFocus += 1;
    } catch (thrown) {
      const error = asApiError(thrown);
      toasts.show(error.code === "notDeletable" ? t("take-back-left") : errorText(error), "danger");
    }
  }

  /** Puts what messages say on the clipboard, all of it; answers whether it did. */
  async copy(rows: readonly MessageRow[], conversation: ConversationRow): Promise<boolean> {
    try {
      const texts = await Promise.all(rows.map((row) => this.#wholeText(row, conversation)));
      return await this.copyWords(texts.join("\n"));
    } catch (thrown) {
      this.#model.toasts.show(errorText(asApiError(thrown)), "danger");
      return false;
    }
  }

  /** Puts words on the clipboard, and says so; answers whether they went. */
  async copyWords(words: string): Promise<boolean> {
    const isCopied = await copyText(words);
    this.#model.toasts.show(isCopied ? t("action-copied") : t("action-copy-failed"), isCopied ? "plain" : "danger");
    return isCopied;
  }

  /** A row of the timeline may hold the beginning of a text only. */
  async #wholeText(row: MessageRow, conversation: ConversationRow): Promise<string> {
    if (row.body.kind !== "text" || !row.body.truncated) return bodyText(row, conversation);
    const { fullText } = await this.#model.backend.getMessageInfo(row.id);
    return withNames(fullText, row.mentions);
  }

  /** Asks whether to block who wrote a message. */
  async askToBlock(row: MessageRow): Promise<void> {
    const { backend, conversations, navigation, toasts } = this.#model;
    await this.#model.attempt(async () => {
      const open = conversations.current;
      const person = open?.id === row.author ? open : await backend.openConversation(row.author);
      if (person.isBlocked) toasts.show(t("blocked-here"));
      else navigation.open({ kind: "contact", ask: "block", row: person });
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

  /**
   * Sends messages on. What was refused is part of the answer; `null` if nothing was done. `token`: made once
   * for these messages; what went with it does not go again.
   */
  async forward(rows: readonly MessageRow[], to: readonly ConversationId[], token: string): Promise<Forwarded | null> {
    const { backend, timeline, toasts } = this.#model;
    // In the order in which they were said, whatever the order of choosing.
    const ids = [...rows].sort((a, b) => a.sentAt - b.sentAt).map((row) => row.id);
    try {
      const done = await backend.forwardMessages(ids, [...to], token);
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
