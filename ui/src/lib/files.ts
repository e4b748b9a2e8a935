/** Files of messages: what can be done with one where it is. The program has the last word. */

import type { AttachmentKind, AttachmentRow, ConversationRow, ErrorCode, MessageRow } from "../ipc/backend";

/** So many files go at once. */
export const MOST_FILES = 32;

/** What of a message's row says where its files are. */
export type Holder = Pick<MessageRow, "isOwn" | "state">;

/** A file of a message, named. */
export type FileOf = { message: MessageRow; file: AttachmentRow };

/** What a film or picture is to everybody else is one file to them. */
export function isOfAlbum(kind: AttachmentKind): boolean {
  return kind === "picture" || kind === "video";
}

/** What goes into one message each: pictures and films where the first of them stands, every other file alone. */
export function parcels<T extends { kind: AttachmentKind }>(files: readonly T[]): T[][] {
  const album = files.filter((file) => isOfAlbum(file.kind));
  return files.flatMap((file) => {
    if (!isOfAlbum(file.kind)) return [[file]];
    return file === album[0] ? [album] : [];
  });
}

/** Whether a file's bytes are on this device. */
export function isHere(file: Pick<AttachmentRow, "state">, { isOwn, state }: Holder): boolean {
  switch (file.state) {
    case "queued":
    case "uploading":
    case "uploaded":
    case "local":
      return true;
    case "failed":
      // What could not go up is still here; what could not be fetched is not.
      return isOwn && state === "failed";
    case "remote":
    case "downloading":
    case "expired":
      return false;
  }
}

/** Whether a file is on its way, in either direction. */
export function isMoving({ state }: Pick<AttachmentRow, "state">): boolean {
  return state === "queued" || state === "uploading" || state === "downloading";
}

/** How much of a file went or came, in whole percent; `null` if its size is not known. */
export function percentOf(doneBytes: number, sizeBytes: number | null): number | null {
  if (sizeBytes === null || sizeBytes <= 0) return null;
  return Math.max(0, Math.min(100, Math.floor((doneBytes / sizeBytes) * 100)));
}

/** How far a file on its way is: it waits for its turn, or so much of it is done; `null` if nobody knows. */
export type Moved = { isWaiting: boolean; percent: number | null };

/**
 * Before its first byte a file is made ready, or asked for: that moves, but is no part of it. What has left is on its
 * way through others, and nobody tells how much of it the server has: once all has left, it is sent but not there yet.
 * `doneBytes`: `null` if its way has not begun. One file goes up and one comes at a time.
 */
export function movedOf(file: Pick<AttachmentRow, "state" | "sizeBytes">, doneBytes: number | null): Moved {
  if (file.state === "queued" || doneBytes === null) return { isWaiting: true, percent: 0 };
  const percent = percentOf(doneBytes, file.sizeBytes);
  const isUnknown = percent === 0 || (file.state === "uploading" && percent === 100);
  return { isWaiting: false, percent: isUnknown ? null : percent };
}

/** Whether a file that could not be fetched may come with another try: a link that leads nowhere stays one. */
export function mayRetry({ error }: Pick<AttachmentRow, "error">): boolean {
  return error?.code !== "fileLinkUnusable";
}

/** Whether a page shows a file itself: then it can be looked at large. */
export function isViewable(file: AttachmentRow, holder: Holder): boolean {
  return isOfAlbum(file.kind) && isHere(file, holder);
}

/** The files of messages that are here, in the order of the conversation. */
export function filesHere(messages: readonly MessageRow[]): FileOf[] {
  return messages.flatMap((message) =>
    message.attachments.filter((file) => isHere(file, message)).map((file) => ({ message, file })),
  );
}

/** Whether files can be sent there: to those only who accepted us, and whom we accepted. */
export function mayAttach({ kind, group, isRequest, isApproved, hasApprovedMe, isBlocked }: ConversationRow): boolean {
  switch (kind) {
    case "noteToSelf":
      return true;
    case "group":
      return group?.standing === "joined" && !isRequest;
    case "person":
      return isApproved && hasApprovedMe && !isRequest && !isBlocked;
  }
}

/** Why nothing can be attached there. */
export function attachRefusal({ kind, isBlocked }: ConversationRow): ErrorCode {
  if (kind === "group") return "groupClosed";
  return isBlocked ? "blocked" : "notAccepted";
}

/** Whether there is a setting for fetching by itself there: our own files always come so. */
export function maySetDownloads(row: ConversationRow): boolean {
  if (row.kind === "noteToSelf" || row.isRequest) return false;
  return row.kind === "group" || row.isApproved;
}

/** What a file looks like, where nothing of it is shown. */
export type FileSign = "text" | "table" | "slides" | "archive" | "picture" | "film" | "sound" | "program" | "other";

const SIGNS: readonly (readonly [RegExp, FileSign])[] = [
  [/spreadsheet|ms-excel|\/csv$/u, "table"],
  [/presentation|powerpoint/u, "slides"],
  [/zip|gzip|x-tar|x-7z|x-rar|x-xz|zstd/u, "archive"],
  [/^text\/|pdf$|rtf$|msword|wordprocessing|opendocument\.text|epub/u, "text"],
  [/^image\//u, "picture"],
  [/^video\//u, "film"],
  [/^audio\//u, "sound"],
];

/** The sign of a file by what it is. */
export function signOf(file: Pick<AttachmentRow, "kind" | "contentType" | "isProgram">): FileSign {
  if (file.isProgram) return "program";
  if (file.kind === "picture") return "picture";
  if (file.kind === "video") return "film";
  if (file.kind === "audio" || file.kind === "voice") return "sound";
  return SIGNS.find(([type]) => type.test(file.contentType))?.[1] ?? "other";
}

/** Files of what is pasted; none where it is rather a text with a picture of itself. */
export function pastedFiles(data: DataTransfer | null): File[] {
  if (data === null || data.files.length === 0) return [];
  const isText = data.types.includes("text/html") && data.getData("text/plain").trim() !== "";
  return isText ? [] : [...data.files];
}
