/** What can be done with a message where it stands. The program has the last word. */

import type { ConversationRow, MessageRow } from "../ipc/backend";
import { isHere } from "./files";

/** Where a message is deleted. */
export type DeleteScope = "device" | "everyone" | "allDevices";

/** Somebody said it, and it is here: no line about the conversation, not deleted, of a kind that is known. */
export function isSaid(row: Pick<MessageRow, "body">): boolean {
  return row.body.kind === "text";
}

/** Whether an own message has left this device. */
function hasLeft(row: Pick<MessageRow, "state">): boolean {
  return row.state === "sent" || row.state === "notSynced" || row.state === "read";
}

/** Whether something can be written there now. */
export function mayWrite({ kind, group, isRequest, isBlocked }: ConversationRow): boolean {
  if (kind === "group") return group?.standing === "joined" && !isRequest;
  return !isRequest && !isBlocked;
}

/** Whether others can know a message: then it can be answered. */
export function mayAnswer(row: MessageRow, conversation: ConversationRow): boolean {
  return isSaid(row) && mayWrite(conversation) && (!row.isOwn || hasLeft(row));
}

/** Who has not accepted gets text only. */
export function mayReact(row: MessageRow, conversation: ConversationRow): boolean {
  const { kind, isApproved, hasApprovedMe } = conversation;
  return mayAnswer(row, conversation) && (kind !== "person" || (isApproved && hasApprovedMe));
}

/** A file that is not here cannot be sent on. */
export function mayForward(row: MessageRow): boolean {
  return isSaid(row) && row.attachments.every((file) => isHere(file, row));
}

/**
 * An own message that waits, or failed, and is all here still: it can be taken back and changed. Its files stand
 * in the draft then.
 */
export function mayTakeBack(row: MessageRow): boolean {
  const waits = row.state === "queued" || row.state === "failed";
  return isUnsent(row) && waits && !row.mayHaveLeft && row.attachments.every((file) => file.kind !== "voice");
}

/** Whether who wrote a message can be blocked from there. A request is answered where it stands. */
export function mayBlockAuthor(row: MessageRow, { kind, isRequest, isBlocked }: ConversationRow): boolean {
  const isPerson = kind === "group" || (kind === "person" && !isBlocked);
  return isSaid(row) && !row.isOwn && isPerson && !isRequest;
}

/** An own message that nobody else has. */
function isUnsent(row: MessageRow): boolean {
  return row.isOwn && isSaid(row) && !hasLeft(row);
}

function mayDeleteForEveryone(row: MessageRow, { kind, group, isBlocked }: ConversationRow): boolean {
  if (!isSaid(row)) return false;
  if (kind === "group") return group?.standing === "joined" && (row.isOwn ? hasLeft(row) : group.isAdmin);
  return kind === "person" && !isBlocked && row.isOwn && hasLeft(row);
}

/** Where all of some messages can be deleted; on this device always. */
export function deleteScopes(rows: readonly MessageRow[], conversation: ConversationRow): DeleteScope[] {
  const scopes: DeleteScope[] = ["device"];
  if (rows.length === 0) return scopes;
  if (conversation.kind === "noteToSelf" && rows.every(isSaid)) scopes.push("allDevices");
  const isFor = (row: MessageRow): boolean => mayDeleteForEveryone(row, conversation);
  // What has not gone out is gone for everybody once it is gone here.
  if (rows.some(isFor) && rows.every((row) => isFor(row) || isUnsent(row))) scopes.push("everyone");
  return scopes;
}

/** Whether messages can disappear there, and we say after how long. */
export function maySetTimer(row: ConversationRow): boolean {
  if (row.isRequest) return false;
  if (row.kind === "group") return row.group?.standing === "joined" && row.group.isAdmin;
  return row.kind === "noteToSelf" || (row.isApproved && row.hasApprovedMe && !row.isBlocked);
}
