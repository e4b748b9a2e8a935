import { Announcer } from "../a11y/announcer.svelte";
import { groupWords } from "../i18n/group-words";
import { t } from "../i18n/i18n.svelte";
import { errorText, messageLabel } from "../i18n/words";
import type { AppEvent, Backend, ConversationId, ConversationRow, MessageId, MessageRow } from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import { EventStream } from "../ipc/events";
import { provideClipboard } from "../lib/clipboard";
import { deliverFiles } from "../lib/dropping";
import { followAnnounced } from "./announced";
import type { Composer } from "./composer.svelte";
import { Composers } from "./composers";
import { Conversations } from "./conversations.svelte";
import { Countdown } from "./countdown.svelte";
import { followInDialog } from "./dialog-rows";
import { DirectoryModel } from "./directory.svelte";
import { Exporting } from "./exporting.svelte";
import { FileActs } from "./file-acts.svelte";
import { GroupDraft } from "./group-draft.svelte";
import { GroupModel } from "./group.svelte";
import { KeptGroups } from "./groups.svelte";
import { Leaving } from "./leaving.svelte";
import { MessageActs } from "./message-acts.svelte";
import { Navigation } from "./navigation.svelte";
import { NetworkModel } from "./network.svelte";
import { Onboarding } from "./onboarding.svelte";
import { Reading } from "./reading";
import { Requests } from "./requests.svelte";
import { Search } from "./search.svelte";
import { Session } from "./session.svelte";
import { SettingsModel } from "./settings.svelte";
import { Timeline, type TimelineNews } from "./timeline.svelte";
import { Toasts } from "./toasts.svelte";
import { TypingModel } from "./typing.svelte";
import { VoiceModel } from "./voice.svelte";

/** How often the program is told that somebody uses the app. */
const USE_TOLD_EVERY_MS = 10_000;

/** The state of one window. */
export class AppModel {
  readonly backend: Backend;
  readonly events: EventStream;
  readonly settings: SettingsModel;
  readonly session: Session;
  readonly onboarding: Onboarding;
  readonly conversations: Conversations;
  readonly directory: DirectoryModel;
  readonly groups: KeptGroups;
  readonly leaving: Leaving;
  readonly requests: Requests;
  readonly search: Search;
  readonly network: NetworkModel;
  readonly typing: TypingModel;
  readonly navigation = new Navigation();
  readonly toasts = new Toasts();
  readonly announcer = new Announcer();
  readonly acts: MessageActs = new MessageActs(this);
  readonly files: FileActs;
  readonly voice: VoiceModel;
  readonly exporting: Exporting;
  /** What disappears, and when its ring changes. */
  readonly countdown: Countdown;
  timeline = $state.raw<Timeline | null>(null);
  composer = $state.raw<Composer | null>(null);
  /** The group of the open conversation, if it is one. */
  group = $state.raw<GroupModel | null>(null);
  hasFocus = $state(document.hasFocus());
  /** The present, for relative times; moves every half minute. */
  now = $state(Date.now());

  /** The first loading of the main window's lists, begun once. */
  #main: Promise<unknown> | null = null;
  #isListening = false;
  readonly #reading: Reading;
  /** When the program was last told that somebody uses the app. */
  #usedAt = -Infinity;
  #opening = 0;
  readonly #composers: Composers;

  constructor(backend: Backend) {
    this.backend = backend;
    provideClipboard(backend);
    this.events = new EventStream(backend);
    this.#composers = new Composers(backend);
    this.settings = new SettingsModel(backend);
    this.session = new Session(backend, this.settings);
    this.onboarding = new Onboarding(backend, this.session, this.events);
    this.conversations = new Conversations(backend);
    this.directory = new DirectoryModel(backend);
    this.groups = new KeptGroups(backend);
    this.leaving = new Leaving(backend);
    this.requests = new Requests(backend, () => this.announcer.say(t("requests-new")));
    this.search = new Search(backend);
    this.files = new FileActs(this);
    this.voice = new VoiceModel(this);
    this.exporting = new Exporting(this);
    this.network = new NetworkModel(backend);
    this.typing = new TypingModel(backend);
    this.countdown = new Countdown(() => this.network.connectivity?.clockDeviationMs ?? 0);
    this.#reading = new Reading(backend);
    this.events.on((event) => this.#apply(event));
  }

  /** Asks for what the first screen needs, then listens. What goes wrong is the screen; it may be tried again. */
  async start(): Promise<void> {
    try {
      await this.reload();
    } catch (thrown) {
      this.session.stage = { kind: "failed", error: asApiError(thrown) };
    }
    await this.backend.watchDrops(deliverFiles).catch(() => undefined);
    await this.setFocus(document.hasFocus());
  }

  /** The lists of the main window, once there is an open account. */
  async loadMain(): Promise<void> {
    if (this.session.stage?.kind !== "ready") return;
    this.#main ??= Promise.all([
      this.conversations.refresh(),
      this.groups.refresh().catch(() => undefined),
      this.requests.refresh(),
      this.network.refresh().catch(() => undefined),
    ]);
    await this.#main;
  }

  /** Opens a locked profile. */
  async unlock(password: string): Promise<void> {
    await this.backend.unlock(password);
    await this.reload();
  }

  /** Locks the profile if it has a password; else says where one is set. */
  async lock(): Promise<void> {
    if (this.session.account?.protection !== "password") {
      this.toasts.show(t("lock-no-password"));
      return;
    }
    await this.composer?.saveDraft();
    await this.backend.lock();
    await this.#accountChanged();
  }

  /** Goes back to the last good state of a damaged profile. */
  async restoreBackup(): Promise<void> {
    await this.backend.restoreBackup();
    await this.reload();
  }

  /** Asks for the profile again, and for what its screen needs. */
  async reload(): Promise<void> {
    await this.session.refresh();
    await this.leaving.follow(this.session.stage?.kind === "deleting");
    this.onboarding.resume();
    await this.loadMain();
    if (this.#isListening) return;
    await this.events.start();
    this.#isListening = true;
  }

  async #apply(event: AppEvent): Promise<void> {
    switch (event.kind) {
      case "accountChanged":
        return this.#accountChanged();
      case "settingsChanged":
        return this.settings.refresh();
      case "navigate":
        return this.openConversation(event.conversation);
      case "resync":
        await this.#accountChanged();
        await this.#applyToLists(event);
        return this.exporting.apply(event);
      case "jobProgress":
        await this.exporting.apply(event);
        return this.directory.apply(event, this.navigation.page === "directory");
      case "directoryChanged":
        return this.directory.apply(event, this.navigation.page === "directory");
      case "conversationsChanged":
      case "messagesChanged":
      case "connectivityChanged":
      case "requestsChanged":
      case "typingChanged":
      case "groupsChanged":
        return this.#applyToLists(event);
      case "transfersChanged":
        return this.files.apply(event);
      case "voiceChanged":
        return this.voice.apply(event);
    }
  }

  async #applyToLists(event: AppEvent): Promise<void> {
    if (this.#main === null) return;
    await Promise.all([
      this.conversations.apply(event),
      this.directory.apply(event, this.navigation.page === "directory"),
      this.groups.apply(event),
      this.requests.apply(event),
      this.search.apply(event),
      this.files.apply(event),
      this.voice.apply(event),
      this.network.apply(event),
      this.typing.apply(event),
      this.timeline?.apply(event) ?? Promise.resolve(),
      this.#composers.apply(event, this.conversations.current),
      followInDialog(this, event),
      followAnnounced(this, event),
      this.group?.apply(event) ?? Promise.resolve(),
    ]);
  }

  async #accountChanged(): Promise<void> {
    await this.session.refresh();
    await this.leaving.follow(this.session.stage?.kind === "deleting");
    this.onboarding.noticeAccount();
    if (this.session.stage?.kind !== "ready") this.#forget();
    await this.loadMain();
  }

  /** A locked or discarded profile: nothing of it stays in the window. */
  #forget(): void {
    this.#main = null;
    this.#composers.clear();
    this.timeline = null;
    this.composer = null;
    this.group = null;
    this.conversations.close();
    this.conversations.rows = [];
    this.conversations.status = "loading";
    this.requests.forget();
    this.search.forget();
    this.navigation.isInRequests = false;
    this.navigation.conversation = null;
    this.navigation.closeDialog();
    this.typing.forget();
    this.acts.forget();
    this.files.forget();
    this.voice.forget();
    this.exporting.forget();
    this.conversations.filter = "";
    this.conversations.total = 0;
    this.conversations.error = null;
    this.navigation.page = "conversations";
    this.navigation.section = null;
    this.network.outbox = [];
    this.network.failed = [];
    this.network.groups = [];
    this.directory.forget();
    this.groups.forget();
    this.toasts.list = [];
    this.announcer.clear();
  }

  /** Opens a conversation that has a row. */
  async openConversation(id: ConversationId, focus = true, message: MessageId | null = null): Promise<void> {
    const opening = (this.#opening += 1);
    if (this.timeline?.conversation === id && message === null) {
      this.navigation.showConversation(id, focus);
      return;
    }
    if (message !== null && this.#isShown(id)) {
      await this.timeline?.show(message);
      this.navigation.showConversation(id, focus);
      return;
    }
    await this.#leave();
    await this.conversations.select(id);
    const row = this.conversations.current;
    if (row === null || opening !== this.#opening) return;
    const timeline = new Timeline(this.backend, id, (news) => this.#announce(news));
    this.#reading.begin();
    this.composer = this.#composers.of(row);
    this.timeline = timeline;
    this.group = row.kind === "group" ? new GroupModel(this.backend, id) : null;
    this.navigation.showConversation(id, focus);
    // Who is in it is not needed for the first sight.
    if (!row.isRequest) void this.group?.refresh();
    await timeline.open(row.unreadCount, message);
    // Nothing comes into view that would take the mark back.
    if (row.isMarkedUnread && row.unreadCount === 0) await this.conversations.markRead(id).catch(() => undefined);
  }

  /** Whether the timeline of a conversation stands on the screen, and can go to any of its messages. */
  #isShown(id: ConversationId): boolean {
    const isReady = this.timeline?.conversation === id && this.timeline.status === "ready";
    return isReady && this.navigation.page === "conversations";
  }

  /** What is being written in a conversation that was opened in this run. */
  composerOf(id: ConversationId): Composer | null {
    return this.#composers.find(id);
  }

  /** Shows the field of the search within the open conversation. */
  find(): void {
    this.navigation.show("conversations");
    if (!this.navigation.hasRoomForDetails) this.navigation.showsDetails = false;
    this.timeline?.find.open();
  }

  /** Opens the conversation with an account, new or not, ready to write. */
  async openAccount(accountId: string): Promise<void> {
    await this.#leave();
    const row = await this.conversations.open(accountId);
    this.timeline = null;
    await this.openConversation(row.id);
  }

  async closeConversation(): Promise<void> {
    await this.#leave();
    this.timeline = null;
    this.composer = null;
    this.group = null;
    this.conversations.close();
    this.navigation.closeConversation();
  }

  async #leave(): Promise<void> {
    this.composer?.stopTyping();
    await this.voice.leave(this.composer);
    await this.composer?.saveDraft();
  }

  /** The newest message whose end is on the screen: a person who looks at it has read up to there. */
  async readTo(row: MessageRow): Promise<void> {
    const current = this.conversations.current;
    if (current === null || current.id !== row.conversation || !this.hasFocus) return;
    await this.#reading.seen(current, row);
  }

  async send(): Promise<void> {
    await this.shown(this.composer?.send());
  }

  /** Own messages that are being written down: the timeline goes to them. */
  async shown(writing: Promise<MessageRow[] | null> | undefined): Promise<void> {
    const rows = (await writing) ?? [];
    // An answer accepts: who asked stands among the conversations now.
    if (rows.length > 0) this.navigation.isInRequests = false;
    for (const row of rows) {
      const { timeline } = this;
      if (timeline === null || row.conversation !== timeline.conversation) return;
      timeline.isAtBottom = true;
      await timeline.add(row);
    }
  }

  /** Shows somebody, whether there is a conversation with them or not. */
  async showPerson(accountId: string): Promise<void> {
    const row = await this.backend.openConversation(accountId);
    this.navigation.open({ kind: "person", row });
  }

  /** Tells the program what it writes in our name, in the language of now. */
  tellGroupWords(): void {
    void this.backend.setGroupWords(groupWords()).catch(() => undefined);
  }

  /** Begins a group: its window asks for the rest. */
  newGroup(): void {
    const draft = new GroupDraft(this.backend, this.session.account?.accountId ?? "");
    this.navigation.open({ kind: "newGroup", draft });
  }

  /** Leaves a group, or ends it for everybody. Asked for in a dialog before. */
  async leaveGroup(row: ConversationRow, forEverybody: boolean): Promise<void> {
    this.navigation.closeDialog();
    const isLeft = await this.attempt(() => this.backend.leaveGroup({ conversation: row.id, forEverybody }));
    // It stays open where it cannot be left.
    if (isLeft) await this.#delete(row, () => Promise.resolve());
  }

  /** Deletes a conversation on all devices. Asked for in a dialog before. */
  async deleteConversation(row: ConversationRow): Promise<void> {
    await this.#delete(row, () => this.backend.deleteConversation(row.id));
  }

  /** Deletes a contact on all devices. Asked for in a dialog before. */
  async deleteContact(row: ConversationRow): Promise<void> {
    await this.#delete(row, () => this.backend.deleteContact(row.id));
  }

  async #delete(row: ConversationRow, work: () => Promise<void>): Promise<void> {
    this.navigation.closeDialog();
    await this.attempt(async () => {
      if (this.timeline?.conversation === row.id) {
        this.timeline = null;
        this.composer = null;
        this.group = null;
        this.navigation.closeConversation();
      }
      await this.conversations.remove(row.id, work);
      this.#composers.delete(row.id);
    });
  }

  /** Deletes the messages of a conversation on all devices. Asked for in a dialog before. */
  async clearMessages(id: ConversationId): Promise<void> {
    this.navigation.closeDialog();
    await this.attempt(() => this.backend.clearMessages(id));
  }

  /** Blocks somebody on all devices. Asked for in a dialog before. */
  async block(id: ConversationId): Promise<void> {
    this.navigation.closeDialog();
    await this.attempt(() => this.backend.setBlocked(id, true));
  }

  /** Hears somebody again. Nothing goes out by itself. */
  unblock(id: ConversationId): Promise<void> {
    return this.backend.setBlocked(id, false);
  }

  /** Takes Note to Self out of the list of all devices, or puts it there. */
  setNoteHidden(hidden: boolean): Promise<void> {
    return this.backend.setNoteHidden(hidden);
  }

  /** Accepts a request: from now on it is a conversation like the others. */
  async acceptRequest(id: ConversationId): Promise<void> {
    await this.requests.accept(id);
    this.navigation.isInRequests = false;
    this.navigation.composerFocus += 1;
    if (this.group?.conversation === id) void this.group.refresh();
  }

  /** Deletes a request. Asked for in a dialog before. */
  declineRequest(id: ConversationId): Promise<void> {
    return this.#removeRequests(() => this.requests.decline(id));
  }

  /** Deletes a request and blocks who asks. Asked for in a dialog before. */
  blockRequest(id: ConversationId): Promise<void> {
    return this.#removeRequests(() => this.requests.block(id));
  }

  /** Deletes every request. Asked for in a dialog before. */
  clearRequests(): Promise<void> {
    return this.#removeRequests(() => this.requests.clear());
  }

  async #removeRequests(work: () => Promise<unknown>): Promise<void> {
    this.navigation.closeDialog();
    const isOpen = this.conversations.current?.isRequest === true;
    if ((await this.attempt(work)) && isOpen) await this.closeConversation();
  }

  /** The recovery phrase was seen, or its reminder is not wanted any more. */
  async hideReminder(): Promise<void> {
    await this.backend.setPhraseSeen();
    await this.session.refresh();
  }

  /** A person touches the window. Said at most every few seconds. */
  noteUse(): void {
    const now = performance.now();
    if (now - this.#usedAt < USE_TOLD_EVERY_MS) return;
    this.#usedAt = now;
    void this.backend.noteUse().catch(() => undefined);
  }

  /** Erases a profile whose password nobody knows. Asked for in a dialog before. */
  async eraseProfile(): Promise<void> {
    this.navigation.closeDialog();
    await this.attempt(async () => {
      await this.backend.eraseProfile();
      this.onboarding.go("restore");
      await this.#accountChanged();
    });
  }

  /** What came of leaving was read: the first start again. */
  closeLeaving(): void {
    this.leaving.close();
    this.onboarding.go("welcome");
  }

  async setFocus(hasFocus: boolean): Promise<void> {
    this.hasFocus = hasFocus;
    if (hasFocus) this.noteUse();
    await this.backend.setWindowFocus(hasFocus).catch(() => undefined);
  }

  /** Runs something that a person asked for; what goes wrong is said. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      this.toasts.show(errorText(asApiError(thrown)), "danger");
      return false;
    }
  }

  #announce({ kind, row }: TimelineNews): void {
    this.announcer.say(messageLabel(row, this.conversations.current, kind), row);
  }
}
