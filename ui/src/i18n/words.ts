/** Words for what the contract says in codes. */

import type {
  ApiError,
  AccountRow,
  ContactRow,
  ConversationRow,
  ErrorCode,
  GroupNotifications,
  GroupStanding,
  KeptGroupRow,
  LastMessage,
  MessageRow,
  Mute,
  PersonRef,
} from "../ipc/backend";
import { dayAndTime, duration, relative, timeOfDay } from "../lib/dates";
import { isEvent, momentOf } from "../lib/grouping";
import { mentioned, namedMentions } from "../lib/mentions";
import { isMuted } from "../lib/muted";
import { sizeText } from "../lib/sizes";
import { initials, oneLine, shortId } from "../lib/text";
import type { MessageId } from "./ids";
import { actorOf, eventText, personName } from "./group-words";
import { formats, t } from "./i18n.svelte";
import { attachmentsText, factText, lastFactText, withoutText } from "./message-words";

type PlainError = Exclude<Extract<MessageId, `error-${string}`>, Detailed>;
type Detailed =
  | "error-account-id-mistyped-at"
  | "error-account-id-mistyped-length"
  | "error-phrase-unknown-word-at"
  | "error-too-many-tries-wait"
  | "error-unexpected-incident";

/** The id of the text for an error code. */
export function errorId(code: ErrorCode): PlainError {
  return `error-${code.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}` as PlainError;
}

/** The sentence for an error: what happened, what was kept, what to do. */
export function errorText(error: ApiError): string {
  const { position, character, length, word } = error.args;
  if (error.code === "accountIdMistyped") {
    if (position !== undefined && character !== undefined)
      return t("error-account-id-mistyped-at", { position, character });
    if (length !== undefined) return t("error-account-id-mistyped-length", { length });
  }
  if (error.code === "phraseUnknownWord" && position !== undefined && word !== undefined) {
    return t("error-phrase-unknown-word-at", { position, word });
  }
  if (error.code === "tooManyTries" && error.retryAfterMs !== null) {
    return t("error-too-many-tries-wait", { wait: duration(formats(), error.retryAfterMs) });
  }
  if (error.code === "fileTooLarge" && Number(error.args["limit"]) > 0) {
    return t("file-too-large-limit", { limit: sizeText(formats(), Number(error.args["limit"])) });
  }
  if (error.code === "unexpected" && error.incident !== null) {
    return t("error-unexpected-incident", { incident: error.incident });
  }
  return t(errorId(error.code));
}

/** Why a message was not sent, in one line. */
export function failureText(error: ApiError | null): string {
  switch (error?.code) {
    case "refusedByNetwork":
      return t("failed-refused");
    case "tooLarge":
      return t("failed-too-large");
    case "clockWrong": {
      const deviation = Number(error.args["deviationMs"]);
      return Number.isFinite(deviation) && deviation !== 0
        ? t("failed-clock", { deviation: duration(formats(), deviation) })
        : t("failed-clock-unknown");
    }
    case "expired":
      return t("failed-expired");
    case "mayHaveBeenSent":
      return t("failed-may-have-been-sent");
    case "blocked":
      return t("failed-blocked");
    case "timedOut":
      return t("failed-timed-out");
    case "fileTooLarge":
      return t("failed-file-too-large");
    case "fileGone":
    case "fileNotHere":
      return t("failed-file-gone");
    case "transferStopped":
      return t("failed-stopped");
    case "notAccepted":
      return t("failed-not-accepted");
    case "groupClosed":
      return t("failed-group-closed");
    case "groupWithoutKey":
      return t("failed-group-key");
    default:
      return t("failed-other");
  }
}

/** The state of an own message in words; empty for a received one. */
export function stateText(row: Pick<MessageRow, "state" | "error" | "nextAttemptAt" | "readAt">, now: number): string {
  switch (row.state) {
    case null:
      return "";
    case "queued":
      return row.nextAttemptAt !== null && row.nextAttemptAt > now
        ? t("state-queued-until", { when: relative(formats(), row.nextAttemptAt, now) })
        : t("state-queued");
    case "sending":
      return t("state-sending");
    case "sent":
      return t("state-sent");
    case "notSynced":
      return t("state-not-synced");
    case "read":
      return row.readAt === null ? t("state-read") : t("state-read-at", { time: timeOfDay(formats(), row.readAt) });
    case "failed":
      return failureText(row.error);
  }
}

/** What a conversation is called here. */
export function conversationName(row: Pick<ConversationRow, "kind" | "name" | "accountId">): string {
  switch (row.kind) {
    case "noteToSelf":
      return t("note-to-self");
    case "group":
      return row.name ?? t("group-unnamed");
    case "person":
      return row.name ?? shortId(row.accountId);
  }
}

/** The name of somebody in a list of people, if there is any. */
export function knownName(row: Pick<ContactRow, "nickname" | "name" | "directoryName">): string | null {
  return row.nickname ?? row.name ?? row.directoryName;
}

/** What somebody is called in a list of people. */
export function contactName(row: Pick<ContactRow, "nickname" | "name" | "directoryName" | "accountId">): string {
  return knownName(row) ?? shortId(row.accountId);
}

/** Whether that name is the one of the directory. */
export function isFromDirectory(row: Pick<ContactRow, "nickname" | "name" | "directoryName">): boolean {
  return row.nickname === null && row.name === null && row.directoryName !== null;
}

/** How long a conversation is silent. */
export function muteText(mute: Mute, now: number): string {
  switch (mute.kind) {
    case "off":
      return t("mute-off");
    case "until":
      return t("mute-until", { when: dayAndTime(formats(), mute.at, now) });
    case "always":
      return t("mute-always");
  }
}

/** What disturbs, in one line. */
export function notifyText(row: Pick<ConversationRow, "notify" | "mute">, now: number): string {
  if (isMuted(row, now)) return muteText(row.mute, now);
  switch (row.notify) {
    case "none":
      return t("notifications-none");
    case "mentions":
      return t("list-mentions");
    default:
      return t("notifications-all");
  }
}

/** The letters that stand for a conversation. */
export function conversationLetters(row: Pick<ConversationRow, "kind" | "name" | "accountId">): string {
  return row.kind === "noteToSelf" ? t("note-to-self").charAt(0) : initials(row.name, row.accountId);
}

/**
 * The text of a message for lists, labels and the clipboard. An event names whom it is about as
 * its conversation does: a row is not asked for again when a nickname or a name changes.
 */
export function bodyText(
  row: Pick<MessageRow, "body" | "isOwn" | "author" | "authorName" | "mentions" | "attachments" | "invitation">,
  in_: Pick<ConversationRow, "kind" | "name" | "accountId"> | null,
): string {
  switch (row.body.kind) {
    case "text":
      return row.body.text.trim() === "" ? withoutText(row) : withNames(row.body.text, row.mentions);
    case "deleted":
    case "deletedForAll":
    case "timerChanged":
    case "mediaSaved":
      return factText(row.body, row.isOwn, authorName(row, in_));
    case "unsupported":
      return t("message-unsupported", { count: row.body.count });
    case "requestAccepted":
      return row.isOwn ? t("request-accepted-own") : t("request-accepted-other", { name: authorName(row, in_) });
    case "groupEvent":
      return eventText(row.body.event, actorOf(row), row.author);
  }
}

/** What a mentioned person is called; ourselves by “You”. */
export function mentionName(person: PersonRef): string {
  return person.isSelf ? t("group-you") : personName(person);
}

/** A text with names where it mentions people. */
export function withNames(text: string, people: readonly PersonRef[]): string {
  return namedMentions(text, (accountId) => mentionName(mentioned(people, accountId)));
}

/** What the author of a message that is not ours is called. */
export function authorName(
  row: Pick<MessageRow, "author" | "authorName">,
  in_: Pick<ConversationRow, "kind" | "name" | "accountId"> | null,
): string {
  if (in_?.accountId === row.author) return conversationName(in_);
  return row.authorName ?? shortId(row.author);
}

/** What the list says of a conversation's last message. */
export function lastText(row: Pick<ConversationRow, "kind" | "name" | "accountId" | "lastMessage" | "group">): string {
  const { lastMessage: last, group } = row;
  if (
    group !== null &&
    (group.standing === "removed" || group.standing === "destroyed" || group.standing === "expired")
  )
    return groupStandingText(group.standing);
  if (last === null) return t("list-no-message");
  if (row.kind === "group" && last.kind !== "groupEvent") return inGroup(last);
  switch (last.kind) {
    case "text":
      return oneLine(withNames(last.preview, last.mentions));
    case "groupEvent":
      return lastEvent(last);
    case "requestAccepted":
      return last.isOwn ? t("request-accepted-own") : t("request-accepted-other", { name: conversationName(row) });
    default:
      return lastFactText(last.kind, withNames(last.preview, last.mentions));
  }
}

/** A last message of a group with its author before it. */
function inGroup(last: LastMessage): string {
  const preview = withNames(last.preview, last.mentions);
  const text =
    last.kind === "text" || last.kind === "groupEvent" || last.kind === "requestAccepted"
      ? oneLine(preview)
      : lastFactText(last.kind, preview);
  if (last.isOwn) return t("list-own", { text });
  return last.author === null ? text : t("list-authored", { name: personName(last.author), text });
}

/** What happened last in a group. */
function lastEvent(last: LastMessage): string {
  if (last.event === null) return "";
  const { author, isOwn } = last;
  const actor = actorOf({ isOwn, author: author?.accountId ?? "", authorName: author?.name ?? null });
  return eventText(last.event, actor, author?.accountId ?? null);
}

/** What a screen reader calls a message, or says when one arrives or changes. */
export function messageLabel(row: MessageRow, in_: ConversationRow | null, why: "row" | "received" | "state"): string {
  const said = oneLine(bodyText(row, in_)).slice(0, 300);
  if (isEvent(row)) return said;
  const kind = attachmentsText(row.attachments);
  const text = kind === "" || said === kind ? said : t("list-file-said", { kind, text: said });
  const name = authorName(row, in_);
  const time = timeOfDay(formats(), momentOf(row));
  if (why === "received") return t("message-received", { name, text });
  const state = stateText(row, row.sentAt);
  if (why === "state") return state;
  return row.isOwn ? t("message-own-label", { time, text, state }) : t("message-other-label", { name, time, text });
}

/** What a group or community is called. */
export function groupName(row: Pick<KeptGroupRow, "name">): string {
  return row.name ?? t("group-unnamed");
}

/** What a group is. */
export function groupKindText(row: Pick<KeptGroupRow, "kind">): string {
  switch (row.kind) {
    case "community":
      return t("group-kind-community");
    case "legacy":
      return t("group-kind-legacy");
  }
}

export function groupStandingText(standing: GroupStanding): string {
  switch (standing) {
    case "joined":
      return t("group-standing-joined");
    case "invited":
      return t("group-standing-invited");
    case "removed":
      return t("group-standing-removed");
    case "destroyed":
      return t("group-standing-destroyed");
    case "expired":
      return t("group-standing-expired");
  }
}

export function groupNotificationsText(notifications: GroupNotifications): string {
  switch (notifications) {
    case "default":
      return t("group-notifications-default");
    case "all":
      return t("group-notifications-all");
    case "mentions":
      return t("group-notifications-mentions");
    case "none":
      return t("group-notifications-none");
  }
}

/** Why others cannot see the own picture yet; `null` if nothing waits. */
export function pictureWaiting(upload: AccountRow["pictureUpload"]): string | null {
  if (upload.kind !== "waiting") return null;
  return upload.error === null ? t("picture-waiting") : t("picture-waiting-error", { reason: errorText(upload.error) });
}
