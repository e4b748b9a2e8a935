import { t } from "../i18n/i18n.svelte";
import { errorText } from "../i18n/words";
import type {
  AppEvent,
  AttachmentRow,
  ConversationId,
  ConversationRow,
  GalleryRow,
  MessageRow,
  SavedAttachment,
} from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import { filesHere, maySetDownloads, type FileOf } from "../lib/files";
import { momentOf } from "../lib/grouping";
import { Gallery } from "./gallery.svelte";
import { Lightbox, viewedOf, viewedOfGallery } from "./lightbox.svelte";
import type { AppModel } from "./model.svelte";
import { Posters } from "./posters";
import { Transfers } from "./transfers.svelte";

/** What of a message its files need. */
type Of = Pick<MessageRow, "id" | "conversation" | "isOwn">;

/** What a person does with files of messages; what goes wrong is said. */
export class FileActs {
  readonly transfers = new Transfers();
  readonly posters: Posters;
  readonly #model: AppModel;
  /** Where it was asked in this run whether files come by themselves. */
  readonly #asked = new Set<ConversationId>();

  constructor(model: AppModel) {
    this.#model = model;
    this.posters = new Posters(model.backend);
  }

  async apply(event: AppEvent): Promise<void> {
    if (event.kind === "transfersChanged") this.transfers.apply(event.transfers);
    if (event.kind === "resync") this.transfers.clear();
    const { dialog } = this.#model.navigation;
    if (dialog?.kind === "gallery") await dialog.gallery.apply(event);
    if (dialog?.kind !== "lightbox") return;
    await Promise.all([dialog.box.apply(event), dialog.gallery?.apply(event)]);
    if (dialog.box.current === null) this.closeLightbox();
  }

  /** Fetches a file. Before a program comes, it is asked. */
  async download(row: Of, file: AttachmentRow, isSure = false): Promise<void> {
    if (file.isProgram && !isSure) {
      this.#model.navigation.open({ kind: "program", wish: "download", row, file });
      return;
    }
    this.transfers.forget(row.id, file.index);
    const isBegun = await this.#model.attempt(() => this.#model.backend.downloadAttachment(row.id, file.index));
    if (isBegun) this.#askForMore(row);
  }

  /** Whether the next ones come by themselves is asked once for each conversation. */
  #askForMore(row: Of): void {
    const { conversations, navigation, settings } = this.#model;
    const conversation = conversations.current;
    if (conversation?.id !== row.conversation || row.isOwn || conversation.autoDownload) return;
    if (!settings.value.autoDownload || !maySetDownloads(conversation)) return;
    if (this.#asked.has(conversation.id) || navigation.dialog !== null) return;
    this.#asked.add(conversation.id);
    navigation.open({ kind: "trustDownloads", row: conversation });
  }

  /** Files of a conversation come by themselves from now on, or not any more. */
  trust(row: ConversationRow, isTrusted: boolean): Promise<boolean> {
    return this.#model.attempt(() => this.#model.backend.trustDownloads(row.id, isTrusted));
  }

  async stop(row: Of, file: AttachmentRow): Promise<void> {
    this.transfers.forget(row.id, file.index);
    await this.#model.attempt(() => this.#model.backend.cancelTransfer(row.id, file.index));
  }

  /** Tries a file again; what is fetched is asked about as with the first click. */
  async retry(row: Of, file: AttachmentRow, isSure = false): Promise<void> {
    if (file.isProgram && !row.isOwn && !isSure) {
      this.#model.navigation.open({ kind: "program", wish: "retry", row, file });
      return;
    }
    this.transfers.forget(row.id, file.index);
    const isBegun = await this.#model.attempt(() => this.#model.backend.retryAttachment(row.id, file.index));
    if (isBegun) this.#askForMore(row);
  }

  /** Opens a copy of a file in another program. Before any is opened, it is asked. */
  async open(row: Of, file: AttachmentRow, isSure = false): Promise<void> {
    if (!isSure) {
      this.#model.navigation.open({ kind: "program", wish: "open", row, file });
      return;
    }
    await this.#model.attempt(() => this.#model.backend.openAttachment(row.id, file.index));
  }

  /** Saves a file. Before a program is saved, it is asked. */
  async save(row: Of, file: AttachmentRow, isSure = false): Promise<void> {
    if (file.isProgram && !isSure) {
      this.#model.navigation.open({ kind: "program", wish: "save", row, file });
      return;
    }
    await this.#saveAll([{ message: row.id, index: file.index }]);
  }

  /** Saves every file of some messages that is here; programs are saved one by one only. */
  async saveOf(rows: readonly MessageRow[]): Promise<void> {
    const files = filesHere(rows);
    const [first] = files;
    if (files.length === 1 && first !== undefined) return this.save(first.message, first.file);
    const harmless = files.filter(({ file }: FileOf) => !file.isProgram);
    await this.#saveAll(harmless.map(({ message, file }) => ({ message: message.id, index: file.index })));
    if (harmless.length < files.length)
      this.#model.toasts.show(t("files-programs-left", { count: files.length - harmless.length }));
  }

  /** The same for a key: answers whether there was something to save. */
  saves(rows: readonly MessageRow[]): boolean {
    if (filesHere(rows).length === 0) return false;
    void this.saveOf(rows);
    return true;
  }

  async #saveAll(files: readonly { message: string; index: number }[]): Promise<void> {
    const { backend, toasts } = this.#model;
    const saved: SavedAttachment[] = [];
    let problem: string | null = null;
    for (const { message, index } of files) {
      try {
        saved.push(await backend.saveAttachment(message, index));
      } catch (thrown) {
        problem = errorText(asApiError(thrown));
      }
    }
    const [first] = saved;
    if (first !== undefined)
      toasts.show(
        saved.length === 1
          ? t("file-saved", { name: first.name, folder: first.folder })
          : t("files-saved", { count: saved.length, folder: first.folder }),
      );
    if (problem !== null) toasts.show(problem, "danger");
  }

  /** Looks at a picture or film large, among those of the messages around it. */
  view(row: MessageRow, file: AttachmentRow): void {
    const { backend, navigation, timeline } = this.#model;
    const around = timeline?.conversation === row.conversation ? timeline : null;
    const rows = around?.rows ?? [row];
    const first = { message: row.id, index: file.index };
    const beyond = {
      older: around?.pages[0]?.older ?? null,
      from: momentOf(rows[0] ?? row),
      hasNewer: around?.hasNewer ?? false,
    };
    const box = new Lightbox(backend, row.conversation, viewedOf(rows), first, beyond);
    navigation.open({ kind: "lightbox", box, gallery: null });
  }

  /** The same from a gallery, which comes back when it is closed. */
  viewFrom(gallery: Gallery, row: GalleryRow, file: AttachmentRow): void {
    const first = { message: row.message, index: file.index };
    const { backend, navigation } = this.#model;
    const from = gallery.rows.at(-1)?.sentAt ?? row.sentAt;
    const beyond = { older: gallery.next, from, hasNewer: gallery.hasNewer };
    const box = new Lightbox(backend, gallery.conversation.id, viewedOfGallery(gallery.rows), first, beyond);
    navigation.open({ kind: "lightbox", box, gallery });
  }

  closeLightbox(): void {
    const { navigation } = this.#model;
    const gallery = navigation.dialog?.kind === "lightbox" ? navigation.dialog.gallery : null;
    if (gallery === null) navigation.closeDialog();
    else navigation.open({ kind: "gallery", gallery });
  }

  /** Opens the files and links of a conversation. */
  openGallery(row: ConversationRow): void {
    this.#model.navigation.open({ kind: "gallery", gallery: new Gallery(this.#model.backend, row) });
  }

  /** A locked profile: nothing of it stays. */
  forget(): void {
    this.transfers.clear();
    this.#asked.clear();
  }
}
