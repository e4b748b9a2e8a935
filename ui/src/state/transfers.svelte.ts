import { SvelteMap } from "svelte/reactivity";

import type { AttachmentRow, MessageId, TransferProgress } from "../ipc/backend";
import { movedOf, type Moved } from "../lib/files";

function keyOf(message: MessageId, index: number): string {
  return `${message}/${index}`;
}

/** How far files are on their way. Each is looked at by what draws it only. */
export class Transfers {
  readonly #done = new SvelteMap<string, number>();

  /** Bytes of a file that went or came. */
  doneOf(message: MessageId, file: Pick<AttachmentRow, "index" | "doneBytes">): number {
    return this.#done.get(keyOf(message, file.index)) ?? file.doneBytes;
  }

  /**
   * How far a file on its way is. Files that are fetched are on their way from the click on; until something is told
   * of one, others are before it.
   */
  movedOf(message: MessageId, file: Pick<AttachmentRow, "index" | "doneBytes" | "state" | "sizeBytes">): Moved {
    const isTold = this.#done.has(keyOf(message, file.index)) || file.doneBytes > 0;
    const begins = file.state !== "downloading" || isTold;
    return movedOf(file, begins ? this.doneOf(message, file) : null);
  }

  apply(transfers: readonly TransferProgress[]): void {
    for (const { message, index, doneBytes } of transfers) this.#done.set(keyOf(message, index), doneBytes);
  }

  /** It begins anew. */
  forget(message: MessageId, index: number): void {
    this.#done.delete(keyOf(message, index));
  }

  clear(): void {
    this.#done.clear();
  }
}
