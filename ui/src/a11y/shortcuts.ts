/** Every key of the window: one registry, which also draws the help. */

import type { MessageId, Messages } from "../i18n/ids";

/** Ids of texts that take no argument. */
export type PlainId = { [K in MessageId]: Messages[K] extends undefined ? K : never }[MessageId];

export type Group = "window" | "conversations" | "message";

export type Shortcut = {
  id: PlainId;
  group: Group;
  /** `Ctrl` stands for the command key on macOS. */
  modifiers: readonly ("Ctrl" | "Shift" | "Alt")[];
  /** As `KeyboardEvent.key`, lower case; several mean the same. */
  keys: readonly string[];
  /** What the help shows instead of the first key. */
  /** … as it is, or the id of a text. */
  shown?: string;
};

export const SHORTCUTS = [
  { id: "shortcut-new-conversation", group: "window", modifiers: ["Ctrl"], keys: ["n"] },
  { id: "shortcut-new-message", group: "window", modifiers: ["Ctrl", "Shift"], keys: ["m"] },
  { id: "shortcut-new-group", group: "window", modifiers: ["Ctrl", "Shift"], keys: ["g"] },
  { id: "shortcut-note-to-self", group: "window", modifiers: ["Ctrl", "Shift"], keys: ["n"] },
  { id: "shortcut-search", group: "window", modifiers: ["Ctrl"], keys: ["f"] },
  { id: "shortcut-settings", group: "window", modifiers: ["Ctrl"], keys: [","] },
  { id: "shortcut-help", group: "window", modifiers: ["Ctrl"], keys: ["/"] },
  { id: "shortcut-larger", group: "window", modifiers: ["Ctrl"], keys: ["+", "="] },
  { id: "shortcut-smaller", group: "window", modifiers: ["Ctrl"], keys: ["-"], shown: "−" },
  { id: "shortcut-usual", group: "window", modifiers: ["Ctrl"], keys: ["0"] },
  { id: "shortcut-lock", group: "window", modifiers: ["Ctrl"], keys: ["l"] },
  { id: "shortcut-escape", group: "window", modifiers: [], keys: ["escape"], shown: "key-escape" },
  {
    id: "shortcut-nth",
    group: "conversations",
    modifiers: ["Ctrl"],
    keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
    shown: "1…9",
  },
  { id: "shortcut-previous", group: "conversations", modifiers: ["Alt"], keys: ["arrowup"], shown: "↑" },
  { id: "shortcut-next", group: "conversations", modifiers: ["Alt"], keys: ["arrowdown"], shown: "↓" },
  { id: "shortcut-next-unread", group: "conversations", modifiers: ["Alt", "Shift"], keys: ["arrowdown"], shown: "↓" },
  { id: "shortcut-find", group: "conversations", modifiers: ["Ctrl", "Shift"], keys: ["f"] },
  { id: "shortcut-details", group: "conversations", modifiers: ["Ctrl"], keys: ["."] },
  { id: "shortcut-close", group: "conversations", modifiers: ["Ctrl"], keys: ["w"] },
  { id: "shortcut-emoji", group: "conversations", modifiers: ["Ctrl"], keys: ["e"] },
  // The timeline itself listens to these.
  { id: "shortcut-menu", group: "message", modifiers: [], keys: [], shown: "key-enter" },
  { id: "shortcut-copy", group: "message", modifiers: ["Ctrl"], keys: [], shown: "C" },
  { id: "shortcut-reply", group: "message", modifiers: ["Ctrl", "Shift"], keys: [], shown: "R" },
  { id: "shortcut-react", group: "message", modifiers: ["Ctrl", "Shift"], keys: [], shown: "E" },
  { id: "shortcut-save", group: "message", modifiers: ["Ctrl"], keys: [], shown: "S" },
  { id: "shortcut-delete", group: "message", modifiers: [], keys: [], shown: "key-delete" },
] as const satisfies readonly Shortcut[];

export type ShortcutId = (typeof SHORTCUTS)[number]["id"];

/** The shortcut that a key press means, with the key of it that was pressed. */
export function shortcutOf(event: KeyboardEvent): { id: ShortcutId; key: string } | null {
  const key = event.key.toLowerCase();
  const control = event.ctrlKey || event.metaKey;
  for (const shortcut of SHORTCUTS) {
    const { modifiers, keys }: Shortcut = shortcut;
    // Some layouts need Shift for a sign: it does not count there.
    const isSign = /^[^\p{L}\p{N}]$/u.test(key);
    if (modifiers.includes("Ctrl") !== control || modifiers.includes("Alt") !== event.altKey) continue;
    if (!isSign && modifiers.includes("Shift") !== event.shiftKey) continue;
    if (keys.includes(key)) return { id: shortcut.id, key };
  }
  // On French keyboards digits need Shift: the place of the key counts there.
  const digit = /^Digit([0-9])$/u.exec(event.code)?.[1];
  if (control && !event.altKey && digit !== undefined && !/^[0-9a-z]$/u.test(key)) {
    return { id: digit === "0" ? "shortcut-usual" : "shortcut-nth", key: digit };
  }
  return null;
}
