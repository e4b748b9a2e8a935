/** The own account in memory. */

import type { AccountRow, PhraseCheck } from "../backend";
import { AppError } from "../errors";
import { checkPhrase, cleanName, fail } from "./input";
import { FakeLeaving } from "./leaving";
import { OWN, PHRASE } from "./seed";

export class FakeAccount extends FakeLeaving {
  async unlock(password: string): Promise<void> {
    this.call("unlock", null);
    if (password !== this.password) fail("wrongPassword");
    this.stage = { kind: "ready" };
    this.emit({ kind: "accountChanged" });
  }

  async lock(): Promise<void> {
    this.call("lock", null);
    if (this.account.protection === "password") this.stage = { kind: "locked" };
    this.emit({ kind: "accountChanged" });
  }

  async restoreBackup(): Promise<void> {
    this.call("restoreBackup", null);
    this.stage = { kind: "ready" };
    this.emit({ kind: "accountChanged" });
  }

  async createAccount(request: { displayName: string }): Promise<AccountRow> {
    this.call("createAccount", request);
    const name = cleanName(request.displayName);
    this.account = {
      accountId: OWN,
      displayName: name,
      picture: null,
      pictureUpload: { kind: "done" },
      protection: "keyring",
      phraseSeen: false,
      protectionAsked: false,
      isRestoring: false,
    };
    this.stage = { kind: "ready" };
    return { ...this.account };
  }

  async discardAccount(): Promise<void> {
    this.call("discardAccount", null);
    this.stage = { kind: "noAccount" };
  }

  async checkPhrase(phrase: string): Promise<PhraseCheck> {
    return checkPhrase(phrase);
  }

  async startRestore(request: { phrase: string }): Promise<string> {
    const check = checkPhrase(request.phrase);
    if (check.error !== null) throw new AppError(check.error);
    const job = this.nextJob();
    this.account = {
      accountId: OWN,
      displayName: "",
      picture: null,
      pictureUpload: { kind: "done" },
      protection: "keyring",
      phraseSeen: true,
      protectionAsked: false,
      isRestoring: true,
    };
    void this.#restore(job);
    return job;
  }

  async #restore(job: string): Promise<void> {
    for (let done = 0; done < 3; done += 1) {
      this.emit({ kind: "jobProgress", job, done, total: 3, state: { kind: "running" } });
      await this.pause();
    }
    this.stage = { kind: "ready" };
    this.account.isRestoring = false;
    const state = { kind: "done", needsName: true, continues: false } as const;
    this.emit({ kind: "jobProgress", job, done: 3, total: 3, state });
  }

  async cancelJob(job: string): Promise<void> {
    this.call("cancelJob", job);
  }

  async getAccount(): Promise<AccountRow> {
    return { ...this.account };
  }

  async setDisplayName(name: string): Promise<AccountRow> {
    this.account.displayName = cleanName(name);
    this.emit({ kind: "accountChanged" });
    return { ...this.account };
  }

  async getRecoveryPhrase(password: string | null): Promise<{ words: string; qrText: string }> {
    if (this.password !== null && password !== this.password) fail("wrongPassword");
    return { words: PHRASE, qrText: "0123456789abcdef0123456789abcdef" };
  }

  async setPhraseSeen(): Promise<void> {
    this.account.phraseSeen = true;
    this.emit({ kind: "accountChanged" });
  }

  async setPassword(request: { current: string | null; new: string | null }): Promise<AccountRow> {
    if (this.password !== null && request.current !== this.password) fail("wrongPassword");
    if (request.new !== null && (request.new.length < 6 || request.new.length > 256)) fail("passwordLength");
    this.password = request.new;
    this.account.protection = request.new === null ? "keyring" : "password";
    this.emit({ kind: "accountChanged" });
    return { ...this.account };
  }

  async setProtectionAsked(): Promise<void> {
    this.account.protectionAsked = true;
    this.emit({ kind: "accountChanged" });
  }
}
