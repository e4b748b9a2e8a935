import type {
  ApiError,
  Backend,
  ConversationId,
  ConversationRow,
  FilesCount,
  FilesRequest,
  OldMessagesRequest,
  StorageUsage,
} from "../ipc/backend";
import { asApiError } from "../ipc/errors";

/** What takes up space on this device. */
export class StorageModel {
  usage = $state.raw<StorageUsage | null>(null);
  error = $state.raw<ApiError | null>(null);
  /** The conversations that are told of. */
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

/** How old messages are that go, in days. */
export const OLD_AGES = [7, 30, 180, 365] as const;

const DAY_MS = 86_400_000;

/** What is to go, counted before. */
abstract class ToGo<T> {
  /** `null` while it is counted. */
  count = $state.raw<T | null>(null);
  error = $state.raw<ApiError | null>(null);

  #asked = 0;

  protected abstract counted(): Promise<T>;

  /** Counts anew. */
  async look(): Promise<void> {
    const asked = (this.#asked += 1);
    this.count = null;
    this.error = null;
    try {
      const count = await this.counted();
      if (asked === this.#asked) this.count = count;
    } catch (thrown) {
      if (asked === this.#asked) this.error = asApiError(thrown);
    }
  }
}

/** Files that are to go: which, and how many that are. */
export class FilesToGo extends ToGo<FilesCount> {
  ageDays = $state<number>(AGES[0]);
  overBytes = $state<number>(SIZES[0]);

  readonly #backend: Backend;
  readonly #conversation: ConversationId | null;
  /** Fixed: what was counted is what goes. */
  readonly #now: number;

  constructor(backend: Backend, conversation: ConversationId | null, now: number) {
    super();
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

  protected override counted(): Promise<FilesCount> {
    return this.#backend.countFiles(this.#request());
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

/** Messages of a conversation that are to go, and how many that are. */
export class OldMessages extends ToGo<number> {
  /** As few as can be at first. */
  ageDays = $state<number>(365);

  readonly #backend: Backend;
  readonly #conversation: ConversationId;
  /** Fixed: what was counted is what goes. */
  readonly #now: number;

  constructor(backend: Backend, conversation: ConversationId, now: number) {
    super();
    this.#backend = backend;
    this.#conversation = conversation;
    this.#now = now;
  }

  #request(): OldMessagesRequest {
    return { conversation: this.#conversation, olderThan: this.#now - this.ageDays * DAY_MS };
  }

  protected override counted(): Promise<number> {
    return this.#backend.countOldMessages(this.#request());
  }

  async setAge(days: number): Promise<void> {
    this.ageDays = days;
    await this.look();
  }

  /** Answers how many went. */
  clear(): Promise<number> {
    return this.#backend.clearOldMessages(this.#request());
  }
}
