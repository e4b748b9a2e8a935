/** The times after which messages may disappear, in seconds. */

import type { Timer, TimerKind } from "../ipc/backend";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const TIMES: Record<Exclude<TimerKind, "off">, readonly number[]> = {
  afterRead: [5 * MINUTE, HOUR, 12 * HOUR, DAY, 7 * DAY, 14 * DAY],
  afterSend: [12 * HOUR, DAY, 7 * DAY, 14 * DAY],
};
const USUAL: Record<TimerKind, number> = { off: 0, afterRead: 12 * HOUR, afterSend: DAY };

/** The times to choose from; another app may have set one that is not offered here. */
export function timesFor(offered: readonly number[], now: number): number[] {
  return offered.includes(now) ? [...offered] : [...offered, now].sort((a, b) => a - b);
}

/** A timer of a kind: as it is set now where it is of that kind, else with the usual time. */
export function timerOf(kind: TimerKind, now: Timer): Timer {
  return kind === now.kind ? now : { kind, seconds: USUAL[kind] };
}
