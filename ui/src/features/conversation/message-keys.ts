/** What the keys do on a message of the timeline. */

export type MessageKey =
  | "menu"
  | "copy"
  | "reply"
  | "react"
  | "save"
  | "delete"
  | "up"
  | "down"
  | "first"
  | "last"
  | "choose"
  | "extendUp"
  | "extendDown"
  | "chooseAll";

const PLAIN: Record<string, MessageKey> = {
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
  Delete: "delete",
  Enter: "menu",
  ContextMenu: "menu",
};
const CHOOSING: Record<string, MessageKey> = { ...PLAIN, Enter: "choose", " ": "choose" };

/** The meaning of a key; `null` if it has none here. `isChoosing`: messages are being chosen. */
export function messageKeyOf(event: KeyboardEvent, isChoosing: boolean): MessageKey | null {
  const hasControl = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (event.altKey) return null;
  if (hasControl && event.shiftKey) return key === "r" ? "reply" : key === "e" ? "react" : null;
  if (hasControl && key === "s") return "save";
  if (hasControl) return key === "c" ? "copy" : key === "a" && isChoosing ? "chooseAll" : null;
  if (event.shiftKey && event.key === "F10") return "menu";
  if (event.shiftKey && isChoosing && event.key === "ArrowUp") return "extendUp";
  if (event.shiftKey && isChoosing && event.key === "ArrowDown") return "extendDown";
  return (isChoosing ? CHOOSING : PLAIN)[event.key] ?? null;
}
