/** Pictures that stand together: how many are in each row, and how large they are. */

import type { AttachmentRow } from "../ipc/backend";

/** A place in a grid of six columns. */
export type AlbumPlace = { span: 2 | 3 | 6; isAlone: boolean };

/** How many pictures stand in each row: never one alone below others, but above two. */
export function albumRows(count: number): number[] {
  if (count <= 2) return count <= 0 ? [] : [count];
  if (count === 3) return [1, 2];
  const rest = count % 3;
  const wide = rest === 0 ? [] : rest === 2 ? [2] : [2, 2];
  const left = count - wide.reduce((sum, row) => sum + row, 0);
  return [...wide, ...Array.from({ length: left / 3 }, () => 3)];
}

/** The place of each picture, in order. */
export function albumPlaces(count: number): AlbumPlace[] {
  return albumRows(count).flatMap((row) => {
    const span = row === 1 ? 6 : row === 2 ? 3 : 2;
    return Array.from({ length: row }, (): AlbumPlace => ({ span, isAlone: row === 1 }));
  });
}

/** The widest and the highest that a single picture is drawn, in rem. */
const MOST_WIDE = 22;
const MOST_HIGH = 20;
const LEAST = 8;

/** Width in rem and shape of a single picture; one of unknown size is a wide one. */
export function singleSize(width: number | null, height: number | null): { widthRem: number; ratio: number } {
  if (width === null || height === null || width <= 0 || height <= 0) return { widthRem: 16, ratio: 4 / 3 };
  const ratio = Math.min(4, Math.max(0.4, width / height));
  return { widthRem: Math.max(LEAST, Math.min(MOST_WIDE, MOST_HIGH * ratio)), ratio };
}

/** Where a picture is drawn: it fills it, and is cut to its shape. */
export type Room = { widthRem: number; heightRem: number };

/** The room of a place among others: their grid is as wide as the widest single picture. */
export function placeRoom(span: AlbumPlace["span"]): Room {
  const widthRem = (MOST_WIDE * span) / 6;
  const ratio = span === 6 ? 16 / 9 : span === 3 ? 4 / 3 : 1;
  return { widthRem, heightRem: widthRem / ratio };
}

/** The longer side of the small picture of a file. */
const SMALL_PX = 704;
/** A small picture that is stretched no more than this is sharp enough: the whole one takes longer to come. */
const MOST_STRETCHED = 1.25;

/** Whether the small picture of a picture is too small for its room. `pxPerRem`: pixels of the screen. */
export function isTooSmall(
  { width, height }: Pick<AttachmentRow, "width" | "height">,
  { widthRem, heightRem }: Room,
  pxPerRem: number,
): boolean {
  if (width === null || height === null || width <= 0 || height <= 0) return false;
  const longer = Math.max(width, height);
  if (longer <= SMALL_PX) return false;
  const shrunk = SMALL_PX / longer;
  return Math.max(widthRem / (width * shrunk), heightRem / (height * shrunk)) * pxPerRem > MOST_STRETCHED;
}
