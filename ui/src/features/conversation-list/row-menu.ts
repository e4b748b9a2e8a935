/** The menu of a row of the list: everything that can be done with a conversation. */

import Ban from "@lucide/svelte/icons/ban";
import Bell from "@lucide/svelte/icons/bell";
import BellOff from "@lucide/svelte/icons/bell-off";
import Check from "@lucide/svelte/icons/check";
import CircleDot from "@lucide/svelte/icons/circle-dot";
import Clock1 from "@lucide/svelte/icons/clock-1";
import Clock8 from "@lucide/svelte/icons/clock-8";
import Eraser from "@lucide/svelte/icons/eraser";
import Eye from "@lucide/svelte/icons/eye";
import EyeOff from "@lucide/svelte/icons/eye-off";
import Info from "@lucide/svelte/icons/info";
import LogOut from "@lucide/svelte/icons/log-out";
import Pin from "@lucide/svelte/icons/pin";
import PinOff from "@lucide/svelte/icons/pin-off";
import Settings2 from "@lucide/svelte/icons/settings-2";
import Tag from "@lucide/svelte/icons/tag";
import TimerIcon from "@lucide/svelte/icons/timer";
import Trash from "@lucide/svelte/icons/trash-2";
import UserPlus from "@lucide/svelte/icons/user-plus";
import UserX from "@lucide/svelte/icons/user-x";

import type { MenuItem } from "../../components/menu-item";
import { t } from "../../i18n/i18n.svelte";
import type { ConversationRow } from "../../ipc/backend";
import { maySetTimer } from "../../lib/message-rules";
import { HOUR_S, isMuted } from "../../lib/muted";
import type { AppModel } from "../../state/model.svelte";

type Items = MenuItem[];

/** The lines for a row; people have more than Note to Self. */
export function rowMenu(model: AppModel, row: ConversationRow): Items {
  const details: Items = [
    { label: t("menu-details"), icon: Info, run: () => model.navigation.open({ kind: "person", row }) },
  ];
  if (row.kind === "group")
    return [...place(model, row), null, ...disturbing(model, row), null, ...ofGroup(model, row)];
  if (row.kind === "noteToSelf") {
    return [...place(model, row), ...details, null, ...ofNote(model, row)];
  }
  return [...place(model, row), null, ...disturbing(model, row), null, ...details, ...ofPerson(model, row)];
}

/** Where it stands: pinned, read. */
function place(model: AppModel, row: ConversationRow): Items {
  const { conversations } = model;
  const isUnread = row.unreadCount > 0 || row.isMarkedUnread;
  return [
    {
      label: row.isPinned ? t("menu-unpin") : t("menu-pin"),
      icon: row.isPinned ? PinOff : Pin,
      run: () => void model.attempt(() => conversations.setPinned(row)),
    },
    isUnread
      ? {
          label: t("menu-mark-read"),
          icon: Check,
          run: () => void model.attempt(() => conversations.markRead(row.id)),
        }
      : {
          label: t("menu-mark-unread"),
          icon: CircleDot,
          run: () => void model.attempt(() => model.backend.markUnread(row.id)),
        },
  ];
}

/** What disturbs, and for how long nothing does. */
function disturbing(model: AppModel, row: ConversationRow): Items {
  const { backend } = model;
  const settings: MenuItem = {
    label: t("menu-notifications"),
    icon: Settings2,
    run: () => model.navigation.open({ kind: "contact", ask: "notifications", row }),
  };
  if (isMuted(row, model.now)) {
    const unmute = (): Promise<void> => backend.setMute({ conversation: row.id, mute: { kind: "off" } });
    return [{ label: t("menu-unmute"), icon: Bell, run: () => void model.attempt(unmute) }, settings];
  }
  const mute = (seconds: number | null) => () => {
    const until = seconds === null ? ({ kind: "always" } as const) : ({ kind: "seconds", seconds } as const);
    void model.attempt(() => backend.setMute({ conversation: row.id, mute: until }));
  };
  return [
    { label: t("menu-mute-1h"), icon: Clock1, run: mute(HOUR_S) },
    { label: t("menu-mute-8h"), icon: Clock8, run: mute(8 * HOUR_S) },
    { label: t("menu-mute-always"), icon: BellOff, run: mute(null) },
    settings,
  ];
}

function ofGroup(model: AppModel, row: ConversationRow): Items {
  const { navigation } = model;
  const isOver = row.group?.standing === "removed" || row.group?.standing === "destroyed";
  const manage: MenuItem = { label: t("group-manage"), icon: Info, run: () => navigation.open({ kind: "group", row }) };
  if (isOver) return [manage, null, clearItem(model, row), deleteItem(model, row)];
  const ask = (ask: "add" | "leave") => (): void =>
    navigation.open({ kind: "groupAsk", ask: { kind: ask }, row, isFromGroup: false });
  return [
    manage,
    { label: t("group-add-members"), icon: UserPlus, run: ask("add") },
    null,
    clearItem(model, row),
    { label: t("group-leave"), icon: LogOut, isDanger: true, run: ask("leave") },
  ];
}

function ofPerson(model: AppModel, row: ConversationRow): Items {
  const { navigation } = model;
  return [
    {
      label: t("menu-nickname"),
      icon: Tag,
      run: () => navigation.open({ kind: "contact", ask: "nickname", row }),
    },
    ...timer(model, row),
    null,
    row.isBlocked
      ? { label: t("menu-unblock"), icon: Ban, run: () => void model.attempt(() => model.unblock(row.id)) }
      : {
          label: t("menu-block"),
          icon: Ban,
          isDanger: true,
          run: () => navigation.open({ kind: "contact", ask: "block", row }),
        },
    clearItem(model, row),
    deleteItem(model, row),
    ...(row.isApproved
      ? [
          {
            label: t("menu-delete-contact"),
            icon: UserX,
            isDanger: true,
            run: () => navigation.open({ kind: "contact", ask: "deleteContact", row }),
          },
        ]
      : []),
  ];
}

function ofNote(model: AppModel, row: ConversationRow): Items {
  return [
    row.isListed
      ? { label: t("note-hide"), icon: EyeOff, run: () => void model.attempt(() => model.setNoteHidden(true)) }
      : { label: t("note-show"), icon: Eye, run: () => void model.attempt(() => model.setNoteHidden(false)) },
    ...timer(model, row),
    clearItem(model, row),
    deleteItem(model, row),
  ];
}

/** How long messages stay; of a group it is set in its window. */
function timer(model: AppModel, row: ConversationRow): Items {
  if (!maySetTimer(row)) return [];
  return [{ label: t("group-timer"), icon: TimerIcon, run: () => model.navigation.open({ kind: "timer", row }) }];
}

function clearItem(model: AppModel, row: ConversationRow): MenuItem {
  return {
    label: t("menu-clear"),
    icon: Eraser,
    isDanger: true,
    run: () => model.navigation.open({ kind: "contact", ask: "clear", row }),
  };
}

/** Also of a row that cannot be drawn. */
export function deleteItem(model: AppModel, row: ConversationRow): MenuItem {
  return {
    label: t("menu-delete-conversation"),
    icon: Trash,
    isDanger: true,
    run: () => model.navigation.open({ kind: "deleteConversation", row }),
  };
}
