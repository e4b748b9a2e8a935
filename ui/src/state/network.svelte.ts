import type {
  AppEvent,
  Backend,
  Connectivity,
  ConnectionTest,
  GroupSyncRow,
  MessageRow,
  OutboxItem,
} from "../ipc/backend";
import { asApiError } from "../ipc/errors";

/** What the window knows about the network, the queue and what failed. */
export class NetworkModel {
  connectivity = $state<Connectivity | null>(null);
  outbox = $state<OutboxItem[]>([]);
  failed = $state<MessageRow[]>([]);
  /** How the groups stand with their swarms. */
  groups = $state.raw<GroupSyncRow[]>([]);
  test = $state<ConnectionTest | "running" | null>(null);
  /** Set while the path page is open: only then the lists are asked for. */
  isWatched = false;

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async refresh(): Promise<void> {
    this.connectivity = await this.#backend.getConnectivity();
    if (this.isWatched) await this.refreshLists();
  }

  async refreshLists(): Promise<void> {
    const [outbox, failed, groups] = await Promise.all([
      this.#backend.listOutbox(),
      this.#backend.listFailedMessages(),
      this.#backend.listGroupSync(),
    ]);
    this.outbox = outbox;
    this.failed = failed;
    this.groups = groups;
  }

  async apply(event: AppEvent): Promise<void> {
    if (event.kind === "connectivityChanged" || event.kind === "resync") await this.refresh();
    else if ((event.kind === "messagesChanged" || event.kind === "groupsChanged") && this.isWatched)
      await this.refreshLists();
  }

  newPath(): Promise<void> {
    return this.#backend.rotatePaths();
  }

  async sendNow(): Promise<void> {
    await this.#backend.sendNow();
    await this.refreshLists();
  }

  async retry(id: string): Promise<void> {
    await this.#backend.retryMessage(id);
    await this.refreshLists();
  }

  async retryAll(): Promise<number> {
    const count = await this.#backend.retryAllFailed();
    await this.refreshLists();
    return count;
  }

  async testConnection(): Promise<void> {
    this.test = "running";
    try {
      this.test = await this.#backend.testConnection();
    } catch (thrown) {
      this.test = { ok: false, roundTripMs: null, error: asApiError(thrown) };
    }
  }
}
