/** The seam between the window and the program behind it: everything a screen may ask for. */

import type {
  AccountRow,
  AddedMembers,
  AddGroupMembersRequest,
  BootState as RawBootState,
  ChangeGroupRequest,
  Connectivity,
  ConnectionTest,
  ContactDetails,
  ContactPage,
  ConversationId,
  ConversationPage,
  ConversationRow,
  CreateAccountRequest,
  CreateGroupRequest,
  DeleteAccountRequest,
  DeletionRow,
  DirectoryImport,
  DirectoryPage,
  DirectoryRow,
  EventBatch,
  ExportDirectoryRequest,
  FilesDropped,
  Forwarded,
  GalleryPage,
  GalleryRequest,
  GroupDetails,
  GroupMemberActionRequest,
  GroupSyncRow,
  GroupWords,
  JobId,
  KeptGroupRow,
  LeaveGroupRequest,
  LinkPreviewId,
  ListContactsRequest,
  ListConversationsRequest,
  ListDirectoryRequest,
  ListMessagesRequest,
  ListRequestsRequest,
  MadePreviewRow,
  MessageId,
  MessageInfo,
  MessagePage,
  MessageRow,
  OutboxItem,
  PasswordCheck,
  PhraseCheck,
  PlaybackAction,
  PlaySoundRequest,
  RecognisedAddress,
  RecordingAction,
  RecoveryPhraseRow,
  RequestDetails,
  RequestPage,
  RestoreAccountRequest,
  SavedAttachment,
  SavedFile,
  SaveDirectoryEntryRequest,
  SearchPage,
  SearchRequest,
  SendMessageRequest,
  SetDraftRequest,
  SetGroupPictureRequest,
  SetMuteRequest,
  SetNicknameRequest,
  SetNotifyRequest,
  SetPasswordRequest,
  SetPictureRequest,
  SettingsRow as RawSettings,
  StagedDrop,
  StagedFileId,
  StagedFileRow,
  TakenBack,
  Timer,
  TimestampMs,
  VoiceDraft,
  VoiceRow,
  WriteDirectoryImportRequest,
  StagedPictureRow,
} from "./bindings";
import type { SpaceBackend } from "./backend-space";

export type {
  AccountRow,
  AddedMembers,
  AddGroupMembersRequest,
  Anchor,
  ApiError,
  AppEvent,
  AttachmentKind,
  AttachmentRow,
  AttachmentState,
  BadLineRow,
  Changed,
  ChangeGroupRequest,
  CommunityInvitationRow,
  ConnectionTest,
  Connectivity,
  ConnectivityState,
  ContactDetails,
  ContactList,
  ContactPage,
  ContactRow,
  ConversationId,
  ConversationKind,
  ConversationPage,
  ConversationRow,
  ConversationUsageRow,
  CreateGroupRequest,
  Cursor,
  DeleteAccountRequest,
  DeletionRow,
  DemoContact,
  DirectoryFormat,
  DirectoryImport,
  DirectoryPage,
  DirectoryRow,
  DisappearsRow,
  ErrorCode,
  EventBatch,
  ExportConversationRequest,
  ExportDirectoryRequest,
  ExportFormat,
  ExportRow,
  ExportWords,
  FilesCount,
  FilesDropped,
  FilesRequest,
  Forwarded,
  GalleryKind,
  GalleryPage,
  GalleryRequest,
  GalleryRow,
  ImportStage,
  JobId,
  GroupDetails,
  GroupEvent,
  GroupInvitation,
  GroupKind,
  GroupMemberAction,
  GroupMemberActionRequest,
  GroupMemberRow,
  GroupNotifications,
  GroupStanding,
  GroupSummary,
  GroupSyncRow,
  GroupTrouble,
  GroupWords,
  JobState,
  KeptGroupRow,
  Language,
  LastMessage,
  LastMessageKind,
  LeaveGroupRequest,
  LinkPreviewId,
  LinkPreviewRow,
  ListContactsRequest,
  ListConversationsRequest,
  ListDirectoryRequest,
  ListMessagesRequest,
  ListRequestsRequest,
  MadePreviewRow,
  MemberState,
  MergedCounts,
  MessageBody,
  MessageId,
  MessageInfo,
  MessagePage,
  MessageRow,
  MessageState,
  Mute,
  MuteFor,
  NotifyMode,
  OldMessagesRequest,
  OutboxItem,
  PasswordCheck,
  PasswordStrength,
  PathHop,
  PersonRef,
  PhraseCheck,
  PhraseWord,
  PlaybackAction,
  PlaybackRow,
  PlaySoundRequest,
  Protection,
  QuoteRow,
  ReactionRow,
  RecognisedAccount,
  RecognisedAddress,
  RecordingAction,
  RecordingRow,
  RecoveryPhraseRow,
  RefusedFile,
  RefusedForward,
  RequestDetails,
  RequestPage,
  RequestRow,
  SavedAttachment,
  SavedFile,
  SaveDirectoryEntryRequest,
  SearchHas,
  SearchHit,
  SearchPage,
  SearchRequest,
  SearchRow,
  SendMessageRequest,
  SetDraftRequest,
  SetGroupPictureRequest,
  SetMuteRequest,
  SetNicknameRequest,
  SetNotifyRequest,
  SetPictureRequest,
  SoundRef,
  Stage,
  StagedDrop,
  StagedFileId,
  StagedFileRow,
  StagedPictureRow,
  StorageUsage,
  StorageUsageRow,
  TakenBack,
  Theme,
  Timer,
  TimerKind,
  TimestampMs,
  TransferProgress,
  VoiceDraft,
  VoiceRow,
  WriteDirectoryImportRequest,
} from "./bindings";

/** Settings of this device, every one present. */
export type Settings = { [K in keyof RawSettings]-?: NonNullable<RawSettings[K]> };
/** Settings to change; absent ones stay. */
export type SettingsPatch = Partial<Settings>;
/** What a window needs before anything else. */
export type BootState = Omit<RawBootState, "settings"> & { settings: Settings };

/** What is said of a chosen file before its bytes; as one line of JSON it stands before them. */
export type StageFileRequest = {
  /** In whose draft it stands; `null`: in none. */
  conversation: ConversationId | null;
  /** What it is called; empty: it has no name. */
  name: string;
  /** A picture is sent as it is, with its metadata. */
  asItIs: boolean;
};

/** A film of a message, or one that was chosen. */
export type FilmRef = { kind: "message"; message: MessageId; index: number } | { kind: "staged"; file: StagedFileId };

/** What is said of a film before the picture that the page drew of it. */
export type SetPosterRequest = {
  film: FilmRef;
  /** How long it is, if the page could tell. */
  durationMs: number | null;
};

/** What the window asks of the program. Every call rejects with an `AppError`. */
export interface Backend extends SpaceBackend {
  getBootState(): Promise<BootState>;
  unlock(password: string): Promise<void>;
  /** Locks a profile that is behind a password. */
  lock(): Promise<void>;
  restoreBackup(): Promise<void>;
  createAccount(request: CreateAccountRequest): Promise<AccountRow>;
  discardAccount(): Promise<void>;
  checkPhrase(phrase: string): Promise<PhraseCheck>;
  startRestore(request: RestoreAccountRequest): Promise<JobId>;
  cancelJob(job: JobId): Promise<void>;

  getAccount(): Promise<AccountRow>;
  setDisplayName(name: string): Promise<AccountRow>;
  getRecoveryPhrase(password: string | null): Promise<RecoveryPhraseRow>;
  setPhraseSeen(): Promise<void>;
  setPassword(request: SetPasswordRequest): Promise<AccountRow>;
  setProtectionAsked(): Promise<void>;

  /** From this device, or from the network first: then `getDeletion` says how it stands. */
  deleteAccount(request: DeleteAccountRequest): Promise<void>;
  getDeletion(): Promise<DeletionRow | null>;
  retryDeletion(): Promise<void>;
  cancelDeletion(): Promise<void>;
  /** Erases this device, though not every node confirmed. */
  endDeletion(): Promise<void>;
  /** Erases a profile that is locked or damaged. */
  eraseProfile(): Promise<void>;
  /** A person uses the app: it locks when nobody did for a while. */
  noteUse(): Promise<void>;
  checkPassword(password: string): Promise<PasswordCheck>;
  /** Opens a picture that was chosen. Nothing changes before it is set; another takes its place. */
  stagePicture(file: Blob): Promise<StagedPictureRow>;
  /** The same with a file that was dropped. */
  stageDroppedPicture(files: number): Promise<StagedPictureRow>;
  discardStagedPicture(): Promise<void>;
  setPicture(request: SetPictureRequest): Promise<AccountRow>;
  removePicture(): Promise<AccountRow>;

  recogniseAddress(text: string): Promise<RecognisedAddress>;
  /** Answers the account ID that the name stands for. */
  lookupName(name: string): Promise<string>;
  /** The account IDs in the QR codes of a picture file; what is wrong with it is part of the answer. */
  readQrFile(file: Uint8Array): Promise<RecognisedAddress>;
  /** The same for the picture on the clipboard. */
  readQrClipboard(): Promise<RecognisedAddress>;
  /** Saves the QR code of the own ID as a picture; `title` is the name of the file. */
  saveOwnQr(title: string): Promise<SavedFile>;

  listDirectory(request: ListDirectoryRequest): Promise<DirectoryPage>;
  getDirectoryEntry(accountId: string): Promise<DirectoryRow | null>;
  saveDirectoryEntry(request: SaveDirectoryEntryRequest): Promise<DirectoryRow>;
  /** Answers how many there were. */
  deleteDirectoryEntries(accountIds: string[]): Promise<number>;
  /** Gives a person the name of the directory as nickname. */
  setDirectoryNickname(accountId: string): Promise<void>;
  /** Begins to read a list: a file's bytes, or a pasted text in UTF-8. Nothing is written. */
  startDirectoryImport(list: Uint8Array): Promise<JobId>;
  /** The same with a file that was dropped. */
  startDroppedImport(files: number): Promise<JobId>;
  getDirectoryImport(job: JobId): Promise<DirectoryImport>;
  writeDirectoryImport(request: WriteDirectoryImportRequest): Promise<void>;
  discardDirectoryImport(job: JobId): Promise<void>;
  saveDirectoryExport(request: ExportDirectoryRequest): Promise<SavedFile>;

  listConversations(request: ListConversationsRequest): Promise<ConversationPage>;
  getConversations(ids: ConversationId[]): Promise<ConversationRow[]>;
  openConversation(accountId: string): Promise<ConversationRow>;
  setDraft(request: SetDraftRequest): Promise<void>;
  markRead(conversation: ConversationId): Promise<void>;
  /** Up to a message that was seen, and with it. */
  markReadTo(conversation: ConversationId, message: MessageId): Promise<void>;
  /** Everything in every conversation. */
  markAllRead(): Promise<void>;
  /** The text was changed (`true`), or emptied or left. Who is told is decided behind this. */
  setTyping(conversation: ConversationId, isTyping: boolean): Promise<void>;
  /** Where the other types now. */
  listTyping(): Promise<ConversationId[]>;
  setPinned(conversation: ConversationId, pinned: boolean): Promise<void>;
  deleteConversation(conversation: ConversationId): Promise<void>;
  /** Communities and groups of the old kind, which cannot be opened. */
  listKeptGroups(): Promise<KeptGroupRow[]>;

  listRequests(request: ListRequestsRequest): Promise<RequestPage>;
  /** The inside of a request: the name that its sender gave themselves is here only. */
  getRequest(conversation: ConversationId): Promise<RequestDetails>;
  acceptRequest(conversation: ConversationId): Promise<ConversationRow>;
  declineRequest(conversation: ConversationId): Promise<void>;
  blockRequest(conversation: ConversationId): Promise<void>;
  /** Answers how many were declined. */
  clearRequests(): Promise<number>;
  listContacts(request: ListContactsRequest): Promise<ContactPage>;
  getContact(conversation: ConversationId): Promise<ContactDetails>;
  /** An empty nickname takes it back. */
  setNickname(request: SetNicknameRequest): Promise<void>;
  setBlocked(conversation: ConversationId, blocked: boolean): Promise<void>;
  setNotify(request: SetNotifyRequest): Promise<void>;
  setMute(request: SetMuteRequest): Promise<void>;
  markUnread(conversation: ConversationId): Promise<void>;
  /** On all devices, like the following ones. */
  clearMessages(conversation: ConversationId): Promise<void>;
  deleteContact(conversation: ConversationId): Promise<void>;
  setNoteHidden(hidden: boolean): Promise<void>;
  /** How long messages stay from now on; of a group by its admins only. */
  setTimer(conversation: ConversationId, timer: Timer): Promise<void>;
  /** Takes over the setting that a message tells of. */
  followTimer(message: MessageId): Promise<void>;

  /** Stands in the list at once; invitations go out in the background. */
  createGroup(request: CreateGroupRequest): Promise<ConversationRow>;
  getGroup(conversation: ConversationId): Promise<GroupDetails>;
  changeGroup(request: ChangeGroupRequest): Promise<GroupDetails>;
  setGroupPicture(request: SetGroupPictureRequest): Promise<GroupDetails>;
  /** Adds them, or asks the admins to. */
  addGroupMembers(request: AddGroupMembersRequest): Promise<AddedMembers>;
  actOnGroupMembers(request: GroupMemberActionRequest): Promise<void>;
  leaveGroup(request: LeaveGroupRequest): Promise<void>;
  /** Tries to bring a silent group back. */
  reconnectGroup(conversation: ConversationId): Promise<void>;
  askForInvitation(conversation: ConversationId): Promise<void>;
  /** Own messages; in a group admins anybody's. */
  deleteForEveryone(ids: MessageId[]): Promise<void>;
  listGroupSync(): Promise<GroupSyncRow[]>;
  /** The sentences that are written in our name to people whose app does not do it by itself. */
  setGroupWords(words: GroupWords): Promise<void>;

  listMessages(request: ListMessagesRequest): Promise<MessagePage>;
  getMessages(ids: MessageId[]): Promise<MessageRow[]>;
  /** Files that do not go into one message go as several; they come in their order. */
  sendMessage(request: SendMessageRequest): Promise<MessageRow[]>;
  retryMessage(id: MessageId): Promise<void>;
  /** Answers how many are tried again. */
  retryAllFailed(): Promise<number>;
  /** On this device only. */
  deleteMessages(ids: MessageId[]): Promise<void>;
  getMessageInfo(id: MessageId): Promise<MessageInfo>;
  listFailedMessages(): Promise<MessageRow[]>;
  /** On all own devices: Note to Self only. */
  deleteOnAllDevices(ids: MessageId[]): Promise<void>;
  /** Reacts, or takes a reaction back. */
  react(message: MessageId, emoji: string, remove: boolean): Promise<void>;
  /** The six last used, the newest first. */
  recentReactions(): Promise<string[]>;
  /** The same token sends once, however often it is asked. */
  forwardMessages(messages: MessageId[], to: ConversationId[], token: string): Promise<Forwarded>;
  /** Beside what is being written there. The same token sends once, however often it is asked. */
  shareText(text: string, to: ConversationId[], token: string): Promise<Forwarded>;
  /** Before it goes out, or after it failed: all of it stands in the draft, and the message is gone. */
  takeBackQueued(message: MessageId): Promise<TakenBack>;
  /** The first message at or after a moment; `null` if there is none. */
  messageAtDate(conversation: ConversationId, at: TimestampMs): Promise<MessageId | null>;
  searchMessages(request: SearchRequest): Promise<SearchPage>;

  /** Takes a chosen file in; nothing of it leaves before a message with it is sent. */
  stageFile(request: StageFileRequest, file: Blob): Promise<StagedFileRow>;
  /** The same with files that were dropped: those that can be taken are. */
  stageDroppedFiles(files: number, conversation: ConversationId | null, asItIs: boolean): Promise<StagedDrop>;
  /** One of them once more, in the other way. `index`: its place among them. */
  stageDroppedFile(
    files: number,
    index: number,
    conversation: ConversationId | null,
    asItIs: boolean,
  ): Promise<StagedFileRow>;
  /** The chosen files in a draft, in order. */
  listStagedFiles(conversation: ConversationId): Promise<StagedFileRow[]>;
  discardStagedFile(file: StagedFileId, conversation: ConversationId | null): Promise<void>;
  /** Keeps what the page drew of a film. One that has a picture keeps it. */
  setVideoPoster(request: SetPosterRequest, picture: Blob): Promise<void>;
  /** The bytes at an address of the media scheme, for what the page cannot show by its address. */
  readMedia(url: string): Promise<Blob>;
  /** Fetches a file; progress comes as events. */
  downloadAttachment(message: MessageId, index: number): Promise<void>;
  /** Stops a file on its way. A message whose file goes up waits for the person then. */
  cancelTransfer(message: MessageId, index: number): Promise<void>;
  retryAttachment(message: MessageId, index: number): Promise<void>;
  /** Where files go that the person asks for; nothing is overwritten. */
  saveAttachment(message: MessageId, index: number): Promise<SavedAttachment>;
  /** Opens a copy in another program; it goes with the message. Asked for in a dialog before. */
  openAttachment(message: MessageId, index: number): Promise<void>;
  /** Fetches files of a conversation without a click from now on, or no longer. */
  trustDownloads(conversation: ConversationId, trusted: boolean): Promise<void>;
  gallery(request: GalleryRequest): Promise<GalleryPage>;

  /** Asks the site of a link, directly; `null` if the person does not want that, or if it shows nothing. */
  previewLink(url: string): Promise<MadePreviewRow | null>;
  discardLinkPreview(preview: LinkPreviewId): Promise<void>;

  /** Opens the microphone and begins a voice message; what plays ends. */
  voiceRecord(conversation: ConversationId | null): Promise<VoiceRow>;
  voiceRecording(action: RecordingAction): Promise<VoiceRow>;
  /** Ends the recording: a file in a draft, for a message of no text. One that could not be kept can be ended again. */
  voiceFinish(conversation: ConversationId | null): Promise<VoiceDraft>;
  /** How recording and playing stand. */
  voiceStatus(): Promise<VoiceRow>;
  /** Plays a sound that is on this device; what played before ends. */
  voicePlay(request: PlaySoundRequest): Promise<VoiceRow>;
  voicePlayback(action: PlaybackAction): Promise<VoiceRow>;

  getConnectivity(): Promise<Connectivity>;
  rotatePaths(): Promise<void>;
  testConnection(): Promise<ConnectionTest>;
  listOutbox(): Promise<OutboxItem[]>;
  sendNow(): Promise<void>;

  getSettings(): Promise<Settings>;
  setSettings(patch: SettingsPatch): Promise<Settings>;

  /** One subscription per window; a batch comes after the one before was acknowledged. */
  subscribe(onBatch: (batch: EventBatch) => void): Promise<void>;
  ackEvents(seq: number): Promise<void>;
  setWindowFocus(focused: boolean): Promise<void>;
  /** Opens an address outside the app. Asked for in a dialog before. */
  openUrl(url: string): Promise<void>;

  copyText(text: string): Promise<void>;
  /** Hidden from clipboard histories, and taken away after a minute. */
  copySecret(text: string): Promise<void>;
  /** A picture of a message. */
  copyPicture(message: MessageId, index: number): Promise<void>;
  /** Tells of files that are dropped on the window. */
  watchDrops(onDrop: (files: FilesDropped) => void): Promise<void>;
}
