/** Leaving the account in memory, and the lock. */

import type { DeleteAccountRequest, DeletionRow, PasswordCheck } from "../backend";
import { FakeGroups } from "./groups";
import { fail } from "./input";

const NODES = 5;

export class FakeLeaving extends FakeGroups {
  deletion: DeletionRow | null = null;
  /** Nodes that do not confirm. */
  silentNodes = 0;

  async deleteAccount(request: DeleteAccountRequest): Promise<void> {
    this.call("deleteAccount", request);
    if (this.password !== null && request.password !== this.password) fail("wrongPassword");
    if (!request.fromNetwork) return this.endDeletion();
    this.stage = { kind: "deleting" };
    void this.#ask();
  }

  async #ask(): Promise<void> {
    for (let confirmed = 0; confirmed <= NODES - this.silentNodes; confirmed += 1) {
      this.#stand({ state: "running", nodes: NODES, confirmed, deleted: confirmed * 7, error: null });
      await this.pause();
    }
    if (this.silentNodes === 0) return this.endDeletion();
    this.#stand({ ...this.#row(), state: "partly" });
  }

  #row(): DeletionRow {
    return this.deletion ?? { state: "running", nodes: 0, confirmed: 0, deleted: 0, error: null };
  }

  #stand(row: DeletionRow): void {
    this.deletion = row;
    this.emit({ kind: "accountChanged" });
  }

  async getDeletion(): Promise<DeletionRow | null> {
    return this.deletion === null ? null : { ...this.deletion };
  }

  async retryDeletion(): Promise<void> {
    this.call("retryDeletion", null);
    void this.#ask();
  }

  async cancelDeletion(): Promise<void> {
    this.call("cancelDeletion", null);
    this.deletion = null;
    this.stage = { kind: "ready" };
    this.emit({ kind: "resync" });
  }

  async endDeletion(): Promise<void> {
    this.call("endDeletion", null);
    this.#erase();
    this.#stand({ ...this.#row(), state: "done" });
    this.emit({ kind: "resync" });
  }

  async eraseProfile(): Promise<void> {
    this.call("eraseProfile", null);
    this.#erase();
    this.emit({ kind: "resync" });
  }

  #erase(): void {
    this.stage = { kind: "noAccount" };
    this.password = null;
    this.rows = [];
    this.groups = [];
  }

  async noteUse(): Promise<void> {
    this.call("noteUse", null);
  }

  async checkPassword(password: string): Promise<PasswordCheck> {
    if (password.length < 6) return { strength: "notAllowed" };
    const isGuessed = /^(?:password|azerty|qwerty)/iu.test(password);
    return { strength: isGuessed ? "weak" : password.length < 14 ? "fair" : "strong" };
  }
}
