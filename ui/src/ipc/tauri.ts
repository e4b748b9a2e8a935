/** The real backend: commands of the shell. The only file that knows Tauri. */

import { Channel, invoke } from "@tauri-apps/api/core";

import type {
  Backend,
  BootState,
  JobId,
  RecognisedAddress,
  Settings,
  SettingsPatch,
  StagedFileRow,
  StagedPictureRow,
} from "./backend";
import { commands, type ApiError, type EventBatch, type FilesDropped } from "./bindings";
import { apiError, AppError } from "./errors";

type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: ApiError };

async function ask<T>(answer: Promise<Answer<T>>): Promise<T> {
  const result = await answer;
  if (result.status === "error") throw new AppError(result.error);
  return result.data;
}

async function run(answer: Promise<Answer<null>>): Promise<void> {
  await ask(answer);
}

/** The line before the bytes has a limit; the program would cut a longer name anyhow. */
const LONGEST_NAME = 255;

/** One line of JSON, then a file: copied once, whatever its size. */
async function headed(head: object, file: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await new Blob([`${JSON.stringify(head)}\n`, file]).arrayBuffer());
  } catch {
    // Moved or forbidden since it was chosen.
    throw new AppError(apiError("fileUnreadable"));
  }
}

/** Calls a command whose only argument is the body of the call, as it is. */
async function send<T>(command: string, body: Uint8Array): Promise<T> {
  try {
    return await invoke<T>(command, body);
  } catch (thrown) {
    if (typeof thrown === "object" && thrown !== null && "code" in thrown) throw new AppError(thrown as ApiError);
    throw thrown;
  }
}

/** So many bytes of a file are in a call: what is larger comes piece by piece, and is never whole in the page. */
const PIECE = 1 << 20;

/** The program holds one file that comes in pieces. */
let turn: Promise<unknown> = Promise.resolve();

function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const done = turn.then(work, work);
  turn = done.catch(() => undefined);
  return done;
}

/** Gives the program a file; the last piece brings what is said of it. */
async function inPieces(head: object, file: Blob): Promise<StagedFileRow> {
  const upload = crypto.randomUUID();
  let at = 0;
  for (; at + PIECE < file.size; at += PIECE) {
    const piece = file.slice(at, at + PIECE);
    await send<null>("stage_piece", await headed({ upload, at, size: file.size }, piece));
  }
  const last = at === 0 ? file : file.slice(at);
  return send<StagedFileRow>("stage_file", await headed({ ...head, upload: at === 0 ? null : upload }, last));
}

/** Every setting named, as the shell expects it; `null` stays as it is. */
function whole(patch: SettingsPatch): { [K in keyof Settings]: Settings[K] | null } {
  return {
    theme: patch.theme ?? null,
    language: patch.language ?? null,
    textSizePercent: patch.textSizePercent ?? null,
    enterSends: patch.enterSends ?? null,
    spellCheck: patch.spellCheck ?? null,
    listWidthPx: patch.listWidthPx ?? null,
    readReceipts: patch.readReceipts ?? null,
    typingIndicators: patch.typingIndicators ?? null,
    communityRequests: patch.communityRequests ?? null,
    autoLockMinutes: patch.autoLockMinutes ?? null,
    memberNames: patch.memberNames ?? null,
    autoDownload: patch.autoDownload ?? null,
    playNextVoice: patch.playNextVoice ?? null,
    linkPreviews: patch.linkPreviews ?? null,
  };
}

/** The backend of the real window. */
export function tauriBackend(): Backend {
  return {
    getBootState: async () => (await ask(commands.getBootState())) as BootState,
    unlock: (password) => run(commands.unlock(password)),
    lock: () => run(commands.lock()),
    restoreBackup: () => run(commands.restoreBackup()),
    createAccount: (request) => ask(commands.createAccount(request)),
    discardAccount: () => run(commands.discardAccount()),
    checkPhrase: (phrase) => ask(commands.checkPhrase(phrase)),
    startRestore: (request) => ask(commands.startRestore(request)),
    cancelJob: (job) => run(commands.cancelJob(job)),
    getAccount: () => ask(commands.getAccount()),
    setDisplayName: (name) => ask(commands.setDisplayName(name)),
    getRecoveryPhrase: (password) => ask(commands.getRecoveryPhrase(password)),
    setPhraseSeen: () => run(commands.setPhraseSeen()),
    setPassword: (request) => ask(commands.setPassword(request)),
    setProtectionAsked: () => run(commands.setProtectionAsked()),
    deleteAccount: (request) => run(commands.deleteAccount(request)),
    getDeletion: () => ask(commands.getDeletion()),
    retryDeletion: () => run(commands.retryDeletion()),
    cancelDeletion: () => run(commands.cancelDeletion()),
    endDeletion: () => run(commands.endDeletion()),
    eraseProfile: () => run(commands.eraseProfile()),
    noteUse: () => run(commands.noteUse()),
    checkPassword: (password) => ask(commands.checkPassword(password)),
    stagePicture: async (file) => send<StagedPictureRow>("stage_picture", new Uint8Array(await file.arrayBuffer())),
    stageDroppedPicture: (files) => ask(commands.stageDroppedPicture(files)),
    discardStagedPicture: () => run(commands.discardStagedPicture()),
    setPicture: (request) => ask(commands.setPicture(request)),
    removePicture: () => ask(commands.removePicture()),
    recogniseAddress: (text) => ask(commands.recogniseAddress(text)),
    lookupName: (name) => ask(commands.lookupName(name)),
    readQrFile: (file) => send<RecognisedAddress>("read_qr_file", file),
    readQrClipboard: () => ask(commands.readQrClipboard()),
    saveOwnQr: (title) => ask(commands.saveOwnQr(title)),
    listDirectory: (request) => ask(commands.listDirectory(request)),
    getDirectoryEntry: (accountId) => ask(commands.getDirectoryEntry(accountId)),
    saveDirectoryEntry: (request) => ask(commands.saveDirectoryEntry(request)),
    deleteDirectoryEntries: (accountIds) => ask(commands.deleteDirectoryEntries(accountIds)),
    setDirectoryNickname: (accountId) => run(commands.setDirectoryNickname(accountId)),
    startDirectoryImport: (list) => send<JobId>("start_directory_import", list),
    startDroppedImport: (files) => ask(commands.startDroppedImport(files)),
    getDirectoryImport: (job) => ask(commands.getDirectoryImport(job)),
    writeDirectoryImport: (request) => run(commands.writeDirectoryImport(request)),
    discardDirectoryImport: (job) => run(commands.discardDirectoryImport(job)),
    saveDirectoryExport: (request) => ask(commands.saveDirectoryExport(request)),
    listConversations: (request) => ask(commands.listConversations(request)),
    getConversations: (ids) => ask(commands.getConversations(ids)),
    openConversation: (accountId) => ask(commands.openConversation(accountId)),
    setDraft: (request) => run(commands.setDraft(request)),
    markRead: (conversation) => run(commands.markRead(conversation)),
    markReadTo: (conversation, message) => run(commands.markReadTo(conversation, message)),
    markAllRead: () => run(commands.markAllRead()),
    setTyping: (conversation, isTyping) => run(commands.setTyping(conversation, isTyping)),
    listTyping: () => ask(commands.listTyping()),
    setPinned: (conversation, pinned) => run(commands.setPinned(conversation, pinned)),
    deleteConversation: (conversation) => run(commands.deleteConversation(conversation)),
    listRequests: (request) => ask(commands.listRequests(request)),
    getRequest: (conversation) => ask(commands.getRequest(conversation)),
    acceptRequest: (conversation) => ask(commands.acceptRequest(conversation)),
    declineRequest: (conversation) => run(commands.declineRequest(conversation)),
    blockRequest: (conversation) => run(commands.blockRequest(conversation)),
    clearRequests: () => ask(commands.clearRequests()),
    listKeptGroups: () => ask(commands.listKeptGroups()),
    listContacts: (request) => ask(commands.listContacts(request)),
    getContact: (conversation) => ask(commands.getContact(conversation)),
    setNickname: (request) => run(commands.setNickname(request)),
    setBlocked: (conversation, blocked) => run(commands.setBlocked(conversation, blocked)),
    setNotify: (request) => run(commands.setNotify(request)),
    setMute: (request) => run(commands.setMute(request)),
    markUnread: (conversation) => run(commands.markUnread(conversation)),
    clearMessages: (conversation) => run(commands.clearMessages(conversation)),
    deleteContact: (conversation) => run(commands.deleteContact(conversation)),
    setNoteHidden: (hidden) => run(commands.setNoteHidden(hidden)),
    setTimer: (conversation, timer) => run(commands.setTimer(conversation, timer)),
    followTimer: (message) => run(commands.followTimer(message)),
    createGroup: (request) => ask(commands.createGroup(request)),
    getGroup: (conversation) => ask(commands.getGroup(conversation)),
    changeGroup: (request) => ask(commands.changeGroup(request)),
    setGroupPicture: (request) => ask(commands.setGroupPicture(request)),
    addGroupMembers: (request) => ask(commands.addGroupMembers(request)),
    actOnGroupMembers: (request) => run(commands.actOnGroupMembers(request)),
    leaveGroup: (request) => run(commands.leaveGroup(request)),
    reconnectGroup: (conversation) => run(commands.reconnectGroup(conversation)),
    askForInvitation: (conversation) => run(commands.askForInvitation(conversation)),
    deleteForEveryone: (ids) => run(commands.deleteForEveryone(ids)),
    listGroupSync: () => ask(commands.listGroupSync()),
    setGroupWords: (words) => run(commands.setGroupWords(words)),
    listMessages: (request) => ask(commands.listMessages(request)),
    getMessages: (ids) => ask(commands.getMessages(ids)),
    sendMessage: (request) => ask(commands.sendMessage(request)),
    retryMessage: (id) => run(commands.retryMessage(id)),
    retryAllFailed: () => ask(commands.retryAllFailed()),
    deleteMessages: (ids) => run(commands.deleteMessages(ids)),
    getMessageInfo: (id) => ask(commands.getMessageInfo(id)),
    listFailedMessages: () => ask(commands.listFailedMessages()),
    deleteOnAllDevices: (ids) => run(commands.deleteOnAllDevices(ids)),
    react: (message, emoji, remove) => run(commands.react(message, emoji, remove)),
    recentReactions: () => ask(commands.recentReactions()),
    forwardMessages: (messages, to, token) => ask(commands.forwardMessages(messages, to, token)),
    shareText: (text, to, token) => ask(commands.shareText(text, to, token)),
    takeBackQueued: (message) => ask(commands.takeBackQueued(message)),
    messageAtDate: (conversation, at) => ask(commands.messageAtDate(conversation, at)),
    searchMessages: (request) => ask(commands.searchMessages(request)),
    stageFile: ({ name, ...where }, file) => {
      // A long name keeps its end, which says what it is.
      const head = { ...where, name: Array.from(name).slice(-LONGEST_NAME).join("") };
      return oneAtATime(() => inPieces(head, file));
    },
    stageDroppedFiles: (files, conversation, asItIs) => ask(commands.stageDroppedFiles(files, conversation, asItIs)),
    stageDroppedFile: (files, index, conversation, asItIs) =>
      ask(commands.stageDroppedFile(files, index, conversation, asItIs)),
    listStagedFiles: (conversation) => ask(commands.listStagedFiles(conversation)),
    discardStagedFile: (file, conversation) => run(commands.discardStagedFile(file, conversation)),
    setVideoPoster: async (request, picture) => {
      await send<null>("set_video_poster", await headed(request, picture));
    },
    readMedia: async (url) => {
      // The scheme of the program: nothing of it leaves this computer.
      const answer = await globalThis.fetch(url);
      if (!answer.ok) throw new AppError(apiError("fileNotHere"));
      return answer.blob();
    },
    downloadAttachment: (message, index) => run(commands.downloadAttachment(message, index)),
    cancelTransfer: (message, index) => run(commands.cancelTransfer(message, index)),
    retryAttachment: (message, index) => run(commands.retryAttachment(message, index)),
    saveAttachment: (message, index) => ask(commands.saveAttachment(message, index)),
    openAttachment: (message, index) => run(commands.openAttachment(message, index)),
    trustDownloads: (conversation, trusted) => run(commands.trustDownloads(conversation, trusted)),
    gallery: (request) => ask(commands.gallery(request)),
    previewLink: (url) => ask(commands.previewLink(url)),
    discardLinkPreview: (preview) => run(commands.discardLinkPreview(preview)),
    voiceRecord: (conversation) => ask(commands.voiceRecord(conversation)),
    voiceRecording: (action) => ask(commands.voiceRecording(action)),
    voiceFinish: (conversation) => ask(commands.voiceFinish(conversation)),
    voiceStatus: () => ask(commands.voiceStatus()),
    voicePlay: (request) => ask(commands.voicePlay(request)),
    voicePlayback: (action) => ask(commands.voicePlayback(action)),
    storageUsage: () => ask(commands.storageUsage()),
    countFiles: (request) => ask(commands.countFiles(request)),
    deleteFiles: (request) => ask(commands.deleteFiles(request)),
    countOldMessages: (request) => ask(commands.countOldMessages(request)),
    clearOldMessages: (request) => ask(commands.clearOldMessages(request)),
    startExport: (request) => ask(commands.startExport(request)),
    getExport: (job) => ask(commands.getExport(job)),
    getConnectivity: () => ask(commands.getConnectivity()),
    rotatePaths: () => run(commands.rotatePaths()),
    testConnection: () => ask(commands.testConnection()),
    listOutbox: () => ask(commands.listOutbox()),
    sendNow: () => run(commands.sendNow()),
    getSettings: async () => (await ask(commands.getSettings())) as Settings,
    setSettings: async (patch) => (await ask(commands.setSettings(whole(patch)))) as Settings,
    subscribe: async (onBatch) => {
      const channel = new Channel<EventBatch>();
      channel.onmessage = onBatch;
      await run(commands.subscribe(channel));
    },
    ackEvents: (seq) => run(commands.ackEvents(seq)),
    setWindowFocus: (focused) => run(commands.setWindowFocus(focused)),
    openUrl: (url) => run(commands.openUrl(url)),
    copyText: (text) => run(commands.copyText(text)),
    copySecret: (text) => run(commands.copySecret(text)),
    copyPicture: (message, index) => run(commands.copyPicture(message, index)),
    watchDrops: async (onDrop) => {
      const channel = new Channel<FilesDropped>();
      channel.onmessage = onDrop;
      await run(commands.watchDrops(channel));
    },
  };
}
