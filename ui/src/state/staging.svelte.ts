import type {
  ApiError,
  Backend,
  ConversationId,
  ErrorCode,
  StagedDrop,
  StagedFileId,
  StagedFileRow,
} from "../ipc/backend";
import { apiError, AppError, asApiError } from "../ipc/errors";
import { MOST_FILES } from "../lib/files";

/** What the program takes of a file, in bytes; of a picture before it is made ready. */
const MOST_BYTES = 10_000_000;
const MOST_PICTURE_BYTES = 50_000_000;

/** Pictures that cannot be made ready can go as they are. */
const ONLY_WHOLE: ReadonlySet<ErrorCode> = new Set(["pictureUnknown", "pictureDamaged", "pictureTooManyPixels"]);

/** What a file was chosen from: the page has it, or it lies where it was dropped from. */
export type Origin = { kind: "file"; file: File } | { kind: "dropped"; name: string; files: number; index: number };

/** A file that was not taken, and why. `from`: it can be taken as it is. */
export type Refused = { name: string; error: ApiError; from: Origin | null };

/** How a file was chosen: from what, and whether it goes as it is. */
type Choice = { from: Origin; asItIs: boolean };

function nameOf(from: Origin): string {
  return from.kind === "file" ? from.file.name : from.name;
}

/** Whether a file that was refused can go as it is. */
function maybeWhole(from: Origin, error: ApiError, asItIs: boolean): Origin | null {
  return !asItIs && ONLY_WHOLE.has(error.code) ? from : null;
}

/** The files that were chosen for the next message of a conversation. They stand in its draft. */
export class Staging {
  readonly conversation: ConversationId;
  files = $state.raw<readonly StagedFileRow[]>([]);
  refused = $state.raw<readonly Refused[]>([]);
  /** Files that are being taken in. */
  busy = $state(0);
  /** Of files that were chosen in this run, and whose source is at hand. */
  #origins = $state.raw<ReadonlyMap<StagedFileId, Choice>>(new Map());
  /** More than go at once. */
  readonly areTooMany = $derived(this.files.length > MOST_FILES);
  readonly isEmpty = $derived(this.files.length === 0 && this.busy === 0);
  /** What was chosen can go. */
  readonly isReady = $derived(this.busy === 0 && !this.areTooMany);

  readonly #backend: Backend;
  /** A recording stands in the draft, too. */
  readonly #onVoice: (file: StagedFileRow) => void;
  /** One file after the other: two large ones are never held at once. */
  #turn: Promise<unknown> = Promise.resolve();
  /** How often the files were changed here. */
  #changes = 0;

  constructor(
    backend: Backend,
    conversation: ConversationId,
    onVoice: (file: StagedFileRow) => void = () => undefined,
  ) {
    this.#backend = backend;
    this.conversation = conversation;
    this.#onVoice = onVoice;
  }

  /** Asks for what stands in the draft: from an earlier run, or taken back. */
  async load(): Promise<void> {
    const change = this.#changes;
    const files = await this.#backend.listStagedFiles(this.conversation);
    // They may have gone with a message meanwhile.
    if (change !== this.#changes) return;
    this.files = files.filter((file) => file.kind !== "voice");
    const spoken = files.find((file) => file.kind === "voice");
    if (spoken !== undefined) this.#onVoice(spoken);
  }

  /** What was asked of the draft before this is old. */
  outdate(): void {
    this.#changes += 1;
  }

  /** Takes files in. `asItIs`: pictures keep their metadata. */
  add(files: readonly File[], asItIs = false): Promise<void> {
    return this.#addAll(
      files.map((file) => ({ kind: "file", file })),
      asItIs,
    );
  }

  /** Takes in as it is what could not be made ready. */
  addWhole(from: Origin): Promise<void> {
    return this.#addAll([from], true);
  }

  #addAll(files: readonly Origin[], asItIs: boolean): Promise<void> {
    this.refused = [];
    this.busy += files.length;
    return this.#next(async () => {
      for (const from of files) {
        await this.#take(from, asItIs);
        this.busy -= 1;
      }
    });
  }

  /** Takes files in that were dropped. */
  addDropped(number: number, asItIs: boolean): Promise<void> {
    this.refused = [];
    this.busy += 1;
    return this.#next(async () => {
      try {
        this.#taken(number, await this.#backend.stageDroppedFiles(number, this.conversation, asItIs), asItIs);
      } catch (thrown) {
        this.#refuse("", asApiError(thrown));
      }
      this.busy -= 1;
    });
  }

  #next(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn;
    return turn;
  }

  #taken(files: number, { staged, refused }: StagedDrop, asItIs: boolean): void {
    this.#changes += 1;
    this.files = [...this.files, ...staged];
    const missed = new Set(refused.map(({ index }) => index));
    const origins = new Map(this.#origins);
    let index = -1;
    for (const { id, name } of staged) {
      do index += 1;
      while (missed.has(index));
      origins.set(id, { from: { kind: "dropped", name: name ?? "", files, index }, asItIs });
    }
    this.#origins = origins;
    for (const { name, error, index: at } of refused)
      this.#refuse(name, error, maybeWhole({ kind: "dropped", name, files, index: at }, error, asItIs));
  }

  async #take(from: Origin, asItIs: boolean): Promise<void> {
    const row = await this.#stage(from, asItIs);
    if (row === null) return;
    this.#changes += 1;
    this.files = [...this.files, row];
  }

  async #stage(from: Origin, asItIs: boolean, others = this.files.length): Promise<StagedFileRow | null> {
    try {
      if (others >= MOST_FILES) throw new AppError(apiError("tooManyFiles", { limit: String(MOST_FILES) }));
      const row =
        from.kind === "file"
          ? await this.#give(from.file, asItIs)
          : await this.#backend.stageDroppedFile(from.files, from.index, this.conversation, asItIs);
      this.#origins = new Map(this.#origins).set(row.id, { from, asItIs });
      return row;
    } catch (thrown) {
      const error = asApiError(thrown);
      this.#refuse(nameOf(from), error, maybeWhole(from, error, asItIs));
      return null;
    }
  }

  async #give(file: File, asItIs: boolean): Promise<StagedFileRow> {
    const most = file.type.startsWith("image/") && !asItIs ? MOST_PICTURE_BYTES : MOST_BYTES;
    // Before it is read: it may not fit into memory.
    if (file.size > most) throw new AppError(apiError("fileTooLarge", { limit: String(most) }));
    return this.#backend.stageFile({ conversation: this.conversation, name: file.name, asItIs }, file);
  }

  #refuse(name: string, error: ApiError, from: Origin | null = null): void {
    this.refused = [...this.refused, { name, error, from }];
  }

  /** The words about what was not taken were read. */
  forgetRefused(): void {
    this.refused = [];
  }

  /** Gives a file up. */
  async remove(id: StagedFileId): Promise<void> {
    this.#changes += 1;
    this.files = this.files.filter((file) => file.id !== id);
    this.refused = [];
    try {
      await this.#backend.discardStagedFile(id, this.conversation);
    } catch {
      // It stands in the draft still.
      await this.load().catch(() => undefined);
    }
  }

  /** Whether a picture can still be chosen to go the other way. */
  maySendWhole({ id, kind }: Pick<StagedFileRow, "id" | "kind">): boolean {
    return kind === "picture" && this.#origins.has(id);
  }

  /** Whether a picture goes as it is, with its metadata: chosen so in this run or an earlier one. */
  isWhole({ kind, asItIs }: Pick<StagedFileRow, "kind" | "asItIs">): boolean {
    return kind === "picture" && asItIs;
  }

  /** Whether a file says where and with what it was taken: a kind of picture that is no picture here always does. */
  keepsMetadata(file: Pick<StagedFileRow, "kind" | "contentType" | "asItIs">): boolean {
    return this.isWhole(file) || (file.kind === "file" && file.contentType.startsWith("image/"));
  }

  /** Takes a picture in again: with its metadata, or made ready. */
  sendWhole(id: StagedFileId, asItIs: boolean): Promise<void> {
    const origin = this.#origins.get(id);
    if (origin === undefined || origin.asItIs === asItIs) return Promise.resolve();
    this.refused = [];
    this.busy += 1;
    return this.#next(async () => {
      const row = await this.#stage(origin.from, asItIs, this.files.length - 1);
      if (row !== null) {
        // It may have been given up meanwhile.
        const isStill = this.files.some((file) => file.id === id);
        this.#changes += 1;
        this.files = this.files.map((file) => (file.id === id ? row : file));
        await this.#backend.discardStagedFile(isStill ? id : row.id, this.conversation).catch(() => undefined);
      }
      this.busy -= 1;
    });
  }

  /** The files go with a message: none is left. */
  take(): readonly StagedFileRow[] {
    const { files } = this;
    this.#changes += 1;
    this.files = [];
    this.refused = [];
    return files;
  }

  /** The message was not written down: its files come back. */
  async giveBack(files: readonly StagedFileRow[]): Promise<void> {
    if (files.length === 0) return;
    this.files = [...files, ...this.files];
    // One of them may be gone.
    await this.load().catch(() => undefined);
  }
}
