/** The menu of a message: everything that can be done with it. */

import Copy from "@lucide/svelte/icons/copy";
import Eraser from "@lucide/svelte/icons/eraser";
import Info from "@lucide/svelte/icons/info";
import RotateCw from "@lucide/svelte/icons/rotate-cw";
import Trash from "@lucide/svelte/icons/trash-2";

import type { MenuItem } from "../../components/menu-item";
import { t } from "../../i18n/i18n.svelte";
import type { ConversationRow, MessageRow } from "../../ipc/backend";
import type { AppModel } from "../../state/model.svelte";

type Done = { retry: () => void; copy: () => void };

export function messageMenu(model: AppModel, row: MessageRow, conversation: ConversationRow, done: Done): MenuItem[] {
  return [
    ...(row.state === "failed" ? [{ label: t("action-retry"), icon: RotateCw, run: done.retry }] : []),
    ...(row.body.kind === "text"
      ? [{ label: t("menu-copy-text"), icon: Copy, key: `${t("key-ctrl")} C`, run: done.copy }]
      : []),
    { label: t("menu-info"), icon: Info, run: () => model.navigation.open({ kind: "messageInfo", message: row }) },
    null,
    deleteItem(model, row),
    ...(mayDeleteForEveryone(row, conversation)
      ? [
          {
            label: t("menu-delete-everyone"),
            icon: Eraser,
            isDanger: true,
            run: () => model.navigation.open({ kind: "deleteForEveryone", message: row }),
          },
        ]
      : []),
  ];
}

/** Also of a message that cannot be drawn. */
export function deleteItem(model: AppModel, row: MessageRow): MenuItem {
  return {
    label: t("action-delete"),
    icon: Trash,
    key: t("key-delete"),
    isDanger: true,
    run: () => model.navigation.open({ kind: "deleteMessage", message: row }),
  };
}

/** Own messages that left, and for admins everybody's. */
function mayDeleteForEveryone(row: MessageRow, { group }: ConversationRow): boolean {
  if (group === null || group.standing !== "joined" || row.body.kind !== "text") return false;
  return row.isOwn ? row.state !== "failed" && row.state !== "queued" && row.state !== "sending" : group.isAdmin;
}
