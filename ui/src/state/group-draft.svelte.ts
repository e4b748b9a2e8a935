import type { Backend, ConversationRow, SetPictureRequest } from "../ipc/backend";
import { utf8Bytes } from "../lib/text";
import { People } from "./people.svelte";

/** Members that a group may have beside us. */
export const MOST_OTHERS = 99;
export const MOST_NAME_BYTES = 100;
export const MOST_DESCRIPTION_BYTES = 2_000;

/** A group that is being made: it is kept while its picture is chosen. */
export class GroupDraft {
  name = $state("");
  description = $state("");
  allAreAdmins = $state(false);
  picture = $state.raw<SetPictureRequest | null>(null);
  readonly people: People;
  readonly nameBytes = $derived(utf8Bytes(this.name.trim()));
  readonly descriptionBytes = $derived(utf8Bytes(this.description.trim()));

  readonly #backend: Backend;

  constructor(backend: Backend, ownId: string) {
    this.#backend = backend;
    this.people = new People(backend, ownId, MOST_OTHERS);
  }

  create(): Promise<ConversationRow> {
    return this.#backend.createGroup({
      name: this.name,
      description: this.description,
      members: [...this.people.chosen.keys()],
      allAreAdmins: this.allAreAdmins,
      picture: this.picture,
    });
  }

  /** Nothing comes of it: a picture that was chosen for it goes. */
  async giveUp(): Promise<void> {
    if (this.picture !== null) await this.#backend.discardStagedPicture();
  }
}
