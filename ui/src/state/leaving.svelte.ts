import type { ApiError, Backend, DeletionRow } from "../ipc/backend";
import { asApiError } from "../ipc/errors";

/** Log out: this device only, and the account goes on. */
export type LeavingMode = "logOut" | "delete";

/** Leaving the account: what was asked for, how it stands, what came of it. */
export class Leaving {
  deletion = $state.raw<DeletionRow | null>(null);
  mode = $state<LeavingMode>("delete");
  error = $state<ApiError | null>(null);
  isBusy = $state(false);
  /** What came of it waits to be read. */
  readonly isDone = $derived(this.deletion?.state === "done");

  readonly #backend: Backend;
  /** One goes on, or its end was not read yet. */
  #isFollowed = false;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Whether it began; what is wrong stands in `error` else. */
  async start(mode: LeavingMode, password: string | null, fromNetwork: boolean): Promise<boolean> {
    this.mode = mode;
    this.#isFollowed = true;
    const began = await this.#busy(() => this.#backend.deleteAccount({ password, fromNetwork }));
    if (!began) this.#isFollowed = false;
    return began;
  }

  /** Asks how it stands. `isDeleting`: the profile says that one goes on. */
  async follow(isDeleting: boolean): Promise<void> {
    this.#isFollowed ||= isDeleting;
    if (this.#isFollowed) this.deletion = await this.#backend.getDeletion();
  }

  retry(): Promise<boolean> {
    return this.#busy(() => this.#backend.retryDeletion());
  }

  end(): Promise<boolean> {
    return this.#busy(() => this.#backend.endDeletion());
  }

  /** The account stays. */
  async keep(): Promise<void> {
    if (await this.#busy(() => this.#backend.cancelDeletion())) this.close();
  }

  /** What came of it was read. */
  close(): void {
    this.#isFollowed = false;
    this.deletion = null;
    this.error = null;
  }

  async #busy(work: () => Promise<void>): Promise<boolean> {
    this.error = null;
    this.isBusy = true;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.error = asApiError(thrown);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
