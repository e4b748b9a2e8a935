import type {
  ApiError,
  Backend,
  ConversationId,
  ConversationRow,
  FilesCount,
  FilesRequest,
  StorageUsage,
} from "../ipc/backend";
import { asApiError } from "../ipc/errors";

/** What takes up space on this device. */
export class StorageModel {
  usage = $state.raw<StorageUsage | null>(null);
  error = $state.raw<ApiError | null>(null);
  /** The conversations whose files are told of. */
  rows = $state.raw<ReadonlyMap<ConversationId, ConversationRow>>(new Map());
  /** All of it. */
  readonly totalBytes = $derived(this.usage === null ? 0 : total(this.usage));

  readonly #backend: Backend;
  #asked = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    try {
      const usage = await this.#backend.storageUsage();
      const rows = await this.#backend.getConversations(usage.conversations.map((one) => one.conversation));
      if (asked !== this.#asked) return;
      this.rows = new Map(rows.map((row) => [row.id, row]));
      this.usage = usage;
      this.error = null;
    } catch (thrown) {
      if (asked === this.#asked) this.error = asApiError(thrown);
    }
  }
}

function total(usage: StorageUsage): number {
  const { databaseBytes, backupBytes, thumbnailBytes, portraitBytes, waitingBytes, kinds } = usage;
  const files = kinds.reduce((sum, { bytes }) => sum + bytes, 0);
  return databaseBytes + backupBytes + thumbnailBytes + portraitBytes + waitingBytes + files;
}

/** How old files are that go, in days; 0: any. */
export const AGES = [0, 30, 180, 365] as const;
/** Over how many bytes files are that go; 0: any. */
export const SIZES = [0, 1_000_000, 5_000_000] as const;

const DAY_MS = 86_400_000;

/** Files that are to go: which, and how many that are. */
export class FilesToGo {
  ageDays = $state<number>(AGES[0]);
  overBytes = $state<number>(SIZES[0]);
  /** `null` while it is counted. */
  count = $state.raw<FilesCount | null>(null);
  error = $state.raw<ApiError | null>(null);

  readonly #backend: Backend;
  readonly #conversation: ConversationId | null;
  /** Fixed: what was counted is what goes. */
  readonly #now: number;
  #asked = 0;

  constructor(backend: Backend, conversation: ConversationId | null, now: number) {
    this.#backend = backend;
    this.#conversation = conversation;
    this.#now = now;
  }

  #request(): FilesRequest {
    return {
      conversation: this.#conversation,
      olderThan: this.ageDays === 0 ? null : this.#now - this.ageDays * DAY_MS,
      largerThanBytes: this.overBytes === 0 ? null : this.overBytes,
    };
  }

  /** Counts anew. */
  async look(): Promise<void> {
    const asked = (this.#asked += 1);
    this.count = null;
    this.error = null;
    try {
      const count = await this.#backend.countFiles(this.#request());
      if (asked === this.#asked) this.count = count;
    } catch (thrown) {
      if (asked === this.#asked) this.error = asApiError(thrown);
    }
  }

  async setAge(days: number): Promise<void> {
    this.ageDays = days;
    await this.look();
  }

  async setSize(bytes: number): Promise<void> {
    this.overBytes = bytes;
    await this.look();
  }

  /** Answers what went. */
  remove(): Promise<FilesCount> {
    return this.#backend.deleteFiles(this.#request());
  }
}
