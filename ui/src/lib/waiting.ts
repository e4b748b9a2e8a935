import type { ConversationRow } from "../ipc/backend";

/** Whether the own request is with the other side, and not accepted yet. */
export function isRequestWaiting(row: ConversationRow): boolean {
  return (
    row.kind === "person" && row.isApproved && !row.hasApprovedMe && !row.isBlocked && row.lastMessage?.isOwn === true
  );
}
