/** People in memory: the list of contacts, what is decided about one. */

import type {
  ContactDetails,
  ContactPage,
  ContactRow,
  ConversationRow,
  ListContactsRequest,
  Mute,
  SetMuteRequest,
  SetNicknameRequest,
  SetNotifyRequest,
} from "../backend";
import { fail } from "./input";
import { FakeRequests } from "./requests";
import { OWN } from "./seed";

function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/gu, "")
    .toLocaleLowerCase();
}

export class FakeContacts extends FakeRequests {
  /** The names that people gave themselves, where a nickname stands in the row. */
  readonly #ownNames = new Map<string, string | null>();
  /** Groups that a person shares with us. */
  readonly commonGroups = new Map<string, string[]>();

  #contact(row: ConversationRow): ContactRow {
    const hasNickname = this.#ownNames.has(row.id);
    return {
      accountId: row.accountId,
      name: hasNickname ? (this.#ownNames.get(row.id) ?? null) : row.name,
      nickname: hasNickname ? row.name : null,
      directoryName: this.directoryName(row.accountId),
      picture: row.picture,
      isApproved: row.isApproved,
      didApproveMe: row.hasApprovedMe,
      isBlocked: row.isBlocked,
      priority: row.pinRank,
    };
  }

  async listContacts(request: ListContactsRequest): Promise<ContactPage> {
    this.call("listContacts", request);
    const wanted = folded(request.filter);
    const isIn = (row: ConversationRow): boolean => {
      if (row.kind !== "person") return false;
      if (request.list === "blocked") return row.isBlocked;
      if (request.list === "everybody") return row.isApproved || row.hasApprovedMe || row.isBlocked;
      return row.isApproved && row.hasApprovedMe && !row.isBlocked;
    };
    const key = (row: ConversationRow): string => (row.name === null ? "\uffff" : folded(row.name));
    const found = this.rows
      .filter((row) => isIn(row) && (key(row).includes(wanted) || row.accountId.startsWith(wanted)))
      .sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    const from = Number(request.cursor ?? 0);
    const end = from + Math.min(request.limit, 100);
    return {
      rows: found.slice(from, end).map((row) => this.#contact(row)),
      next: end < found.length ? String(end) : null,
    };
  }

  async getContact(id: string): Promise<ContactDetails> {
    return { conversation: id, contact: this.#contact(this.row(id)), commonGroups: this.commonGroups.get(id) ?? [] };
  }

  async setNickname(request: SetNicknameRequest): Promise<void> {
    this.call("setNickname", request);
    const row = this.row(request.conversation);
    const nickname = request.nickname.trim();
    if (nickname.length > 100) fail("nameTooLong");
    if (nickname === "") {
      if (this.#ownNames.has(row.id)) row.name = this.#ownNames.get(row.id) ?? null;
      this.#ownNames.delete(row.id);
    } else {
      if (!this.#ownNames.has(row.id)) this.#ownNames.set(row.id, row.name);
      row.name = nickname;
    }
    this.changed(row.id);
  }

  async setBlocked(id: string, blocked: boolean): Promise<void> {
    this.call("setBlocked", { id, blocked });
    this.row(id).isBlocked = blocked;
    this.changed(id);
  }

  async setNotify(request: SetNotifyRequest): Promise<void> {
    this.call("setNotify", request);
    this.row(request.conversation).notify = request.mode;
    this.changed(request.conversation);
  }

  async setMute(request: SetMuteRequest): Promise<void> {
    this.call("setMute", request);
    const { mute } = request;
    const until: Mute =
      mute.kind === "seconds" ? { kind: "until", at: Date.now() + mute.seconds * 1_000 } : { ...mute };
    this.row(request.conversation).mute = until;
    this.changed(request.conversation);
  }

  async markUnread(id: string): Promise<void> {
    this.call("markUnread", id);
    this.row(id).isMarkedUnread = true;
    this.changed(id);
  }

  async setNoteHidden(hidden: boolean): Promise<void> {
    this.call("setNoteHidden", hidden);
    this.row(OWN).isListed = !hidden;
    this.changed(OWN);
  }
}
