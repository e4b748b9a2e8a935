/** Groups in memory that live: members come, states change, events stand in the timeline. */

import type {
  AddedMembers,
  AddGroupMembersRequest,
  ChangeGroupRequest,
  ConversationRow,
  CreateGroupRequest,
  GroupDetails,
  GroupEvent,
  GroupMemberActionRequest,
  GroupMemberRow,
  GroupSyncRow,
  GroupWords,
  LeaveGroupRequest,
  MemberState,
  MessageRow,
  PersonRef,
  SetGroupPictureRequest,
} from "../backend";
import { utf8Bytes } from "../../lib/text";
import { FakeContacts } from "./contacts";
import { seededGroups } from "./group-seed";
import { cleanName, fail } from "./input";
import { conversation, message, OWN } from "./seed";

const MOST_MEMBERS = 100;
const MENTION = /@(05[0-9a-f]{64})/gu;

/** Somebody writes in a group. */
type Words = { text: string; by?: string; at?: number; unread?: boolean };

export class FakeGroupLife extends FakeContacts {
  readonly groupDetails = new Map<string, GroupDetails>();
  /** Invitations are sent, and answered by nobody; a test moves members on. */
  sync: GroupSyncRow[] = [];
  #made = 0;

  protected arrangeGroups(): void {
    for (const { row, details, lines, invitation } of seededGroups()) {
      this.rows.push(row);
      this.groupDetails.set(row.id, details);
      if (invitation !== null) this.invitations.set(row.id, invitation);
      for (const line of lines) {
        if ("event" in line) this.happen(row.id, line.event, line.by ?? null, line.at);
        else this.say(row.id, line);
      }
      this.countGroup(row.id);
    }
    this.sync = [...this.groupDetails.values()]
      .filter((details) => details.standing === "joined")
      .map(({ conversation: id, name }, at) => ({
        conversation: id,
        name,
        lastPollAt: this.now() - (at + 1) * 20_000,
        keys: at + 1,
        generation: at,
        parked: at === 1 ? 2 : 0,
        daysLeft: at === 1 ? 3 : 14,
        isPushDue: at === 1,
        hasTasks: false,
        isLeaving: false,
      }));
  }

  // ----- what the window asks

  async createGroup(request: CreateGroupRequest): Promise<ConversationRow> {
    this.call("createGroup", request);
    const name = cleanName(request.name);
    this.#checkDescription(request.description);
    if (request.members.length === 0) fail("groupNeedsMember");
    if (request.members.length >= MOST_MEMBERS) fail("groupTooLarge", { limit: String(MOST_MEMBERS) });
    const id = `03${String((this.#made += 1)).padStart(64, "c0de")}`;
    const row = conversation(1, { id, accountId: id, kind: "group", name, lastActivityAt: this.now() });
    const details: GroupDetails = {
      conversation: id,
      groupId: id,
      name,
      description: request.description,
      picture: request.picture === null ? null : `group-picture-${this.#made}`,
      standing: "joined",
      isAdmin: true,
      isLastAdmin: true,
      membersMayAdd: true,
      allAreAdmins: request.allAreAdmins,
      timerSeconds: 0,
      silentDays: 0,
      trouble: null,
      members: [
        this.memberRow(OWN, "admin"),
        ...request.members.map((member) => this.memberRow(member, "invitationSending")),
      ],
    };
    this.rows.push(row);
    this.groupDetails.set(id, details);
    this.happen(id, { kind: "created" }, OWN);
    void this.#deliver(id);
    return { ...this.row(id) };
  }

  async getGroup(id: string): Promise<GroupDetails> {
    this.call("getGroup", id);
    return structuredClone(this.#details(id));
  }

  async changeGroup(request: ChangeGroupRequest): Promise<GroupDetails> {
    this.call("changeGroup", request);
    const details = this.#asAdmin(request.conversation);
    const { name, description, timerSeconds } = request;
    if (description !== null) {
      this.#checkDescription(description);
      details.description = description.trim();
    }
    if (name !== null && name !== details.name) {
      details.name = cleanName(name);
      this.row(details.conversation).name = details.name;
      this.happen(details.conversation, { kind: "named", name: details.name }, OWN);
    }
    if (timerSeconds !== null && timerSeconds !== details.timerSeconds) {
      details.timerSeconds = timerSeconds;
      this.happen(details.conversation, { kind: "timerChanged", seconds: timerSeconds }, OWN);
    }
    details.membersMayAdd = request.membersMayAdd ?? details.membersMayAdd;
    details.allAreAdmins = request.allAreAdmins ?? details.allAreAdmins;
    this.#changedGroup(details.conversation);
    return structuredClone(details);
  }

  async setGroupPicture(request: SetGroupPictureRequest): Promise<GroupDetails> {
    this.call("setGroupPicture", request);
    const details = this.#asAdmin(request.conversation);
    details.picture = request.picture === null ? null : `group-picture-${(this.#made += 1)}`;
    this.row(details.conversation).picture = details.picture;
    this.happen(details.conversation, { kind: "pictureChanged" }, OWN);
    this.#changedGroup(details.conversation);
    return structuredClone(details);
  }

  async addGroupMembers(request: AddGroupMembersRequest): Promise<AddedMembers> {
    this.call("addGroupMembers", request);
    const details = this.#details(request.conversation);
    if (details.standing !== "joined") fail("groupClosed");
    if (!details.isAdmin && !details.membersMayAdd) fail("membersMayNotAdd");
    const present = details.members.filter((member) => member.state !== "proposed");
    const fresh = request.members.filter((id) => !present.some((member) => member.accountId === id));
    if (present.length + fresh.length > MOST_MEMBERS) fail("groupTooLarge", { limit: String(MOST_MEMBERS) });
    const state: MemberState = details.isAdmin ? "invitationSending" : "proposed";
    details.members = details.members.filter((member) => !fresh.includes(member.accountId));
    details.members.push(...fresh.map((id) => this.memberRow(id, state)));
    if (details.isAdmin && fresh.length > 0) {
      const people = fresh.map((id) => this.person(id));
      this.happen(details.conversation, { kind: "added", people, withHistory: request.withHistory }, OWN);
      void this.#deliver(details.conversation);
    }
    this.#changedGroup(details.conversation);
    return details.isAdmin ? "added" : "proposed";
  }

  async actOnGroupMembers(request: GroupMemberActionRequest): Promise<void> {
    this.call("actOnGroupMembers", request);
    const details = this.#asAdmin(request.conversation);
    const { action } = request;
    const people = request.members.map((id) => this.person(id));
    for (const member of details.members.filter((row) => request.members.includes(row.accountId))) {
      if (action.kind === "promote") member.state = "promotionSending";
      else if (action.kind === "remove") member.state = "removing";
      else member.state = member.state.startsWith("promotion") ? "promotionSending" : "invitationSending";
    }
    if (action.kind === "remove") {
      details.members = details.members.filter((row) => !request.members.includes(row.accountId));
      if (action.withMessages) await this.#deleteWrittenBy(details.conversation, request.members);
      this.happen(details.conversation, { kind: "removed", people }, OWN);
    } else if (action.kind === "promote") this.happen(details.conversation, { kind: "promoted", people }, OWN);
    details.isLastAdmin &&= action.kind !== "promote";
    this.#changedGroup(details.conversation);
    void this.#deliver(details.conversation);
  }

  async leaveGroup(request: LeaveGroupRequest): Promise<void> {
    this.call("leaveGroup", request);
    const details = this.#details(request.conversation);
    if (request.forEverybody && !details.isAdmin) fail("notGroupAdmin");
    if (!request.forEverybody && details.isLastAdmin) fail("lastGroupAdmin");
    this.rows = this.rows.filter((row) => row.id !== details.conversation);
    this.groupDetails.delete(details.conversation);
    this.messages.delete(details.conversation);
    // Without a connection the others learn it later.
    const isHeard = this.connectivity.state !== "offline";
    this.sync = this.sync.flatMap((row) =>
      row.conversation !== details.conversation ? [row] : isHeard ? [] : [{ ...row, isLeaving: true }],
    );
    this.#changedGroup(details.conversation);
  }

  async reconnectGroup(id: string): Promise<void> {
    this.call("reconnectGroup", id);
    const details = this.#details(id);
    const next = { silent: "askingNodes", askingNodes: "askingAdmins", askingAdmins: "needsInvitation" } as const;
    const { trouble } = details;
    details.trouble = trouble === null || trouble === "needsInvitation" ? trouble : next[trouble];
    this.#changedGroup(id);
  }

  async askForInvitation(id: string): Promise<void> {
    this.call("askForInvitation", id);
    this.#details(id).trouble = "askingAdmins";
    this.#changedGroup(id);
  }

  async deleteForEveryone(ids: string[]): Promise<void> {
    this.call("deleteForEveryone", ids);
    for (const id of ids) {
      const row = this.store.find(id) ?? fail("messageNotFound");
      const details = this.groupDetails.get(row.conversation);
      if (!row.isOwn && details === undefined) fail("notDeletable");
      if (!row.isOwn && details?.isAdmin !== true) fail("notGroupAdmin");
      const gone = { mentions: [], mentionsUs: false, quote: null, reactions: [], attachments: [], preview: null };
      Object.assign(row, { body: { kind: "deletedForAll" }, ...gone });
      for (const line of this.messages.get(row.conversation) ?? [])
        if (line.quote?.message === id)
          line.quote = { ...line.quote, message: null, preview: null, isDeleted: true, file: null, thumbnail: null };
      this.touch(row.conversation);
      this.emit({ kind: "messagesChanged", conversation: row.conversation, ids: { of: "some", ids: [id] } });
      this.changed(row.conversation);
    }
  }

  async listGroupSync(): Promise<GroupSyncRow[]> {
    return this.sync.map((row) => ({ ...row }));
  }

  async setGroupWords(words: GroupWords): Promise<void> {
    this.call("setGroupWords", words);
  }

  // ----- invitations

  override async acceptRequest(id: string): Promise<ConversationRow> {
    if (this.row(id).kind !== "group") return super.acceptRequest(id);
    this.call("acceptRequest", id);
    const row = this.row(id);
    Object.assign(row, { isRequest: false, isApproved: true, isListed: true });
    this.#details(id).standing = "joined";
    this.invitations.delete(id);
    this.happen(id, { kind: "joined" }, OWN);
    this.emit({ kind: "requestsChanged" });
    this.#changedGroup(id);
    return { ...row };
  }

  override async blockRequest(id: string): Promise<void> {
    const inviter = this.invitations.get(id)?.inviter ?? null;
    await super.blockRequest(id);
    if (!this.groupDetails.has(id)) return;
    this.rows = this.rows.filter((row) => row.id !== id);
    for (const row of this.rows) if (row.accountId === inviter?.accountId) row.isBlocked = true;
    this.emit({ kind: "conversationsChanged", ids: { of: "all" } });
  }

  // ----- what tests and other parts do to a group

  /** Somebody as the groups name them. */
  person(accountId: string): PersonRef {
    const isSelf = accountId === OWN;
    const name = isSelf ? this.account.displayName : this.#nameOf(accountId);
    return { accountId, name, isSelf };
  }

  memberRow(accountId: string, state: MemberState): GroupMemberRow {
    const row = this.rows.find((candidate) => candidate.accountId === accountId && candidate.kind === "person");
    const { name, isSelf } = this.person(accountId);
    return { accountId, name, picture: row?.picture ?? null, isSelf, isContact: row !== undefined, state };
  }

  #nameOf(accountId: string): string | null {
    return this.rows.find((row) => row.accountId === accountId)?.name ?? null;
  }

  /** Something happens in a group. `by`: who does it; `null` if nobody says. */
  happen(id: string, event: GroupEvent, by: string | null = OWN, at = this.now()): MessageRow {
    const isOwn = by === OWN;
    const row = message(this.nextMessage(), id, { text: "", at, ...(isOwn ? { own: "sent" as const } : {}) });
    Object.assign(row, { author: by ?? id, authorName: by === null ? null : this.#nameOf(by), state: null });
    row.body = { kind: "groupEvent", event };
    this.push(row);
    this.touch(id);
    this.countGroup(id);
    this.changed(id);
    return row;
  }

  /** Somebody writes in a group; without `by` we do. */
  say(id: string, { text, by = OWN, at = this.now(), unread = false }: Words): MessageRow {
    const isOwn = by === OWN;
    const row = message(this.nextMessage(), id, { text, at, unread, ...(isOwn ? { own: "sent" as const } : {}) });
    if (!isOwn) Object.assign(row, { author: by, authorName: this.#nameOf(by) });
    this.mentionsIn(row);
    this.push(row);
    this.row(id).unreadCount += Number(unread);
    this.touch(id);
    this.countGroup(id);
    this.changed(id);
    return row;
  }

  /** A member comes to another state. */
  move(id: string, accountId: string, state: MemberState): void {
    for (const member of this.#details(id).members) if (member.accountId === accountId) member.state = state;
    this.#changedGroup(id);
  }

  /** Everything about a group that a test says becomes so. */
  arrange(id: string, change: Partial<GroupDetails>): void {
    Object.assign(this.#details(id), change);
    this.#changedGroup(id);
  }

  /** Whom a text mentions. */
  protected mentionsIn(row: MessageRow): void {
    if (row.body.kind !== "text" || !this.groupDetails.has(row.conversation)) return;
    const ids = [...row.body.text.matchAll(MENTION)].map((match) => match[1] ?? "");
    row.mentions = [...new Set(ids)].map((accountId) => this.person(accountId));
    row.mentionsUs = row.mentions.some((mentioned) => mentioned.isSelf);
  }

  /** What the row of the list says of its group. */
  protected countGroup(id: string): void {
    const details = this.groupDetails.get(id);
    const row = this.rows.find((candidate) => candidate.id === id);
    if (details === undefined || row === undefined) return;
    const isOpen = details.standing === "joined" || details.standing === "expired";
    row.picture = details.picture;
    row.timer = { kind: details.timerSeconds > 0 ? "afterSend" : "off", seconds: details.timerSeconds };
    row.group = {
      standing: details.standing,
      isAdmin: details.isAdmin,
      memberCount: details.members.filter(({ state }) => state !== "removing" && state !== "proposed").length,
      unreadMentions: (this.messages.get(id) ?? []).filter((line) => line.mentionsUs && line.isUnread).length,
      silentDays: isOpen ? details.silentDays : 0,
      trouble: isOpen ? details.trouble : null,
    };
  }

  #changedGroup(id: string): void {
    this.countGroup(id);
    this.changed(id);
    this.emit({ kind: "groupsChanged" });
  }

  /** What was on its way arrives. */
  async #deliver(id: string): Promise<void> {
    await this.pause();
    const details = this.groupDetails.get(id);
    if (details === undefined || this.connectivity.state === "offline") return;
    for (const member of details.members) {
      if (member.state === "invitationSending") member.state = "invitationSent";
      if (member.state === "promotionSending") member.state = "promotionSent";
    }
    this.#changedGroup(id);
  }

  async #deleteWrittenBy(id: string, members: string[]): Promise<void> {
    const lines = this.messages.get(id) ?? [];
    for (const line of lines) if (members.includes(line.author)) line.body = { kind: "deleted" };
    this.emit({ kind: "messagesChanged", conversation: id, ids: { of: "all" } });
  }

  #checkDescription(description: string): void {
    const bytes = utf8Bytes(description.trim());
    if (bytes > 2_000) fail("descriptionTooLong", { bytes: String(bytes) });
  }

  #details(id: string): GroupDetails {
    return this.groupDetails.get(id) ?? fail("conversationNotFound");
  }

  #asAdmin(id: string): GroupDetails {
    const details = this.#details(id);
    if (details.standing !== "joined") fail("groupClosed");
    if (!details.isAdmin) fail("notGroupAdmin");
    return details;
  }
}
