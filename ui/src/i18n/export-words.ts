/** Words of an exported conversation. In braces: what the program puts in their place. */

import type { ConversationRow, ExportWords } from "../ipc/backend";
import { locale, t } from "./i18n.svelte";
import { conversationName } from "./words";

/** In the language of now. */
export function exportWords(row: ConversationRow): ExportWords {
  return {
    language: locale(),
    title: conversationName(row),
    lead: t("export-lead", { date: "{date}" }),
    you: t("group-you"),
    deleted: t("message-deleted"),
    deletedHere: t("message-deleted-here"),
    unsupported: t("message-unsupported", { count: 1 }),
    accepted: t("export-accepted"),
    timer: t("list-timer-changed"),
    mediaSaved: t("list-media-saved"),
    quoteMissing: t("quote-missing"),
    quoteDeleted: t("quote-deleted"),
    fileMissing: t("export-file-missing", { name: "{name}" }),
    earlier: t("export-earlier"),
    later: t("export-later"),
    leftOut: t("export-left-out", { count: "{count}" }),
    events: {
      created: t("export-created"),
      invited: t("group-event-invited-unknown"),
      joined: t("group-event-joined"),
      added: t("group-event-added-unknown", { people: "{people}" }),
      removed: t("group-event-removed-unknown", { people: "{people}" }),
      promoted: t("export-promoted", { people: "{people}" }),
      left: t("export-left"),
      named: t("group-event-named-unknown", { group: "{name}" }),
      namedUnknown: t("group-event-named-none"),
      picture: t("group-event-picture-unknown"),
    },
  };
}
