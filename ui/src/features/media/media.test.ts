import { fireEvent } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { MessageRow } from "../../ipc/backend";
import { apiError } from "../../ipc/errors";
import { attachment, remote } from "../../ipc/fake/files-seed";
import type { Gallery } from "../../state/gallery.svelte";
import type { Lightbox } from "../../state/lightbox.svelte";
import { all, get, openApp, settled, type Opened } from "../../testing/app";

type App = Opened & { id: string; rows: MessageRow[] };

/** A conversation in which pictures, a film, a document and a link came. */
async function opened(options: Parameters<typeof openApp>[1] = {}): Promise<App> {
  const app = await openApp("main", options);
  const { id } = app.fake.rows[0]!;
  const rows = [
    app.fake.receiveFiles(id, [attachment("picture", 0, { caption: "La serre" }), attachment("picture", 1)], "Jardin"),
    app.fake.receiveFiles(id, [attachment("file")]),
    app.fake.receiveFiles(id, [attachment("video", 0, { caption: "La mer" }), remote("picture", 1)]),
  ];
  await app.model.openConversation(id, false);
  await settled();
  return { ...app, id, rows };
}

function has(testid: string): boolean {
  return all(testid).length > 0;
}

function argumentsOf({ fake }: Opened, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

function picture(): HTMLImageElement {
  return get("lightbox-picture") as HTMLImageElement;
}

describe("a picture that is looked at large", () => {
  it("comes as it was sent, with its words, and Escape gives the focus back", async () => {
    const app = await opened();
    await app.user.click(all("file-view")[0]!);
    await settled();
    expect(picture().src).toBe(`nous-media://localhost/attachment/${app.rows[0]!.id}/0`);
    expect(picture().alt).toBe("La serre");
    expect(get("lightbox-caption").textContent).toBe("La serre");
    expect(get("lightbox-place").textContent).toBe("1 of 3");
    expect(document.querySelector("[role=dialog] h2")?.textContent).toContain("Élodie");
    await app.user.keyboard("{Escape}");
    await settled();
    expect(has("lightbox-picture")).toBe(false);
    expect(document.activeElement).toBe(all("file-view")[0]);
  });

  it("leads to those around it by the arrows, and stops at the ends", async () => {
    const app = await opened();
    await app.user.click(all("file-view")[0]!);
    await settled();
    expect(has("lightbox-older")).toBe(false);
    await app.user.keyboard("{ArrowRight}");
    await settled();
    expect(picture().alt).toBe("Jardin");
    await app.user.click(get("lightbox-older"));
    await settled();
    expect(picture().alt).toBe("La serre");
    await app.user.keyboard("{ArrowLeft}");
    await settled();
    expect(get("lightbox-place").textContent).toBe("1 of 3");
  });

  it("leads beyond what is loaded by the same keys, and counts only what is known", async () => {
    const app = await opened();
    const older = Array.from({ length: 240 }, () => app.fake.receiveFiles(app.id, [attachment("picture")], "Avant"));
    const last = app.fake.receiveFiles(app.id, [attachment("picture")], "Le soir");
    await app.model.openConversation(app.id, false);
    await settled();
    const { timeline } = app.model;
    const first = timeline!.rows[0]!;
    expect(timeline!.hasOlder).toBe(true);
    app.model.files.view(first, first.attachments[0]!);
    await settled();
    // A step is heard by what it leads to.
    expect(get("lightbox-place").textContent).toBe(document.querySelector("[role=dialog] h2")?.textContent);
    expect(get("lightbox-place").className).toContain("visually-hidden");
    const at = older.findIndex((row) => row.id === first.id);
    await app.user.keyboard("{ArrowLeft}");
    await settled();
    expect(picture().src).toContain(`/${older[at - 1]!.id}/`);
    for (let left = at - 1; left > 0; left -= 1) await app.user.keyboard("{ArrowLeft}");
    await app.user.keyboard("{ArrowLeft}{ArrowLeft}{ArrowLeft}");
    await settled();
    expect(get("lightbox-place").textContent).toBe("1 of 244");
    expect(get("lightbox-caption").textContent).toBe("La serre");
    expect(has("lightbox-older")).toBe(false);
    const came = app.fake.receiveFiles(app.id, [attachment("picture")]);
    await settled();
    expect(get("lightbox-place").textContent).toBe("1 of 245");
    const { dialog } = app.model.navigation;
    expect(dialog?.kind === "lightbox" && dialog.box.items.slice(-2).map((item) => item.message)).toEqual([
      last.id,
      came.id,
    ]);
  });

  it("leads from the gallery to what the gallery had not loaded, and to what came since", async () => {
    const app = await opened();
    for (let made = 0; made < 200; made += 1) app.fake.receiveFiles(app.id, [attachment("picture")]);
    app.model.files.openGallery(app.fake.rows.find((row) => row.id === app.id)!);
    await settled();
    const { gallery } = app.model.navigation.dialog as { gallery: Gallery };
    app.fake.receiveFiles(app.id, [attachment("picture")]);
    await settled();
    expect(gallery.hasMore).toBe(true);
    app.model.files.viewFrom(gallery, gallery.rows[0]!, gallery.rows[0]!.file!);
    await settled();
    const { box } = app.model.navigation.dialog as { box: Lightbox };
    expect([box.hasNewer, box.total]).toEqual([true, null]);
    while (box.hasOlder) await box.step(-1);
    while (box.hasNewer) await box.step(1);
    expect(box.total).toBe(204);
  });

  it("comes closer by keys and by a double click, and is whole again by 0", async () => {
    const app = await opened();
    await app.user.click(all("file-view")[0]!);
    await settled();
    await app.user.keyboard("+");
    await settled();
    expect(picture().style.transform).toContain("scale(1.5)");
    // The arrows move what is close.
    await app.user.keyboard("{ArrowRight}");
    await settled();
    expect(get("lightbox-place").textContent).toBe("1 of 3");
    await app.user.keyboard("0");
    await settled();
    expect(picture().style.transform).toContain("scale(1)");
    await fireEvent.dblClick(get("lightbox-stage"));
    await settled();
    expect(picture().style.transform).toContain("scale(2.5)");
  });

  it("is copied by the program where the page may not", async () => {
    const app = await opened();
    await app.user.click(all("file-view")[0]!);
    await settled();
    await app.user.keyboard("{ArrowRight}");
    await settled();
    await app.user.click(get("lightbox-copy"));
    await settled();
    expect(argumentsOf(app, "copyPicture")).toEqual([[app.rows[0]!.id, 1]]);
    expect(app.model.toasts.list.at(-1)?.text).toBe("Copied");
  });

  it("is saved by key, and says when it could not be copied", async () => {
    const app = await opened();
    await app.user.click(all("file-view")[0]!);
    await settled();
    await app.user.keyboard("{Control>}s{/Control}");
    await settled();
    expect(argumentsOf(app, "saveAttachment")).toEqual([[app.rows[0]!.id, 0]]);
    app.fake.failing.set("copyPicture", "unexpected");
    await app.user.click(get("lightbox-copy"));
    await settled();
    expect(app.model.toasts.list.at(-1)?.text).toBe("The picture could not be copied. Save it instead.");
  });

  it("is not seen any more once it is deleted", async () => {
    const app = await opened();
    await app.user.click(all("file-view")[0]!);
    await settled();
    await app.fake.deleteMessages([app.rows[0]!.id]);
    await settled();
    expect(get("film")).toBeTruthy();
    await app.fake.deleteMessages([app.rows[2]!.id]);
    await settled();
    expect(document.querySelector("[role=dialog]")).toBeNull();
  });

  it("that is not there says so", async () => {
    const app = await opened();
    await app.user.click(all("file-view")[0]!);
    await settled();
    await fireEvent.error(picture());
    await settled();
    expect(document.querySelector("[role=dialog] [role=alert]")?.textContent).toContain("not on this device");
  });
});

describe("a film", () => {
  const own = ["createObjectURL", "revokeObjectURL"].map((name) => [name, Reflect.get(URL, name) as unknown] as const);
  const made: string[] = [];
  const freed: string[] = [];

  afterEach(() => {
    Object.assign(URL, Object.fromEntries(own));
    made.length = 0;
    freed.length = 0;
  });

  async function film(): Promise<App> {
    Object.assign(URL, {
      createObjectURL: () => {
        made.push(`blob:film-${made.length}`);
        return made.at(-1);
      },
      revokeObjectURL: (address: string) => freed.push(address),
    });
    const app = await opened();
    await app.user.click(all("file-view")[2]!);
    await settled();
    return app;
  }

  it("is played from memory, which is freed when it closes", async () => {
    const app = await film();
    const player = get("film-player") as HTMLVideoElement;
    expect(player.getAttribute("src")).toBe(made[0]);
    expect(player.getAttribute("aria-label")).toBe("La mer");
    expect(player.getAttribute("poster")).toBe("nous-media://localhost/thumbnail/video-0");
    expect(has("lightbox-copy")).toBe(false);
    await app.user.keyboard("{Escape}");
    await settled();
    expect(freed).toEqual(made);
  });

  it("begins once, as soon as it can", async () => {
    await film();
    const play = vi.spyOn(HTMLMediaElement.prototype, "play").mockRejectedValue(new Error("not allowed"));
    await fireEvent.canPlay(get("film-player"));
    await fireEvent.canPlay(get("film-player"));
    await settled();
    expect(play).toHaveBeenCalledTimes(1);
    expect(has("film-player")).toBe(true);
    play.mockRestore();
  });

  it("that cannot be played can be saved", async () => {
    await film();
    await fireEvent.error(get("film-player"));
    await settled();
    expect(document.querySelector("[role=alert]")?.textContent).toContain("Save it to open it elsewhere");
    expect(has("lightbox-save")).toBe(true);
  });

  it.each([true, false])(
    "that says nothing of itself for long cannot be played (%s: it says something)",
    async (says) => {
      vi.useFakeTimers({ shouldAdvanceTime: true });
      await film();
      if (says) await fireEvent.loadedMetadata(get("film-player"));
      await vi.advanceTimersByTimeAsync(15_000);
      await settled();
      expect(has("film-player")).toBe(says);
      vi.useRealTimers();
    },
  );
});

describe("the gallery of a conversation", () => {
  async function gallery(): Promise<App> {
    const app = await opened();
    await app.user.click(get("conversation-menu"));
    await settled();
    const items = [...document.querySelectorAll<HTMLElement>("[role=menuitem]")];
    await app.user.click(items.find((item) => item.textContent.includes("Media, files and links"))!);
    await settled();
    return app;
  }

  it("shows pictures and films by month, and those that are not here can be fetched", async () => {
    const app = await gallery();
    expect(all("gallery-tile").map((tile) => tile.dataset["state"])).toEqual(["local", "remote", "local", "local"]);
    expect(document.querySelectorAll("[role=tabpanel] h3")).toHaveLength(1);
    await app.user.click(all("gallery-tile")[1]!);
    await settled();
    expect(argumentsOf(app, "downloadAttachment")).toEqual([[app.rows[2]!.id, 1]]);
    expect(all("gallery-tile")[1]!.dataset["state"]).toBe("local");
  });

  it("shows what went from here by its small picture", async () => {
    const app = await gallery();
    const film = app.rows[2]!.id;
    for (const state of ["remote", "downloading", "expired"] as const) {
      app.fake.setFile(film, 0, { state });
      await settled();
      const tile = all("gallery-tile")[0]!;
      expect(tile.dataset["state"]).toBe(state);
      expect(tile.querySelector("img")?.src).toBe("nous-media://localhost/thumbnail/video-0");
    }
    await fireEvent.error(all("gallery-tile")[0]!.querySelector("img")!);
    await settled();
    expect(all("gallery-tile")[0]!.querySelector("img")).toBeNull();
    expect(all("gallery-tile")[0]!.textContent).toContain("No longer on the server");
  });

  it("does not try what leads nowhere", async () => {
    const app = await gallery();
    const error = apiError("fileLinkUnusable");
    app.fake.setFile(app.rows[2]!.id, 1, { state: "failed", error });
    app.fake.setFile(app.rows[1]!.id, 0, { state: "failed", error });
    await settled();
    const words = "its link leads to no file server";
    expect(all("gallery-tile")[1]!.textContent).toContain(words);
    await app.user.click(all("gallery-tile")[1]!);
    await app.user.click(get("gallery-files"));
    await settled();
    expect(get("gallery-file").textContent).toContain(words);
    expect(has("gallery-download")).toBe(false);
    expect(argumentsOf(app, "retryAttachment")).toEqual([]);
    app.fake.setFile(app.rows[1]!.id, 0, { state: "failed", error: apiError("timedOut") });
    await settled();
    expect(has("gallery-download")).toBe(true);
  });

  it("shows one large, and comes back", async () => {
    const app = await gallery();
    await app.user.click(all("gallery-tile")[2]!);
    await settled();
    expect(picture().alt).toBe("La serre");
    await app.user.keyboard("{Escape}");
    await settled();
    expect(all("gallery-tile").length).toBeGreaterThan(0);
    await app.user.click(all("gallery-tile")[2]!);
    await settled();
    await app.user.click(get("lightbox-show"));
    await settled();
    expect((document.activeElement as HTMLElement).dataset["messageId"]).toBe(app.rows[0]!.id);
  });

  it("has files and links, by its tabs and their arrows", async () => {
    const app = await gallery();
    get("gallery-media").focus();
    await app.user.keyboard("{ArrowRight}");
    await settled();
    expect(document.activeElement).toBe(get("gallery-files"));
    expect(get("gallery-file").textContent).toContain("plan.pdf");
    await app.user.click(get("gallery-save"));
    await settled();
    expect(argumentsOf(app, "saveAttachment")).toEqual([[app.rows[1]!.id, 0]]);
    await app.user.click(get("gallery-links"));
    await settled();
    await app.user.click(get("gallery-link"));
    await settled();
    expect(get("link-address").textContent).toContain("https://example.org/jardin/plan-2026");
  });

  it("is walked by the arrows, and says what there is not", async () => {
    const app = await gallery();
    all("gallery-tile")[0]!.focus();
    await app.user.keyboard("{ArrowRight}{ArrowRight}");
    await settled();
    expect(document.activeElement).toBe(all("gallery-tile")[2]);
    await app.fake.clearMessages(app.id);
    await settled();
    expect(document.querySelector("[role=tabpanel]")?.textContent).toContain("No picture and no video yet.");
  });
});
