import { exportWords } from "../i18n/export-words";
import { t } from "../i18n/i18n.svelte";
import { errorText } from "../i18n/words";
import type {
  ApiError,
  AppEvent,
  ConversationId,
  ConversationRow,
  ExportFormat,
  ExportRow,
  JobId,
} from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import type { AppModel } from "./model.svelte";

/** A conversation on its way into files; it goes on when its dialog is closed. */
export class Exporting {
  /** Which conversation. */
  conversation = $state.raw<ConversationId | null>(null);
  row = $state.raw<ExportRow | null>(null);
  /** Why it did not begin. */
  refusal = $state.raw<ApiError | null>(null);
  readonly isRunning = $derived(this.row?.stage.kind === "running");

  readonly #model: AppModel;
  #job: JobId | null = null;
  #asked = 0;

  constructor(model: AppModel) {
    this.#model = model;
  }

  async start(row: ConversationRow, format: ExportFormat): Promise<void> {
    this.forget();
    this.conversation = row.id;
    try {
      this.#job = await this.#model.backend.startExport({ conversation: row.id, format, words: exportWords(row) });
      await this.#follow();
    } catch (thrown) {
      this.refusal = asApiError(thrown);
    }
  }

  /** Nothing is left of what was written. */
  async stop(): Promise<void> {
    if (this.#job !== null && this.isRunning) await this.#model.backend.cancelJob(this.#job);
  }

  async apply(event: AppEvent): Promise<void> {
    const isMeant = event.kind === "resync" || (event.kind === "jobProgress" && event.job === this.#job);
    if (isMeant && (this.row === null || this.isRunning)) await this.#follow();
  }

  async #follow(): Promise<void> {
    const job = this.#job;
    if (job === null) return;
    const asked = (this.#asked += 1);
    const row = await this.#model.backend.getExport(job);
    if (job !== this.#job || asked !== this.#asked) return;
    this.row = row;
    if (row !== null) this.#tell(row);
  }

  /** How it ended, where its dialog does not say it. */
  #tell({ stage }: ExportRow): void {
    const { navigation, toasts } = this.#model;
    const { dialog } = navigation;
    const isSeen = dialog?.kind === "exportConversation" && dialog.row.id === this.conversation;
    if (isSeen || stage.kind === "running") return;
    if (stage.kind === "done") toasts.show(t("file-saved", stage.saved));
    if (stage.kind === "failed") toasts.show(errorText(stage.error), "danger");
    this.forget();
  }

  /** What was written is read, or the profile was locked. */
  forget(): void {
    this.#job = null;
    this.conversation = null;
    this.row = null;
    this.refusal = null;
  }
}
