/** A contact as a text: every app of the network shows it, and this one as a card. */

import { oneLine } from "./text";

/** Somebody who was shared. */
export type SharedContact = {
  /** As whoever shares them says; nothing vouches for it. */
  name: string | null;
  /** 66 hex digits. */
  accountId: string;
};

const MOST_LETTERS = 100;
const CARD = /^(?:([^\n]{1,100})\n)?(05[0-9a-f]{64})$/iu;

/** The text: the name, if there is one, and below it the account ID. */
export function contactText({ name, accountId }: SharedContact): string {
  const said = oneLine(name ?? "").slice(0, MOST_LETTERS);
  return said === "" ? accountId : `${said}\n${accountId}`;
}

/** Somebody who is all that a text tells of; `null` if it says more, or something else. */
export function contactIn(text: string): SharedContact | null {
  const found = CARD.exec(text.trim());
  const accountId = found?.[2]?.toLowerCase();
  if (accountId === undefined) return null;
  const name = found?.[1]?.trim() ?? "";
  return { name: name === "" ? null : name, accountId };
}
