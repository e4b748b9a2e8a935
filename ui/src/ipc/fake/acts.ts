/** What is done with messages in memory: reactions, forwarding, deleting, disappearing. */

import type {
  ConversationRow,
  DisappearsRow,
  ErrorCode,
  Forwarded,
  MessageRow,
  QuoteRow,
  ReactionRow,
  RefusedForward,
  SearchPage,
  SearchRequest,
  TakenBack,
  Timer,
} from "../backend";
import { apiError } from "../errors";
import { FakeGroupLife } from "./group-life";
import { fail } from "./input";
import { searchPage } from "./search";
import { MINUTE, message, OWN } from "./seed";

const DEFAULT_REACTIONS = ["😂", "🥰", "😢", "😡", "😮", "😈"];
const MOST_A_MINUTE = 20;

export class FakeActs extends FakeGroupLife {
  recent = [...DEFAULT_REACTIONS];
  readonly #forwarded = new Set<string>();
  #reactedAt: number[] = [];

  // ----- reactions

  async react(id: string, emoji: string, remove: boolean): Promise<void> {
    this.call("react", [id, emoji, remove]);
    const row = this.#message(id);
    if (!remove) {
      const now = this.now();
      this.#reactedAt = this.#reactedAt.filter((at) => at > now - MINUTE);
      if (this.#reactedAt.length >= MOST_A_MINUTE) fail("tooManyReactions");
      this.#reactedAt.push(now);
      this.recent = [emoji, ...this.recent.filter((one) => one !== emoji)].slice(0, 6);
    }
    this.reactedBy(id, emoji, OWN, remove);
    this.#changedMessages(row.conversation, [id]);
  }

  async recentReactions(): Promise<string[]> {
    return [...this.recent];
  }

  /** Somebody reacts, or takes it back. */
  reactedBy(id: string, emoji: string, by: string, remove = false): void {
    const row = this.#message(id);
    const others = row.reactions.find((one) => one.emoji === emoji)?.people ?? [];
    const people = others.filter((person) => person.accountId !== by);
    if (!remove) people.push(this.person(by));
    const mine: ReactionRow = { emoji, count: people.length, isOwn: people.some((one) => one.isSelf), people };
    row.reactions = row.reactions.some((one) => one.emoji === emoji)
      ? row.reactions.map((one) => (one.emoji === emoji ? mine : one)).filter((one) => one.count > 0)
      : [...row.reactions, ...(mine.count > 0 ? [mine] : [])];
    this.#changedMessages(row.conversation, [id]);
  }

  // ----- quotes, forwarding

  /** What a message that answers another one shows of it. */
  quoteOf(id: string | null): QuoteRow | null {
    const row = id === null ? undefined : this.store.find(id);
    if (row === undefined) return null;
    const { author, isOwn, sentAt } = row;
    const name = this.rows.find((one) => one.kind === "person" && one.accountId === author)?.name ?? null;
    const preview = row.body.kind === "text" ? row.body.text.slice(0, 200) : null;
    const { kind: file = null, thumbnail = null } = row.attachments[0] ?? {};
    return {
      author,
      authorName: row.authorName ?? name,
      isOwn,
      sentAt,
      message: row.id,
      preview: preview === "" ? null : preview,
      isDeleted: false,
      file,
      thumbnail,
    };
  }

  async forwardMessages(ids: string[], to: string[], token: string): Promise<Forwarded> {
    this.call("forwardMessages", [ids, to, token]);
    const refused: RefusedForward[] = [];
    for (const id of to) {
      const code = this.#refusal(this.row(id), ids);
      if (code !== null) refused.push({ conversation: id, sent: 0, error: apiError(code) });
      else for (const one of ids) this.#forwardOnce(one, id, `${token}/${id}/${one}`);
    }
    return { sent: to.length - refused.length, refused };
  }

  /** The same token sends once. */
  #forwardOnce(id: string, to: string, token: string): void {
    if (this.#forwarded.has(token)) return;
    this.#forwarded.add(token);
    this.#forward(id, to);
  }

  #refusal(row: ConversationRow, ids: string[]): ErrorCode | null {
    if (row.isBlocked) return "blocked";
    if (row.group !== null && row.group.standing !== "joined") return "groupClosed";
    const hasFiles = ids.some((id) => this.#message(id).attachments.length > 0);
    return hasFiles && row.kind === "person" && !row.hasApprovedMe ? "notAccepted" : null;
  }

  #forward(id: string, to: string): void {
    const { body, attachments } = this.#message(id);
    const text = body.kind === "text" ? body.text : "";
    const row = message(this.nextMessage(), to, { text, at: this.now(), own: "sent" });
    row.attachments = structuredClone(attachments);
    this.push(row);
    this.touch(to);
    this.changed(to);
  }

  // ----- deleting

  async deleteOnAllDevices(ids: string[]): Promise<void> {
    this.call("deleteOnAllDevices", ids);
    for (const id of ids) if (this.row(this.#message(id).conversation).kind !== "noteToSelf") fail("notDeletable");
    this.removeMessages(ids);
  }

  async takeBackQueued(id: string): Promise<TakenBack> {
    this.call("takeBackQueued", id);
    const row = this.#message(id);
    const waits = row.state === "queued" || row.state === "failed";
    if (!waits || row.mayHaveLeft || row.body.kind !== "text") fail("notDeletable");
    const { text } = row.body;
    const quote = row.quote?.message ?? null;
    const entry = this.row(row.conversation);
    entry.draft = [text, entry.draft].filter((part) => part.trim() !== "").join("\n");
    entry.draftQuote ??= quote;
    this.removeMessages([id]);
    return { text, quote };
  }

  /** Takes rows out of wherever they stand. */
  protected removeMessages(ids: string[]): void {
    for (const [id, rows] of this.messages) {
      const kept = rows.filter((row) => !ids.includes(row.id));
      if (kept.length === rows.length) continue;
      this.messages.set(id, kept);
      this.touch(id);
      this.#changedMessages(id, ids);
      this.changed(id);
    }
  }

  // ----- reading, finding

  async markAllRead(): Promise<void> {
    this.call("markAllRead", null);
    for (const row of this.rows.filter((one) => !one.isRequest)) {
      Object.assign(row, { unreadCount: 0, isMarkedUnread: false });
      for (const line of this.messages.get(row.id) ?? []) line.isUnread = false;
      this.countGroup(row.id);
    }
    this.emit({ kind: "conversationsChanged", ids: { of: "all" } });
  }

  async messageAtDate(id: string, at: number): Promise<string | null> {
    this.call("messageAtDate", [id, at]);
    return this.store.firstAt(id, at);
  }

  async searchMessages(request: SearchRequest): Promise<SearchPage> {
    this.call("searchMessages", request);
    return searchPage(request, this.store, this.rows);
  }

  // ----- disappearing

  async setTimer(id: string, timer: Timer): Promise<void> {
    this.call("setTimer", [id, timer]);
    const row = this.row(id);
    if (row.kind === "group") {
      const unchanged = { name: null, description: null, membersMayAdd: null, allAreAdmins: null };
      await this.changeGroup({ conversation: id, timerSeconds: timer.seconds, ...unchanged });
      return;
    }
    row.timer = timer;
    this.timerChanged(id, timer);
  }

  async followTimer(id: string): Promise<void> {
    this.call("followTimer", id);
    const row = this.#message(id);
    if (row.body.kind !== "timerChanged") fail("messageNotFound");
    row.body.isFollowed = true;
    this.row(row.conversation).timer = row.body.timer;
    this.#changedMessages(row.conversation, [id]);
    this.timerChanged(row.conversation, row.body.timer);
  }

  /** A line that tells how long messages of somebody stay; without `by` ours. */
  timerChanged(id: string, timer: Timer, by = OWN): MessageRow {
    const isOwn = by === OWN;
    const own = isOwn ? { own: "sent" as const } : {};
    const row = message(this.nextMessage(), id, { text: "", at: this.now(), ...own });
    Object.assign(row, { author: by, state: null });
    row.body = { kind: "timerChanged", timer, isFollowed: isOwn };
    this.push(row);
    this.touch(id);
    this.changed(id);
    return row;
  }

  /** When a message that is written now disappears. */
  protected disappearsOf(id: string): DisappearsRow | null {
    const { timer } = this.row(id);
    if (timer.kind === "off") return null;
    return { kind: timer.kind, seconds: timer.seconds, endsAt: this.now() + timer.seconds * 1_000 };
  }

  // ----- the scenario of that name

  /** One of everything that can be done with messages, in the first conversation. */
  protected arrangeActs(): void {
    const id = this.rows[0]?.id ?? fail("conversationNotFound");
    const lines = this.messages.get(id) ?? [];
    const [first, second] = lines;
    const [sent] = lines.filter((line) => line.state === "sent");
    if (first === undefined || second === undefined || sent === undefined) return;
    sent.quote = this.quoteOf(second.id);
    for (const [emoji, by] of [
      ["👍", id],
      ["👍", OWN],
      ["🥰", id],
    ] as const)
      this.reactedBy(sent.id, emoji, by);
    second.quote = { ...this.#quoteOfGone(first), message: null };
    second.disappears = { kind: "afterSend", seconds: 43_200, endsAt: this.now() + 3 * 3_600_000 };
    lines.push(
      { ...message(this.nextMessage(), id, { text: "", at: this.now() - 30_000 }), body: { kind: "deletedForAll" } },
      { ...message(this.nextMessage(), id, { text: "", at: this.now() - 20_000 }), body: { kind: "mediaSaved" } },
    );
    this.timerChanged(id, { kind: "afterRead", seconds: 43_200 }, id);
    this.row(id).timer = { kind: "afterSend", seconds: 86_400 };
  }

  #quoteOfGone(row: MessageRow): QuoteRow {
    const gone = { preview: null, isDeleted: true, file: null, thumbnail: null };
    return { ...(this.quoteOf(row.id) ?? fail("messageNotFound")), ...gone };
  }

  #message(id: string): MessageRow {
    return this.store.find(id) ?? fail("messageNotFound");
  }

  #changedMessages(conversation: string, ids: string[]): void {
    this.emit({ kind: "messagesChanged", conversation, ids: { of: "some", ids } });
  }
}
