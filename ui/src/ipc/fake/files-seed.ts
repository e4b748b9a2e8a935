/** One of every file, for tests and pictures. */

import type { AttachmentKind, AttachmentRow, MessageState } from "../backend";
import { apiError } from "../errors";
import { MINUTE } from "./seed";

const TYPES: Record<AttachmentKind, readonly [type: string, name: string]> = {
  picture: ["image/jpeg", "photo.jpg"],
  video: ["video/mp4", "film.mp4"],
  audio: ["audio/mpeg", "chanson.mp3"],
  voice: ["audio/mp3", "voice.mp3"],
  file: ["application/pdf", "plan.pdf"],
};

/** A file of a message that is here, with everything at its usual value. */
export function attachment(kind: AttachmentKind, index = 0, over: Partial<AttachmentRow> = {}): AttachmentRow {
  const [contentType, name] = TYPES[kind];
  const isOfAlbum = kind === "picture" || kind === "video";
  return {
    index,
    name,
    sizeBytes: 1_234_567,
    contentType,
    kind,
    width: isOfAlbum ? 1_600 : null,
    height: isOfAlbum ? 1_200 : null,
    durationMs: kind === "audio" ? 187_000 : kind === "video" ? 42_000 : null,
    waveform: [],
    state: "local",
    doneBytes: 1_234_567,
    error: null,
    thumbnail: isOfAlbum ? `${kind}-${index}` : null,
    isAnimated: false,
    caption: null,
    isProgram: false,
    ...over,
  };
}

/** The same on the server only. */
export function remote(kind: AttachmentKind, index = 0, over: Partial<AttachmentRow> = {}): AttachmentRow {
  return attachment(kind, index, { state: "remote", doneBytes: 0, thumbnail: null, ...over });
}

type Line = { text: string; at: number; own?: MessageState; attachments: AttachmentRow[] };

/** Messages with files: of each kind, in each state. */
export function arrangedFiles(now: number): Line[] {
  const at = (minutes: number): number => now - minutes * MINUTE;
  const album = Array.from({ length: 5 }, (_, index) => attachment(index === 3 ? "video" : "picture", index));
  const sent = attachment("picture", 0, { state: "uploaded", width: 900, height: 1_600 });
  const program = { name: "outil.exe", contentType: "application/x-msdownload", isProgram: true };
  const archive = { name: "archive.zip", contentType: "application/zip" };
  const going = attachment("file", 0, { ...archive, state: "uploading", doneBytes: 600_000 });
  return [
    { text: "Le jardin ce matin", at: at(0.9), attachments: album },
    { text: "", at: at(0.8), attachments: [attachment("picture", 0, { caption: "La serre", isAnimated: true })] },
    { text: "", at: at(0.75), own: "sent", attachments: [sent] },
    { text: "", at: at(0.7), attachments: [remote("picture")] },
    { text: "", at: at(0.65), attachments: [remote("video", 0, { state: "downloading", doneBytes: 400_000 })] },
    { text: "", at: at(0.6), attachments: [remote("picture", 0, { state: "failed", error: apiError("timedOut") })] },
    { text: "", at: at(0.55), attachments: [remote("picture", 0, { state: "expired" })] },
    { text: "Le plan", at: at(0.5), attachments: [attachment("file")] },
    { text: "", at: at(0.45), attachments: [remote("file", 0, program)] },
    { text: "", at: at(0.4), attachments: [attachment("audio")] },
    { text: "", at: at(0.3), own: "queued", attachments: [going] },
  ];
}
