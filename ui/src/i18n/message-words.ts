/** Words for what is done with messages: answers, reactions, deleting, disappearing, files. */

import type {
  AttachmentKind,
  AttachmentRow,
  DisappearsRow,
  LastMessageKind,
  MessageBody,
  MessageRow,
  PersonRef,
  QuoteRow,
  ReactionRow,
  Timer,
} from "../ipc/backend";
import { clockText, lengthOfTime, listOf, relative } from "../lib/dates";
import type { DeleteScope } from "../lib/message-rules";
import { mentioned, namedMentions } from "../lib/mentions";
import { oneLine, shortId } from "../lib/text";
import { memberName, personName } from "./group-words";
import { formats, t } from "./i18n.svelte";

/** How long messages stay, as a choice or a fact. */
export function timerText(timer: Timer): string {
  const time = lengthOfTime(formats(), timer.seconds);
  switch (timer.kind) {
    case "off":
      return t("group-timer-off");
    case "afterRead":
      return t("timer-after-read", { time });
    case "afterSend":
      return t("group-timer-after", { time });
  }
}

/** Who set how long their messages stay; `name`: the author where it is not ours. */
export function timerChangedText(timer: Timer, isOwn: boolean, name: string): string {
  const time = lengthOfTime(formats(), timer.seconds);
  switch (timer.kind) {
    case "off":
      return isOwn ? t("timer-changed-off-own") : t("timer-changed-off-other", { name });
    case "afterRead":
      return isOwn ? t("timer-changed-read-own", { time }) : t("timer-changed-read-other", { name, time });
    case "afterSend":
      return isOwn ? t("timer-changed-send-own", { time }) : t("timer-changed-send-other", { name, time });
  }
}

/** When a message disappears. `now`: network time. */
export function disappearsText({ kind, seconds, endsAt }: DisappearsRow, now: number): string {
  if (endsAt !== null) return t("disappears-at", { when: relative(formats(), Math.max(endsAt, now), now) });
  return timerText({ kind, seconds });
}

/** What a file is. */
export function kindText(kind: AttachmentKind): string {
  switch (kind) {
    case "picture":
      return t("attachment-picture");
    case "video":
      return t("attachment-video");
    case "audio":
      return t("attachment-audio");
    case "voice":
      return t("attachment-voice");
    case "file":
      return t("attachment-file");
  }
}

/** What files are, in a few words; empty without any. */
export function attachmentsText(files: readonly AttachmentRow[]): string {
  const [first, ...more] = files;
  if (first === undefined) return "";
  if (more.length > 0) return t("attachment-count", { count: files.length });
  if (first.kind === "voice" && first.durationMs !== null)
    return t("voice-length", { length: clockText(first.durationMs) });
  return first.kind === "file" && first.name !== null ? first.name : kindText(first.kind);
}

/** What a message of somebody says where it has no text. */
export function withoutText(row: Pick<MessageRow, "attachments" | "invitation">): string {
  return row.invitation === null
    ? attachmentsText(row.attachments)
    : t("invitation-to", { name: oneLine(row.invitation.name) });
}

/** Lines about the conversation, and what is gone, that need the author's name. */
export function factText(
  body: Exclude<MessageBody, { kind: "text" | "unsupported" | "requestAccepted" | "groupEvent" }>,
  isOwn: boolean,
  name: string,
): string {
  switch (body.kind) {
    case "deleted":
      return t("message-deleted-here");
    case "deletedForAll":
      return t("message-deleted");
    case "timerChanged":
      return timerChangedText(body.timer, isOwn, name);
    case "mediaSaved":
      return isOwn ? t("media-saved-own") : t("media-saved-other", { name });
  }
}

/** What several files in a row that somebody saved are called. `name`: who it was, where it was not us. */
export function savedText(isOwn: boolean, name: string, count: number): string {
  return isOwn ? t("media-saved-many-own", { count }) : t("media-saved-many-other", { name, count });
}

/** What the list says of a last message without words of its own. */
export function lastFactText(
  kind: Exclude<LastMessageKind, "text" | "groupEvent" | "requestAccepted">,
  preview: string,
): string {
  // A file goes with the text that was written with it.
  const said = oneLine(preview);
  switch (kind) {
    case "deleted":
      return t("list-message-deleted-here");
    case "deletedForAll":
      return t("list-message-deleted");
    case "unsupported":
      return t("message-unsupported", { count: 1 });
    case "timerChanged":
      return t("list-timer-changed");
    case "mediaSaved":
      return t("list-media-saved");
    case "communityInvitation":
      return t("list-invitation");
    case "picture":
    case "video":
    case "audio":
    case "voice":
    case "file":
      return said === "" ? kindText(kind) : t("list-file-said", { kind: kindText(kind), text: said });
  }
}

/** Who wrote what is answered. */
export function quoteAuthor(quote: Pick<QuoteRow, "isOwn" | "author" | "authorName">): string {
  return quote.isOwn ? t("group-you") : (quote.authorName ?? shortId(quote.author));
}

/** What stands in the place of a quoted text, or says what was quoted. `people`: who may be mentioned in it. */
export function quoteText(
  quote: Pick<QuoteRow, "isDeleted" | "message" | "preview" | "file">,
  people: readonly PersonRef[],
): string {
  if (quote.isDeleted) return t("quote-deleted");
  const nameOf = (accountId: string): string => memberName(mentioned(people, accountId));
  const preview = oneLine(namedMentions(quote.preview ?? "", nameOf));
  if (preview !== "") return preview;
  if (quote.message === null) return t("quote-missing");
  return quote.file === null ? t("quote-without-text") : kindText(quote.file);
}

/** Who reacted with an emoji. */
export function reactionText({ emoji, count, people }: ReactionRow): string {
  const names = people.map((person) => (person.isSelf ? t("group-people-you") : personName(person)));
  const others = count - people.length;
  const all =
    others > 0 ? t("group-people-more", { people: names.join(", "), count: others }) : listOf(formats(), names);
  return t("reaction-by", { emoji, people: all });
}

/** What deleting somewhere is called. */
export function scopeText(scope: DeleteScope): string {
  switch (scope) {
    case "device":
      return t("action-delete");
    case "everyone":
      return t("menu-delete-everyone");
    case "allDevices":
      return t("delete-all-devices");
  }
}
