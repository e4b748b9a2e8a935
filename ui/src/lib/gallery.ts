/** The gallery of a conversation as lines of a list: headings of months, rows of tiles, files, links. */

import type { AttachmentRow, GalleryRow } from "../ipc/backend";
import { plainAddress } from "./linkify";

export type GalleryTile = { row: GalleryRow; file: AttachmentRow };

export type GalleryLine =
  | { kind: "month"; key: string; at: number }
  | { kind: "tiles"; key: string; tiles: GalleryTile[] }
  | { kind: "file"; key: string; row: GalleryRow; file: AttachmentRow }
  | { kind: "link"; key: string; row: GalleryRow; url: string };

/** The month of a moment on this computer, as something to compare. */
function monthOf(at: number): string {
  const day = new Date(at);
  return Number.isNaN(day.getTime()) ? "" : `${day.getFullYear()}-${day.getMonth()}`;
}

function keyOf(row: GalleryRow, what: number | string): string {
  return `${row.message}/${what}`;
}

/** The lines of some rows, newest first. `columns`: so many tiles stand in a row. */
export function galleryLines(rows: readonly GalleryRow[], isMedia: boolean, columns: number): GalleryLine[] {
  const lines: GalleryLine[] = [];
  let month: string | null = null;
  let tiles: GalleryTile[] = [];
  const endRow = (): void => {
    const [first] = tiles;
    if (first !== undefined) lines.push({ kind: "tiles", key: keyOf(first.row, first.file.index), tiles });
    tiles = [];
  };
  for (const row of rows) {
    const its = monthOf(row.sentAt);
    if (its !== month) {
      endRow();
      month = its;
      lines.push({ kind: "month", key: `month ${its} ${row.message}`, at: row.sentAt });
    }
    const { file } = row;
    if (file !== null && isMedia) {
      tiles.push({ row, file });
      if (tiles.length >= columns) endRow();
    } else if (file !== null) lines.push({ kind: "file", key: keyOf(row, file.index), row, file });
    else
      for (const url of row.links)
        if (plainAddress(url) !== null) lines.push({ kind: "link", key: keyOf(row, url), row, url });
  }
  endRow();
  return lines;
}
