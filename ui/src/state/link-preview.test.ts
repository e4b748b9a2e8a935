import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { FakeBackend } from "../ipc/fake";
import { Composer } from "./composer.svelte";
import { LINK_PAUSE_MS, PageOfLink } from "./link-preview.svelte";

const LINK = "https://graines.example/tomates";

function called(fake: FakeBackend, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

function page(): { fake: FakeBackend; page: PageOfLink } {
  const fake = new FakeBackend("main");
  fake.settings.linkPreviews = true;
  return { fake, page: new PageOfLink(fake) };
}

/** Longer than the pause, with the answer. */
async function wait(): Promise<void> {
  await vi.advanceTimersByTimeAsync(LINK_PAUSE_MS);
  await vi.advanceTimersByTimeAsync(1);
}

describe("the page behind a link that is written", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is asked for once nobody types, by its first whole link only", async () => {
    const { fake, page: found } = page();
    for (const text of ["look", "look https://graines.ex", `look ${LINK}`, `look ${LINK}, https://b.example`])
      found.follow(text, true);
    await wait();
    found.follow(`look ${LINK}, https://b.example/x and more`, true);
    await wait();
    expect(called(fake, "previewLink")).toEqual([LINK]);
    expect(found.shown).toMatchObject({ url: LINK, title: "Page of graines.example" });
  });

  it("is never asked for while the person does not want that, nor without encryption", async () => {
    const { fake, page: found } = page();
    found.follow(LINK, false);
    found.follow("http://graines.example", true);
    await wait();
    expect(called(fake, "previewLink")).toEqual([]);
    found.follow(`${LINK} https://b.example`, true);
    await wait();
    expect(called(fake, "previewLink")).toEqual([LINK]);
  });

  it("goes when its link does, and is given up in the program", async () => {
    const { fake, page: found } = page();
    found.follow(LINK, true);
    await wait();
    const { id } = found.shown!;
    found.follow("nothing", true);
    expect(found.shown).toBeNull();
    expect(called(fake, "discardLinkPreview")).toEqual([id]);
  });

  it("does not come back once it was removed, before another text is begun", async () => {
    const { fake, page: found } = page();
    found.follow(LINK, true);
    await wait();
    found.remove();
    found.follow(`${LINK} again`, true);
    await wait();
    expect([found.shown, called(fake, "previewLink").length]).toEqual([null, 1]);
    found.follow("", true);
    found.follow(LINK, true);
    await wait();
    expect(found.shown?.url).toBe(LINK);
  });

  it("is not shown when its answer comes too late", async () => {
    const { fake, page: found } = page();
    found.follow(LINK, true);
    await vi.advanceTimersByTimeAsync(LINK_PAUSE_MS);
    found.follow("something else", true);
    await wait();
    expect(found.shown).toBeNull();
    expect(called(fake, "discardLinkPreview")).toEqual(["preview-1"]);
  });

  it("that shows nothing is no error", async () => {
    const { fake, page: found } = page();
    fake.blank.add(LINK);
    found.follow(LINK, true);
    await wait();
    expect(found.shown).toBeNull();
    fake.failing.set("previewLink", "diskFull");
    found.follow("https://b.example", true);
    await wait();
    expect(found.shown).toBeNull();
  });

  it("goes with the message, and comes back when that is refused", async () => {
    const { fake } = page();
    const row = fake.rows[0]!;
    const composer = new Composer(fake, row);
    composer.type(`look ${LINK}`);
    composer.page.follow(composer.text, true);
    await wait();
    fake.failing.set("sendMessage", "diskFull");
    expect(await composer.send()).toBeNull();
    expect([composer.text, composer.page.shown?.url]).toEqual([`look ${LINK}`, LINK]);
    fake.failing.clear();
    const sent = await composer.send();
    expect(called(fake, "sendMessage").at(-1)).toMatchObject({ preview: "preview-1" });
    expect(sent?.[0]?.preview).toMatchObject({ url: LINK, title: "Page of graines.example" });
    expect(composer.page.shown).toBeNull();
  });
});
