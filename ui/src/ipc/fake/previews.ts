/** Pages behind links, and invitations to communities, in memory. */

import type { LinkPreviewId, LinkPreviewRow, MadePreviewRow, SendMessageRequest } from "../backend";
import { hostOf } from "../../lib/linkify";
import { message } from "./seed";
import { FakeSpace } from "./space";

const SEEDS = "https://graines.example/tomates";

export class FakePreviews extends FakeSpace {
  /** Links whose pages show nothing. */
  readonly blank = new Set<string>();
  readonly #made = new Map<LinkPreviewId, MadePreviewRow>();
  #previews = 0;

  async previewLink(url: string): Promise<MadePreviewRow | null> {
    this.call("previewLink", url);
    await this.pause();
    if (!this.settings.linkPreviews || this.connectivity.state === "offline" || this.blank.has(url)) return null;
    const id = `preview-${(this.#previews += 1)}`;
    const row = { id, url, title: `Page of ${hostOf(url) ?? url}`, image: `thumbnail-${id}` };
    this.#made.set(id, row);
    return { ...row };
  }

  async discardLinkPreview(preview: LinkPreviewId): Promise<void> {
    this.call("discardLinkPreview", preview);
    this.#made.delete(preview);
  }

  /** The preview that goes with a message, if its link stands there still. */
  protected previewOf({ preview, body, conversation }: SendMessageRequest): LinkPreviewRow | null {
    const made = preview === null ? undefined : this.#made.get(preview);
    if (made === undefined) return null;
    this.#made.delete(made.id);
    if (!body.includes(made.url)) return null;
    // Who has not accepted gets no picture.
    const { kind, hasApprovedMe } = this.row(conversation);
    const image = kind === "person" && !hasApprovedMe ? null : made.image;
    return { url: made.url, title: made.title, image, imageIndex: null };
  }

  override async downloadAttachment(id: string, index: number): Promise<void> {
    const row = this.store.find(id);
    if (row?.preview?.imageIndex !== index) return super.downloadAttachment(id, index);
    this.call("downloadAttachment", [id, index]);
    row.preview = { ...row.preview, image: `thumbnail-${id}`, imageIndex: null };
    this.emit({ kind: "messagesChanged", conversation: row.conversation, ids: { of: "some", ids: [id] } });
  }

  /** A preview whose picture is not here, and an invitation, in the first conversation. */
  protected arrangeCards(): void {
    const [row] = this.rows;
    if (row === undefined) return;
    const { id } = row;
    const linked = message(this.nextMessage(), id, { text: `Regarde : ${SEEDS}`, at: this.now() - 15_000 });
    linked.preview = { url: SEEDS, title: "Graines de tomates anciennes", image: null, imageIndex: 32 };
    const invited = message(this.nextMessage(), id, { text: "", at: this.now() - 10_000 });
    invited.invitation = { url: "https://communaute.example/jardin?public_key=00", name: "Le jardin" };
    this.messages.get(id)?.push(linked, invited);
    this.touch(id);
  }
}
