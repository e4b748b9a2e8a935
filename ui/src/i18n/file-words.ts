/** Words for files of messages: what they are called, where they are, why they are not here. */

import type { ApiError, AttachmentKind, AttachmentRow, ConversationRow, MessageRow } from "../ipc/backend";
import { fullDate } from "../lib/dates";
import type { Moved } from "../lib/files";
import { percentText, sizeText } from "../lib/sizes";
import { oneLine } from "../lib/text";
import { formats, t } from "./i18n.svelte";
import { kindText } from "./message-words";
import { authorName } from "./words";

type Named = { name: string | null; kind: AttachmentKind };

/** What a file is called. */
export function fileName({ name, kind }: Named): string {
  return name ?? kindText(kind);
}

/** Its size, where it is known. */
export function fileSize(file: { sizeBytes: number | null }): string {
  return file.sizeBytes === null ? "" : sizeText(formats(), file.sizeBytes);
}

/** The ending of a file's name, or what its type says, in a few capitals: `PDF`, `ZIP`. */
function shortType({ name, contentType }: Pick<AttachmentRow, "name" | "contentType">): string {
  const ending = /\.([\p{L}\p{N}]{1,5})$/u.exec(name ?? "")?.[1];
  return (
    ending ??
    contentType
      .split("/")[1]
      ?.split(/[.+;-]/u)[0]
      ?.slice(0, 8) ??
    ""
  ).toLocaleUpperCase();
}

/** What a file is and how large, in a line below its name. */
export function fileFacts(file: Pick<AttachmentRow, "name" | "contentType" | "sizeBytes">): string {
  const [type, size] = [shortType(file), fileSize(file)];
  return type !== "" && size !== "" ? t("file-facts", { type, size }) : type || size;
}

/** Why a file could not be fetched. */
export function fileFailure(error: ApiError | null): string {
  switch (error?.code) {
    case "offline":
    case "timedOut":
      return t("file-failed-network");
    case "refusedByNetwork":
      return t("file-failed-refused");
    case "fileLinkUnusable":
      return t("file-failed-link");
    case "fileTooLarge":
    case "tooLarge":
      return t("file-failed-large");
    case "fileDamaged":
      return t("file-failed-damaged");
    case "fileGone":
      return t("file-expired");
    case "diskFull":
    case "diskReadOnly":
      return t("file-failed-disk");
    default:
      return t("file-failed-other");
  }
}

/** How a file is on its way. */
export function movingText(
  { state, error }: Pick<AttachmentRow, "state" | "error">,
  { isWaiting, percent }: Moved,
): string {
  const isOfDisk = error?.code === "diskFull" || error?.code === "diskReadOnly";
  if (state === "downloading" && error !== null && (isWaiting || percent === null))
    return t("file-waiting-again", { reason: fileFailure(error) });
  if (isWaiting) return isOfDisk ? t("file-waiting-disk") : t("file-waiting");
  const isUp = state === "uploading";
  if (percent === null) return isUp ? t("file-sending") : t("file-downloading");
  const part = { percent: percentText(formats(), percent) };
  return isUp ? t("file-sending-percent", part) : t("file-downloading-percent", part);
}

/** Where a file is, for its information page. */
export function placeText(file: Pick<AttachmentRow, "state">): string {
  switch (file.state) {
    case "queued":
      return t("info-file-queued");
    case "uploading":
      return t("file-sending");
    case "uploaded":
      return t("info-file-uploaded");
    case "remote":
      return t("info-file-remote");
    case "downloading":
      return t("file-downloading");
    case "local":
      return t("info-file-local");
    case "failed":
      return t("info-file-failed");
    case "expired":
      return t("file-expired");
  }
}

type Shown = Pick<AttachmentRow, "kind" | "caption">;
type From = Pick<MessageRow, "isOwn" | "author" | "authorName">;

/** What stands for a picture or film where it cannot be seen: what its sender said of it, or who that is. */
export function altText(file: Shown, text: string, from: From, in_: ConversationRow | null): string {
  const said = oneLine(file.caption ?? text);
  if (said !== "") return said;
  const isFilm = file.kind === "video";
  if (from.isOwn) return isFilm ? t("film-alt-own") : t("picture-alt-own");
  const name = authorName(from, in_);
  return isFilm ? t("film-alt", { name }) : t("picture-alt", { name });
}

/** Who sent a picture, and when. */
export function sentByText(from: From, sentAt: number, in_: ConversationRow | null): string {
  const name = from.isOwn ? t("group-you") : authorName(from, in_);
  return t("lightbox-by", { name, when: fullDate(formats(), sentAt) });
}
