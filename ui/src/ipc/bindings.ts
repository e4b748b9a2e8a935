// The contract with the shell: the shape that tauri-specta gives it.

import { invoke as TAURI_INVOKE, type Channel as TAURI_CHANNEL } from "@tauri-apps/api/core";

export const commands = {
  getBootState: () => call<BootState>("get_boot_state"),
  unlock: (password: string) => call<null>("unlock", { password }),
  restoreBackup: () => call<null>("restore_backup"),
  createAccount: (request: CreateAccountRequest) => call<AccountRow>("create_account", { request }),
  discardAccount: () => call<null>("discard_account"),
  checkPhrase: (phrase: string) => call<PhraseCheck>("check_phrase", { phrase }),
  startRestore: (request: RestoreAccountRequest) => call<JobId>("start_restore", { request }),
  cancelJob: (job: JobId) => call<null>("cancel_job", { job }),
  getAccount: () => call<AccountRow>("get_account"),
  setDisplayName: (name: string) => call<AccountRow>("set_display_name", { name }),
  getRecoveryPhrase: (password: string | null) => call<RecoveryPhraseRow>("get_recovery_phrase", { password }),
  setPhraseSeen: () => call<null>("set_phrase_seen"),
  setPassword: (request: SetPasswordRequest) => call<AccountRow>("set_password", { request }),
  setProtectionAsked: () => call<null>("set_protection_asked"),
  recogniseAddress: (text: string) => call<RecognisedAddress>("recognise_address", { text }),
  lookupName: (name: string) => call<string>("lookup_name", { name }),
  listConversations: (request: ListConversationsRequest) => call<ConversationPage>("list_conversations", { request }),
  getConversations: (ids: ConversationId[]) => call<ConversationRow[]>("get_conversations", { ids }),
  openConversation: (accountId: string) => call<ConversationRow>("open_conversation", { accountId }),
  setDraft: (request: SetDraftRequest) => call<null>("set_draft", { request }),
  markRead: (conversation: ConversationId) => call<null>("mark_read", { conversation }),
  setPinned: (conversation: ConversationId, pinned: boolean) => call<null>("set_pinned", { conversation, pinned }),
  deleteConversation: (conversation: ConversationId) => call<null>("delete_conversation", { conversation }),
  listMessages: (request: ListMessagesRequest) => call<MessagePage>("list_messages", { request }),
  getMessages: (ids: MessageId[]) => call<MessageRow[]>("get_messages", { ids }),
  sendMessage: (request: SendMessageRequest) => call<MessageRow>("send_message", { request }),
  retryMessage: (id: MessageId) => call<null>("retry_message", { id }),
  retryAllFailed: () => call<number>("retry_all_failed"),
  deleteMessages: (ids: MessageId[]) => call<null>("delete_messages", { ids }),
  getMessageInfo: (id: MessageId) => call<MessageInfo>("get_message_info", { id }),
  listFailedMessages: () => call<MessageRow[]>("list_failed_messages"),
  getConnectivity: () => call<Connectivity>("get_connectivity"),
  rotatePaths: () => call<null>("rotate_paths"),
  testConnection: () => call<ConnectionTest>("test_connection"),
  listOutbox: () => call<OutboxItem[]>("list_outbox"),
  sendNow: () => call<null>("send_now"),
  getSettings: () => call<SettingsRow>("get_settings"),
  setSettings: (request: SetSettingsRequest) => call<SettingsRow>("set_settings", { request }),
  subscribe: (channel: TAURI_CHANNEL<EventBatch>) => call<null>("subscribe", { channel }),
  ackEvents: (seq: number) => call<null>("ack_events", { seq }),
  setWindowFocus: (focused: boolean) => call<null>("set_window_focus", { focused }),
  openUrl: (url: string) => call<null>("open_url", { url }),
};

export type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };

async function call<T>(name: string, args?: Record<string, unknown>): Promise<Result<T, ApiError>> {
  try {
    return { status: "ok", data: await TAURI_INVOKE<T>(name, args) };
  } catch (e) {
    if (e instanceof Error) throw e;
    return { status: "error", error: e as ApiError };
  }
}

export type ConversationId = string;
export type MessageId = string;
export type Cursor = string;
export type JobId = string;
export type TimestampMs = number;

export type CreateAccountRequest = { displayName: string };
export type RestoreAccountRequest = { phrase: string; displayName: string | null };
export type SetPasswordRequest = { current: string | null; new: string | null };
export type ListConversationsRequest = { cursor: Cursor | null; limit: number; filter: string };
export type Anchor =
  | { at: "latest" }
  | { at: "around"; message: MessageId }
  | { at: "before"; cursor: Cursor }
  | { at: "after"; cursor: Cursor };
export type ListMessagesRequest = { conversation: ConversationId; anchor: Anchor; limit: number };
export type SendMessageRequest = { conversation: ConversationId; body: string; clientToken: string };
export type SetDraftRequest = { conversation: ConversationId; text: string };
export type SetSettingsRequest = {
  theme?: Theme | null;
  language?: Language | null;
  textSizePercent?: number | null;
  enterSends?: boolean | null;
  spellCheck?: boolean | null;
  listWidthPx?: number | null;
};

export type Stage =
  | { kind: "noAccount" }
  | { kind: "locked" }
  | { kind: "ready" }
  | { kind: "damaged"; file: string; backupAt: TimestampMs | null }
  | { kind: "failed"; error: ApiError };
export type BootState = {
  stage: Stage;
  settings: SettingsRow;
  version: string;
  network: string;
  demoContact: DemoContact | null;
};
export type DemoContact = { accountId: string; name: string };
export type Protection = "password" | "keyring" | "file";
export type AccountRow = {
  accountId: string;
  displayName: string;
  protection: Protection;
  phraseSeen: boolean;
  protectionAsked: boolean;
};
export type RecoveryPhraseRow = { words: string; qrText: string };
export type PhraseWord = { text: string; isKnown: boolean; suggestions: string[] };
export type PhraseCheck = { words: PhraseWord[]; error: ApiError | null; accountId: string | null };
export type RecognisedAddress =
  | { kind: "empty" }
  | { kind: "accounts"; accounts: RecognisedAccount[] }
  | { kind: "name"; name: string }
  | { kind: "error"; error: ApiError };
export type RecognisedAccount = { accountId: string; name: string | null; isSelf: boolean };
export type ConversationKind = "person" | "noteToSelf";
export type ConversationRow = {
  id: ConversationId;
  kind: ConversationKind;
  accountId: string;
  name: string | null;
  lastMessage: LastMessage | null;
  lastActivityAt: TimestampMs;
  unreadCount: number;
  draft: string;
  isPinned: boolean;
  isListed: boolean;
  isApproved: boolean;
  hasApprovedMe: boolean;
  isBlocked: boolean;
};
export type LastMessage = {
  preview: string;
  isOwn: boolean;
  state: MessageState | null;
  sentAt: TimestampMs;
};
export type ConversationPage = { rows: ConversationRow[]; next: Cursor | null; total: number };
export type MessageState = "queued" | "sending" | "sent" | "notSynced" | "read" | "failed";
export type MessageBody =
  | { kind: "text"; text: string; truncated: boolean }
  | { kind: "deleted" }
  | { kind: "unsupported"; count: number };
export type MessageRow = {
  id: MessageId;
  conversation: ConversationId;
  author: string;
  authorName: string | null;
  isOwn: boolean;
  body: MessageBody;
  sentAt: TimestampMs;
  receivedAt: TimestampMs;
  state: MessageState | null;
  error: ApiError | null;
  nextAttemptAt: TimestampMs | null;
  readAt: TimestampMs | null;
  isUnread: boolean;
};
export type MessagePage = {
  rows: MessageRow[];
  older: Cursor | null;
  newer: Cursor | null;
  firstUnread: MessageId | null;
};
export type MessageInfo = {
  row: MessageRow;
  fullText: string;
  storedAt: TimestampMs | null;
  serverHash: string | null;
  expiresAt: TimestampMs | null;
  attempts: number;
};
export type OutboxItem = {
  messageId: MessageId;
  conversation: ConversationId;
  conversationName: string | null;
  isOwnCopy: boolean;
  queuedAt: TimestampMs;
  nextAttemptAt: TimestampMs | null;
  attempts: number;
  error: ApiError | null;
};
export type ConnectivityState = "offline" | "building" | "connected";
export type PathHop = { ip: string; country: string | null };
export type Connectivity = {
  state: ConnectivityState;
  paths: PathHop[][];
  hopsReady: number;
  knownNodes: number;
  clockDeviationMs: number | null;
  lastSyncAt: TimestampMs | null;
  waiting: number;
  failed: number;
  parked: number;
};
export type ConnectionTest = { ok: boolean; roundTripMs: number | null; error: ApiError | null };
export type Theme = "system" | "light" | "dark";
export type Language = "system" | "en" | "fr";
export type SettingsRow = {
  theme: Theme;
  language: Language;
  textSizePercent: number;
  enterSends: boolean;
  spellCheck: boolean;
  listWidthPx: number;
};

export type Changed<T> = { of: "some"; ids: T[] } | { of: "all" };
export type JobState =
  | { kind: "running" }
  | { kind: "done"; needsName: boolean; continues: boolean }
  | { kind: "failed"; error: ApiError };
export type AppEvent =
  | { kind: "conversationsChanged"; ids: Changed<ConversationId> }
  | { kind: "messagesChanged"; conversation: ConversationId; ids: Changed<MessageId> }
  | { kind: "connectivityChanged" }
  | { kind: "jobProgress"; job: JobId; done: number; total: number | null; state: JobState }
  | { kind: "accountChanged" }
  | { kind: "settingsChanged" }
  | { kind: "navigate"; conversation: ConversationId }
  | { kind: "resync" };
export type EventBatch = { seq: number; events: AppEvent[] };

export type ErrorCode =
  | "offline"
  | "timedOut"
  | "refusedByNetwork"
  | "clockWrong"
  | "expired"
  | "tooLarge"
  | "emptyText"
  | "nameEmpty"
  | "nameTooLong"
  | "notAnAccountId"
  | "accountIdMistyped"
  | "groupId"
  | "blindedId"
  | "nameUnknown"
  | "nameLookupFailed"
  | "phraseTooShort"
  | "phraseTooLong"
  | "phraseUnknownWord"
  | "phraseWrong"
  | "wrongPassword"
  | "tooManyTries"
  | "passwordLength"
  | "locked"
  | "profileInUse"
  | "profileDamaged"
  | "profileNewer"
  | "noAccount"
  | "accountExists"
  | "diskFull"
  | "diskReadOnly"
  | "messageNotFound"
  | "conversationNotFound"
  | "blocked"
  | "networkFileInvalid"
  | "unexpected";
export type ApiError = {
  code: ErrorCode;
  retryAfterMs: number | null;
  args: { [key in string]: string };
  incident: string | null;
};
