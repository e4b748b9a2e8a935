/** The list of conversations, page by page. */

import type {
  AttachmentRow,
  ConversationPage,
  ConversationRow,
  LastMessage,
  LastMessageKind,
  ListConversationsRequest,
  MessageRow,
} from "../backend";

export function conversationPage(
  rows: readonly ConversationRow[],
  request: ListConversationsRequest,
): ConversationPage {
  const listed = rows.filter((row) => row.isListed && !row.isRequest);
  const wanted = request.filter.toLocaleLowerCase();
  const found = listed
    .filter((row) => (row.name ?? "").toLocaleLowerCase().includes(wanted) || row.accountId.startsWith(wanted))
    .sort((a, b) => b.pinRank - a.pinRank || b.lastActivityAt - a.lastActivityAt);
  const from = Number(request.cursor ?? 0);
  const end = from + Math.min(request.limit, 100);
  return {
    rows: found.slice(from, end).map((row) => ({ ...row })),
    next: end < found.length ? String(end) : null,
    total: listed.length,
  };
}

function kindOf({ body, invitation }: MessageRow, file: AttachmentRow | undefined): LastMessageKind {
  if (body.kind !== "text") return body.kind;
  return invitation !== null && body.text === "" ? "communityInvitation" : (file?.kind ?? "text");
}

/** What the list shows of a conversation's last message. */
export function summaryOf(last: MessageRow, isGroup = false): LastMessage {
  const [file] = last.attachments;
  return {
    kind: kindOf(last, file),
    preview: last.body.kind === "text" ? last.body.text.slice(0, 200) : "",
    event: last.body.kind === "groupEvent" ? last.body.event : null,
    author: isGroup && !last.isOwn ? { accountId: last.author, name: last.authorName, isSelf: false } : null,
    mentions: last.mentions,
    isOwn: last.isOwn,
    state: last.state,
    error: last.error,
    sentAt: last.sentAt,
  };
}
