import { describe, expect, it, vi } from "vitest";

import type { MessageRow } from "../ipc/backend";
import { FakeBackend } from "../ipc/fake";
import { attachment, remote } from "../ipc/fake/files-seed";
import { settled } from "../testing/app";
import { Composer } from "./composer.svelte";
import { Gallery } from "./gallery.svelte";
import { Lightbox, viewedOf } from "./lightbox.svelte";
import { Posters } from "./posters";
import { Staging } from "./staging.svelte";
import { Transfers } from "./transfers.svelte";

function called(fake: FakeBackend, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

const photo = (name = "photo.jpg", type = "image/jpeg"): File => new File([new Uint8Array(3)], name, { type });

describe("chosen files", () => {
  function staging(): { fake: FakeBackend; staging: Staging; id: string } {
    const fake = new FakeBackend("main");
    const { id } = fake.rows[0]!;
    return { fake, staging: new Staging(fake, id), id };
  }

  it("are taken in one after the other, and stand in their order", async () => {
    const { fake, staging: chosen } = staging();
    let most = 0;
    let now = 0;
    const stage = fake.stageFile.bind(fake);
    fake.stageFile = async (request, file) => {
      most = Math.max(most, (now += 1));
      const row = await stage(request, file);
      now -= 1;
      return row;
    };
    const adding = Promise.all([chosen.add([photo("a.jpg"), photo("b.jpg")]), chosen.add([photo("c.jpg")])]);
    expect([chosen.busy, chosen.isReady, chosen.isEmpty]).toEqual([3, false, false]);
    await adding;
    expect(most).toBe(1);
    expect(chosen.files.map((file) => file.name)).toEqual(["a.jpg", "b.jpg", "c.jpg"]);
    expect([chosen.busy, chosen.isReady]).toEqual([0, true]);
  });

  it("that cannot be taken are named with why, and the others are taken", async () => {
    const { staging: chosen } = staging();
    const huge = new File(["x"], "huge.zip", { type: "application/zip" });
    Object.defineProperty(huge, "size", { value: 10_000_001 });
    await chosen.add([huge, photo("raw.heic", "image/heic"), photo()]);
    expect(chosen.files).toHaveLength(1);
    expect(chosen.refused.map(({ name, error }) => [name, error.code, error.args["limit"]])).toEqual([
      ["huge.zip", "fileTooLarge", "10000000"],
      ["raw.heic", "pictureUnknown", undefined],
    ]);
  });

  it("are at most 32", async () => {
    const { staging: chosen } = staging();
    await chosen.add(Array.from({ length: 33 }, (_, at) => photo(`${at}.jpg`)));
    expect(chosen.files).toHaveLength(32);
    expect(chosen.refused.map(({ error }) => error.code)).toEqual(["tooManyFiles"]);
  });

  it("can go the other way, in their place", async () => {
    const { fake, staging: chosen } = staging();
    await chosen.add([photo("a.jpg"), photo("b.jpg")]);
    await chosen.sendWhole("chosen-1", true);
    expect(chosen.files.map((file) => [file.id, file.name])).toEqual([
      ["chosen-3", "a.jpg"],
      ["chosen-2", "b.jpg"],
    ]);
    expect(chosen.files.map((file) => chosen.isWhole(file))).toEqual([true, false]);
    expect(called(fake, "discardStagedFile")).toEqual([["chosen-1", chosen.conversation]]);
  });

  it("go with a message, and come back with it when it is refused", async () => {
    const fake = new FakeBackend("main");
    const composer = new Composer(fake, fake.rows[0]!);
    await composer.staging.add([photo()]);
    expect(composer.canSend).toBe(true);
    fake.failing.set("sendMessage", "diskFull");
    expect(await composer.send()).toBeNull();
    expect(composer.staging.files).toHaveLength(1);
    fake.failing.clear();
    const rows = await composer.send();
    expect(rows?.map((row) => row.attachments.map((file) => file.state))).toEqual([["queued"]]);
    expect(composer.staging.files).toHaveLength(0);
    expect(fake.rows[0]!.stagedFiles).toBe(0);
  });

  it("are asked for once and shown as the messages that they take", async () => {
    const fake = new FakeBackend("main");
    const composer = new Composer(fake, fake.rows[0]!);
    const document = (name: string): File => new File(["x"], name, { type: "application/pdf" });
    await composer.staging.add([document("a.pdf"), photo("b.jpg"), document("c.pdf"), photo("d.jpg")]);
    expect(composer.canSend).toBe(true);
    composer.type("Tout");
    const rows = await composer.send();
    const told = rows?.map(({ body, attachments }) => [
      body.kind === "text" && body.text,
      ...attachments.map((file) => file.name),
    ]);
    expect(told).toEqual([
      ["Tout", "a.pdf"],
      ["", "b.jpg", "d.jpg"],
      ["", "c.pdf"],
    ]);
    expect(called(fake, "sendMessage")).toHaveLength(1);
    expect([composer.text, composer.staging.files, fake.rows[0]!.stagedFiles]).toEqual(["", [], 0]);
  });

  it("that are more than go at once wait until some are given up", async () => {
    const fake = new FakeBackend("main");
    const { id } = fake.rows[0]!;
    for (let at = 0; at < 33; at += 1)
      await fake.stageFile({ conversation: id, name: `${at}.jpg`, asItIs: false }, photo(`${at}.jpg`));
    const composer = new Composer(fake, fake.rows[0]!);
    await settled();
    expect([composer.staging.areTooMany, composer.canSend]).toEqual([true, false]);
    await composer.staging.remove("chosen-1");
    expect([composer.staging.areTooMany, composer.canSend]).toEqual([false, true]);
  });

  it("that go as they are are known as such in the next run", async () => {
    const { fake, staging: chosen, id } = staging();
    await chosen.add([photo("a.jpg")], true);
    await chosen.add([photo("b.jpg")]);
    const next = new Staging(fake, id);
    await next.load();
    expect(next.files.map((file) => [next.isWhole(file), next.keepsMetadata(file), next.maySendWhole(file)])).toEqual([
      [true, true, false],
      [false, false, false],
    ]);
  });

  it("stand in the draft of an earlier run, and a late answer brings none back that went", async () => {
    const { fake, id } = staging();
    await fake.stageFile({ conversation: id, name: "plan.pdf", asItIs: false }, new File(["x"], "plan.pdf"));
    const composer = new Composer(fake, fake.rows[0]!);
    await settled();
    expect(composer.staging.files.map((file) => file.name)).toEqual(["plan.pdf"]);
    const late = composer.staging.load();
    const sending = composer.send();
    await Promise.all([late, sending]);
    expect(composer.staging.files).toEqual([]);
  });
});

describe("how far files are", () => {
  it("is what was told last, until it begins anew", () => {
    const transfers = new Transfers();
    const file = remote("picture", 1, { doneBytes: 5 });
    expect(transfers.doneOf("m", file)).toBe(5);
    transfers.apply([{ message: "m", index: 1, doneBytes: 70, sizeBytes: 100 }]);
    expect(transfers.doneOf("m", file)).toBe(70);
    expect(transfers.doneOf("m", { ...file, index: 0 })).toBe(5);
    transfers.forget("m", 1);
    expect(transfers.doneOf("m", file)).toBe(5);
  });

  it("begins once something is told of it: until then others are before it", () => {
    const transfers = new Transfers();
    const [first, second] = [0, 1].map((at) => remote("picture", at, { state: "downloading", sizeBytes: 100 }));
    const waits = (): boolean[] => [first!, second!].map((file) => transfers.movedOf("m", file).isWaiting);
    expect(waits()).toEqual([true, true]);
    transfers.apply([{ message: "m", index: 0, doneBytes: 0, sizeBytes: 100 }]);
    expect(waits()).toEqual([false, true]);
    // What is asked for again knows how far it is.
    expect(transfers.movedOf("m", { ...second!, doneBytes: 7 })).toEqual({ isWaiting: false, percent: 7 });
    expect(transfers.movedOf("m", { ...second!, state: "uploading" }).isWaiting).toBe(false);
  });
});

describe("pictures of films", () => {
  it("are drawn one at a time, each film once", async () => {
    const fake = new FakeBackend("main");
    const row = fake.receiveFiles(fake.rows[0]!.id, [
      attachment("video", 0, { thumbnail: null }),
      attachment("video", 1, { thumbnail: null }),
    ]);
    let now = 0;
    let most = 0;
    const draw = vi.fn(async () => {
      most = Math.max(most, (now += 1));
      await Promise.resolve();
      now -= 1;
      return { picture: new Blob(["x"]), durationMs: 7_000 };
    });
    const posters = new Posters(fake, draw);
    const films = [0, 1, 0].map((index) => posters.want({ kind: "message", message: row.id, index }));
    expect(await Promise.all(films)).toEqual([true, true, true]);
    expect([draw.mock.calls.length, most]).toEqual([2, 1]);
    expect(called(fake, "readMedia")).toEqual([
      `nous-media://localhost/attachment/${row.id}/0`,
      `nous-media://localhost/attachment/${row.id}/1`,
    ]);
    expect(row.attachments.map((file) => file.durationMs)).toEqual([7_000, 7_000]);
  });

  it("are drawn again for a film that went and was fetched anew", async () => {
    const fake = new FakeBackend("main");
    const row = fake.receiveFiles(fake.rows[0]!.id, [attachment("video", 0, { thumbnail: null })]);
    const draw = vi.fn(() => Promise.resolve({ picture: new Blob(["x"]), durationMs: 7_000 }));
    const posters = new Posters(fake, draw);
    const film = { kind: "message", message: row.id, index: 0 } as const;
    expect(await posters.want(film)).toBe(true);
    fake.setFile(row.id, 0, { state: "local", thumbnail: null });
    expect(await posters.want(film)).toBe(true);
    expect(draw).toHaveBeenCalledTimes(2);
    expect(row.attachments[0]?.thumbnail).not.toBeNull();
  });

  it("are not asked for again where the web engine plays none", async () => {
    const fake = new FakeBackend("main");
    const draw = vi.fn(() => Promise.reject(new Error("no codec")));
    const posters = new Posters(fake, draw);
    const film = { kind: "staged", file: "x" } as const;
    expect(await posters.want(film)).toBe(false);
    expect(await posters.want(film)).toBe(false);
    expect(draw).toHaveBeenCalledTimes(1);
    expect(called(fake, "setVideoPoster")).toEqual([]);
  });
});

describe("what is looked at large", () => {
  it("is what is here, and goes with its message", async () => {
    const fake = new FakeBackend("main");
    const { id } = fake.rows[0]!;
    const first = fake.receiveFiles(id, [attachment("picture", 0), remote("picture", 1)], "Le jardin");
    const second = fake.receiveFiles(id, [attachment("video", 0, { caption: "La mer" })]);
    const box = new Lightbox(fake, id, viewedOf(fake.messages.get(id)!), { message: second.id, index: 0 });
    expect(box.items.map((item) => item.caption)).toEqual(["Le jardin", "La mer"]);
    expect([box.at, box.hasOlder, box.hasNewer]).toEqual([1, true, false]);
    await fake.deleteMessages([second.id]);
    await box.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [second.id] } });
    expect(box.current?.message).toBe(first.id);
    await fake.deleteMessages([first.id]);
    await box.apply({ kind: "messagesChanged", conversation: id, ids: { of: "all" } });
    expect(box.current).toBeNull();
  });

  it("grows by what comes while it is open: the rest of an album, and what was sent since", async () => {
    const fake = new FakeBackend("main");
    const { id } = fake.rows[0]!;
    const album = [remote("picture", 0), attachment("picture", 1), remote("picture", 2)];
    const first = fake.receiveFiles(id, album);
    const between = fake.receiveFiles(id, [remote("video", 0)]);
    const last = fake.receiveFiles(id, [attachment("picture", 0)]);
    [first, between, last].forEach((row, at) => (row.sentAt = 1_000 + at));
    const box = new Lightbox(fake, id, viewedOf([first, between, last]), { message: first.id, index: 1 });
    const look = async (...ids: string[]): Promise<string[]> => {
      await box.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids } });
      return box.items.map((item) => `${item.message}/${item.file.index}`);
    };
    expect([box.items.length, box.at]).toEqual([2, 0]);
    for (const index of [0, 2]) fake.setFile(first.id, index, { state: "local" });
    const whole = [0, 1, 2].map((index) => `${first.id}/${index}`);
    expect(await look(first.id)).toEqual([...whole, `${last.id}/0`]);
    // What is looked at stays.
    expect([box.at, box.hasOlder, box.hasNewer]).toEqual([1, true, true]);
    fake.setFile(between.id, 0, { state: "local" });
    const newest = fake.receiveFiles(id, [attachment("picture", 0)]);
    expect(await look(between.id, newest.id)).toEqual([...whole, `${between.id}/0`, `${last.id}/0`, `${newest.id}/0`]);
    expect(box.current?.file.index).toBe(1);
  });

  /** Pictures, each with a word between, and what is known of them at first: one page of the timeline. */
  async function known(count: number, around: number): Promise<{ fake: FakeBackend; box: Lightbox; ids: string[] }> {
    const fake = new FakeBackend("main");
    const { id } = fake.rows[0]!;
    const rows = Array.from({ length: count }, () => {
      fake.receive(id, "un mot");
      return fake.receiveFiles(id, [attachment("picture")], "La serre");
    });
    const message = rows[around]!.id;
    const page = await fake.listMessages({ conversation: id, anchor: { at: "around", message }, limit: 20 });
    const beyond = { older: page.older, from: page.rows[0]!.sentAt, hasNewer: page.newer !== null };
    const box = new Lightbox(fake, id, viewedOf(page.rows), { message, index: 0 }, beyond);
    await settled();
    return { fake, box, ids: rows.map((row) => row.id) };
  }
  const shownBy = (box: Lightbox): string[] => box.items.map((item) => item.message);

  it("goes on beyond what is known, to the first one of the conversation", async () => {
    const { fake, box, ids } = await known(250, 249);
    // One page was asked for: there are more.
    expect(called(fake, "gallery")).toHaveLength(1);
    expect([box.total, box.current?.message, box.hasNewer]).toEqual([null, ids[249], false]);
    for (let left = 249; left > 0; left -= 1) await box.step(-1);
    expect([box.at, box.hasOlder, box.total]).toEqual([0, false, 250]);
    expect(shownBy(box)).toEqual(ids);
    expect(box.current?.caption).toBe("La serre");
    await box.step(-1);
    expect(box.at).toBe(0);
  });

  it("waits at the first one that is known, and goes on one picture however often it was asked", async () => {
    const { fake, box, ids } = await known(250, 249);
    box.at = 0;
    const before = box.current?.message;
    const gallery = fake.gallery.bind(fake);
    let answer: (() => void) | undefined;
    fake.gallery = async (request) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return gallery(request);
    };
    const steps = [box.step(-1), box.step(-1)];
    await settled();
    expect([box.current?.message, box.hasOlder]).toEqual([before, true]);
    // It goes meanwhile, after it was found: nobody sees it.
    answer!();
    await fake.deleteMessages([ids[5]!]);
    await box.apply({ kind: "messagesChanged", conversation: box.conversation, ids: { of: "some", ids: [ids[5]!] } });
    await Promise.all(steps);
    expect(box.current?.message).toBe(ids[ids.indexOf(before!) - 1]);
    expect(shownBy(box)).not.toContain(ids[5]);
  });

  it("says why it does not go on, and tries again", async () => {
    const { fake, box, ids } = await known(250, 249);
    box.at = 0;
    const before = box.current!.message;
    fake.failing.set("gallery", "unexpected");
    await expect(box.step(-1)).rejects.toThrow();
    expect(box.current?.message).toBe(before);
    fake.failing.delete("gallery");
    await box.step(-1);
    expect(box.current?.message).toBe(ids[ids.indexOf(before) - 1]);
  });

  it("goes on to what came later, and what comes then joins at the end", async () => {
    const { fake, box, ids } = await known(250, 30);
    const at = box.conversation;
    const come = async (): Promise<string> => {
      const { id } = fake.receiveFiles(at, [attachment("picture")]);
      await box.apply({ kind: "messagesChanged", conversation: at, ids: { of: "some", ids: [id] } });
      return id;
    };
    expect([box.hasNewer, box.total]).toEqual([true, null]);
    // Between it and what is known others stand.
    ids.push(await come());
    expect(shownBy(box)).not.toContain(ids.at(-1));
    for (let step = 30; step < 250; step += 1) await box.step(1);
    expect([box.current?.message, box.hasNewer]).toEqual([ids.at(-1), false]);
    ids.push(await come());
    expect([box.hasNewer, box.total]).toEqual([true, 252]);
    expect(shownBy(box)).toEqual(ids);
  });

  it("takes in what is fetched in the page that is known, and before it when one comes there", async () => {
    const fake = new FakeBackend("main");
    const { id } = fake.rows[0]!;
    const rows = [remote("picture"), remote("picture"), attachment("picture")].map((file) =>
      fake.receiveFiles(id, [file]),
    );
    rows.forEach((row, at) => (row.sentAt = 1_000 + at));
    const [before, first, last] = rows as [MessageRow, MessageRow, MessageRow];
    const { older } = await fake.listMessages({
      conversation: id,
      anchor: { at: "around", message: first.id },
      limit: 1,
    });
    fake.failing.set("gallery", "unexpected");
    const beyond = { older, from: first.sentAt, hasNewer: false };
    const box = new Lightbox(fake, id, viewedOf([first, last]), { message: last.id, index: 0 }, beyond);
    const ids = [before.id, first.id];
    for (const one of ids) fake.setFile(one, 0, { state: "local" });
    await box.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids } });
    expect(shownBy(box)).toEqual([first.id, last.id]);
    fake.failing.delete("gallery");
    await box.step(-1);
    await box.step(-1);
    expect(shownBy(box)).toEqual([before.id, first.id, last.id]);
    expect([box.current?.message, box.total]).toEqual([before.id, 3]);
  });

  it("finds what came while nobody told of it", async () => {
    const { fake, box, ids } = await known(9, 4);
    ids.push(fake.receiveFiles(box.conversation, [attachment("picture")]).id);
    await box.apply({ kind: "resync" });
    await settled();
    expect(shownBy(box)).toEqual(ids);
    expect(box.total).toBe(10);
  });
});

describe("a gallery", () => {
  it("comes page by page, and what is deleted goes from it", async () => {
    const fake = new FakeBackend("main");
    const row = fake.rows[0]!;
    const rows = Array.from({ length: 100 }, () => fake.receiveFiles(row.id, [attachment("picture")]));
    const gallery = new Gallery(fake, row);
    await gallery.refresh();
    expect([gallery.rows.length, gallery.hasMore]).toEqual([60, true]);
    await Promise.all([gallery.loadMore(), gallery.loadMore()]);
    expect([gallery.rows.length, gallery.hasMore]).toEqual([100, false]);
    const newest = rows.at(-1)!.id;
    await fake.deleteMessages([newest]);
    await gallery.apply({ kind: "messagesChanged", conversation: row.id, ids: { of: "some", ids: [newest] } });
    expect(gallery.rows).toHaveLength(99);
    await gallery.show("files");
    expect(gallery.rows).toEqual([]);
  });
});
