import type { ConversationRow } from "../ipc/backend";

export const HOUR_S = 3_600;
export const WEEK_S = 7 * 24 * HOUR_S;

type Disturbing = Pick<ConversationRow, "notify" | "mute">;

/** Whether a conversation is muted at a moment. */
export function isMuted(row: Disturbing, now: number): boolean {
  return row.mute.kind === "always" || (row.mute.kind === "until" && row.mute.at > now);
}

/** Whether nothing of a conversation disturbs at a moment. */
export function isSilent(row: Disturbing, now: number): boolean {
  return row.notify === "none" || isMuted(row, now);
}
