/** The directory in memory: lists of `name,ID` lines, as the contract says. */

import type {
  BadLineRow,
  DirectoryImport,
  DirectoryPage,
  DirectoryRow,
  ExportDirectoryRequest,
  ListDirectoryRequest,
  MergedCounts,
  RecognisedAddress,
  SavedFile,
  SaveDirectoryEntryRequest,
  WriteDirectoryImportRequest,
} from "../backend";
import { apiError } from "../errors";
import { fail, recognise } from "./input";
import { FakePicture } from "./picture";

const NONE: MergedCounts = { added: 0, changed: 0, kept: 0 };

function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

export class FakeDirectory extends FakePicture {
  directory: DirectoryRow[] = [];
  /** What the next picture holds, as a text. */
  picture: string | null = null;
  /** An import that goes on, until tests let it. */
  holdsImports = false;
  #imports = new Map<string, { state: DirectoryImport; rows: DirectoryRow[] }>();

  async listDirectory(request: ListDirectoryRequest): Promise<DirectoryPage> {
    this.call("listDirectory", request);
    const words = folded(request.search)
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean);
    const fits = (row: DirectoryRow): boolean => {
      const text = ` ${folded(`${row.name ?? ""} ${row.note} ${row.accountId}`)}`;
      return words.every((word) => text.includes(` ${word}`));
    };
    const order = (row: DirectoryRow): string => `${folded(row.name ?? "\u{10ffff}")}${row.accountId}`;
    const rows = this.directory.filter(fits).sort((a, b) => (order(a) < order(b) ? -1 : 1));
    const start = Number(request.cursor ?? 0);
    const end = start + request.limit;
    return { rows: rows.slice(start, end), next: end < rows.length ? String(end) : null, total: rows.length };
  }

  async getDirectoryEntry(accountId: string): Promise<DirectoryRow | null> {
    return this.directory.find((row) => row.accountId === accountId) ?? null;
  }

  async saveDirectoryEntry(request: SaveDirectoryEntryRequest): Promise<DirectoryRow> {
    this.call("saveDirectoryEntry", request);
    const { accountId } = request;
    const row = { accountId, name: request.name.trim() || null, note: request.note.trim(), picture: null };
    this.directory = [...this.directory.filter((other) => other.accountId !== row.accountId), row];
    this.emit({ kind: "directoryChanged" });
    return row;
  }

  async deleteDirectoryEntries(accountIds: string[]): Promise<number> {
    this.call("deleteDirectoryEntries", accountIds);
    const before = this.directory.length;
    this.directory = this.directory.filter((row) => !accountIds.includes(row.accountId));
    this.emit({ kind: "directoryChanged" });
    return before - this.directory.length;
  }

  async setDirectoryNickname(accountId: string): Promise<void> {
    this.call("setDirectoryNickname", accountId);
    const entry = this.directory.find((row) => row.accountId === accountId);
    if (entry?.name == null) fail("directoryEntryNotFound");
    const row = this.rows.find((candidate) => candidate.accountId === accountId);
    if (row === undefined) return;
    row.name = entry.name;
    this.changed(row.id);
  }

  async startDirectoryImport(list: Uint8Array): Promise<string> {
    this.call("startDirectoryImport", null);
    const job = this.nextJob();
    const { rows, bad, duplicates } = this.#read(new TextDecoder().decode(list));
    const known = (row: DirectoryRow): boolean => this.directory.some((old) => old.accountId === row.accountId);
    const counts = { added: rows.filter((row) => !known(row)).length, changed: 0, kept: rows.filter(known).length };
    const state: DirectoryImport = {
      stage: { kind: "ready" },
      done: rows.length,
      total: rows.length,
      format: "table",
      entries: rows.length,
      duplicates,
      keeping: counts,
      replacing: counts,
      written: NONE,
      preview: rows.slice(0, 50),
      badLines: bad,
      badCount: bad.length,
    };
    if (this.holdsImports) state.stage = { kind: "reading" };
    this.#imports.set(job, { state, rows });
    this.#announce(job, state);
    return job;
  }

  protected directoryName(accountId: string): string | null {
    return this.directory.find((entry) => entry.accountId === accountId)?.name ?? null;
  }

  async startDroppedImport(files: number): Promise<string> {
    this.call("startDroppedImport", files);
    return this.startDirectoryImport(new Uint8Array(await this.takeDropped(files).arrayBuffer()));
  }

  #read(text: string): { rows: DirectoryRow[]; bad: BadLineRow[]; duplicates: number } {
    const rows: DirectoryRow[] = [];
    const bad: BadLineRow[] = [];
    let duplicates = 0;
    for (const [at, line] of text.split("\n").entries()) {
      if (line.trim() === "") continue;
      const accountId = /05[0-9a-f]{64}/u.exec(line)?.[0];
      const [name = "", note = ""] = line.split(",").filter((cell) => !cell.includes(accountId ?? "\n"));
      if (accountId === undefined)
        bad.push({ line: at + 1, reason: apiError("notAnAccountId"), excerpt: line.slice(0, 80) });
      else if (rows.some((row) => row.accountId === accountId)) duplicates += 1;
      else rows.push({ accountId, name: name.trim() || null, note: note.trim(), picture: null });
    }
    return { rows, bad, duplicates };
  }

  async getDirectoryImport(job: string): Promise<DirectoryImport> {
    return { ...(this.#imports.get(job)?.state ?? fail("directoryImportNotFound")) };
  }

  async writeDirectoryImport({ job }: WriteDirectoryImportRequest): Promise<void> {
    this.call("writeDirectoryImport", job);
    const { state, rows } = this.#imports.get(job) ?? fail("directoryImportNotFound");
    if (this.holdsImports) {
      state.stage = { kind: "writing" };
      this.#announce(job, state);
      return;
    }
    const known = new Set(this.directory.map((row) => row.accountId));
    this.directory.push(...rows.filter((row) => !known.has(row.accountId)));
    state.stage = { kind: "done" };
    state.written = state.keeping;
    this.#announce(job, state);
    this.emit({ kind: "directoryChanged" });
  }

  async discardDirectoryImport(job: string): Promise<void> {
    this.call("discardDirectoryImport", job);
    this.#imports.delete(job);
  }

  /** What a test lets happen to an import that goes on. */
  moveImport(job: string, change: Partial<DirectoryImport>): void {
    const found = this.#imports.get(job);
    if (found === undefined) return;
    Object.assign(found.state, change);
    this.#announce(job, found.state);
  }

  #announce(job: string, state: DirectoryImport): void {
    const isRunning = state.stage.kind === "reading" || state.stage.kind === "writing";
    this.emit({
      kind: "jobProgress",
      job,
      done: state.done,
      total: state.total,
      state: isRunning ? { kind: "running" } : { kind: "done", needsName: false, continues: false },
    });
  }

  async saveDirectoryExport(request: ExportDirectoryRequest): Promise<SavedFile> {
    this.call("saveDirectoryExport", request);
    return { name: `${request.title}.${request.format === "csv" ? "csv" : "html"}`, folder: "/home/alice/Downloads" };
  }

  async readQrFile(): Promise<RecognisedAddress> {
    this.call("readQrFile", null);
    if (this.picture === null) return { kind: "error", error: apiError("qrNotFound") };
    return recognise(this.picture, this.rows);
  }

  async readQrClipboard(): Promise<RecognisedAddress> {
    this.call("readQrClipboard", null);
    if (this.picture === null) fail("clipboardWithoutPicture");
    return recognise(this.picture, this.rows);
  }

  async saveOwnQr(title: string): Promise<SavedFile> {
    this.call("saveOwnQr", title);
    return { name: `${title}.png`, folder: "/home/alice/Downloads" };
  }
}
