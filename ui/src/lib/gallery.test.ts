import { describe, expect, it } from "vitest";

import type { GalleryRow } from "../ipc/backend";
import { attachment } from "../ipc/fake/files-seed";
import { accountOf } from "../ipc/fake/seed";
import { clockText, monthName } from "./dates";
import { galleryLines } from "./gallery";
import { moved, stepped, WHOLE, zoomedTo } from "./zoom";

const author = { accountId: accountOf(1), name: "Élodie", isSelf: false };
const NOVEMBER = new Date(2026, 10, 20, 12).getTime();
const OCTOBER = new Date(2026, 9, 31, 23, 59).getTime();

function picture(message: string, sentAt: number, index = 0): GalleryRow {
  return { message, author, sentAt, file: attachment("picture", index), links: [] };
}

describe("a gallery", () => {
  it("has rows of tiles below the heading of each month", () => {
    const rows = [...Array.from({ length: 5 }, (_, at) => picture(`n${at}`, NOVEMBER)), picture("o", OCTOBER)];
    const lines = galleryLines(rows, true, 4);
    expect(lines.map((line) => (line.kind === "tiles" ? line.tiles.length : line.kind))).toEqual([
      "month",
      4,
      1,
      "month",
      1,
    ]);
    expect(new Set(lines.map((line) => line.key)).size).toBe(lines.length);
  });

  it("has one line for each file and each link", () => {
    const file: GalleryRow = { ...picture("f", NOVEMBER), file: attachment("file") };
    // What misleads is no link there either.
    const urls = ["https://a.example", "https://b.example", "https://bank.example@evil.example/"];
    const links: GalleryRow = { ...picture("l", NOVEMBER), file: null, links: urls };
    expect(galleryLines([file, links], false, 4).map((line) => line.kind)).toEqual(["month", "file", "link", "link"]);
  });

  it("is empty without rows", () => {
    expect(galleryLines([], true, 4)).toEqual([]);
  });
});

describe("times of files", () => {
  it("are a clock, with hours where there are some", () => {
    expect([clockText(0), clockText(187_900), clockText(3_725_000)]).toEqual(["0:00", "3:07", "1:02:05"]);
  });

  it("stand below a month, in both languages", () => {
    expect(monthName("en-GB", NOVEMBER)).toBe("November 2026");
    expect(monthName("fr-FR", NOVEMBER)).toBe("Novembre 2026");
  });
});

describe("a picture that is looked at closely", () => {
  const size = { width: 400, height: 200 };

  it("grows around a point, and never beyond its bounds", () => {
    const close = zoomedTo(WHOLE, 2, { x: 100, y: 0 }, size);
    expect(close).toEqual({ scale: 2, x: -100, y: 0 });
    expect(zoomedTo(close, 100, { x: 0, y: 0 }, size).scale).toBe(8);
    expect(zoomedTo(close, 0.1, { x: 0, y: 0 }, size)).toEqual({ scale: 1, x: 0, y: 0 });
  });

  it("moves as far as its edges", () => {
    const close = zoomedTo(WHOLE, 2, { x: 0, y: 0 }, size);
    expect(moved(close, { x: 1_000, y: -1_000 }, size)).toEqual({ scale: 2, x: 200, y: -100 });
    expect(moved(WHOLE, { x: 10, y: 10 }, size)).toEqual(WHOLE);
  });

  it("comes back by as many steps", () => {
    const once = stepped(WHOLE, 1, { x: 0, y: 0 }, size);
    expect(once.scale).toBe(1.5);
    expect(stepped(once, -1, { x: 0, y: 0 }, size).scale).toBe(1);
  });
});
