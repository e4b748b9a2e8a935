/** A square over a turned picture, in its pixels: what a person moves, zooms and turns. */

/** How far one can zoom in. */
export const MOST_ZOOM = 4;

export type Crop = { widthPx: number; heightPx: number; turns: number; x: number; y: number; side: number };

/** The largest square in the middle of a picture that was not turned. */
export function wholeCrop(widthPx: number, heightPx: number): Crop {
  const side = Math.min(widthPx, heightPx);
  return { widthPx, heightPx, turns: 0, x: (widthPx - side) / 2, y: (heightPx - side) / 2, side };
}

/** Width and height as the picture is turned. */
export function turnedSize(crop: Crop): { widthPx: number; heightPx: number } {
  return crop.turns % 2 === 0
    ? { widthPx: crop.widthPx, heightPx: crop.heightPx }
    : { widthPx: crop.heightPx, heightPx: crop.widthPx };
}

/** 1 for the largest square, more when nearer. */
export function zoomOf(crop: Crop): number {
  return Math.min(crop.widthPx, crop.heightPx) / crop.side;
}

function inside(crop: Crop): Crop {
  const { widthPx, heightPx } = turnedSize(crop);
  const limit = (value: number, most: number): number => Math.max(0, Math.min(value, most));
  return { ...crop, x: limit(crop.x, widthPx - crop.side), y: limit(crop.y, heightPx - crop.side) };
}

/** Moved by so many pixels of the picture; never over its edge. */
export function moved(crop: Crop, dx: number, dy: number): Crop {
  return inside({ ...crop, x: crop.x + dx, y: crop.y + dy });
}

/** Nearer or farther, around the middle of the square. */
export function zoomed(crop: Crop, zoom: number): Crop {
  const side = Math.min(crop.widthPx, crop.heightPx) / Math.max(1, Math.min(zoom, MOST_ZOOM));
  const shift = (crop.side - side) / 2;
  return inside({ ...crop, side, x: crop.x + shift, y: crop.y + shift });
}

/** A quarter turn clockwise; what was in the square stays in it. */
export function turned(crop: Crop): Crop {
  const { heightPx } = turnedSize(crop);
  return inside({ ...crop, turns: (crop.turns + 1) % 4, x: heightPx - crop.y - crop.side, y: crop.x });
}

/** In whole pixels inside the picture, as the program takes it. */
export function cropRequest(crop: Crop): { quarterTurns: number; xPx: number; yPx: number; sidePx: number } {
  const { widthPx, heightPx } = turnedSize(crop);
  const sidePx = Math.max(1, Math.min(Math.round(crop.side), widthPx, heightPx));
  const place = (value: number, length: number): number => Math.min(Math.round(value), length - sidePx);
  return { quarterTurns: crop.turns, xPx: place(crop.x, widthPx), yPx: place(crop.y, heightPx), sidePx };
}
