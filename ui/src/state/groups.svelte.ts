import type { AppEvent, Backend, KeptGroupRow } from "../ipc/backend";

/** Communities and groups of the old kind, which are kept and cannot be opened. */
export class KeptGroups {
  rows = $state.raw<KeptGroupRow[]>([]);
  /** Whether their part of the list is unfolded. */
  isOpen = $state(false);

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async refresh(): Promise<void> {
    this.rows = await this.#backend.listKeptGroups();
  }

  async apply(event: AppEvent): Promise<void> {
    if (event.kind === "resync" || event.kind === "groupsChanged") await this.refresh();
  }

  /** Nothing of them stays in the window. */
  forget(): void {
    this.rows = [];
    this.isOpen = false;
  }
}
