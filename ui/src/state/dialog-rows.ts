import { errorText } from "../i18n/words";
import type { AppEvent, ConversationId, MessageId, MessageRow } from "../ipc/backend";
import { apiError } from "../ipc/errors";
import { isSaid } from "../lib/message-rules";
import type { AppModel } from "./model.svelte";
import type { DialogState } from "./navigation.svelte";

/** So many rows are asked for at once. */
const AT_ONCE = 100;

/** A message of which something is shown. */
export type Shown = { id: MessageId; conversation: ConversationId };

/** The messages of which a dialog shows something. */
function shownIn(dialog: DialogState): readonly Shown[] {
  switch (dialog.kind) {
    case "messageInfo":
    case "wholeText":
    case "reactions":
      return [dialog.message];
    case "forward":
    case "deleteMessages":
      return dialog.messages;
    case "program":
      return [dialog.row];
    case "link":
      return dialog.of === undefined ? [] : [dialog.of];
    default:
      return [];
  }
}

/** A dialog with its messages as they are now; `null` if nothing is left of what it is about. */
function withFresh(dialog: DialogState, fresh: (id: MessageId) => MessageRow | undefined): DialogState | null {
  const said = (row: Shown): MessageRow | undefined => {
    const now = fresh(row.id);
    return now !== undefined && isSaid(now) ? now : undefined;
  };
  switch (dialog.kind) {
    case "messageInfo": {
      // It says of a deleted one that it is.
      const message = fresh(dialog.message.id);
      return message === undefined ? null : { ...dialog, message };
    }
    case "wholeText":
    case "reactions": {
      const message = said(dialog.message);
      return message === undefined ? null : { ...dialog, message };
    }
    case "forward": {
      const messages = dialog.messages.map(said).filter((row) => row !== undefined);
      return messages.length === 0 ? null : { ...dialog, messages };
    }
    case "deleteMessages": {
      const messages = dialog.messages.map((row) => fresh(row.id)).filter((row) => row !== undefined);
      return messages.length === 0 ? null : { ...dialog, messages };
    }
    case "program":
      return said(dialog.row) === undefined ? null : dialog;
    case "link":
      return dialog.of !== undefined && said(dialog.of) === undefined ? null : dialog;
    default:
      return dialog;
  }
}

/** What stands in a dialog of messages follows them: what was deleted, or disappeared, is not shown any more. */
export async function followInDialog(model: AppModel, event: AppEvent): Promise<void> {
  const { navigation, backend, toasts } = model;
  const { dialog } = navigation;
  if (dialog === null) return;
  const ids = shownIn(dialog)
    .filter((row) => concerns(event, row))
    .map((row) => row.id);
  if (ids.length === 0) return;
  const asked = new Set(ids);
  const found = new Map<MessageId, MessageRow>();
  for (let from = 0; from < ids.length; from += AT_ONCE)
    for (const row of await backend.getMessages(ids.slice(from, from + AT_ONCE))) found.set(row.id, row);
  // Another one may stand there now.
  if (navigation.dialog !== dialog) return;
  const before = new Map(rowsOf(dialog).map((row) => [row.id, row]));
  const next = withFresh(dialog, (id) => (asked.has(id) ? found.get(id) : before.get(id)));
  navigation.dialog = next;
  if (next === null) toasts.show(errorText(apiError("messageNotFound")));
}

function rowsOf(dialog: DialogState): readonly MessageRow[] {
  switch (dialog.kind) {
    case "messageInfo":
    case "wholeText":
    case "reactions":
      return [dialog.message];
    case "forward":
    case "deleteMessages":
      return dialog.messages;
    default:
      return [];
  }
}

/** Whether an event may tell of a message. */
export function concerns(event: AppEvent, row: Shown): boolean {
  if (event.kind === "resync") return true;
  if (event.kind !== "messagesChanged" || event.conversation !== row.conversation) return false;
  return event.ids.of === "all" || event.ids.ids.includes(row.id);
}
