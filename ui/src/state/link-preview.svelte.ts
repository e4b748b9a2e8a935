import type { Backend, MadePreviewRow } from "../ipc/backend";
import { firstPage } from "../lib/linkify";

/** A link is looked at once no key came for so long: half of one may lead elsewhere. */
export const LINK_PAUSE_MS = 1_000;

/** What is found of the page behind the first link of a text that is being written. */
export class PageOfLink {
  /** As it will go with the message. */
  shown = $state.raw<MadePreviewRow | null>(null);

  readonly #backend: Backend;
  /** The link that is looked at, or was. */
  #link: string | null = null;
  /** Links whose preview the person does not want. */
  readonly #unwanted = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** An answer that comes later than another question is of no use. */
  #turn = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The text changed by typing. `isWanted`: the person wants previews. */
  follow(text: string, isWanted: boolean): void {
    if (text.trim() === "") this.#unwanted.clear();
    const first = firstPage(text);
    const link = first === null || this.#unwanted.has(first) ? null : first;
    if (link === this.#link) return;
    this.#giveUp();
    // What was made while previews were on stays; nothing new is asked for.
    if (link === null || !isWanted) return;
    this.#link = link;
    const turn = this.#turn;
    this.#timer = setTimeout(() => void this.#look(link, turn), LINK_PAUSE_MS);
  }

  async #look(link: string, turn: number): Promise<void> {
    try {
      const made = await this.#backend.previewLink(link);
      if (turn === this.#turn) this.shown = made;
      else if (made !== null) await this.#backend.discardLinkPreview(made.id);
    } catch {
      // A link goes without a preview as well.
    }
  }

  /** The person does not want this one. */
  remove(): void {
    if (this.#link !== null) this.#unwanted.add(this.#link);
    this.#giveUp();
  }

  #giveUp(): void {
    const before = this.shown;
    this.#forget();
    // One that stays is given up by the program in time.
    if (before !== null) this.#backend.discardLinkPreview(before.id).catch(() => undefined);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#link = null;
    this.shown = null;
  }

  /** The text is sent: what was found goes along, and what is looked for is not waited for. */
  take(): MadePreviewRow | null {
    const taken = this.shown;
    this.#forget();
    this.#unwanted.clear();
    return taken;
  }

  /** The text could not be sent, and comes back. */
  giveBack(preview: MadePreviewRow | null): void {
    if (preview === null || this.#link !== null) return;
    this.#link = preview.url;
    this.shown = preview;
  }
}
