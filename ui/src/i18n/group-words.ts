/** Words for what happens in groups, and for how their members stand. */

import type {
  GroupDetails,
  GroupEvent,
  GroupMemberRow,
  GroupTrouble,
  GroupWords,
  MemberState,
  PersonRef,
} from "../ipc/backend";
import { lengthOfTime, listOf } from "../lib/dates";
import type { FoldedKind } from "../lib/grouping";
import { shortId } from "../lib/text";
import { formats, t } from "./i18n.svelte";

/** Who did something: we, somebody, or nobody says. */
export type Actor = { kind: "own" } | { kind: "other"; name: string } | { kind: "unknown" };

/** More people than these are counted instead of named. */
const MOST_NAMED = 3;

/** What somebody of a group is called. */
export function personName(person: Pick<PersonRef, "name" | "accountId">): string {
  return person.name ?? shortId(person.accountId);
}

/** The same within a list of members: ourselves by “You”. */
export function memberName(member: Pick<GroupMemberRow, "name" | "accountId" | "isSelf">): string {
  return member.isSelf ? t("group-you") : personName(member);
}

/** The author of a row of a group, who may be unknown: then the group itself stands there. */
export function actorOf(row: { isOwn: boolean; author: string; authorName: string | null }): Actor {
  if (row.isOwn) return { kind: "own" };
  if (!row.author.startsWith("05")) return { kind: "unknown" };
  return { kind: "other", name: row.authorName ?? shortId(row.author) };
}

function names(people: readonly PersonRef[]): string {
  const all = people.map((person) => (person.isSelf ? t("group-people-you") : personName(person)));
  if (all.length <= MOST_NAMED) return listOf(formats(), all);
  const shown = all.slice(0, MOST_NAMED - 1);
  return t("group-people-more", { people: shown.join(", "), count: all.length - shown.length });
}

/** What happened, as a sentence. `authorId`: who says so, to know who did it to themselves. */
export function eventText(event: GroupEvent, actor: Actor, authorId: string | null): string {
  switch (event.kind) {
    case "created":
      return t("group-event-created");
    case "invited":
      return actor.kind === "other" ? t("group-event-invited", { name: actor.name }) : t("group-event-invited-unknown");
    case "joined":
      return t("group-event-joined");
    case "added":
      return addedText(event.people, event.withHistory ? "yes" : "no", actor, authorId);
    case "removed":
      return removedText(event.people, actor);
    case "promoted":
      return promotedText(event.people, actor, authorId);
    case "left":
      return actor.kind === "other" ? t("group-event-left-other", { name: actor.name }) : t("group-event-left-own");
    case "named":
      return namedText(event.name, actor);
    case "pictureChanged":
      if (actor.kind === "own") return t("group-event-picture-own");
      return actor.kind === "other"
        ? t("group-event-picture-other", { name: actor.name })
        : t("group-event-picture-unknown");
    case "timerChanged":
      return timerText(event.seconds, actor);
  }
}

/** We, and the others of some people. */
function split(people: readonly PersonRef[]): { hasUs: boolean; others: PersonRef[] } {
  return { hasUs: people.some((person) => person.isSelf), others: people.filter((person) => !person.isSelf) };
}

/** Whether somebody did it to nobody but themselves. */
function isByThemselves(people: readonly PersonRef[], authorId: string | null): boolean {
  return people.length === 1 && people[0]?.accountId === authorId;
}

function addedText(people: PersonRef[], history: "yes" | "no", actor: Actor, authorId: string | null): string {
  const { hasUs, others } = split(people);
  if (isByThemselves(people, authorId))
    return hasUs ? t("group-event-joined") : t("group-event-joined-other", { people: names(people), count: 1 });
  if (actor.kind === "unknown")
    return hasUs && others.length === 0
      ? t("group-event-added-you-unknown")
      : t("group-event-added-unknown", { people: names(people) });
  if (actor.kind === "own") return t("group-event-added-own", { people: names(people), history });
  const { name } = actor;
  if (!hasUs) return t("group-event-added-other", { name, people: names(people), history });
  return others.length === 0
    ? t("group-event-added-you", { name, history })
    : t("group-event-added-you-with", { name, people: names(others) });
}

function removedText(people: PersonRef[], actor: Actor): string {
  const { hasUs, others } = split(people);
  if (actor.kind === "unknown")
    return hasUs ? t("group-event-removed-you-unknown") : t("group-event-removed-unknown", { people: names(people) });
  if (actor.kind === "own") return t("group-event-removed-own", { people: names(people) });
  const { name } = actor;
  if (!hasUs) return t("group-event-removed-other", { name, people: names(people) });
  return others.length === 0
    ? t("group-event-removed-you", { name })
    : t("group-event-removed-you-with", { name, people: names(others) });
}

function promotedText(people: PersonRef[], actor: Actor, authorId: string | null): string {
  const { hasUs, others } = split(people);
  const count = people.length;
  if (actor.kind === "unknown" || isByThemselves(people, authorId))
    return hasUs && others.length === 0
      ? t("group-event-promoted-you-now")
      : t("group-event-promoted-now", { people: names(people), count });
  if (actor.kind === "own") return t("group-event-promoted-own", { people: names(people), count });
  const { name } = actor;
  if (!hasUs) return t("group-event-promoted-other", { name, people: names(people), count });
  return others.length === 0
    ? t("group-event-promoted-you", { name })
    : t("group-event-promoted-you-with", { name, people: names(others) });
}

function namedText(group: string, actor: Actor): string {
  if (group === "") return t("group-event-named-none");
  if (actor.kind === "own") return t("group-event-named-own", { group });
  return actor.kind === "other"
    ? t("group-event-named-other", { name: actor.name, group })
    : t("group-event-named-unknown", { group });
}

function timerText(seconds: number, actor: Actor): string {
  const name = actor.kind === "other" ? actor.name : "";
  if (seconds === 0) {
    if (actor.kind === "own") return t("group-event-timer-off-own");
    return actor.kind === "other" ? t("group-event-timer-off-other", { name }) : t("group-event-timer-off-unknown");
  }
  const time = lengthOfTime(formats(), seconds);
  if (actor.kind === "own") return t("group-event-timer-own", { time });
  return actor.kind === "other"
    ? t("group-event-timer-other", { name, time })
    : t("group-event-timer-unknown", { time });
}

export function foldedText(kind: Exclude<FoldedKind, "saved">, count: number): string {
  switch (kind) {
    case "added":
      return t("group-folded-added", { count });
    case "removed":
      return t("group-folded-removed", { count });
    case "promoted":
      return t("group-folded-promoted", { count });
    case "left":
      return t("group-folded-left", { count });
  }
}

/** How far a member is; `null` for whom nothing needs to be said. */
export function memberStateText(state: MemberState, isAdmin: boolean): string | null {
  // Who is no admin sees who leads the group, and whom they asked for themselves.
  if (!isAdmin && state !== "admin" && state !== "proposed") return null;
  switch (state) {
    case "joined":
      return null;
    case "admin":
      return t("member-admin");
    case "proposed":
      return t("member-proposed");
    case "invitationSending":
      return t("member-invitation-sending");
    case "invitationSent":
      return t("member-invitation-sent");
    case "invitationFailed":
      return t("member-invitation-failed");
    case "promotionSending":
      return t("member-promotion-sending");
    case "promotionSent":
      return t("member-promotion-sent");
    case "promotionFailed":
      return t("member-promotion-failed");
    case "removing":
      return t("member-removing");
  }
}

/** What keeps a group from going on, as a sentence. */
export function troubleText(trouble: GroupTrouble, silentDays: number): string {
  switch (trouble) {
    case "silent":
      return silentText(silentDays);
    case "askingNodes":
      return t("group-asking-nodes");
    case "askingAdmins":
      return t("group-asking-admins");
    case "needsInvitation":
      return t("group-needs-invitation");
  }
}

function silentText(days: number): string {
  return days > 0 ? t("group-silent", { days }) : t("group-silent-unknown");
}

/** How long messages stay in a group. */
export function timerChoice(seconds: GroupDetails["timerSeconds"]): string {
  return seconds === 0 ? t("group-timer-off") : t("group-timer-after", { time: lengthOfTime(formats(), seconds) });
}

/** The sentences that the program writes in our name; it puts in whom and which group they are about. */
export function groupWords(): GroupWords {
  return {
    pleaseAdd: t("group-words-please-add", { person: "{person}" }),
    letMeIn: t("group-words-let-me-in", { group: "{group}" }),
  };
}
