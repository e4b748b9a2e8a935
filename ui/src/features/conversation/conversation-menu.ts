/** The menu at the top of a conversation: what concerns all of it. */

import CalendarSearch from "@lucide/svelte/icons/calendar-search";
import Eraser from "@lucide/svelte/icons/eraser";
import FolderDown from "@lucide/svelte/icons/folder-down";
import Images from "@lucide/svelte/icons/images";
import ListChecks from "@lucide/svelte/icons/list-checks";
import TimerIcon from "@lucide/svelte/icons/timer";

import type { MenuItem } from "../../components/menu-item";
import { t } from "../../i18n/i18n.svelte";
import type { ConversationRow } from "../../ipc/backend";
import { maySetTimer } from "../../lib/message-rules";
import type { AppModel } from "../../state/model.svelte";

export function conversationMenu(model: AppModel, row: ConversationRow): MenuItem[] {
  const { navigation, timeline } = model;
  const hasMessages = timeline !== null && timeline.rows.length > 0;
  return [
    ...(hasMessages
      ? [
          {
            label: t("jump-date"),
            icon: CalendarSearch,
            run: () => navigation.open({ kind: "jumpToDate", row }),
          },
          { label: t("gallery-title"), icon: Images, run: () => model.files.openGallery(row) },
          { label: t("menu-select-messages"), icon: ListChecks, run: () => timeline.selection.begin(null) },
          {
            label: t("menu-export"),
            icon: FolderDown,
            run: () => navigation.open({ kind: "exportConversation", row }),
          },
        ]
      : []),
    ...(maySetTimer(row) ? [{ label: t("group-timer"), icon: TimerIcon, run: () => openTimer(model, row) }] : []),
    ...(hasMessages
      ? [
          null,
          {
            label: t("menu-clear"),
            icon: Eraser,
            isDanger: true,
            run: () => navigation.open({ kind: "contact", ask: "clear", row }),
          },
        ]
      : []),
  ];
}

/** Where it is set how long messages stay; who may not set it sees it in the window of the group. */
export function openTimer({ navigation }: AppModel, row: ConversationRow): void {
  if (row.kind !== "group") navigation.open({ kind: "timer", row });
  else if (row.group?.isAdmin === true)
    navigation.open({ kind: "groupAsk", ask: { kind: "timer" }, row, isFromGroup: false });
  else navigation.open({ kind: "group", row });
}
