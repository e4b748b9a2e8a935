/** An account in memory, for tests and for a plain browser. Behaves as the contract says. */

import type {
  AccountRow,
  Anchor,
  AppEvent,
  Backend,
  BootState,
  Connectivity,
  ConversationRow,
  ErrorCode,
  EventBatch,
  MessageInfo,
  MessagePage,
  MessageRow,
  MessageState,
  PhraseCheck,
  RecognisedAddress,
  SendMessageRequest,
  Settings,
  Stage,
} from "./backend";
import { AppError, apiError } from "./errors";
import { utf8Bytes } from "../lib/text";
import {
  accountOf,
  bigAccount,
  conversation,
  longMessage,
  MINUTE,
  message,
  NOW,
  OWN,
  PHRASE,
  smallAccount,
} from "./fake/seed";

/** What the window starts with. */
export type Scenario =
  "main" | "new" | "locked" | "damaged" | "broken" | "empty" | "demo" | "big" | "offline" | "connecting" | "restored";

export const SCENARIOS: readonly Scenario[] = [
  "main",
  "new",
  "locked",
  "damaged",
  "broken",
  "empty",
  "demo",
  "big",
  "offline",
  "connecting",
  "restored",
];

const LONG_COUNT = 100_000;
const HEX_ID = /05[0-9a-f]{64}/giu;

function fail(code: ErrorCode, args: Record<string, string> = {}): never {
  throw new AppError(apiError(code, args));
}

export class FakeBackend implements Backend {
  stage: Stage = { kind: "ready" };
  account: AccountRow = {
    accountId: OWN,
    displayName: "Morgane",
    protection: "keyring",
    phraseSeen: false,
    protectionAsked: true,
  };
  password: string | null = null;
  settings: Settings = {
    theme: "system",
    language: "system",
    textSizePercent: 100,
    enterSends: true,
    spellCheck: true,
    listWidthPx: 328,
  };
  connectivity: Connectivity = {
    state: "connected",
    paths: [
      [
        { ip: "95.216.33.113", country: "FI" },
        { ip: "144.91.80.12", country: "DE" },
        { ip: "51.158.112.7", country: "FR" },
      ],
    ],
    hopsReady: 3,
    knownNodes: 1874,
    clockDeviationMs: 240,
    lastSyncAt: NOW - 4_000,
    waiting: 0,
    failed: 0,
    parked: 0,
  };
  rows: ConversationRow[] = [];
  messages = new Map<string, MessageRow[]>();
  /** Calls that tests look at. */
  readonly calls: { name: string; argument: unknown }[] = [];
  /** What the next calls of a name fail with. */
  readonly failing = new Map<string, ErrorCode>();
  /** Own messages stay queued while false. */
  delivers = true;
  /** Milliseconds between the steps of a send or a job; 0 in tests. */
  pace: number;

  #long: string | null = null;
  #deliver: ((batch: EventBatch) => void) | null = null;
  #seq = 0;
  #pending: AppEvent[] = [];
  #waitsForAck = false;
  #tokens = new Map<string, MessageRow>();
  #nextId = 1;
  #demo = false;
  #job = 0;

  constructor(scenario: Scenario = "main", pace = 0) {
    this.pace = pace;
    this.#arrange(scenario);
  }

  #arrange(scenario: Scenario): void {
    if (scenario === "new") this.stage = { kind: "noAccount" };
    if (scenario === "locked") {
      this.stage = { kind: "locked" };
      this.password = "secret1";
      this.account.protection = "password";
    }
    if (scenario === "damaged") this.stage = { kind: "damaged", file: "nous.db", backupAt: NOW - 90 * MINUTE };
    if (scenario === "broken") this.stage = { kind: "failed", error: apiError("profileNewer") };
    if (scenario === "restored")
      this.account = { ...this.account, displayName: "", protectionAsked: false, phraseSeen: true };
    if (scenario === "demo") this.#demo = true;
    if (scenario === "offline") Object.assign(this.connectivity, { state: "offline", paths: [], hopsReady: 0 });
    if (scenario === "connecting") Object.assign(this.connectivity, { state: "building", paths: [], hopsReady: 2 });
    if (scenario === "big") this.#arrangeBig();
    else if (scenario !== "new" && scenario !== "empty" && scenario !== "demo" && scenario !== "restored")
      this.#arrangeSmall();
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

  #arrangeBig(): void {
    this.rows = bigAccount();
    this.#long = this.rows[0]?.id ?? null;
  }

  // ----- boot and account

  async getBootState(): Promise<BootState> {
    return {
      stage: this.stage,
      settings: { ...this.settings },
      version: "0.1.0",
      network: this.#demo ? "local" : "mainnet",
      demoContact: this.#demo ? { accountId: accountOf(42), name: "Écho" } : null,
    };
  }

  async unlock(password: string): Promise<void> {
    this.#call("unlock", null);
    if (password !== this.password) fail("wrongPassword");
    this.stage = { kind: "ready" };
    this.emit({ kind: "accountChanged" });
  }

  async restoreBackup(): Promise<void> {
    this.#call("restoreBackup", null);
    this.stage = { kind: "ready" };
    this.emit({ kind: "accountChanged" });
  }

  async createAccount(request: { displayName: string }): Promise<AccountRow> {
    this.#call("createAccount", request);
    const name = this.#name(request.displayName);
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

  #name(raw: string): string {
    const name = raw.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "").trim();
    if (name === "") fail("nameEmpty");
    if (utf8Bytes(name) > 100) fail("nameTooLong", { bytes: String(utf8Bytes(name)) });
    return name;
  }

  async discardAccount(): Promise<void> {
    this.#call("discardAccount", null);
    this.stage = { kind: "noAccount" };
  }

  async checkPhrase(phrase: string): Promise<PhraseCheck> {
    const known = new Set(PHRASE.split(" "));
    const words = phrase.toLowerCase().split(/\s+/u).filter(Boolean);
    const checked = words.map((text) => {
      const isKnown = [...known].some((word) => word.startsWith(text) && text.length >= 3);
      const suggestions = isKnown ? [] : [...known].filter((word) => word[0] === text[0]).slice(0, 5);
      return { text, isKnown, suggestions };
    });
    const unknown = checked.findIndex((word) => !word.isKnown);
    const error =
      unknown >= 0
        ? apiError("phraseUnknownWord", { position: String(unknown + 1), word: words[unknown] ?? "" })
        : words.length < 13
          ? apiError("phraseTooShort", { count: String(words.length) })
          : words.length > 13
            ? apiError("phraseTooLong", { count: String(words.length) })
            : words.at(-1) !== PHRASE.split(" ").at(-1)
              ? apiError("phraseWrong")
              : null;
    return { words: checked, error, accountId: error === null ? OWN : null };
  }

  async startRestore(request: { phrase: string }): Promise<string> {
    const check = await this.checkPhrase(request.phrase);
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
    this.account.displayName = this.#name(name);
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
    const trimmed = text.trim();
    if (trimmed === "") return { kind: "empty" };
    const compact = text.replace(/[\s\u00ad]/gu, "");
    const ids = [...new Set([...compact.matchAll(HEX_ID)].map((match) => match[0].toLowerCase()))];
    if (ids.length > 0) {
      const accounts = ids.map((accountId) => ({
        accountId,
        name: this.rows.find((row) => row.accountId === accountId)?.name ?? null,
        isSelf: accountId === OWN,
      }));
      return { kind: "accounts", accounts };
    }
    if (/^03[0-9a-f]{64}$/iu.test(compact)) return { kind: "error", error: apiError("groupId") };
    if (/^[12]5[0-9a-f]{64}$/iu.test(compact)) return { kind: "error", error: apiError("blindedId") };
    if (/^05[0-9a-f]{20,}$/iu.test(compact)) {
      return { kind: "error", error: apiError("accountIdMistyped", { length: String(compact.length) }) };
    }
    if (/^[a-z0-9-]{1,64}$/iu.test(trimmed)) return { kind: "name", name: trimmed.toLowerCase() };
    return { kind: "error", error: apiError("notAnAccountId") };
  }

  async lookupName(name: string): Promise<string> {
    this.#call("lookupName", name);
    await this.#pause();
    if (this.connectivity.state === "offline") fail("nameLookupFailed");
    if (name !== "elodie") fail("nameUnknown");
    return accountOf(1);
  }

  // ----- conversations

  async listConversations(request: { cursor: string | null; limit: number; filter: string }): Promise<{
    rows: ConversationRow[];
    next: string | null;
    total: number;
  }> {
    this.#call("listConversations", request);
    const listed = this.rows.filter((row) => row.isListed);
    const wanted = request.filter.toLocaleLowerCase();
    const found = listed
      .filter((row) => (row.name ?? "").toLocaleLowerCase().includes(wanted) || row.accountId.startsWith(wanted))
      .sort((a, b) => Number(b.isPinned) - Number(a.isPinned) || b.lastActivityAt - a.lastActivityAt);
    const from = Number(request.cursor ?? 0);
    const end = from + Math.min(request.limit, 100);
    return {
      rows: found.slice(from, end).map((row) => ({ ...row })),
      next: end < found.length ? String(end) : null,
      total: listed.length,
    };
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

  async listMessages(request: { conversation: string; anchor: Anchor; limit: number }): Promise<MessagePage> {
    this.#call("listMessages", request);
    const total = this.#size(request.conversation);
    const limit = Math.min(request.limit, 100);
    const [start, end] = this.#range(request.conversation, request.anchor, total, limit);
    const rows = Array.from({ length: end - start }, (_, step) => this.#at(request.conversation, start + step));
    return {
      rows,
      older: start > 0 ? String(start) : null,
      newer: end < total ? String(end) : null,
      firstUnread: this.messages.get(request.conversation)?.find((row) => row.isUnread)?.id ?? null,
    };
  }

  #range(id: string, anchor: Anchor, total: number, limit: number): [number, number] {
    switch (anchor.at) {
      case "latest":
        return [Math.max(0, total - limit), total];
      case "before": {
        const end = Number(anchor.cursor);
        return [Math.max(0, end - limit), end];
      }
      case "after": {
        const start = Number(anchor.cursor);
        return [start, Math.min(total, start + limit)];
      }
      case "around": {
        const middle = this.#index(id, anchor.message);
        const start = Math.max(0, middle - Math.floor(limit / 2));
        return [start, Math.min(total, start + limit)];
      }
    }
  }

  #size(id: string): number {
    return (id === this.#long ? LONG_COUNT : 0) + (this.messages.get(id)?.length ?? 0);
  }

  #at(id: string, index: number): MessageRow {
    const base = id === this.#long ? LONG_COUNT : 0;
    if (index < base) return longMessage(id, index, LONG_COUNT);
    const row = this.messages.get(id)?.[index - base];
    return row === undefined ? fail("messageNotFound") : { ...row };
  }

  #index(id: string, messageId: string): number {
    if (messageId.startsWith("L")) return Number(messageId.slice(1));
    return (this.messages.get(id) ?? []).findIndex((row) => row.id === messageId);
  }

  async getMessages(ids: string[]): Promise<MessageRow[]> {
    return ids.flatMap((id) => {
      const row = this.#find(id);
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
    const row = this.#find(id);
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
    const row = this.#find(id);
    if (row === undefined) fail("messageNotFound");
    const stored = row.state === "sent" || row.state === "read" || row.state === null;
    return {
      row: { ...row },
      fullText: row.body.kind === "text" ? row.body.text : "",
      storedAt: stored ? row.sentAt + 900 : null,
      serverHash: stored ? "9ZkqTn3Vw0rY8mSgT7bF2c1LhXoPq4uJ" : null,
      expiresAt: stored ? row.sentAt + 14 * 86_400_000 : null,
      attempts: row.state === "failed" ? 4 : 1,
    };
  }

  async listFailedMessages(): Promise<MessageRow[]> {
    return [...this.messages.values()]
      .flat()
      .filter((row) => row.state === "failed")
      .map((row) => ({ ...row }));
  }

  // ----- network

  async getConnectivity(): Promise<Connectivity> {
    return structuredClone(this.connectivity);
  }

  async rotatePaths(): Promise<void> {
    this.#call("rotatePaths", null);
  }

  async testConnection(): Promise<{
    ok: boolean;
    roundTripMs: number | null;
    error: null | ReturnType<typeof apiError>;
  }> {
    await this.#pause();
    const ok = this.connectivity.state !== "offline";
    return { ok, roundTripMs: ok ? 412 : null, error: ok ? null : apiError("offline") };
  }

  async listOutbox(): Promise<
    {
      messageId: string;
      conversation: string;
      conversationName: string | null;
      isOwnCopy: boolean;
      queuedAt: number;
      nextAttemptAt: number | null;
      attempts: number;
      error: ReturnType<typeof apiError> | null;
    }[]
  > {
    return [...this.messages.values()]
      .flat()
      .filter((row) => row.state === "queued" || row.state === "sending" || row.state === "notSynced")
      .map((row) => ({
        messageId: row.id,
        conversation: row.conversation,
        conversationName: this.#row(row.conversation).name,
        isOwnCopy: row.state === "notSynced",
        queuedAt: row.sentAt,
        nextAttemptAt: row.state === "sending" ? null : row.nextAttemptAt,
        attempts: 1,
        error: row.state === "queued" ? apiError("offline") : null,
      }));
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
    this.#deliver = onBatch;
    this.#flush();
  }

  async ackEvents(): Promise<void> {
    this.#waitsForAck = false;
    this.#flush();
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
    const row = this.#find(id);
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

  /** Sends an event as the program would: one batch, then nothing until it is acknowledged. */
  emit(event: AppEvent): void {
    this.#pending.push(event);
    this.#flush();
  }

  #flush(): void {
    if (this.#deliver === null || this.#waitsForAck || this.#pending.length === 0) return;
    this.#waitsForAck = true;
    const batch = { seq: (this.#seq += 1), events: this.#pending };
    this.#pending = [];
    const deliver = this.#deliver;
    queueMicrotask(() => deliver(batch));
  }

  #push(row: MessageRow): void {
    const rows = this.messages.get(row.conversation) ?? [];
    rows.push(row);
    this.messages.set(row.conversation, rows);
    this.emit({ kind: "messagesChanged", conversation: row.conversation, ids: { of: "some", ids: [row.id] } });
  }

  #find(id: string): MessageRow | undefined {
    if (id.startsWith("L") && this.#long !== null) return longMessage(this.#long, Number(id.slice(1)), LONG_COUNT);
    return [...this.messages.values()].flat().find((row) => row.id === id);
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
    row.lastMessage = {
      preview: last.body.kind === "text" ? last.body.text.slice(0, 200) : "",
      isOwn: last.isOwn,
      state: last.state,
      sentAt: last.sentAt,
    };
    row.lastActivityAt = last.sentAt;
  }

  #count(): void {
    const own = [...this.messages.values()].flat();
    const failed = own.filter((row) => row.state === "failed").length;
    const waiting = own.filter((row) => row.state === "queued" || row.state === "sending").length;
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
