/** A picture that is looked at more closely: how large it is, and which part of it is seen. */

export type Zoom = {
  /** 1: the whole picture. */
  scale: number;
  /** How far its middle is from the middle of the screen, in pixels. */
  x: number;
  y: number;
};

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
const MOST = 8;
const STEP = 1.5;

type Size = { width: number; height: number };

/** As far as `most` in both directions. What cannot move stands at 0, never at -0. */
function between(most: number, value: number): number {
  return most === 0 ? 0 : Math.max(-most, Math.min(most, value));
}

/** Not further than its edges. */
function within({ scale, x, y }: Zoom, { width, height }: Size): Zoom {
  return { scale, x: between((width * (scale - 1)) / 2, x), y: between((height * (scale - 1)) / 2, y) };
}

/** Larger or smaller around a point, given from the middle of the screen. `size`: of the whole picture there. */
export function zoomedTo(zoom: Zoom, scale: number, at: { x: number; y: number }, size: Size): Zoom {
  const next = Math.max(1, Math.min(MOST, scale));
  const factor = next / zoom.scale;
  return within({ scale: next, x: at.x - (at.x - zoom.x) * factor, y: at.y - (at.y - zoom.y) * factor }, size);
}

/** One step larger (1) or smaller (-1). */
export function stepped(zoom: Zoom, by: 1 | -1, at: { x: number; y: number }, size: Size): Zoom {
  return zoomedTo(zoom, by === 1 ? zoom.scale * STEP : zoom.scale / STEP, at, size);
}

/** Moved by so many pixels. */
export function moved(zoom: Zoom, by: { x: number; y: number }, size: Size): Zoom {
  return within({ ...zoom, x: zoom.x + by.x, y: zoom.y + by.y }, size);
}
