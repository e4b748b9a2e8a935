import type { ContactRow } from "../../ipc/backend";

/** A contact with what its neighbours make of it. */
export type LetteredContact = {
  row: ContactRow;
  /** The letter that begins here; `null` within one, empty where names end. */
  letter: string | null;
  /** Somebody beside it has the same name. */
  hasNamesake: boolean;
};

function nameOf(row: ContactRow | undefined): string | null {
  return row === undefined ? null : (row.nickname ?? row.name);
}

/** The first letter of a name, without its accent. */
function letterOf(row: ContactRow | undefined): string | null {
  const name = nameOf(row);
  if (name === null) return null;
  const [first = ""] = name.normalize("NFKD").replace(/[\u0300-\u036f]/gu, "");
  return /\p{L}/u.test(first) ? first.toLocaleUpperCase() : "#";
}

/** Contacts in the order of their names, with the letters that stand above them. */
export function lettered(rows: readonly ContactRow[]): LetteredContact[] {
  return rows.map((row, at) => {
    const letter = letterOf(row);
    const [before, after] = [rows[at - 1], rows[at + 1]];
    const name = nameOf(row);
    const hasNamesake = name !== null && (nameOf(before) === name || nameOf(after) === name);
    return { row, letter: at > 0 && letterOf(before) === letter ? null : (letter ?? "—"), hasNamesake };
  });
}
