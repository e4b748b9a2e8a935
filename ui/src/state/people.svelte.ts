import type { ApiError, Backend, ContactRow, DirectoryRow } from "../ipc/backend";
import { asApiError } from "../ipc/errors";

const PAGE = 100;

/** Somebody who can be chosen. */
export type Person = {
  accountId: string;
  name: string | null;
  isDirectoryName: boolean;
  picture: string | null;
};

function ofContact(row: ContactRow): Person {
  const known = row.nickname ?? row.name;
  const { accountId, picture } = row;
  return {
    accountId,
    name: known ?? row.directoryName,
    isDirectoryName: known === null && row.directoryName !== null,
    picture,
  };
}

function ofEntry({ accountId, name, picture }: DirectoryRow): Person {
  return { accountId, name, isDirectoryName: name !== null, picture };
}

/**
 * Contacts and entries of the directory, searched, and those of them that are chosen. An account
 * ID that is pasted into the search is offered, too.
 */
export class People {
  rows = $state.raw<Person[]>([]);
  filter = $state("");
  status = $state<"loading" | "ready" | "error">("loading");
  error = $state<ApiError | null>(null);
  hasMore = $state(false);
  /** In the order in which they were chosen. */
  chosen = $state.raw<ReadonlyMap<string, Person>>(new Map());

  readonly #backend: Backend;
  /** Who cannot be chosen: we, and whoever is in already. */
  taken = $state.raw<ReadonlySet<string>>(new Set());
  /** Who was asked for already, and may be asked for again. */
  waiting = $state.raw<ReadonlySet<string>>(new Set());
  /** How many may be chosen. */
  most = $state(0);
  #ownId: string;
  #contacts: string | null = null;
  #entries: string | null = null;
  #asked = 0;

  constructor(backend: Backend, ownId: string, most: number) {
    this.#backend = backend;
    this.#ownId = ownId;
    this.most = most;
  }

  /** Who of the rows shown could be chosen. */
  get free(): Person[] {
    return this.rows.filter((row) => !this.taken.has(row.accountId));
  }

  get isFull(): boolean {
    return this.chosen.size >= this.most;
  }

  get areAllChosen(): boolean {
    return this.free.length > 0 && this.free.every((row) => this.chosen.has(row.accountId));
  }

  async refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    this.#contacts = null;
    this.#entries = null;
    try {
      const pasted = await this.#pasted();
      const rows = pasted ?? (await this.#page(true));
      if (asked !== this.#asked) return;
      this.rows = rows;
      this.#noteMore();
      this.error = null;
      this.status = "ready";
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.error = asApiError(thrown);
      this.status = "error";
    }
  }

  async setFilter(filter: string): Promise<void> {
    this.filter = filter;
    await this.refresh();
  }

  async loadMore(): Promise<void> {
    const asked = this.#asked;
    const more = await this.#page(false);
    if (asked !== this.#asked) return;
    this.rows = [...this.rows, ...more.filter((row) => !this.rows.some((known) => known.accountId === row.accountId))];
    this.#noteMore();
  }

  #noteMore(): void {
    this.hasMore = this.#contacts !== null || this.#entries !== null;
  }

  /** The accounts of a pasted text; `null` if it holds none. */
  async #pasted(): Promise<Person[] | null> {
    if (this.filter.trim().length < 66) return null;
    const found = await this.#backend.recogniseAddress(this.filter);
    return found.kind === "accounts" ? found.accounts.filter((account) => !account.isSelf) : null;
  }

  /** The next page of contacts, and of the directory after them. */
  async #page(isFirst: boolean): Promise<Person[]> {
    const filter = this.filter.trim();
    const [contacts, entries] = await Promise.all([
      isFirst || this.#contacts !== null
        ? this.#backend.listContacts({ list: "contacts", cursor: this.#contacts, limit: PAGE, filter })
        : null,
      isFirst || this.#entries !== null
        ? this.#backend.listDirectory({ cursor: this.#entries, limit: PAGE, search: filter })
        : null,
    ]);
    this.#contacts = contacts?.next ?? null;
    this.#entries = entries?.next ?? null;
    const rows = new Map<string, Person>();
    for (const row of contacts?.rows ?? []) rows.set(row.accountId, ofContact(row));
    for (const row of entries?.rows ?? []) if (!rows.has(row.accountId)) rows.set(row.accountId, ofEntry(row));
    rows.delete(this.#ownId);
    return [...rows.values()];
  }

  choose(person: Person, isChosen: boolean): void {
    if (this.taken.has(person.accountId) || (isChosen && this.isFull)) return;
    const chosen = new Map(this.chosen);
    if (isChosen) chosen.set(person.accountId, person);
    else chosen.delete(person.accountId);
    this.chosen = chosen;
  }

  /** Everybody shown, as far as there is room; or none of them. */
  chooseAll(areChosen: boolean): void {
    for (const row of this.free) this.choose(row, areChosen);
  }
}
