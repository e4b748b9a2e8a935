import type { AccountRow, Backend, BootState, DemoContact, Stage } from "../ipc/backend";
import type { SettingsModel } from "./settings.svelte";

/** Which of the big screens the window shows. */
export type Screen = "loading" | "firstStart" | "locked" | "damaged" | "broken" | "deleting" | "main";

export class Session {
  stage = $state<Stage | null>(null);
  account = $state<AccountRow | null>(null);
  version = $state("");
  network = $state("");
  demoContact = $state<DemoContact | null>(null);
  readonly screen: Screen = $derived(this.#screen());

  readonly #backend: Backend;
  readonly #settings: SettingsModel;

  constructor(backend: Backend, settings: SettingsModel) {
    this.#backend = backend;
    this.#settings = settings;
  }

  #screen(): Screen {
    switch (this.stage?.kind) {
      case undefined:
        return "loading";
      case "noAccount":
        return "firstStart";
      case "locked":
        return "locked";
      case "damaged":
        return "damaged";
      case "failed":
        return "broken";
      case "deleting":
        return "deleting";
      case "ready": {
        const done = this.account !== null && this.account.protectionAsked && this.account.displayName !== "";
        return done ? "main" : "firstStart";
      }
    }
  }

  /** Asks how far the profile is. */
  async refresh(): Promise<void> {
    const boot: BootState = await this.#backend.getBootState();
    const account = boot.stage.kind === "ready" ? await this.#backend.getAccount() : null;
    this.version = boot.version;
    this.network = boot.network;
    this.demoContact = boot.demoContact;
    this.#settings.takeSystem(boot.systemLanguages);
    // A profile that is closed knows none: the window stays as it was set.
    const isClosed = boot.stage.kind === "locked" || boot.stage.kind === "deleting";
    if (!isClosed || this.stage === null) this.#settings.take(boot.settings);
    this.account = account;
    this.stage = boot.stage;
  }

  take(account: AccountRow): void {
    this.account = account;
    this.stage = { kind: "ready" };
  }
}
