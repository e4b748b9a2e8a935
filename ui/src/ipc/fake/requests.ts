/** Message requests in memory: who wrote and waits, and what becomes of it. */

import type {
  ConversationRow,
  GroupInvitation,
  ListRequestsRequest,
  MessageRow,
  RequestDetails,
  RequestPage,
} from "../backend";
import { summaryOf } from "./conversation-list";
import { FakeDirectory } from "./directory";
import { fail } from "./input";
import { MessageStore } from "./message-store";
import { conversation, message } from "./seed";

export class FakeRequests extends FakeDirectory {
  protected readonly store = new MessageStore();
  /** The names that people gave themselves, by account. */
  readonly givenNames = new Map<string, string>();
  /** Invitations into groups, by conversation. */
  readonly invitations = new Map<string, GroupInvitation>();
  #nextId = 1;

  /** The messages of each conversation, oldest first; the long one's are made when asked for. */
  get messages(): Map<string, MessageRow[]> {
    return this.store.lines;
  }

  async listRequests(request: ListRequestsRequest): Promise<RequestPage> {
    this.call("listRequests", request);
    const all = this.rows.filter((row) => row.isRequest).sort((a, b) => b.lastActivityAt - a.lastActivityAt);
    const from = Number(request.cursor ?? 0);
    const end = from + request.limit;
    const rows = all.slice(from, end).map(({ id, accountId, lastMessage, lastActivityAt, unreadCount }) => {
      const directoryName = this.directoryName(accountId);
      const group = this.invitations.get(id) ?? null;
      return { id, accountId, directoryName, group, preview: lastMessage?.preview ?? "", lastActivityAt, unreadCount };
    });
    return { rows, next: end < all.length ? String(end) : null, total: all.length };
  }

  async getRequest(id: string): Promise<RequestDetails> {
    this.call("getRequest", id);
    const { accountId } = this.#request(id);
    const group = this.invitations.get(id) ?? null;
    return { id, accountId, givenName: this.givenNames.get(accountId) ?? null, group };
  }

  async acceptRequest(id: string): Promise<ConversationRow> {
    this.call("acceptRequest", id);
    this.answered(this.#request(id));
    this.#requestsChanged(id);
    return { ...this.row(id) };
  }

  async declineRequest(id: string): Promise<void> {
    this.call("declineRequest", id);
    this.#remove(this.#request(id));
    this.#requestsChanged(id);
  }

  async blockRequest(id: string): Promise<void> {
    this.call("blockRequest", id);
    this.#request(id).isBlocked = true;
    this.#remove(this.#request(id));
    this.#requestsChanged(id);
  }

  async clearRequests(): Promise<number> {
    this.call("clearRequests", null);
    const all = this.rows.filter((row) => row.isRequest);
    for (const row of all) {
      this.#remove(row);
      this.#requestsChanged(row.id);
    }
    return all.length;
  }

  /** Three people ask; one of them gives no name. */
  protected arrangeRequests(): void {
    const asks: [number, string, string | null][] = [
      [31, "Hello, Paul gave me your account ID. Is there still a place in the garden group?", "Iris Valmont"],
      [32, "Bonjour, c’est bien vous qui cherchez des graines ?", "Marc"],
      [33, "hi", null],
    ];
    for (const [number, text, name] of asks) {
      const row = conversation(number, { name: null, isApproved: false, isRequest: true, unreadCount: 1 });
      this.rows.push(row);
      if (name !== null) this.givenNames.set(row.accountId, name);
      const line = { text, at: this.now() - number * 60_000, unread: true };
      this.messages.set(row.id, [message(this.nextMessage(), row.id, line)]);
      this.touch(row.id);
    }
  }

  /** Somebody whom we asked accepts. */
  acceptedBy(id: string, name: string): void {
    const row = this.row(id);
    this.#acceptance(row, false);
    Object.assign(row, { hasApprovedMe: true, name });
    this.changed(id);
  }

  /** Writing to somebody accepts them. */
  protected answered(row: ConversationRow): void {
    row.isListed = true;
    if (row.isRequest) {
      this.#acceptance(row, true);
      row.name = this.givenNames.get(row.accountId) ?? null;
    }
    Object.assign(row, { isApproved: true, isRequest: false });
  }

  protected nextMessage(): string {
    return String(this.#nextId++);
  }

  protected push(row: MessageRow): void {
    const rows = this.messages.get(row.conversation) ?? [];
    rows.push(row);
    this.messages.set(row.conversation, rows);
    this.emit({ kind: "messagesChanged", conversation: row.conversation, ids: { of: "some", ids: [row.id] } });
  }

  /** Brings a row up to its last message. */
  protected touch(id: string): void {
    const row = this.rows.find((candidate) => candidate.id === id);
    const last = this.messages.get(id)?.at(-1);
    if (row === undefined || last === undefined) return;
    row.lastMessage = summaryOf(last, row.kind === "group");
    row.lastActivityAt = last.sentAt;
  }

  #acceptance(row: ConversationRow, isOwn: boolean): void {
    const line = { text: "", at: this.now(), ...(isOwn ? { own: "sent" as const } : {}) };
    this.push({ ...message(this.nextMessage(), row.id, line), body: { kind: "requestAccepted" }, state: null });
    this.touch(row.id);
  }

  #request(id: string): ConversationRow {
    return this.rows.find((row) => row.id === id && row.isRequest) ?? fail("requestNotFound");
  }

  #remove(row: ConversationRow): void {
    Object.assign(row, { isListed: false, isRequest: false, lastMessage: null, unreadCount: 0 });
    this.messages.delete(row.id);
  }

  #requestsChanged(id: string): void {
    this.changed(id);
    this.emit({ kind: "requestsChanged" });
  }
}
