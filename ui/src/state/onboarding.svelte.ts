import type { ApiError, Backend, JobState, PhraseCheck } from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import type { EventStream } from "../ipc/events";
import type { Session } from "./session.svelte";

/** Pages of the first start. */
export type Step = "welcome" | "create" | "restore" | "restoring" | "name" | "protect";

/** The network has this long to answer before the person may go on. */
const PATIENCE_MS = 15_000;

export class Onboarding {
  step = $state<Step>("welcome");
  /** Restoring goes on behind the main window. */
  continues = $state(false);
  progress = $state<{ done: number; total: number | null }>({ done: 0, total: null });
  error = $state<ApiError | null>(null);
  mayGoOn = $state(false);
  isBusy = $state(false);
  /** The account was made in this run: going back may discard it. */
  wasCreated = $state(false);

  readonly #backend: Backend;
  readonly #session: Session;
  #job: string | null = null;
  /** Progress may arrive before the answer that names the job. */
  #early = new Map<string, { done: number; total: number | null; state: JobState }>();
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: Backend, session: Session, events: EventStream) {
    this.#backend = backend;
    this.#session = session;
    events.on((event) => {
      if (event.kind !== "jobProgress") return;
      if (event.job === this.#job) return this.#advance(event);
      this.#early.set(event.job, event);
    });
  }

  /** The page that a profile opened half-way through needs. */
  resume(): void {
    const account = this.#session.account;
    if (account === null) this.step = "welcome";
    else if (account.displayName === "") this.step = "name";
    else if (!account.protectionAsked) this.step = "protect";
  }

  /** A name that arrives while one is asked for is the account's. */
  noticeAccount(): void {
    const name = this.#session.account?.displayName ?? "";
    if (this.step === "name" && name !== "") this.step = "protect";
  }

  go(step: Step): void {
    this.error = null;
    this.step = step;
  }

  async create(displayName: string): Promise<void> {
    await this.#busy(async () => {
      this.#session.take(await this.#backend.createAccount({ displayName }));
      this.wasCreated = true;
      this.step = "protect";
    });
  }

  /** Forgets the account just made. Asked for in a dialog before. */
  async discard(): Promise<void> {
    await this.#busy(async () => {
      await this.#backend.discardAccount();
      this.wasCreated = false;
      await this.#session.refresh();
      this.step = "welcome";
    });
  }

  checkPhrase(phrase: string): Promise<PhraseCheck> {
    return this.#backend.checkPhrase(phrase);
  }

  async restore(phrase: string): Promise<void> {
    this.progress = { done: 0, total: null };
    this.mayGoOn = false;
    this.continues = false;
    this.#early.clear();
    await this.#busy(async () => {
      this.#job = await this.#backend.startRestore({ phrase, displayName: null });
      this.step = "restoring";
      this.#patience = setTimeout(() => (this.mayGoOn = true), PATIENCE_MS);
      const early = this.#early.get(this.#job);
      if (early !== undefined) await this.#advance(early);
    });
  }

  async #advance(event: { done: number; total: number | null; state: JobState }): Promise<void> {
    this.progress = { done: event.done, total: event.total };
    switch (event.state.kind) {
      case "running":
        return;
      case "failed":
        this.#endJob();
        this.error = event.state.error;
        return;
      case "done":
        this.#endJob();
        this.continues = event.state.continues;
        await this.#restored(event.state.needsName);
    }
  }

  #endJob(): void {
    clearTimeout(this.#patience);
    this.#job = null;
  }

  async #restored(needsName: boolean): Promise<void> {
    await this.#session.refresh();
    this.step = needsName || this.#session.account?.displayName === "" ? "name" : "protect";
  }

  /** The network did not answer in time: restoring goes on in the background. */
  async goOn(): Promise<void> {
    this.#endJob();
    this.continues = true;
    await this.#busy(() => this.#restored(false));
  }

  async cancelRestore(): Promise<void> {
    const job = this.#job;
    this.#endJob();
    if (job !== null) await this.#backend.cancelJob(job).catch(() => undefined);
    this.error = null;
    this.step = "restore";
  }

  async setName(name: string): Promise<void> {
    await this.#busy(async () => {
      this.#session.account = await this.#backend.setDisplayName(name);
      this.step = "protect";
    });
  }

  /** Ends the first start, with a password or (null) without. */
  async protect(password: string | null): Promise<void> {
    await this.#busy(async () => {
      if (password !== null) await this.#backend.setPassword({ current: null, new: password });
      await this.#backend.setProtectionAsked();
      this.wasCreated = false;
      await this.#session.refresh();
    });
  }

  async #busy(work: () => Promise<void>): Promise<void> {
    if (this.isBusy) return;
    this.error = null;
    this.isBusy = true;
    try {
      await work();
    } catch (thrown) {
      this.error = asApiError(thrown);
    } finally {
      this.isBusy = false;
    }
  }
}
