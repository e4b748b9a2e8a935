import { describe, expect, it } from "vitest";

import type { AttachmentKind, AttachmentState, ConversationRow } from "../ipc/backend";
import { attachment, remote } from "../ipc/fake/files-seed";
import { seededGroups } from "../ipc/fake/group-seed";
import { conversation, message, NOW, OWN } from "../ipc/fake/seed";
import { albumPlaces, albumRows, isTooSmall, placeRoom, singleSize } from "./album";
import {
  filesHere,
  isHere,
  mayAttach,
  maySetDownloads,
  movedOf,
  parcels,
  pastedFiles,
  percentOf,
  signOf,
} from "./files";

const person = conversation(1);
const group: ConversationRow = {
  ...seededGroups()[0]!.row,
  group: { standing: "joined", isAdmin: false, memberCount: 3, unreadMentions: 0, silentDays: 0, trouble: null },
};

function kinds(...all: AttachmentKind[]): { kind: AttachmentKind }[] {
  return all.map((kind) => ({ kind }));
}

describe("the files of one message", () => {
  it("are pictures and films, or one of anything else, in their order", () => {
    const split = (...all: AttachmentKind[]): AttachmentKind[][] =>
      parcels(kinds(...all)).map((files) => files.map((file) => file.kind));
    expect(split()).toEqual([]);
    expect(split("picture", "video", "picture")).toEqual([["picture", "video", "picture"]]);
    expect(split("audio", "audio")).toEqual([["audio"], ["audio"]]);
    expect(split("file", "picture", "audio", "video")).toEqual([["file"], ["picture", "video"], ["audio"]]);
  });
});

describe("where a file is", () => {
  it.each([
    ["queued", true],
    ["uploading", true],
    ["uploaded", true],
    ["local", true],
    ["remote", false],
    ["downloading", false],
    ["expired", false],
  ] as const satisfies [AttachmentState, boolean][])("%s", (state, is) => {
    expect(isHere({ state }, { isOwn: true, state: "sent" })).toBe(is);
  });

  it("is here if it could not go up, and is not if it could not be fetched", () => {
    expect(isHere({ state: "failed" }, { isOwn: true, state: "failed" })).toBe(true);
    expect(isHere({ state: "failed" }, { isOwn: true, state: "sent" })).toBe(false);
    expect(isHere({ state: "failed" }, { isOwn: false, state: null })).toBe(false);
  });

  it("is said of all files of some messages, in their order", () => {
    const row = message("1", person.id, { text: "", at: NOW });
    row.attachments = [remote("picture", 0), attachment("picture", 1), attachment("file", 2)];
    expect(filesHere([row]).map(({ file }) => file.index)).toEqual([1, 2]);
  });

  it("moves in whole percent, where its size is known", () => {
    expect(percentOf(1, 3)).toBe(33);
    expect(percentOf(20, 10)).toBe(100);
    expect(percentOf(5, null)).toBeNull();
    expect(percentOf(5, 0)).toBeNull();
  });

  it("is not said to be whole at the server before the server says so", () => {
    const sizeBytes = 200;
    expect(movedOf({ state: "uploading", sizeBytes }, 199).percent).toBe(99);
    expect(movedOf({ state: "uploading", sizeBytes }, 200).percent).toBeNull();
    expect(movedOf({ state: "uploading", sizeBytes: null }, 7).percent).toBeNull();
    expect(movedOf({ state: "downloading", sizeBytes }, 200).percent).toBe(100);
  });

  it("moves from its turn on, also while nothing of it has left or come", () => {
    const sizeBytes = 200;
    const [waits, turns] = [
      { isWaiting: true, percent: 0 },
      { isWaiting: false, percent: null },
    ];
    expect(movedOf({ state: "queued", sizeBytes }, 0)).toEqual(waits);
    expect(movedOf({ state: "downloading", sizeBytes }, null)).toEqual(waits);
    expect(movedOf({ state: "uploading", sizeBytes }, 0)).toEqual(turns);
    expect(movedOf({ state: "downloading", sizeBytes }, 0)).toEqual(turns);
  });
});

describe("files", () => {
  it("go to those only who accepted each other", () => {
    expect(mayAttach(person)).toBe(true);
    expect(mayAttach({ ...person, hasApprovedMe: false })).toBe(false);
    expect(mayAttach({ ...person, isApproved: false, isRequest: true })).toBe(false);
    expect(mayAttach({ ...person, isBlocked: true })).toBe(false);
    expect(mayAttach(conversation(99, { id: OWN, accountId: OWN, kind: "noteToSelf" }))).toBe(true);
    expect(mayAttach(group)).toBe(true);
    expect(mayAttach({ ...group, group: { ...group.group!, standing: "removed" } })).toBe(false);
  });

  it("come by themselves where somebody else sends them", () => {
    expect(maySetDownloads(person)).toBe(true);
    expect(maySetDownloads(group)).toBe(true);
    expect(maySetDownloads({ ...person, isRequest: true })).toBe(false);
    expect(maySetDownloads(conversation(99, { id: OWN, accountId: OWN, kind: "noteToSelf" }))).toBe(false);
  });

  it.each([
    ["application/pdf", "text"],
    ["application/vnd.oasis.opendocument.spreadsheet", "table"],
    ["application/vnd.openxmlformats-officedocument.presentationml.presentation", "slides"],
    ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "text"],
    ["application/zip", "archive"],
    ["image/heic", "picture"],
    ["application/octet-stream", "other"],
  ] as const)("of the type %s have the sign of a %s", (contentType, sign) => {
    expect(signOf(attachment("file", 0, { contentType }))).toBe(sign);
  });

  it("that would run have a sign of their own, whatever they say they are", () => {
    expect(signOf(attachment("file", 0, { contentType: "application/pdf", isProgram: true }))).toBe("program");
  });
});

describe("pasting", () => {
  function pasted(files: File[], types: string[], text: string): DataTransfer {
    return { files, types, getData: () => text } as unknown as DataTransfer;
  }

  it("takes files and pictures, and leaves a text that brings a picture of itself", () => {
    const files = [new File(["x"], "a.png", { type: "image/png" })];
    expect(pastedFiles(pasted(files, ["Files"], ""))).toEqual(files);
    expect(pastedFiles(pasted(files, ["Files", "text/html"], ""))).toEqual(files);
    expect(pastedFiles(pasted(files, ["Files", "text/html", "text/plain"], "1\t2"))).toEqual([]);
    expect(pastedFiles(pasted([], ["text/plain"], "a"))).toEqual([]);
    expect(pastedFiles(null)).toEqual([]);
  });
});

describe("an album", () => {
  it("has a place for each of 1 to 32 pictures, and none stands alone below others", () => {
    for (let count = 1; count <= 32; count += 1) {
      const rows = albumRows(count);
      expect(rows.reduce((sum, row) => sum + row, 0)).toBe(count);
      expect(rows.slice(1).every((row) => row > 1)).toBe(true);
      const places = albumPlaces(count);
      expect(places).toHaveLength(count);
      expect(places.reduce((sum, { span }) => sum + span, 0) % 6).toBe(0);
    }
    expect(albumRows(0)).toEqual([]);
    expect(albumRows(3)).toEqual([1, 2]);
    expect(albumRows(7)).toEqual([2, 2, 3]);
    expect(albumRows(8)).toEqual([2, 3, 3]);
  });

  it("of one picture has its shape, within bounds", () => {
    expect(singleSize(1_600, 1_200)).toEqual({ widthRem: 22, ratio: 4 / 3 });
    expect(singleSize(900, 1_600).widthRem).toBeLessThan(12);
    expect(singleSize(10, 10_000).ratio).toBe(0.4);
    expect(singleSize(10_000, 10).ratio).toBe(4);
    expect(singleSize(null, null).ratio).toBe(4 / 3);
    // Small pictures have 704 px: two for each of the page.
    const widest = Math.max(...[0.2, 1, 1.5, 4, 10].map((ratio) => singleSize(ratio * 1_000, 1_000).widthRem));
    expect(widest * 16 * 2).toBeLessThanOrEqual(704);
  });

  it("is drawn from small pictures where these fill their places sharply", () => {
    const [tall, wide] = [
      { width: 900, height: 1_600 },
      { width: 1_600, height: 900 },
    ];
    // The first of three, and one below.
    const [first, below] = [placeRoom(6), placeRoom(3)];
    expect(first).toEqual({ widthRem: 22, heightRem: 12.375 });
    expect(below).toEqual({ widthRem: 11, heightRem: 8.25 });
    expect(placeRoom(2).widthRem).toBeCloseTo(placeRoom(2).heightRem);
    expect([16, 32].map((pxPerRem) => isTooSmall(tall, first, pxPerRem))).toEqual([false, true]);
    expect([16, 32].map((pxPerRem) => isTooSmall(wide, first, pxPerRem))).toEqual([false, false]);
    expect([16, 32].map((pxPerRem) => isTooSmall(tall, below, pxPerRem))).toEqual([false, false]);
    // There is no more of it than its small picture has.
    expect(isTooSmall({ width: 200, height: 700 }, first, 32)).toBe(false);
    expect(isTooSmall({ width: null, height: null }, first, 32)).toBe(false);
  });
});
