import { authorName } from "../i18n/words";
import type {
  ApiError,
  AppEvent,
  Backend,
  ConversationRow,
  GroupMemberRow,
  MessageId,
  MessageRow,
  QuoteRow,
  VoiceDraft,
} from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import { namedMentions } from "../lib/mentions";
import { isSaid } from "../lib/message-rules";
import { codePoints, oneLine, shortId } from "../lib/text";
import { PageOfLink } from "./link-preview.svelte";
import { Staging } from "./staging.svelte";

/** Code points that a message may have. */
export const LIMIT = 2_000;
/** The counter shows from here on. */
export const COUNTED_FROM = 1_800;
const DRAFT_PAUSE_MS = 400;
/** Characters of what is answered that are shown. */
const PREVIEW = 200;
/** While keys come, the program is told so often. */
const TYPING_PAUSE_MS = 2_000;

/** Somebody who can be mentioned, with what stands behind the `@`. */
export type Mentionable = { accountId: string; name: string | null; picture: string | null; label: string };

/** What is answered, as far as the composer shows it. */
export type Answered = Omit<QuoteRow, "sentAt">;

type Member = Pick<GroupMemberRow, "accountId" | "name" | "picture" | "isSelf" | "state">;

/** What is being written in one conversation: a text, files, what it answers. */
export class Composer {
  readonly conversation: string;
  text = $state("");
  error = $state<ApiError | null>(null);
  #quote = $state.raw<Answered | null>(null);
  /** A voice message that was recorded and is not sent yet. It stands in the draft. */
  voice = $state.raw<VoiceDraft | null>(null);
  /** Who can be mentioned here: the members of a group. */
  mentionables = $state.raw<readonly Mentionable[]>([]);
  /** Names that stand in the text for account IDs. */
  #named = $state.raw<ReadonlyMap<string, string>>(new Map());
  /** The text as it is sent: account IDs where it mentions people. */
  readonly body = $derived(this.#withIds(this.text));
  readonly length = $derived(codePoints(this.body));
  readonly left = $derived(LIMIT - this.length);
  readonly showsCounter = $derived(this.length >= COUNTED_FROM);
  /** The files that go with it. */
  readonly staging: Staging;
  /** What is found of the page behind a link in it. */
  readonly page: PageOfLink;

  readonly #backend: Backend;
  #saved: { text: string; quote: MessageId | null };
  /** What the draft of an earlier run answers, until it is known what that says. */
  #recalled: MessageId | null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Nobody in a group learns who types. */
  readonly #tellsTyping: boolean;
  /** When the program was last told that keys come; 0 if it thinks that none do. */
  #toldTyping = 0;

  constructor(backend: Backend, row: ConversationRow) {
    this.#backend = backend;
    this.conversation = row.id;
    this.#tellsTyping = row.kind !== "group";
    this.text = row.draft;
    this.#saved = { text: row.draft, quote: row.draftQuote };
    this.#recalled = row.draftQuote;
    this.staging = new Staging(backend, row.id, ({ id, durationMs, waveform }) => {
      this.voice ??= { file: id, lengthMs: durationMs ?? 0, waveform };
    });
    this.page = new PageOfLink(backend);
    if (row.stagedFiles > 0) void this.staging.load().catch(() => undefined);
    void this.look(row).catch(() => undefined);
  }

  get isEmpty(): boolean {
    return this.text.trim() === "" && this.staging.isEmpty;
  }

  get canSend(): boolean {
    return !this.isEmpty && this.left >= 0 && this.staging.isReady;
  }

  /** The message that the text will answer. */
  get quote(): Answered | null {
    return this.#quote;
  }

  set quote(quote: Answered | null) {
    this.#recalled = null;
    this.#quote = quote;
    this.#saveSoon();
  }

  /** The message that is answered, whether it is known already what that says. */
  get #answered(): MessageId | null {
    return this.#quote?.message ?? this.#recalled;
  }

  /** What is answered may have been deleted. `conversation`: this one, if it is open. */
  async apply(event: AppEvent, conversation: ConversationRow | null): Promise<void> {
    const id = this.#answered;
    if (id === null) return;
    const isHere = event.kind === "messagesChanged" && event.conversation === this.conversation;
    const mayHaveChanged = isHere && (event.ids.of === "all" || event.ids.ids.includes(id));
    if (mayHaveChanged || event.kind === "resync") await this.look(conversation);
  }

  /** Asks for what is answered: it stood in the draft of an earlier run, or it may have gone. */
  async look(conversation: ConversationRow | null): Promise<void> {
    const id = this.#answered;
    if (id === null) return;
    const [row] = await this.#backend.getMessages([id]);
    if (id !== this.#answered) return;
    if (row === undefined || !isSaid(row)) this.quote = null;
    else this.answer(row, conversation === null ? (this.#quote?.authorName ?? null) : authorName(row, conversation));
  }

  /** The text changed by typing. */
  type(text: string): void {
    this.text = text;
    this.error = null;
    this.#tellTyping(text.trim() !== "");
    this.#saveSoon();
  }

  #saveSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.saveDraft(), DRAFT_PAUSE_MS);
  }

  /** The members of the group: their names take the place of the IDs that a draft holds. */
  knowMembers(members: readonly Member[]): void {
    const others = members.filter(
      (member) => !member.isSelf && member.state !== "removing" && member.state !== "proposed",
    );
    const plain = others.map((member) => oneLine(member.name ?? shortId(member.accountId)));
    this.mentionables = others.map(({ accountId, name, picture }, at) => {
      const label = plain[at] ?? "";
      const isAlone = plain.indexOf(label) === plain.lastIndexOf(label);
      return { accountId, name, picture, label: isAlone ? label : `${label} (${shortId(accountId)})` };
    });
    this.#showNames();
  }

  /** Puts names where the text mentions people by their IDs. */
  #showNames(): void {
    const named = new Map(this.#named);
    this.text = namedMentions(this.text, (accountId) => {
      const label = this.mentionables.find((one) => one.accountId === accountId)?.label;
      if (label !== undefined) named.set(label, accountId);
      return label ?? accountId;
    });
    this.#named = named;
  }

  /** Puts somebody where `@` and letters stand now; answers where to go on. */
  mention(person: Mentionable, start: number, end: number): number {
    const before = this.text.slice(0, start) + this.named(person);
    this.type(before + this.text.slice(end).replace(/^ /u, ""));
    return before.length;
  }

  /** What is written where somebody is mentioned; from now on it stands for them. */
  named(person: Mentionable): string {
    this.#named = new Map(this.#named).set(person.label, person.accountId);
    return `@${person.label} `;
  }

  /** The text becomes an answer to a message. `name`: what its author is called here. */
  answer(row: MessageRow, name: string | null): void {
    const { id, author, isOwn, body, attachments } = row;
    const preview = body.kind === "text" ? body.text.slice(0, PREVIEW) : null;
    const { kind: file = null, thumbnail = null } = attachments[0] ?? {};
    this.quote = { author, authorName: name, isOwn, message: id, preview, isDeleted: false, file, thumbnail };
  }

  /** A message comes back to be written anew, before what was typed since. */
  restore(text: string, quote: Answered | null): void {
    if (text.trim() !== "") this.type(this.text.trim() === "" ? text : `${text}\n${this.text}`);
    this.#showNames();
    // What a draft of an earlier run answers may not be known yet.
    if (quote !== null && this.#answered === null) this.quote = quote;
  }

  #withIds(text: string): string {
    let body = text;
    // A longer name may begin with a shorter one.
    for (const [label, accountId] of [...this.#named].sort(([a], [b]) => b.length - a.length)) {
      const escaped = label.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
      body = body.replace(new RegExp(`@${escaped}(?![\\p{L}\\p{N}])`, "gu"), `@${accountId}`);
    }
    return body;
  }

  #tellTyping(isTyping: boolean): void {
    if (!this.#tellsTyping) return;
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
    const draft = { text: this.body, quote: this.#quote?.message ?? this.#recalled };
    const before = this.#saved;
    if (draft.text === before.text && draft.quote === before.quote) return;
    this.#saved = draft;
    try {
      await this.#backend.setDraft({ conversation: this.conversation, ...draft });
    } catch {
      // Tried again with the next key or when the conversation is left.
      this.#saved = before;
    }
  }

  /**
   * Clears the field at once. Files that do not go into one message make several: all go, or none. When the program
   * refuses, all of it comes back, before what was typed since.
   */
  async send(): Promise<MessageRow[] | null> {
    if (!this.canSend) return null;
    const { body, text, quote } = this;
    const files = this.staging.take();
    const preview = this.page.take();
    const clientToken = crypto.randomUUID();
    clearTimeout(this.#timer);
    this.text = "";
    this.#quote = null;
    this.#recalled = null;
    this.error = null;
    // The message itself ends the sign.
    this.#toldTyping = 0;
    try {
      const rows = await this.#backend.sendMessage({
        conversation: this.conversation,
        body,
        clientToken,
        quote: quote?.message ?? null,
        attachments: files.map((file) => file.id),
        preview: preview?.id ?? null,
      });
      // The message is shown without waiting for this.
      void this.saveDraft();
      return rows;
    } catch (thrown) {
      const error = asApiError(thrown);
      this.error = error;
      this.text = this.text === "" ? text : `${text}\n${this.text}`;
      this.quote ??= quote;
      this.page.giveBack(preview);
      await this.staging.giveBack(files);
      await this.#lookAfter(error);
      await this.saveDraft();
      return null;
    }
  }

  /** What was spoken is sent, or given up: it is not here any more. */
  takeVoice(): VoiceDraft | null {
    const draft = this.voice;
    this.voice = null;
    this.staging.outdate();
    return draft;
  }

  /** Sends a recording, beside the text, which stays. When the program refuses, the recording comes back. */
  async sendVoice(draft: VoiceDraft): Promise<MessageRow[] | null> {
    const { quote } = this;
    this.takeVoice();
    this.#quote = null;
    this.#recalled = null;
    this.error = null;
    try {
      const rows = await this.#backend.sendMessage({
        conversation: this.conversation,
        body: "",
        // It is sent once, however often it is asked.
        clientToken: draft.file,
        quote: quote?.message ?? null,
        attachments: [draft.file],
        preview: null,
      });
      void this.saveDraft();
      return rows;
    } catch (thrown) {
      const error = asApiError(thrown);
      this.error = error;
      this.voice = draft;
      this.quote ??= quote;
      await this.#lookAfter(error);
      return null;
    }
  }

  /** What is answered was gone: the next try does without it. */
  async #lookAfter(error: ApiError): Promise<void> {
    if (error.code === "messageNotFound") await this.look(null).catch(() => undefined);
  }
}
