/** An account in memory, for tests and for a plain browser. Behaves as the contract says. */

import type {
  Backend,
  ConnectionTest,
  Connectivity,
  ConversationPage,
  ConversationRow,
  ErrorCode,
  ListConversationsRequest,
  ListMessagesRequest,
  MessageInfo,
  MessagePage,
  MessageRow,
  MessageState,
  OutboxItem,
  RecognisedAddress,
  SendMessageRequest,
  SetDraftRequest,
} from "./backend";
import { apiError } from "./errors";
import { conversationPage } from "./fake/conversation-list";
import { fail, recognise } from "./fake/input";
import { FakePreviews } from "./fake/previews";
import type { Scenario } from "./fake/scenario";
import { accountOf, bigAccount, conversation, message, OWN, smallAccount } from "./fake/seed";

export class FakeBackend extends FakePreviews implements Backend {
  /** Own messages stay queued while false. */
  delivers = true;

  #tokens = new Map<string, MessageRow[]>();
  readonly #typing = new Set<string>();

  constructor(scenario: Scenario = "main", pace = 0) {
    super(scenario, pace);
    if (this.content === "big") {
      this.rows = bigAccount();
      this.store.long = this.rows[0]?.id ?? null;
    }
    if (this.content === "small") this.#arrangeSmall();
    if (this.hasRequests) this.arrangeRequests();
    if (this.hasGroups) this.arrangeGroups();
    if (scenario === "acts") this.arrangeActs();
    if (scenario === "files") this.arrangeFiles();
    if (scenario === "voice") this.arrangeVoices();
    if (scenario === "cards") this.arrangeCards();
    this.#count();
  }

  #arrangeSmall(): void {
    const { rows, lines } = smallAccount();
    this.rows = rows;
    for (const [id, list] of lines) {
      this.messages.set(
        id,
        list.map((line) => message(this.nextMessage(), id, line)),
      );
      this.touch(id);
      this.row(id).unreadCount = lines.get(id)?.filter((line) => line.unread).length ?? 0;
    }
  }

  // ----- addresses

  async recogniseAddress(text: string): Promise<RecognisedAddress> {
    return recognise(text, this.rows);
  }

  async lookupName(name: string): Promise<string> {
    this.call("lookupName", name);
    await this.pause();
    if (this.connectivity.state === "offline") fail("offline");
    if (name !== "elodie") fail("nameUnknown");
    return accountOf(1);
  }

  // ----- conversations

  async listConversations(request: ListConversationsRequest): Promise<ConversationPage> {
    this.call("listConversations", request);
    return conversationPage(this.rows, request);
  }

  async getConversations(ids: string[]): Promise<ConversationRow[]> {
    return this.rows.filter((row) => ids.includes(row.id)).map((row) => ({ ...row }));
  }

  async openConversation(accountId: string): Promise<ConversationRow> {
    this.call("openConversation", accountId);
    let row = this.rows.find((candidate) => candidate.accountId === accountId);
    if (row === undefined) {
      const isSelf = accountId === OWN;
      row = conversation(1, {
        id: accountId,
        accountId,
        kind: isSelf ? "noteToSelf" : "person",
        name: this.isDemo && accountId === accountOf(42) ? "Écho" : null,
        isListed: false,
        isApproved: isSelf,
        hasApprovedMe: isSelf,
        lastActivityAt: this.now(),
      });
      this.rows.push(row);
    }
    return { ...row };
  }

  async setDraft(request: SetDraftRequest): Promise<void> {
    this.call("setDraft", request);
    const row = this.row(request.conversation);
    if (row.draft === request.text && row.draftQuote === request.quote) return;
    Object.assign(row, { draft: request.text, draftQuote: request.quote });
    this.changed(row.id);
  }

  async markRead(id: string): Promise<void> {
    this.call("markRead", id);
    const row = this.row(id);
    if (row.unreadCount === 0 && !row.isMarkedUnread) return;
    row.unreadCount = 0;
    row.isMarkedUnread = false;
    for (const entry of this.messages.get(id) ?? []) entry.isUnread = false;
    this.countGroup(id);
    this.changed(id);
  }

  async markReadTo(id: string, seen: string): Promise<void> {
    this.call("markReadTo", [id, seen]);
    const lines = this.messages.get(id) ?? [];
    const end = lines.findIndex((line) => line.id === seen);
    const read = lines.slice(0, end + 1).filter((line) => line.isUnread);
    if (read.length === 0) return;
    for (const line of read) line.isUnread = false;
    this.row(id).unreadCount -= read.length;
    this.countGroup(id);
    this.emit({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: read.map((line) => line.id) } });
    this.changed(id);
  }

  async setTyping(id: string, isTyping: boolean): Promise<void> {
    this.call("setTyping", [id, isTyping]);
  }

  async listTyping(): Promise<string[]> {
    return [...this.#typing];
  }

  /** The other side types, or stopped. */
  type(id: string, isTyping: boolean): void {
    if (isTyping) this.#typing.add(id);
    else this.#typing.delete(id);
    this.emit({ kind: "typingChanged" });
  }

  async setPinned(id: string, pinned: boolean): Promise<void> {
    Object.assign(this.row(id), { isPinned: pinned, pinRank: Number(pinned) });
    this.changed(id);
  }

  async deleteConversation(id: string): Promise<void> {
    this.call("deleteConversation", id);
    this.rows = this.rows.filter((row) => row.id !== id);
    this.messages.delete(id);
    this.changed(id);
  }

  async deleteContact(id: string): Promise<void> {
    this.call("deleteContact", id);
    this.rows = this.rows.filter((row) => row.id !== id);
    this.messages.delete(id);
    this.changed(id);
  }

  async clearMessages(id: string): Promise<void> {
    this.call("clearMessages", id);
    Object.assign(this.row(id), { lastMessage: null, unreadCount: 0 });
    this.messages.delete(id);
    this.emit({ kind: "messagesChanged", conversation: id, ids: { of: "all" } });
    this.changed(id);
  }

  // ----- messages

  async listMessages(request: ListMessagesRequest): Promise<MessagePage> {
    this.call("listMessages", request);
    return this.store.page(request);
  }

  async getMessages(ids: string[]): Promise<MessageRow[]> {
    return ids.flatMap((id) => {
      const row = this.store.find(id);
      return row === undefined ? [] : [{ ...row }];
    });
  }

  async sendMessage(request: SendMessageRequest): Promise<MessageRow[]> {
    this.call("sendMessage", request);
    const before = this.#tokens.get(request.clientToken);
    if (before !== undefined) return before.map((row) => ({ ...row }));
    const { conversation, body } = request;
    if (body.trim() === "" && request.attachments.length === 0) fail("emptyText");
    const parcels = this.attach(request.attachments, conversation);
    const isVoice = parcels[0]?.[0]?.kind === "voice";
    if (isVoice && body.trim() !== "") fail("unexpected");
    const rows = parcels.map((attachments, at) => {
      const text = at === 0 ? body : "";
      const row = message(this.nextMessage(), conversation, { text, at: this.now(), own: "queued" });
      row.nextAttemptAt = null;
      row.attachments = attachments;
      if (at === 0) {
        row.quote = this.quoteOf(request.quote);
        row.preview = this.previewOf(request);
      }
      row.disappears = this.disappearsOf(conversation);
      this.mentionsIn(row);
      this.push(row);
      return row;
    });
    this.#tokens.set(request.clientToken, rows);
    const entry = this.row(conversation);
    this.answered(entry);
    // A voice message goes beside what is being written.
    if (!isVoice) Object.assign(entry, { draft: "", draftQuote: null });
    this.touch(conversation);
    this.changed(conversation);
    // They go out later than they are written down.
    const written = rows.map((row) => ({ ...row }));
    if (this.delivers && this.connectivity.state !== "offline") for (const row of rows) void this.#deliverMessage(row);
    return written;
  }

  async #deliverMessage(row: MessageRow): Promise<void> {
    if (!(await this.upload(row))) return;
    for (const state of ["sending", "sent"] as const) {
      await this.pause();
      this.setState(row.id, state);
    }
    if (this.isDemo) {
      await this.pause();
      const text = row.body.kind === "text" ? row.body.text : "";
      this.receive(row.conversation, `Écho : ${text}`);
    }
  }

  protected override resend(row: MessageRow): void {
    super.resend(row);
    if (this.delivers) void this.#deliverMessage(row);
  }

  async retryMessage(id: string): Promise<void> {
    this.call("retryMessage", id);
    const row = this.store.find(id);
    if (row === undefined) fail("messageNotFound");
    this.setState(id, "queued");
    if (this.delivers) void this.#deliverMessage(row);
  }

  async retryAllFailed(): Promise<number> {
    const failed = await this.listFailedMessages();
    for (const row of failed) await this.retryMessage(row.id);
    return failed.length;
  }

  async deleteMessages(ids: string[]): Promise<void> {
    this.call("deleteMessages", ids);
    this.removeMessages(ids);
    this.#count();
  }

  async getMessageInfo(id: string): Promise<MessageInfo> {
    return this.store.info(id);
  }

  async listFailedMessages(): Promise<MessageRow[]> {
    return this.store.inState("failed").map((row) => ({ ...row }));
  }

  // ----- network

  async getConnectivity(): Promise<Connectivity> {
    return structuredClone(this.connectivity);
  }

  async rotatePaths(): Promise<void> {
    this.call("rotatePaths", null);
  }

  async testConnection(): Promise<ConnectionTest> {
    await this.pause();
    const ok = this.connectivity.state !== "offline";
    return { ok, roundTripMs: ok ? 412 : null, error: ok ? null : apiError("offline") };
  }

  async listOutbox(): Promise<OutboxItem[]> {
    return this.store.outbox((id) => this.row(id).name);
  }

  async sendNow(): Promise<void> {
    this.call("sendNow", null);
  }

  // ----- the desktop

  async setWindowFocus(focused: boolean): Promise<void> {
    this.call("setWindowFocus", focused);
  }

  async openUrl(url: string): Promise<void> {
    this.call("openUrl", url);
  }

  async copyText(text: string): Promise<void> {
    this.call("copyText", text);
  }

  async copySecret(text: string): Promise<void> {
    this.call("copySecret", text);
  }

  // ----- what tests do to the account

  /** A message from the other side arrives. */
  receive(conversationId: string, text: string): MessageRow {
    const row = message(this.nextMessage(), conversationId, { text, at: this.now(), unread: true });
    this.push(row);
    const entry = this.row(conversationId);
    entry.isListed = true;
    entry.isRequest = !entry.isApproved;
    entry.hasApprovedMe = true;
    entry.unreadCount += 1;
    this.touch(conversationId);
    this.changed(conversationId);
    if (entry.isRequest) this.emit({ kind: "requestsChanged" });
    return row;
  }

  /** An own message comes to another state. */
  setState(id: string, state: MessageState, code: ErrorCode = "refusedByNetwork"): void {
    const row = this.store.find(id);
    if (row === undefined) return;
    row.state = state;
    row.error = state === "failed" ? apiError(code) : null;
    row.nextAttemptAt = null;
    this.touch(row.conversation);
    this.#count();
    this.emit({ kind: "messagesChanged", conversation: row.conversation, ids: { of: "some", ids: [id] } });
    this.changed(row.conversation);
  }

  #count(): void {
    const failed = this.store.inState("failed").length;
    const waiting = this.store.inState("queued", "sending").length;
    if (failed === this.connectivity.failed && waiting === this.connectivity.waiting) return;
    this.connect({ failed, waiting });
  }
}
