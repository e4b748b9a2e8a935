import type {
  ApiError,
  AppEvent,
  Backend,
  DirectoryFormat,
  DirectoryImport,
  DirectoryPage,
  DirectoryRow,
  JobId,
  SavedFile,
} from "../ipc/backend";
import { asApiError } from "../ipc/errors";

const PAGE = 100;

/** The directory of this device: a searched, paged list, what is chosen in it, and an import. */
export class DirectoryModel {
  rows = $state.raw<DirectoryRow[]>([]);
  total = $state(0);
  search = $state("");
  status = $state<"loading" | "ready">("loading");
  error = $state<ApiError | null>(null);
  /** Account IDs chosen for export or deletion. */
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  /** The list that is looked at or written. */
  import = $state.raw<DirectoryImport | null>(null);

  readonly #backend: Backend;
  #next: string | null = null;
  #asked = 0;
  #isLoadingMore = false;
  #job: JobId | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Asks for as many rows as are shown, at least one page. What goes wrong is shown in place of the list. */
  async refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    try {
      await this.#load(asked);
    } catch (thrown) {
      if (asked === this.#asked) this.error = asApiError(thrown);
    }
  }

  async #load(asked: number): Promise<void> {
    const wanted = Math.max(this.rows.length, PAGE);
    const rows: DirectoryRow[] = [];
    let cursor: string | null = null;
    do {
      const page: DirectoryPage = await this.#backend.listDirectory({ cursor, limit: PAGE, search: this.search });
      if (asked !== this.#asked) return;
      rows.push(...page.rows);
      cursor = page.next;
      this.total = page.total;
    } while (cursor !== null && rows.length < wanted);
    this.#next = cursor;
    this.rows = rows;
    this.status = "ready";
    this.error = null;
  }

  async loadMore(): Promise<void> {
    const cursor = this.#next;
    if (cursor === null || this.#isLoadingMore) return;
    this.#isLoadingMore = true;
    const asked = this.#asked;
    try {
      const page = await this.#backend.listDirectory({ cursor, limit: PAGE, search: this.search });
      if (asked !== this.#asked) return;
      this.rows = [...this.rows, ...page.rows];
      this.#next = page.next;
    } finally {
      this.#isLoadingMore = false;
    }
  }

  async setSearch(search: string): Promise<void> {
    this.search = search;
    this.rows = [];
    await this.refresh();
  }

  choose(accountId: string, isChosen: boolean): void {
    const chosen = new Set(this.chosen);
    if (isChosen) chosen.add(accountId);
    else chosen.delete(accountId);
    this.chosen = chosen;
  }

  async remove(accountIds: string[]): Promise<void> {
    await this.#backend.deleteDirectoryEntries(accountIds);
    this.chosen = new Set([...this.chosen].filter((id) => !accountIds.includes(id)));
  }

  /** Reads a list; nothing is written yet. */
  read(list: Uint8Array): Promise<void> {
    return this.#begin(() => this.#backend.startDirectoryImport(list));
  }

  /** The same with a file that was dropped. */
  readDropped(files: number): Promise<void> {
    return this.#begin(() => this.#backend.startDroppedImport(files));
  }

  async #begin(start: () => Promise<JobId>): Promise<void> {
    await this.giveUp();
    this.#job = await start();
    await this.#follow();
  }

  /** Writes the list that was read. */
  async write(replaces: boolean): Promise<void> {
    if (this.#job === null) return;
    await this.#backend.writeDirectoryImport({ job: this.#job, replaces });
    await this.#follow();
  }

  /** Stops reading or writing; what was written stays. */
  async stop(): Promise<void> {
    if (this.#job !== null) await this.#backend.cancelJob(this.#job);
  }

  /** Forgets the list. */
  async giveUp(): Promise<void> {
    const job = this.#job;
    this.#job = null;
    this.import = null;
    if (job !== null) await this.#backend.discardDirectoryImport(job);
  }

  async export(
    format: DirectoryFormat,
    texts: { language: string; title: string; warning: string },
  ): Promise<SavedFile> {
    const accounts = this.chosen.size > 0 ? [...this.chosen] : null;
    return this.#backend.saveDirectoryExport({ accounts, format, ...texts });
  }

  async apply(event: AppEvent, isShown: boolean): Promise<void> {
    if (event.kind === "jobProgress" && event.job === this.#job) await this.#follow();
    if (isShown && (event.kind === "directoryChanged" || event.kind === "resync")) await this.refresh();
  }

  async #follow(): Promise<void> {
    const job = this.#job;
    if (job === null) return;
    const found = await this.#backend.getDirectoryImport(job);
    if (job === this.#job) this.import = found;
  }

  /** A locked profile: nothing of it stays in the window. */
  forget(): void {
    this.#asked += 1;
    this.#job = null;
    this.#next = null;
    this.import = null;
    this.rows = [];
    this.total = 0;
    this.search = "";
    this.chosen = new Set();
    this.status = "loading";
    this.error = null;
  }
}
