/** The groups of the scenario of that name: one of each kind that the window draws in its own way. */

import type {
  ConversationRow,
  GroupDetails,
  GroupEvent,
  GroupInvitation,
  GroupMemberRow,
  MemberState,
} from "../backend";
import { accountOf, conversation, DAY, MINUTE, NOW, OWN } from "./seed";

type SeededLine =
  { text: string; by?: string; at: number; unread?: boolean } | { event: GroupEvent; by?: string; at: number };

export type SeededGroup = {
  row: ConversationRow;
  details: GroupDetails;
  lines: SeededLine[];
  invitation: GroupInvitation | null;
};

/** The ID of a group made of a number. */
export function groupOf(number: number): string {
  return `03${accountOf(700 + number).slice(2)}`;
}

const NAMES: Record<number, string> = { 1: "Élodie", 3: "Paul", 5: "Anne", 4: "Lucien" };

function member(number: number, state: MemberState): GroupMemberRow {
  const accountId = accountOf(number);
  const name = number === 0 ? "Morgane" : (NAMES[number] ?? null);
  return { accountId, name, picture: null, isSelf: number === 0, isContact: name !== null && number !== 0, state };
}

function group(
  number: number,
  name: string,
  over: Partial<GroupDetails> = {},
): { row: ConversationRow; details: GroupDetails } {
  const id = groupOf(number);
  const details: GroupDetails = {
    conversation: id,
    groupId: id,
    name,
    description: "",
    picture: null,
    standing: "joined",
    isAdmin: false,
    isLastAdmin: false,
    membersMayAdd: true,
    allAreAdmins: false,
    timerSeconds: 0,
    silentDays: 0,
    trouble: null,
    members: [member(0, "joined"), member(1, "admin"), member(3, "joined")],
    ...over,
  };
  const row = conversation(number, { id, accountId: id, kind: "group", name, isPinned: false });
  return { row, details };
}

const ref = (number: number) => ({ accountId: accountOf(number), name: NAMES[number] ?? null, isSelf: number === 0 });
const at = (minutes: number): number => NOW - minutes * MINUTE;

export function seededGroups(): SeededGroup[] {
  const [elodie, paul] = [accountOf(1), accountOf(3)];
  const garden = group(1, "Solaris Orbey", {
    description: "Entraide autour du marché d’Orbey",
    isAdmin: true,
    members: [
      member(0, "admin"),
      member(1, "admin"),
      member(3, "joined"),
      member(5, "invitationSent"),
      member(61, "invitationFailed"),
      member(62, "proposed"),
    ],
  });
  const yesterday = DAY / MINUTE;
  return [
    {
      ...garden,
      invitation: null,
      lines: [
        { event: { kind: "created" }, by: OWN, at: at(yesterday + 90) },
        ...[1, 3, 5].map((number) => ({
          event: { kind: "added" as const, people: [ref(number)], withHistory: false },
          by: OWN,
          at: at(yesterday + 89),
        })),
        { event: { kind: "promoted", people: [ref(1)] }, by: OWN, at: at(yesterday + 80) },
        { text: "Bonjour à tous, voici le groupe du marché.", at: at(yesterday + 70) },
        { text: "Merci, je vois la liste.", by: elodie, at: at(yesterday + 60) },
        { text: "Je note samedi.", by: elodie, at: at(yesterday + 59) },
        { event: { kind: "timerChanged", seconds: 604_800 }, by: elodie, at: at(60) },
        { text: `@${OWN} qui apporte les graines ?`, by: paul, at: at(20), unread: true },
        { text: "Moi, si personne d’autre…", by: accountOf(61), at: at(18), unread: true },
      ],
    },
    {
      ...group(2, "Atelier vélo", { trouble: "silent", silentDays: 12 }),
      invitation: null,
      lines: [{ text: "On se voit au printemps.", by: elodie, at: at(12 * yesterday) }],
    },
    {
      ...group(3, "Chorale", { standing: "removed" }),
      invitation: null,
      lines: [{ event: { kind: "removed", people: [ref(0)] }, by: elodie, at: at(2 * yesterday) }],
    },
    {
      ...group(4, "Fête d’été", { standing: "destroyed" }),
      invitation: null,
      lines: [{ text: "Merci à tous.", by: paul, at: at(3 * yesterday) }],
    },
    {
      ...group(5, "Anciens élèves", { standing: "expired", trouble: "needsInvitation", members: [] }),
      invitation: null,
      lines: [{ text: "À bientôt", by: paul, at: at(40 * yesterday) }],
    },
    {
      ...group(6, "Lecteurs", { membersMayAdd: false }),
      invitation: null,
      lines: [{ text: "Prochain livre lundi", by: elodie, at: at(5 * yesterday) }],
    },
    {
      ...invited(),
      invitation: { name: "Potager", inviter: ref(64) },
      lines: [{ event: { kind: "invited" }, by: accountOf(64), at: at(30) }],
    },
  ];
}

function invited(): { row: ConversationRow; details: GroupDetails } {
  const made = group(7, "Potager", { standing: "invited" });
  Object.assign(made.row, { isRequest: true, isApproved: false, unreadCount: 1 });
  return made;
}
