/** What the + offers above the contacts. */

import BookUser from "@lucide/svelte/icons/book-user";
import MessageSquarePlus from "@lucide/svelte/icons/message-square-plus";
import NotebookPen from "@lucide/svelte/icons/notebook-pen";
import UserPlus from "@lucide/svelte/icons/user-plus";
import UsersRound from "@lucide/svelte/icons/users-round";
import type { Component } from "svelte";

import { t } from "../../i18n/i18n.svelte";
import type { AppModel } from "../../state/model.svelte";

/** One thing that can be begun; `id` names it for tests. */
export type AddEntry = { id: string; label: string; icon: Component; run: () => void };

export function addEntries(model: AppModel): AddEntry[] {
  return [
    {
      id: "new-message",
      label: t("list-new"),
      icon: MessageSquarePlus,
      run: () => model.navigation.open({ kind: "newMessage" }),
    },
    {
      id: "new-group",
      label: t("group-new"),
      icon: UsersRound,
      run: () => model.newGroup(),
    },
    {
      id: "invite",
      label: t("invite-title"),
      icon: UserPlus,
      run: () => model.navigation.open({ kind: "invite" }),
    },
    {
      id: "directory",
      label: t("directory-title"),
      icon: BookUser,
      run: () => model.navigation.show("directory"),
    },
    {
      id: "note-to-self",
      label: t("note-to-self"),
      icon: NotebookPen,
      run: () => void model.attempt(() => model.openAccount(model.session.account?.accountId ?? "")),
    },
  ];
}
