/** Files in memory: chosen, sent, fetched, saved, listed. */

import type {
  AttachmentKind,
  AttachmentRow,
  AttachmentState,
  GalleryPage,
  GalleryRequest,
  GalleryRow,
  MessageRow,
  RefusedFile,
  SavedAttachment,
  SetPosterRequest,
  StagedDrop,
  StagedFileRow,
  StageFileRequest,
  TakenBack,
} from "../backend";
import { apiError, asApiError } from "../errors";
import { isHere, MOST_FILES, parcels } from "../../lib/files";
import { linkify } from "../../lib/linkify";
import { COPIED_URL } from "../../lib/media";
import { FakeActs } from "./acts";
import { arrangedFiles } from "./files-seed";
import { fail } from "./input";
import { message } from "./seed";

const MOST_BYTES = 10_000_000;
const MOST_LOOKED_AT = 5_000;
const PICTURES = /^image\/(?:jpeg|png|gif|webp)$/u;
const PROGRAM = /\.(?:exe|sh|bat|desktop|appimage|msi|jar)$/iu;

function kindOf({ type }: File | Blob): AttachmentKind {
  if (PICTURES.test(type)) return "picture";
  if (type.startsWith("video/")) return "video";
  return type.startsWith("audio/") ? "audio" : "file";
}

type Facts = Omit<StagedFileRow, "id" | "asItIs">;

/** What is known of a file, chosen or of a message. */
function factsOf(file: Omit<Facts, "sizeBytes"> & { sizeBytes: number | null }): Facts {
  const { name, sizeBytes, contentType, kind, width, height, durationMs, waveform } = file;
  const { thumbnail, isAnimated, isProgram } = file;
  const shown = { thumbnail, isAnimated, isProgram };
  return { name, sizeBytes: sizeBytes ?? 0, contentType, kind, width, height, durationMs, waveform, ...shown };
}

export class FakeFiles extends FakeActs {
  /** Files stay on their way while false. */
  transfers = true;
  /** The picture on the clipboard. */
  copied: Blob | null = null;
  /** Chosen files, in order; `""`: those in no draft. */
  readonly staged = new Map<string, StagedFileRow[]>();
  /** What was dropped into drafts, by the number of the drop. */
  readonly #drops = new Map<number, readonly File[]>();
  #chosen = 0;

  // ----- choosing

  async stageFile(request: StageFileRequest, file: Blob): Promise<StagedFileRow> {
    this.call("stageFile", request);
    await this.pause();
    return this.#stage(request, file);
  }

  #stage({ conversation, name, asItIs }: StageFileRequest, file: Blob): StagedFileRow {
    if (file.size > MOST_BYTES) fail("fileTooLarge", { limit: String(MOST_BYTES) });
    if (file.type.startsWith("image/") && !PICTURES.test(file.type) && !asItIs) fail("pictureUnknown");
    const kind = kindOf(file);
    const id = `chosen-${(this.#chosen += 1)}`;
    const row: StagedFileRow = {
      id,
      name: name === "" ? null : name,
      sizeBytes: file.size,
      contentType: file.type || "application/octet-stream",
      kind,
      width: kind === "picture" ? 1_600 : null,
      height: kind === "picture" ? 1_200 : null,
      durationMs: kind === "audio" ? 187_000 : null,
      waveform: [],
      thumbnail: kind === "picture" ? `thumbnail-${id}` : null,
      isAnimated: file.type === "image/gif",
      isProgram: PROGRAM.test(name),
      asItIs,
    };
    this.#setStaged(conversation ?? "", [...this.#stagedIn(conversation ?? ""), row]);
    return { ...row };
  }

  async stageDroppedFiles(number: number, conversation: string | null, asItIs: boolean): Promise<StagedDrop> {
    this.call("stageDroppedFiles", [number, conversation, asItIs]);
    const files = this.takeAllDropped(number);
    this.#drops.set(number, files);
    const staged: StagedFileRow[] = [];
    const refused: RefusedFile[] = [];
    for (const [at, file] of files.entries()) {
      try {
        if (at >= MOST_FILES) fail("tooManyFiles", { limit: String(MOST_FILES) });
        staged.push(this.#stage({ conversation, name: file.name, asItIs }, file));
      } catch (thrown) {
        refused.push({ index: at, name: file.name, error: asApiError(thrown) });
      }
    }
    return { staged, refused };
  }

  async stageDroppedFile(
    number: number,
    index: number,
    conversation: string | null,
    asItIs: boolean,
  ): Promise<StagedFileRow> {
    this.call("stageDroppedFile", [number, index, conversation, asItIs]);
    const file = this.#drops.get(number)?.[index] ?? fail("fileUnreadable");
    return this.#stage({ conversation, name: file.name, asItIs }, file);
  }

  async listStagedFiles(conversation: string): Promise<StagedFileRow[]> {
    return this.#stagedIn(conversation).map((row) => ({ ...row }));
  }

  async discardStagedFile(file: string, conversation: string | null): Promise<void> {
    this.call("discardStagedFile", [file, conversation]);
    for (const [id, rows] of [...this.staged])
      if (rows.some((row) => row.id === file))
        this.#setStaged(
          id,
          rows.filter((row) => row.id !== file),
        );
  }

  /** A file stands in a draft. */
  protected stageIn(conversation: string, row: StagedFileRow): void {
    this.#setStaged(conversation, [...this.#stagedIn(conversation), row]);
  }

  #stagedIn(conversation: string): StagedFileRow[] {
    return this.staged.get(conversation) ?? [];
  }

  #setStaged(conversation: string, rows: StagedFileRow[]): void {
    this.staged.set(conversation, rows);
    const row = this.rows.find((candidate) => candidate.id === conversation);
    if (row === undefined) return;
    row.stagedFiles = rows.length;
    this.changed(conversation);
  }

  /** Chosen files become those of messages, in as many as that takes. */
  protected attach(ids: readonly string[], conversation: string): AttachmentRow[][] {
    if (ids.length === 0) return [[]];
    if (ids.length > MOST_FILES) fail("tooManyFiles", { limit: String(MOST_FILES) });
    const all = [...this.staged.values()].flat();
    const files = ids.map((id) => all.find((file) => file.id === id) ?? fail("fileGone"));
    const where = this.row(conversation);
    if (where.kind === "person" && (!where.isApproved || !where.hasApprovedMe)) fail("notAccepted");
    for (const [id, rows] of [...this.staged])
      this.#setStaged(
        id,
        rows.filter((row) => !ids.includes(row.id)),
      );
    return parcels(files).map((parcel) =>
      parcel.map((file, index): AttachmentRow => {
        return { ...factsOf(file), index, state: "queued", doneBytes: 0, error: null, caption: null };
      }),
    );
  }

  override async takeBackQueued(id: string): Promise<TakenBack> {
    const row = this.store.find(id);
    const files = (row?.attachments ?? []).map((file) => ({
      ...factsOf(file),
      id: `chosen-${(this.#chosen += 1)}`,
      asItIs: false,
    }));
    const taken = await super.takeBackQueued(id);
    if (row !== undefined && files.length > 0)
      this.#setStaged(row.conversation, [...this.#stagedIn(row.conversation), ...files]);
    return taken;
  }

  // ----- films, bytes

  async readMedia(url: string): Promise<Blob> {
    this.call("readMedia", url);
    if (url === COPIED_URL) return this.copied ?? fail("fileNotHere");
    return new Blob([new Uint8Array([1, 2, 3])], { type: "video/mp4" });
  }

  async setVideoPoster({ film, durationMs }: SetPosterRequest): Promise<void> {
    this.call("setVideoPoster", { film, durationMs });
    const poster = { thumbnail: `poster-${(this.#chosen += 1)}`, width: 1_280, height: 720, durationMs };
    if (film.kind === "message") this.#change(film.message, film.index, poster);
    else
      for (const [id, rows] of [...this.staged])
        this.#setStaged(
          id,
          rows.map((row) => (row.id === film.file ? { ...row, ...poster } : row)),
        );
  }

  // ----- on their way

  async downloadAttachment(id: string, index: number): Promise<void> {
    this.call("downloadAttachment", [id, index]);
    const row = this.#messageWith(id, index);
    const where = this.row(row.conversation);
    if (!row.isOwn && where.kind === "person" && !where.isApproved) fail("notAccepted");
    this.#change(id, index, { state: "downloading", doneBytes: 0, error: null });
    if (this.transfers) void this.#bring(id, index);
  }

  async #bring(id: string, index: number): Promise<void> {
    for (const part of [0.25, 0.75]) {
      await this.pause();
      if (!this.progress(id, index, part)) return;
    }
    await this.pause();
    const file = this.#file(id, index);
    if (file?.state !== "downloading") return;
    const thumbnail = file.kind === "picture" ? `thumbnail-${id}-${index}` : null;
    this.#change(id, index, { state: "local", doneBytes: file.sizeBytes ?? 0, thumbnail });
  }

  /** So much of a file went or came; answers whether it is on its way still. */
  progress(id: string, index: number, part: number): boolean {
    const file = this.#file(id, index);
    if (file === undefined || (file.state !== "downloading" && file.state !== "uploading")) return false;
    const sizeBytes = file.sizeBytes ?? 0;
    const doneBytes = Math.round(sizeBytes * part);
    this.emit({ kind: "transfersChanged", transfers: [{ message: id, index, doneBytes, sizeBytes }] });
    return true;
  }

  /** The files of an own message go up; answers whether all of them arrived. */
  protected async upload(row: MessageRow): Promise<boolean> {
    for (const { index } of row.attachments) {
      if (!this.transfers) return false;
      this.#change(row.id, index, { state: "uploading", doneBytes: 0 });
      await this.pause();
      if (!this.progress(row.id, index, 0.5)) return false;
      await this.pause();
      const file = this.#file(row.id, index);
      if (file?.state !== "uploading") return false;
      this.#change(row.id, index, { state: "uploaded", doneBytes: file.sizeBytes ?? 0 });
    }
    return true;
  }

  async cancelTransfer(id: string, index: number): Promise<void> {
    this.call("cancelTransfer", [id, index]);
    const row = this.#messageWith(id, index);
    const file = this.#file(id, index);
    if (file?.state === "downloading") {
      this.#change(id, index, { state: "remote", doneBytes: 0 });
      return;
    }
    if (file?.state !== "queued" && file?.state !== "uploading") fail("fileGone");
    const error = apiError("transferStopped");
    row.attachments = row.attachments.map((one) => ({ ...one, state: "failed", error }));
    Object.assign(row, { state: "failed", error });
    this.#announce(row);
  }

  async retryAttachment(id: string, index: number): Promise<void> {
    this.call("retryAttachment", [id, index]);
    const row = this.#messageWith(id, index);
    if (row.state !== "failed") return this.downloadAttachment(id, index);
    row.attachments = row.attachments.map((one) => ({ ...one, state: "queued", error: null }));
    Object.assign(row, { state: "queued", error: null });
    this.resend(row);
  }

  /** A message goes out again; who delivers messages does the rest. */
  protected resend(row: MessageRow): void {
    this.#announce(row);
  }

  async saveAttachment(id: string, index: number): Promise<SavedAttachment> {
    this.call("saveAttachment", [id, index]);
    const row = this.#messageWith(id, index);
    const file = this.#file(id, index);
    if (file === undefined || !isHere(file, row)) fail("fileNotHere");
    return { name: file.name ?? "file", folder: "/home/morgane/Downloads", sizeBytes: file.sizeBytes ?? 0 };
  }

  async openAttachment(id: string, index: number): Promise<void> {
    this.call("openAttachment", [id, index]);
    const row = this.#messageWith(id, index);
    const file = this.#file(id, index);
    if (file === undefined || !isHere(file, row)) fail("fileNotHere");
  }

  async copyPicture(id: string, index: number): Promise<void> {
    this.call("copyPicture", [id, index]);
    this.#messageWith(id, index);
  }

  async trustDownloads(id: string, trusted: boolean): Promise<void> {
    this.call("trustDownloads", [id, trusted]);
    this.row(id).autoDownload = trusted;
    this.changed(id);
    if (!trusted) return;
    for (const row of this.messages.get(id) ?? [])
      for (const file of row.attachments)
        if (file.state === "remote") {
          this.#change(row.id, file.index, { state: "downloading" });
          if (this.transfers) void this.#bring(row.id, file.index);
        }
  }

  async gallery(request: GalleryRequest): Promise<GalleryPage> {
    this.call("gallery", request);
    const all: GalleryRow[] = [];
    let next: string | null = null;
    // A page ends at a place of the timeline: its cursors are the same.
    for (const [at, row] of this.store.before(request.conversation, request.cursor, MOST_LOOKED_AT)) {
      if (all.length >= Math.min(request.limit, 100)) return { rows: all, next };
      next = at;
      if (row.body.kind !== "text") continue;
      const head = { message: row.id, author: this.person(row.author), sentAt: row.sentAt };
      const pieces = request.kind === "links" ? linkify(row.body.text) : [];
      const links = pieces.flatMap((piece) => (piece.kind === "link" ? [piece.text] : []));
      if (links.length > 0) all.push({ ...head, file: null, links });
      for (const file of row.attachments)
        if (request.kind === (file.kind === "picture" || file.kind === "video" ? "media" : "files"))
          all.push({ ...head, file: { ...file }, links: [] });
    }
    return { rows: all, next: null };
  }

  // ----- what tests do

  /** A message with files arrives; without words if none are given. */
  receiveFiles(id: string, attachments: AttachmentRow[], text = ""): MessageRow {
    const row = message(this.nextMessage(), id, { text, at: this.now(), unread: true });
    row.attachments = attachments;
    this.push(row);
    this.row(id).unreadCount += 1;
    this.touch(id);
    this.changed(id);
    return row;
  }

  /** A file comes to another state. */
  setFile(id: string, index: number, change: Partial<AttachmentRow> & { state: AttachmentState }): void {
    this.#change(id, index, change);
  }

  /** One of every file, in the first conversation. */
  protected arrangeFiles(): void {
    const id = this.rows[0]?.id ?? fail("conversationNotFound");
    const lines = this.messages.get(id) ?? [];
    for (const { attachments, ...line } of arrangedFiles(this.now())) {
      const row = message(this.nextMessage(), id, line);
      row.attachments = attachments;
      lines.push(row);
    }
    this.touch(id);
  }

  #messageWith(id: string, index: number): MessageRow {
    const row = this.store.find(id) ?? fail("messageNotFound");
    if (!row.attachments.some((file) => file.index === index)) fail("fileGone");
    return row;
  }

  #file(id: string, index: number): AttachmentRow | undefined {
    return this.store.find(id)?.attachments.find((file) => file.index === index);
  }

  #change(id: string, index: number, change: Partial<AttachmentRow>): void {
    const row = this.store.find(id);
    if (row === undefined) return;
    row.attachments = row.attachments.map((file) => (file.index === index ? { ...file, ...change } : file));
    this.#announce(row);
  }

  #announce(row: MessageRow): void {
    this.emit({ kind: "messagesChanged", conversation: row.conversation, ids: { of: "some", ids: [row.id] } });
    this.changed(row.conversation);
  }
}
