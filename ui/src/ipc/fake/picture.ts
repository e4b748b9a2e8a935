/** The own picture in memory: a file counts as a picture by its type. */

import type { AccountRow, SetPictureRequest, StagedPictureRow } from "../backend";
import { FakeAccount } from "./account";
import { fail } from "./input";

export class FakePicture extends FakeAccount {
  /** The size of every picture that is chosen. */
  pictureSize = { widthPx: 800, heightPx: 600 };
  #staged: string | null = null;
  #chosen = 0;

  async stagePicture(file: Blob): Promise<StagedPictureRow> {
    this.call("stagePicture", file.type);
    await this.pause();
    if (!file.type.startsWith("image/")) fail("pictureUnknown");
    this.#staged = `staged-${(this.#chosen += 1)}`;
    return { id: this.#staged, ...this.pictureSize, isAnimated: file.type === "image/gif" };
  }

  async stageDroppedPicture(files: number): Promise<StagedPictureRow> {
    this.call("stageDroppedPicture", files);
    return this.stagePicture(this.takeDropped(files));
  }

  async discardStagedPicture(): Promise<void> {
    this.call("discardStagedPicture", null);
    this.#staged = null;
  }

  async setPicture(request: SetPictureRequest): Promise<AccountRow> {
    this.call("setPicture", request);
    if (request.staged !== this.#staged) fail("pictureGone");
    this.#staged = null;
    this.account.picture = `picture-${this.#chosen}`;
    this.account.pictureUpload =
      this.connectivity.state === "offline" ? { kind: "waiting", error: null } : { kind: "done" };
    this.emit({ kind: "accountChanged" });
    return { ...this.account };
  }

  async removePicture(): Promise<AccountRow> {
    this.call("removePicture", null);
    this.account.picture = null;
    this.account.pictureUpload = { kind: "done" };
    this.emit({ kind: "accountChanged" });
    return { ...this.account };
  }
}
