/** The menu of a message: everything that can be done with it. */

import Ban from "@lucide/svelte/icons/ban";
import Contact from "@lucide/svelte/icons/contact";
import Copy from "@lucide/svelte/icons/copy";
import Forward from "@lucide/svelte/icons/forward";
import Info from "@lucide/svelte/icons/info";
import Link from "@lucide/svelte/icons/link";
import Pencil from "@lucide/svelte/icons/pencil";
import Reply from "@lucide/svelte/icons/reply";
import RotateCw from "@lucide/svelte/icons/rotate-cw";
import Save from "@lucide/svelte/icons/save";
import SmilePlus from "@lucide/svelte/icons/face-slightly-smiling-plus";
import SquareCheck from "@lucide/svelte/icons/square-check";
import Trash from "@lucide/svelte/icons/trash-2";
import UsersRound from "@lucide/svelte/icons/users-round";

import type { MenuItem } from "../../components/menu-item";
import { t } from "../../i18n/i18n.svelte";
import type { ConversationRow, MessageRow } from "../../ipc/backend";
import { filesHere } from "../../lib/files";
import { isEvent } from "../../lib/grouping";
import {
  deleteScopes,
  isSaid,
  mayAnswer,
  mayBlockAuthor,
  mayForward,
  mayReact,
  mayTakeBack,
} from "../../lib/message-rules";
import type { AppModel } from "../../state/model.svelte";

type Items = MenuItem[];
/** What the timeline itself does; the rest is the same everywhere. */
type Done = { retry: () => void; copy: () => void; offer: () => void; select: () => void };

export function messageMenu(model: AppModel, row: MessageRow, conversation: ConversationRow, done: Done): Items {
  const groups = [
    [...answering(model, row, conversation, done)],
    [...taking(model, row, conversation, done)],
    [...blocking(model, row, conversation), deleteItem(model, row, conversation)],
  ].filter((items) => items.length > 0);
  return groups.flatMap((items, at): Items => (at === 0 ? items : [null, ...items]));
}

/** What is sent about it. */
function answering(model: AppModel, row: MessageRow, conversation: ConversationRow, done: Done): Items {
  const keys = `${t("key-ctrl")} ${t("key-shift")}`;
  return [
    ...(row.state === "failed" ? [{ label: t("action-retry"), icon: RotateCw, run: done.retry }] : []),
    ...(mayTakeBack(row)
      ? [
          {
            label: row.state === "failed" ? t("menu-take-back-failed") : t("menu-take-back"),
            icon: Pencil,
            run: () => void model.acts.takeBack(row),
          },
        ]
      : []),
    ...(mayAnswer(row, conversation)
      ? [{ label: t("menu-reply"), icon: Reply, key: `${keys} R`, run: () => model.acts.reply(row) }]
      : []),
    ...(mayReact(row, conversation)
      ? [{ label: t("menu-react"), icon: SmilePlus, key: `${keys} E`, run: done.offer }]
      : []),
  ];
}

/** What is taken of it. */
function taking(model: AppModel, row: MessageRow, conversation: ConversationRow, done: Done): Items {
  const { navigation } = model;
  const hasText = row.body.kind === "text" && row.body.text.trim() !== "";
  const count = filesHere([row]).length;
  return [
    ...(hasText ? [{ label: t("menu-copy-text"), icon: Copy, key: `${t("key-ctrl")} C`, run: done.copy }] : []),
    ...(row.invitation === null || !isSaid(row) ? [] : [linkItem(model, row.invitation.url)]),
    ...(isSaid(row) && !row.isOwn && conversation.kind !== "noteToSelf"
      ? [{ label: t("menu-copy-author"), icon: Contact, run: () => void model.acts.copyWords(row.author) }]
      : []),
    ...(count > 0
      ? [
          {
            label: t("files-save", { count }),
            icon: Save,
            key: `${t("key-ctrl")} S`,
            run: () => void model.files.saveOf([row]),
          },
        ]
      : []),
    ...(mayForward(row)
      ? [{ label: t("menu-forward"), icon: Forward, run: () => navigation.open({ kind: "forward", messages: [row] }) }]
      : []),
    ...(isEvent(row) ? [] : [{ label: t("menu-select"), icon: SquareCheck, run: done.select }]),
    ...(row.reactions.length > 0
      ? [
          {
            label: t("menu-who-reacted"),
            icon: UsersRound,
            run: () => navigation.open({ kind: "reactions", message: row }),
          },
        ]
      : []),
    { label: t("menu-info"), icon: Info, run: () => navigation.open({ kind: "messageInfo", message: row }) },
  ];
}

/** The link of an invitation: it can be used elsewhere. */
function linkItem(model: AppModel, url: string): MenuItem {
  return { label: t("invitation-copy"), icon: Link, run: () => void model.acts.copyWords(url) };
}

/** Who writes can be blocked from what they wrote. A request has a way of its own. */
function blocking(model: AppModel, row: MessageRow, conversation: ConversationRow): Items {
  if (!mayBlockAuthor(row, conversation)) return [];
  return [{ label: t("menu-block"), icon: Ban, isDanger: true, run: () => void model.acts.askToBlock(row) }];
}

/** Also of a message that cannot be drawn. */
export function deleteItem(model: AppModel, row: MessageRow, conversation: ConversationRow): MenuItem {
  return {
    label: deleteScopes([row], conversation).length > 1 ? t("menu-delete") : t("action-delete"),
    icon: Trash,
    key: t("key-delete"),
    isDanger: true,
    run: () => model.navigation.open({ kind: "deleteMessages", messages: [row], conversation }),
  };
}
