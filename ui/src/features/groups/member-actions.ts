/** What can be done with a member of a group. */

import MessageCircle from "@lucide/svelte/icons/message-circle";
import RefreshCw from "@lucide/svelte/icons/refresh-cw";
import ShieldUser from "@lucide/svelte/icons/shield-user";
import UserMinus from "@lucide/svelte/icons/user-minus";
import Wrench from "@lucide/svelte/icons/wrench";

import type { MenuItem } from "../../components/menu-item";
import { memberName } from "../../i18n/group-words";
import { t } from "../../i18n/i18n.svelte";
import type { ConversationRow, GroupMemberAction, GroupMemberRow, MemberState } from "../../ipc/backend";
import type { GroupModel } from "../../state/group.svelte";
import type { AppModel } from "../../state/model.svelte";

/** An invitation or a promotion that may not have arrived. */
export function canResend(state: MemberState): boolean {
  return (
    state === "invitationSent" ||
    state === "invitationFailed" ||
    state === "promotionSent" ||
    state === "promotionFailed"
  );
}

/** In the group, or invited: not an admin, who can neither be removed nor invited again. */
function isOrdinary(state: MemberState): boolean {
  return state === "joined" || state.startsWith("invitation");
}

/** Carries something out and says so. */
export async function act(
  model: AppModel,
  group: GroupModel,
  member: GroupMemberRow,
  action: GroupMemberAction,
): Promise<void> {
  if (!(await model.attempt(() => group.act(member.accountId, action)))) return;
  const name = memberName(member);
  if (action.kind === "resend") model.toasts.show(t("member-resent"));
  if (action.kind === "repair") model.toasts.show(t("member-repaired", { name }));
  if (action.kind === "addAgain") model.toasts.show(t("member-added-again", { name }));
}

/** The menu of a member; only admins have more than the conversation. */
export function memberMenu(
  model: AppModel,
  group: GroupModel,
  row: ConversationRow,
  member: GroupMemberRow,
): MenuItem[] {
  const open: MenuItem = {
    label: t("member-open"),
    icon: MessageCircle,
    run: () => void model.attempt(() => model.openAccount(member.accountId)),
  };
  if (group.details?.isAdmin !== true || !isOrdinary(member.state)) return [open];
  const ask = (kind: "promote" | "remove" | "repair" | "addAgain") => (): void =>
    model.navigation.open({ kind: "groupAsk", ask: { kind, member }, row, isFromGroup: true });
  return [
    open,
    null,
    { label: t("member-repair"), icon: Wrench, run: ask("repair") },
    { label: t("member-add-again"), icon: RefreshCw, run: ask("addAgain") },
    ...(member.state === "joined" ? [{ label: t("member-promote"), icon: ShieldUser, run: ask("promote") }] : []),
    null,
    { label: t("member-remove"), icon: UserMinus, isDanger: true, run: ask("remove") },
  ];
}
