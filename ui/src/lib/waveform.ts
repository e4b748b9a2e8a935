/** How loud a sound is over its length, as a drawing. */

/** Pillars of a drawing. */
export const PILLARS = 48;
/** From one pillar to the next, and how high a drawing is. */
export const STEP = 2;
export const HEIGHT = 32;
/** Silence is a dot. */
const LEAST = 1.5;
const LOUDEST = 255;

/** As many pillars as are drawn: the loudest of those that share a place. Nothing known is silence. */
export function evened(waveform: readonly number[], count = PILLARS): number[] {
  return Array.from({ length: count }, (_, at) => {
    const from = Math.floor((at * waveform.length) / count);
    const to = Math.max(from + 1, Math.floor(((at + 1) * waveform.length) / count));
    return Math.max(0, ...waveform.slice(from, to));
  });
}

/** The newest levels (0 to 100) at the right end of a drawing. */
export function rolling(levels: readonly number[], count = PILLARS): number[] {
  const newest = levels.slice(-count).map((level) => (level / 100) * LOUDEST);
  return [...Array.from({ length: count - newest.length }, () => 0), ...newest];
}

/** The pillars from one to before another, as strokes of an SVG path. */
export function strokes(pillars: readonly number[], from: number, to: number): string {
  const middle = HEIGHT / 2;
  return pillars
    .slice(from, to)
    .map((loud, at) => {
      const half = Math.max(LEAST, (Math.min(loud, LOUDEST) / LOUDEST) * HEIGHT) / 2;
      const x = (from + at) * STEP + STEP / 2;
      return `M${x} ${(middle - half).toFixed(1)}V${(middle + half).toFixed(1)}`;
    })
    .join("");
}

/** How many pillars of a sound were heard. */
export function heard(positionMs: number, lengthMs: number, count = PILLARS): number {
  if (lengthMs <= 0) return 0;
  return Math.max(0, Math.min(count, Math.round((positionMs / lengthMs) * count)));
}

/** The place of a sound under the pointer. */
export function placeAt(x: number, left: number, width: number, lengthMs: number): number {
  if (width <= 0) return 0;
  return Math.round(Math.max(0, Math.min(1, (x - left) / width)) * lengthMs);
}
