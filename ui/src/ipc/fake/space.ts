/** What takes up space in memory, a conversation as files, a text to several. */

import type {
  AttachmentRow,
  ExportConversationRequest,
  ExportRow,
  FilesCount,
  FilesRequest,
  Forwarded,
  MessageRow,
  OldMessagesRequest,
  RefusedForward,
  StorageUsage,
} from "../backend";
import { apiError } from "../errors";
import { isHere, isMoving } from "../../lib/files";
import { message } from "./seed";
import { FakeVoice } from "./voice";

const MOST_CONVERSATIONS = 100;

type Held = { row: MessageRow; file: AttachmentRow };

export class FakeSpace extends FakeVoice {
  /** An export that goes on, until tests let it end. */
  holdsExports = false;
  #export: { job: string; row: ExportRow; title: string } | null = null;

  // ----- space

  async storageUsage(): Promise<StorageUsage> {
    this.call("storageUsage", null);
    await this.pause();
    const held = this.#held();
    const kinds = [...new Set(held.map(({ file }) => file.kind))];
    const conversations = [...this.messages].filter(([, rows]) => rows.length > 0);
    return {
      databaseBytes: 48_300_000,
      freeBytes: 1_200_000,
      indexBytes: 9_800_000,
      backups: 2,
      backupBytes: 75_000_000,
      thumbnailBytes: held.length * 24_000,
      portraitBytes: 310_000,
      waitingBytes: 0,
      kinds: kinds.map((kind) => ({ kind, ...this.#count(held.filter(({ file }) => file.kind === kind)) })),
      conversations: conversations
        .map(([conversation, { length }]) => {
          const there = held.filter(({ row }) => row.conversation === conversation);
          return { conversation, messages: length, ...this.#count(there) };
        })
        .sort((a, b) => b.bytes - a.bytes || b.messages - a.messages)
        .slice(0, MOST_CONVERSATIONS),
    };
  }

  async countFiles(request: FilesRequest): Promise<FilesCount> {
    this.call("countFiles", request);
    return this.#count(this.#fitting(request));
  }

  async deleteFiles(request: FilesRequest): Promise<FilesCount> {
    this.call("deleteFiles", request);
    const gone = this.#fitting(request);
    const count = this.#count(gone);
    for (const { row, file } of gone) this.setFile(row.id, file.index, { state: "remote", doneBytes: 0 });
    return count;
  }

  async countOldMessages(request: OldMessagesRequest): Promise<number> {
    this.call("countOldMessages", request);
    return this.#old(request).length;
  }

  async clearOldMessages(request: OldMessagesRequest): Promise<number> {
    this.call("clearOldMessages", request);
    const gone = this.#old(request);
    this.removeMessages(gone.map((row) => row.id));
    return gone.length;
  }

  #old({ conversation, olderThan }: OldMessagesRequest): MessageRow[] {
    this.row(conversation);
    const rows = this.messages.get(conversation) ?? [];
    const waits = ({ state }: MessageRow): boolean => state === "queued" || state === "sending" || state === "failed";
    return rows.filter((row) => row.sentAt < olderThan && !waits(row));
  }

  #held(): Held[] {
    const rows = [...this.messages.values()].flat();
    return rows.flatMap((row) => row.attachments.filter((file) => isHere(file, row)).map((file) => ({ row, file })));
  }

  #fitting({ conversation, olderThan, largerThanBytes }: FilesRequest): Held[] {
    return this.#held().filter(
      ({ row, file }) =>
        !isMoving(file) &&
        file.state !== "failed" &&
        (conversation === null || row.conversation === conversation) &&
        (olderThan === null || row.sentAt < olderThan) &&
        (largerThanBytes === null || (file.sizeBytes ?? 0) > largerThanBytes),
    );
  }

  #count(held: readonly Held[]): FilesCount {
    return { files: held.length, bytes: held.reduce((sum, { file }) => sum + (file.sizeBytes ?? 0), 0) };
  }

  // ----- export

  async startExport(request: ExportConversationRequest): Promise<string> {
    this.call("startExport", request);
    this.row(request.conversation);
    const rows = this.messages.get(request.conversation) ?? [];
    const files = rows.flatMap((row) => row.attachments.map((file) => isHere(file, row)));
    const row: ExportRow = {
      stage: { kind: "running" },
      done: 0,
      total: rows.length,
      files: files.filter(Boolean).length,
      missing: files.filter((here) => !here).length,
      leftOut: rows.filter((line) => line.disappears !== null).length,
    };
    const job = this.nextJob();
    this.#export = { job, row, title: request.words.title };
    if (!this.holdsExports) void this.#write(job);
    return job;
  }

  async #write(job: string): Promise<void> {
    await this.pause();
    this.progressExport(0.5);
    await this.pause();
    if (this.#export?.job === job && this.#export.row.stage.kind === "running") this.finishExport();
  }

  /** All of it is written. */
  finishExport(): void {
    if (this.#export === null) return;
    const saved = { name: `${this.#export.title} 2026-11-21`, folder: "/home/morgane/Downloads" };
    this.#setExport({ done: this.#export.row.total, stage: { kind: "done", saved } });
  }

  /** So much of it is written. */
  progressExport(part: number): void {
    if (this.#export === null) return;
    this.#setExport({ done: Math.round(this.#export.row.total * part) });
  }

  /** It could not go on. */
  failExport(): void {
    this.#setExport({ stage: { kind: "failed", error: apiError("diskFull") } });
  }

  #setExport(change: Partial<ExportRow>): void {
    if (this.#export === null) return;
    const { job } = this.#export;
    const row = { ...this.#export.row, ...change };
    this.#export = { ...this.#export, row };
    const { done, total } = row;
    const isRunning = row.stage.kind === "running";
    const state = isRunning
      ? ({ kind: "running" } as const)
      : ({ kind: "done", needsName: false, continues: false } as const);
    this.emit({ kind: "jobProgress", job, done, total, state });
  }

  async getExport(job: string): Promise<ExportRow | null> {
    return this.#export?.job === job ? structuredClone(this.#export.row) : null;
  }

  override async cancelJob(job: string): Promise<void> {
    if (this.#export?.job !== job) return super.cancelJob(job);
    this.call("cancelJob", job);
    this.#setExport({ stage: { kind: "stopped" } });
  }

  // ----- a text to several

  async shareText(text: string, to: string[]): Promise<Forwarded> {
    this.call("shareText", [text, to]);
    const refused: RefusedForward[] = [];
    for (const id of to) {
      const where = this.row(id);
      if (where.isBlocked) refused.push({ conversation: id, sent: 0, error: apiError("blocked") });
      else {
        this.push(message(this.nextMessage(), id, { text, at: this.now(), own: "sent" }));
        this.touch(id);
        this.changed(id);
      }
    }
    return { sent: to.length - refused.length, refused };
  }
}
