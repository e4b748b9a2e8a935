/** An account in memory, for tests and for a plain browser. Behaves as the contract says. */

import type {
  AccountRow,
  AppEvent,
  Backend,
  BootState,
  ConnectionTest,
  Connectivity,
  ConversationPage,
  ConversationRow,
  ErrorCode,
  EventBatch,
  ListConversationsRequest,
  ListMessagesRequest,
  MessageInfo,
  MessagePage,
  MessageRow,
  MessageState,
  OutboxItem,
  PhraseCheck,
  RecognisedAddress,
  SendMessageRequest,
  Settings,
  Stage,
} from "./backend";
import { AppError, apiError } from "./errors";
import { conversationPage, summaryOf } from "./fake/conversation-list";
import { EventQueue } from "./fake/event-queue";
import { checkPhrase, cleanName, fail, recognise } from "./fake/input";
import { MessageStore } from "./fake/message-store";
import { bootOf, type Scenario, startOf } from "./fake/scenario";
import { accountOf, bigAccount, conversation, message, NOW, OWN, PHRASE, smallAccount } from "./fake/seed";

export class FakeBackend implements Backend {
  stage: Stage;
  account: AccountRow;
  password: string | null;
  settings: Settings;
  connectivity: Connectivity;
  rows: ConversationRow[] = [];
  readonly #events = new EventQueue();
  readonly #store = new MessageStore();
  /** Calls that tests look at. */
  readonly calls: { name: string; argument: unknown }[] = [];
  /** What the next calls of a name fail with. */
  readonly failing = new Map<string, ErrorCode>();
  /** Own messages stay queued while false. */
  delivers = true;
  /** Milliseconds between the steps of a send or a job; 0 in tests. */
  pace: number;

  #tokens = new Map<string, MessageRow>();
  #nextId = 1;
  readonly #demo: boolean;
  #job = 0;

  /** The messages of each conversation, oldest first; the long one's are made when asked for. */
  get messages(): Map<string, MessageRow[]> {
    return this.#store.lines;
  }

  constructor(scenario: Scenario = "main", pace = 0) {
    this.pace = pace;
    const start = startOf(scenario);
    this.stage = start.stage;
    this.account = start.account;
    this.password = start.password;
    this.settings = start.settings;
    this.connectivity = start.connectivity;
    this.#demo = scenario === "demo";
    if (start.content === "big") {
      this.rows = bigAccount();
      this.#store.long = this.rows[0]?.id ?? null;
    }
    if (start.content === "small") this.#arrangeSmall();
    this.#count();
  }

  #arrangeSmall(): void {
    const { rows, lines } = smallAccount();
    this.rows = rows;
    for (const [id, list] of lines) {
      this.messages.set(
        id,
        list.map((line) => message(String(this.#nextId++), id, line)),
      );
      this.#touch(id);
      this.#row(id).unreadCount = lines.get(id)?.filter((line) => line.unread).length ?? 0;
    }
  }

  // ----- boot and account

  async getBootState(): Promise<BootState> {
    return bootOf(this.stage, { ...this.settings }, this.#demo);
  }

  async unlock(password: string): Promise<void> {
    this.#call("unlock", null);
    if (password !== this.password) fail("wrongPassword");
    this.stage = { kind: "ready" };
    this.emit({ kind: "accountChanged" });
  }

  async lock(): Promise<void> {
    this.#call("lock", null);
    if (this.account.protection === "password") this.stage = { kind: "locked" };
    this.emit({ kind: "accountChanged" });
  }

  async restoreBackup(): Promise<void> {
    this.#call("restoreBackup", null);
    this.stage = { kind: "ready" };
    this.emit({ kind: "accountChanged" });
  }

  async createAccount(request: { displayName: string }): Promise<AccountRow> {
    this.#call("createAccount", request);
    const name = cleanName(request.displayName);
    this.account = {
      accountId: OWN,
      displayName: name,
      protection: "keyring",
      phraseSeen: false,
      protectionAsked: false,
    };
    this.stage = { kind: "ready" };
    return { ...this.account };
  }

  async discardAccount(): Promise<void> {
    this.#call("discardAccount", null);
    this.stage = { kind: "noAccount" };
  }

  async checkPhrase(phrase: string): Promise<PhraseCheck> {
    return checkPhrase(phrase);
  }

  async startRestore(request: { phrase: string }): Promise<string> {
    const check = checkPhrase(request.phrase);
    if (check.error !== null) throw new AppError(check.error);
    const job = `job-${(this.#job += 1)}`;
    this.account = { accountId: OWN, displayName: "", protection: "keyring", phraseSeen: true, protectionAsked: false };
    void this.#restore(job);
    return job;
  }

  async #restore(job: string): Promise<void> {
    for (let done = 0; done < 3; done += 1) {
      this.emit({ kind: "jobProgress", job, done, total: 3, state: { kind: "running" } });
      await this.#pause();
    }
    this.stage = { kind: "ready" };
    const state = { kind: "done", needsName: true, continues: false } as const;
    this.emit({ kind: "jobProgress", job, done: 3, total: 3, state });
  }

  async cancelJob(job: string): Promise<void> {
    this.#call("cancelJob", job);
  }

  async getAccount(): Promise<AccountRow> {
    return { ...this.account };
  }

  async setDisplayName(name: string): Promise<AccountRow> {
    this.account.displayName = cleanName(name);
    this.emit({ kind: "accountChanged" });
    return { ...this.account };
  }

  async getRecoveryPhrase(password: string | null): Promise<{ words: string; qrText: string }> {
    if (this.password !== null && password !== this.password) fail("wrongPassword");
    return { words: PHRASE, qrText: "0123456789abcdef0123456789abcdef" };
  }

  async setPhraseSeen(): Promise<void> {
    this.account.phraseSeen = true;
    this.emit({ kind: "accountChanged" });
  }

  async setPassword(request: { current: string | null; new: string | null }): Promise<AccountRow> {
    if (this.password !== null && request.current !== this.password) fail("wrongPassword");
    if (request.new !== null && (request.new.length < 6 || request.new.length > 256)) fail("passwordLength");
    this.password = request.new;
    this.account.protection = request.new === null ? "keyring" : "password";
    this.emit({ kind: "accountChanged" });
    return { ...this.account };
  }

  async setProtectionAsked(): Promise<void> {
    this.account.protectionAsked = true;
    this.emit({ kind: "accountChanged" });
  }

  // ----- addresses

  async recogniseAddress(text: string): Promise<RecognisedAddress> {
    return recognise(text, this.rows);
  }

  async lookupName(name: string): Promise<string> {
    this.#call("lookupName", name);
    await this.#pause();
    if (this.connectivity.state === "offline") fail("nameLookupFailed");
    if (name !== "elodie") fail("nameUnknown");
    return accountOf(1);
  }

  // ----- conversations

  async listConversations(request: ListConversationsRequest): Promise<ConversationPage> {
    this.#call("listConversations", request);
    return conversationPage(this.rows, request);
  }

  async getConversations(ids: string[]): Promise<ConversationRow[]> {
    return this.rows.filter((row) => ids.includes(row.id)).map((row) => ({ ...row }));
  }

  async openConversation(accountId: string): Promise<ConversationRow> {
    this.#call("openConversation", accountId);
    let row = this.rows.find((candidate) => candidate.accountId === accountId);
    if (row === undefined) {
      const isSelf = accountId === OWN;
      row = conversation(1, {
        id: accountId,
        accountId,
        kind: isSelf ? "noteToSelf" : "person",
        name: this.#demo && accountId === accountOf(42) ? "Écho" : null,
        isListed: false,
        isApproved: isSelf,
        hasApprovedMe: isSelf,
        lastActivityAt: this.now(),
      });
      this.rows.push(row);
    }
    return { ...row };
  }

  async setDraft(request: { conversation: string; text: string }): Promise<void> {
    this.#call("setDraft", request);
    const row = this.#row(request.conversation);
    if (row.draft === request.text) return;
    row.draft = request.text;
    this.#changed(row.id);
  }

  async markRead(id: string): Promise<void> {
    this.#call("markRead", id);
    const row = this.#row(id);
    if (row.unreadCount === 0) return;
    row.unreadCount = 0;
    for (const entry of this.messages.get(id) ?? []) entry.isUnread = false;
    this.#changed(id);
  }

  async setPinned(id: string, pinned: boolean): Promise<void> {
    this.#row(id).isPinned = pinned;
    this.#changed(id);
  }

  async deleteConversation(id: string): Promise<void> {
    this.#call("deleteConversation", id);
    this.rows = this.rows.filter((row) => row.id !== id);
    this.messages.delete(id);
    this.#changed(id);
  }

  // ----- messages

  async listMessages(request: ListMessagesRequest): Promise<MessagePage> {
    this.#call("listMessages", request);
    return this.#store.page(request);
  }

  async getMessages(ids: string[]): Promise<MessageRow[]> {
    return ids.flatMap((id) => {
      const row = this.#store.find(id);
      return row === undefined ? [] : [{ ...row }];
    });
  }

  async sendMessage(request: SendMessageRequest): Promise<MessageRow> {
    this.#call("sendMessage", request);
    const before = this.#tokens.get(request.clientToken);
    if (before !== undefined) return { ...before };
    if (request.body.trim() === "") fail("emptyText");
    const row = message(String(this.#nextId++), request.conversation, {
      text: request.body,
      at: this.now(),
      own: "queued",
    });
    row.nextAttemptAt = null;
    this.#tokens.set(request.clientToken, row);
    this.#push(row);
    const entry = this.#row(request.conversation);
    entry.isListed = true;
    entry.isApproved = true;
    entry.draft = "";
    this.#touch(request.conversation);
    this.#changed(request.conversation);
    if (this.delivers && this.connectivity.state !== "offline") void this.#deliverMessage(row);
    return { ...row };
  }

  async #deliverMessage(row: MessageRow): Promise<void> {
    for (const state of ["sending", "sent"] as const) {
      await this.#pause();
      this.setState(row.id, state);
    }
    if (this.#demo) {
      await this.#pause();
      const text = row.body.kind === "text" ? row.body.text : "";
      this.receive(row.conversation, `Écho : ${text}`);
    }
  }

  async retryMessage(id: string): Promise<void> {
    this.#call("retryMessage", id);
    const row = this.#store.find(id);
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
    this.#call("deleteMessages", ids);
    for (const [id, rows] of this.messages) {
      const kept = rows.filter((row) => !ids.includes(row.id));
      if (kept.length === rows.length) continue;
      this.messages.set(id, kept);
      this.#touch(id);
      this.emit({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids } });
      this.#changed(id);
    }
    this.#count();
  }

  async getMessageInfo(id: string): Promise<MessageInfo> {
    return this.#store.info(id);
  }

  async listFailedMessages(): Promise<MessageRow[]> {
    return this.#store.inState("failed").map((row) => ({ ...row }));
  }

  // ----- network

  async getConnectivity(): Promise<Connectivity> {
    return structuredClone(this.connectivity);
  }

  async rotatePaths(): Promise<void> {
    this.#call("rotatePaths", null);
  }

  async testConnection(): Promise<ConnectionTest> {
    await this.#pause();
    const ok = this.connectivity.state !== "offline";
    return { ok, roundTripMs: ok ? 412 : null, error: ok ? null : apiError("offline") };
  }

  async listOutbox(): Promise<OutboxItem[]> {
    return this.#store.outbox((id) => this.#row(id).name);
  }

  async sendNow(): Promise<void> {
    this.#call("sendNow", null);
  }

  // ----- settings and events

  async getSettings(): Promise<Settings> {
    return { ...this.settings };
  }

  async setSettings(patch: Partial<Settings>): Promise<Settings> {
    this.#call("setSettings", patch);
    Object.assign(this.settings, patch);
    this.emit({ kind: "settingsChanged" });
    return { ...this.settings };
  }

  async subscribe(onBatch: (batch: EventBatch) => void): Promise<void> {
    this.#events.subscribe(onBatch);
  }

  async ackEvents(): Promise<void> {
    this.#events.acknowledge();
  }

  async setWindowFocus(focused: boolean): Promise<void> {
    this.#call("setWindowFocus", focused);
  }

  async openUrl(url: string): Promise<void> {
    this.#call("openUrl", url);
  }

  async copyText(text: string): Promise<void> {
    this.#call("copyText", text);
  }

  async copySecret(text: string): Promise<void> {
    this.#call("copySecret", text);
  }

  // ----- what tests do to the account

  /** The present of this account. */
  now(): number {
    return this.pace === 0 ? NOW : Date.now();
  }

  /** A message from the other side arrives. */
  receive(conversationId: string, text: string): MessageRow {
    const row = message(String(this.#nextId++), conversationId, { text, at: this.now(), unread: true });
    this.#push(row);
    const entry = this.#row(conversationId);
    entry.isListed = true;
    entry.unreadCount += 1;
    this.#touch(conversationId);
    this.#changed(conversationId);
    return row;
  }

  /** An own message comes to another state. */
  setState(id: string, state: MessageState, code: ErrorCode = "refusedByNetwork"): void {
    const row = this.#store.find(id);
    if (row === undefined) return;
    row.state = state;
    row.error = state === "failed" ? apiError(code) : null;
    row.nextAttemptAt = null;
    this.#touch(row.conversation);
    this.#count();
    this.emit({ kind: "messagesChanged", conversation: row.conversation, ids: { of: "some", ids: [id] } });
    this.#changed(row.conversation);
  }

  /** The network changes. */
  connect(change: Partial<Connectivity>): void {
    Object.assign(this.connectivity, change);
    this.emit({ kind: "connectivityChanged" });
  }

  /** Sends an event as the program would. */
  emit(event: AppEvent): void {
    this.#events.emit(event);
  }

  #push(row: MessageRow): void {
    const rows = this.messages.get(row.conversation) ?? [];
    rows.push(row);
    this.messages.set(row.conversation, rows);
    this.emit({ kind: "messagesChanged", conversation: row.conversation, ids: { of: "some", ids: [row.id] } });
  }

  #row(id: string): ConversationRow {
    return this.rows.find((row) => row.id === id) ?? fail("conversationNotFound");
  }

  #changed(id: string): void {
    this.emit({ kind: "conversationsChanged", ids: { of: "some", ids: [id] } });
  }

  /** Brings a row up to its last message. */
  #touch(id: string): void {
    const row = this.rows.find((candidate) => candidate.id === id);
    const last = this.messages.get(id)?.at(-1);
    if (row === undefined || last === undefined) return;
    row.lastMessage = summaryOf(last);
    row.lastActivityAt = last.sentAt;
  }

  #count(): void {
    const failed = this.#store.inState("failed").length;
    const waiting = this.#store.inState("queued", "sending").length;
    if (failed === this.connectivity.failed && waiting === this.connectivity.waiting) return;
    this.connect({ failed, waiting });
  }

  async #pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.pace));
  }

  #call(name: string, argument: unknown): void {
    this.calls.push({ name, argument });
    const code = this.failing.get(name);
    if (code !== undefined) fail(code);
  }
}
