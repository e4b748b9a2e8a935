import { fireEvent } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";

import { apiError } from "../../ipc/errors";
import { attachment, remote } from "../../ipc/fake/files-seed";
import { all, get, openApp, settled } from "../../testing/app";
import { argumentsOf, choose, has, opened, plan, received } from "../../testing/files";

describe("a file on its way", () => {
  it("shows how far it is, and is stopped by its ring", async () => {
    const app = await received([remote("video")]);
    app.fake.transfers = false;
    await app.user.click(get("file-download"));
    await settled();
    await app.user.click(get("trust-once"));
    await settled();
    app.fake.progress(app.row.id, 0, 0.5);
    await settled();
    expect(get("file-progress").textContent).toBe("Downloading: 50%");
    expect(get("file-progress").getAttribute("aria-valuenow")).toBe("50");
    await app.user.click(get("file-stop"));
    await settled();
    expect(argumentsOf(app, "cancelTransfer")).toEqual([[app.row.id, 0]]);
    expect(get("album-tile").dataset["state"]).toBe("remote");
  });

  it.each([
    ["en", ["Waiting", "Downloading", "Downloading: 50%"]],
    ["fr", ["En attente", "Téléchargement en cours", "Téléchargement : 50 %"]],
  ] as const)("is no broken word in a small tile: a number says how far it is, %s", async (language, said) => {
    const all = [0, 1, 2].map((index) => remote("picture", index, { state: "downloading", doneBytes: 0 }));
    const app = await received(all, "", { language });
    const plain = (text: string | null): string => (text ?? "").replace(/\s/gu, " ");
    const seen: string[] = [];
    const heard: string[] = [];
    for (const part of [null, 0, 0.5]) {
      if (part !== null) app.fake.progress(app.row.id, 0, part);
      await settled();
      seen.push(plain(get("file-progress").textContent));
      heard.push(plain(get("file-progress").getAttribute("aria-label")));
      expect(get("file-progress").title).toBe(get("file-progress").getAttribute("aria-label"));
    }
    expect(seen).toEqual([said[0], "", language === "fr" ? "50 %" : "50%"]);
    expect(heard).toEqual(said);
    // It turns while nothing of it has come; before its turn it stands.
    const rings = [...app.bubble().querySelectorAll("[data-testid=file-stop] svg[data-percent]")];
    expect(rings.map((ring) => ring.getAttribute("data-percent"))).toEqual(["50", "0", "0"]);
  });

  it.each([
    ["en", "Sending: 50%", "Sending"],
    ["fr", "Envoi : 50 %", "Envoi en cours"],
  ] as const)("of ours is not said to be there while nobody knows that, %s", async (language, half, whole) => {
    const going = attachment("file", 0, { state: "uploading", doneBytes: 0 });
    const app = await received([going], "", { language });
    const said = (): (string | null)[] => {
      const progress = get("file-progress");
      expect(progress.getAttribute("aria-label")).toBe(progress.textContent);
      return [progress.textContent.replace(/\s/gu, " "), progress.getAttribute("aria-valuenow")];
    };
    app.fake.progress(app.row.id, 0, 0.5);
    await settled();
    expect(said()).toEqual([half, "50"]);
    // All of it has left; the server has not answered.
    app.fake.progress(app.row.id, 0, 1);
    await settled();
    expect(said()).toEqual([whole, null]);
  });

  it("of ours that the disk does not take says so while it waits", async () => {
    const app = await opened({}, ({ fake }) => (fake.transfers = false));
    await choose(app, [plan()]);
    await app.user.click(get("composer-send"));
    await settled();
    const { id } = app.fake.messages.get(app.id)!.at(-1)!;
    app.fake.setFile(id, 0, { state: "queued", error: apiError("diskFull") });
    await settled();
    expect(get("file-progress").textContent).toBe("Waiting: the disk is full or cannot be written");
  });

  it("that could not be kept says that it was the disk", async () => {
    const app = await received([remote("picture", 0, { state: "failed", error: apiError("diskReadOnly") })]);
    expect(app.bubble().textContent).toContain("the disk is full or cannot be written");
  });

  it("of ours is stopped, too: the message waits with its reason", async () => {
    const app = await opened({}, ({ fake }) => (fake.transfers = false));
    await choose(app, [plan()]);
    await app.user.click(get("composer-send"));
    await settled();
    expect(get("file-progress").textContent).toBe("Waiting");
    await app.user.click(get("file-stop"));
    await settled();
    const failed = all("message").at(-1)!;
    expect(failed.querySelector(".why")?.textContent).toBe("Not sent: you stopped it");
    expect(has("file-save")).toBe(true);
  });
});

describe("a file of somebody else", () => {
  it("comes by a click, and it is asked once whether the next ones come by themselves", async () => {
    const app = await received([remote("picture"), remote("picture", 1)]);
    expect(get("file-download").textContent).toContain("Click to download");
    await app.user.click(get("file-download"));
    await settled();
    expect(argumentsOf(app, "downloadAttachment")).toEqual([[app.row.id, 0]]);
    expect(document.querySelector("[role=alertdialog]")?.textContent).toContain("Always download here?");
    await app.user.click(get("trust-always"));
    await settled();
    expect(argumentsOf(app, "trustDownloads")).toEqual([[app.id, true]]);
    expect(all("album-tile").map((tile) => tile.dataset["state"])).toEqual(["local", "local"]);
  });

  it("is not asked about again", async () => {
    const app = await received([remote("file")]);
    const next = app.fake.receiveFiles(app.id, [remote("file")]);
    await app.user.click(all("file-download")[0]!);
    await settled();
    await app.user.click(get("trust-once"));
    await settled();
    await app.user.click(get("file-download"));
    await settled();
    expect(argumentsOf(app, "downloadAttachment")).toContainEqual([next.id, 0]);
    expect(document.querySelector("[role=alertdialog]")).toBeNull();
  });

  it("is not asked about where the setting says never", async () => {
    const app = await received([remote("file")]);
    await app.model.settings.change({ autoDownload: false });
    await app.user.click(get("file-download"));
    await settled();
    expect(argumentsOf(app, "downloadAttachment")).toHaveLength(1);
    expect(document.querySelector("[role=alertdialog]")).toBeNull();
  });

  it("that could not be fetched keeps its reason, and is tried again", async () => {
    const app = await received([remote("picture", 0, { state: "failed", error: apiError("fileDamaged") })]);
    expect(app.bubble().textContent).toContain("what came is not the file that was sent");
    await app.user.click(get("file-retry"));
    await settled();
    expect(argumentsOf(app, "retryAttachment")).toEqual([[app.row.id, 0]]);
    expect(get("album-tile").dataset["state"]).toBe("local");
  });

  it.each([
    ["picture", "en", "its link leads to no file server that Entre Nous knows"],
    ["file", "fr", "son lien ne mène à aucun serveur de fichiers connu d’Entre Nous"],
    ["voice", "en", "its link leads to no file server that Entre Nous knows"],
  ] as const)("whose link leads nowhere says so, and is not tried again: %s, %s", async (kind, language, words) => {
    const lost = remote(kind, 0, { state: "failed", error: apiError("fileLinkUnusable") });
    const app = await received([lost], "", { language });
    expect(app.bubble().textContent).toContain(words);
    expect([has("file-retry"), has("voice-retry")]).toEqual([false, false]);
    app.fake.setFile(app.row.id, 0, { state: "failed", error: apiError("timedOut") });
    await settled();
    expect(has(kind === "voice" ? "voice-retry" : "file-retry")).toBe(true);
  });

  it.each([
    ["en", "No longer on the server"],
    ["fr", "N’est plus sur le serveur"],
  ] as const)("that the server has no more says so, %s", async (language, words) => {
    const app = await received([remote("file", 0, { state: "expired" })], "", { language });
    expect(app.bubble().textContent).toContain(words);
    expect(has("file-download")).toBe(false);
  });

  it("that is a program comes only after a warning", async () => {
    const app = await received([remote("file", 0, { name: "outil.exe", isProgram: true })]);
    expect(app.bubble().querySelector("[data-sign=program]")).not.toBeNull();
    await app.user.click(get("file-download"));
    await settled();
    expect(document.querySelector("[role=alertdialog]")?.textContent).toContain("outil.exe");
    expect(argumentsOf(app, "downloadAttachment")).toEqual([]);
    await app.user.click(get("confirm"));
    await settled();
    expect(argumentsOf(app, "downloadAttachment")).toEqual([[app.row.id, 0]]);
  });

  it("that is a program is asked about again when it is tried again", async () => {
    const failed = { state: "failed", error: apiError("timedOut") } as const;
    const app = await received([remote("file", 0, { name: "outil.exe", isProgram: true, ...failed })]);
    await app.user.click(get("file-retry"));
    await settled();
    expect(document.querySelector("[role=alertdialog]")?.textContent).toContain("Download this program?");
    expect(argumentsOf(app, "retryAttachment")).toEqual([]);
    await app.user.click(get("confirm"));
    await settled();
    expect(argumentsOf(app, "retryAttachment")).toEqual([[app.row.id, 0]]);
    // And, as with the first click, whether the next ones come by themselves.
    expect(document.querySelector("[role=alertdialog]")?.textContent).toContain("Always download here?");
  });

  it.each([
    ["en", "Open in another program?", "whoever sent the file can learn that you opened it"],
    ["fr", "Ouvrir dans un autre programme\u00a0?", "peut apprendre que vous l’avez ouvert"],
  ] as const)("is opened elsewhere after a warning only, %s", async (language, title, words) => {
    const app = await received([attachment("file")], "", { language });
    await app.user.click(get("file-open"));
    await settled();
    const dialog = (): string => document.querySelector("[role=alertdialog]")?.textContent ?? "";
    expect(dialog()).toContain(title);
    expect(dialog()).toContain(words);
    expect(argumentsOf(app, "openAttachment")).toEqual([]);
    await app.user.click(get("confirm"));
    await settled();
    expect(argumentsOf(app, "openAttachment")).toEqual([[app.row.id, 0]]);
    expect(dialog()).toBe("");
    // Every time.
    await app.user.click(get("file-open"));
    await settled();
    expect(dialog()).toContain(title);
  });

  it("that is a program is opened after another warning", async () => {
    const app = await received([attachment("file", 0, { name: "outil.exe", isProgram: true })]);
    await app.user.click(get("file-open"));
    await settled();
    const dialog = document.querySelector("[role=alertdialog]")?.textContent;
    expect(dialog).toContain("Open this program?");
    expect(dialog).toContain("A program may do harm");
    await app.user.click(get("confirm"));
    await settled();
    expect(argumentsOf(app, "openAttachment")).toEqual([[app.row.id, 0]]);
  });

  it("is not fetched out of a request", async () => {
    const app = await openApp("requests");
    const row = app.fake.rows.find((one) => one.isRequest)!;
    app.fake.receiveFiles(row.id, [remote("picture"), remote("file", 1)]);
    await app.model.openConversation(row.id);
    await settled();
    expect(has("file-download")).toBe(false);
    expect(document.body.textContent).toContain("Accept the request to download it");
  });
});

describe("saving", () => {
  it("says where the file is, and never asks for a harmless one", async () => {
    const app = await received([attachment("file")]);
    await app.user.click(get("file-save"));
    await settled();
    expect(argumentsOf(app, "saveAttachment")).toEqual([[app.row.id, 0]]);
    expect(app.model.toasts.list[0]?.text).toBe("Saved as “plan.pdf” in /home/morgane/Downloads");
  });

  it("of all files of a message is in its menu, and has a key", async () => {
    const app = await received([attachment("picture"), attachment("picture", 1), remote("picture", 2)]);
    app.bubble().focus();
    await app.user.keyboard("{Control>}s{/Control}");
    await settled();
    expect(argumentsOf(app, "saveAttachment")).toEqual([
      [app.row.id, 0],
      [app.row.id, 1],
    ]);
    expect(app.model.toasts.list[0]?.text).toBe("Saved 2 files in /home/morgane/Downloads");
    await app.user.keyboard("{Enter}");
    await settled();
    const items = [...document.querySelectorAll("[role=menuitem]")].map((item) => item.textContent);
    expect(items.some((item) => item.includes("Save 2 files"))).toBe(true);
    // Not all of them are here.
    expect(items.some((item) => item.includes("Forward"))).toBe(false);
  });

  it("of several messages leaves programs out, and says so", async () => {
    const app = await received([attachment("picture")]);
    const program = app.fake.receiveFiles(app.id, [attachment("file", 0, { name: "x.exe", isProgram: true })]);
    await settled();
    const { selection } = app.model.timeline!;
    selection.begin(app.row);
    selection.toggle(program);
    await settled();
    await app.user.click(get("select-save"));
    await settled();
    expect(argumentsOf(app, "saveAttachment")).toEqual([[app.row.id, 0]]);
    expect(app.model.toasts.list.map((toast) => toast.text)).toContain(
      "1 program was not saved. Save programs one by one.",
    );
  });
});

describe("pictures", () => {
  it("stand as a grid, with words for those who do not see them", async () => {
    const app = await received(
      Array.from({ length: 5 }, (_, index) => attachment("picture", index)),
      "Le jardin",
    );
    expect(app.bubble().querySelectorAll("[data-testid=album-tile]")).toHaveLength(5);
    expect([...app.bubble().querySelectorAll("img")].map((img) => img.alt)).toEqual(Array(5).fill("Le jardin"));
    expect(app.bubble().getAttribute("aria-label")).toContain("5 files: Le jardin");
  });

  it("that move stand still where less motion is wanted, and play by their button", async () => {
    vi.spyOn(window, "matchMedia").mockImplementation(
      (query) =>
        ({
          matches: query.includes("reduced-motion"),
          addEventListener: () => undefined,
          removeEventListener: () => undefined,
        }) as unknown as MediaQueryList,
    );
    const app = await received([attachment("picture", 0, { isAnimated: true, thumbnail: "still" })]);
    await app.model.setFocus(true);
    await settled();
    const source = (): string => app.bubble().querySelector("img")!.src;
    expect(source()).toBe("nous-media://localhost/thumbnail/still");
    await app.user.click(get("file-animation"));
    await settled();
    expect(source()).toBe(`nous-media://localhost/attachment/${app.row.id}/0`);
    // Nobody looks: nothing moves.
    await app.model.setFocus(false);
    await settled();
    expect(source()).toBe("nous-media://localhost/thumbnail/still");
  });

  it("that cannot be drawn leave a sign, and their words", async () => {
    const app = await received([attachment("picture", 0, { caption: "La serre" })]);
    await fireEvent.error(app.bubble().querySelector("img")!);
    await settled();
    expect(app.bubble().querySelector("img")).toBeNull();
    expect(get("file-view").textContent).toContain("La serre");
  });
});

describe("pictures that stand large", () => {
  afterEach(() => void vi.unstubAllGlobals());

  function sources({ bubble }: { bubble: () => HTMLElement }): string[] {
    return [...bubble().querySelectorAll("img")].map((img) => img.src.replace("nous-media://localhost/", ""));
  }
  const tall = { width: 900, height: 1_600 };
  const three = [attachment("picture", 0, tall), attachment("picture", 1, tall), attachment("picture", 2)];

  it("are drawn from their small pictures where these have pixels enough", async () => {
    const app = await received(three);
    expect(sources(app)).toEqual(["thumbnail/picture-0", "thumbnail/picture-1", "thumbnail/picture-2"]);
  });

  it("are drawn whole where these have too few, and small where that fails", async () => {
    vi.stubGlobal("devicePixelRatio", 2);
    const app = await received(three);
    const whole = `attachment/${app.row.id}/0`;
    expect(sources(app)).toEqual([whole, "thumbnail/picture-1", "thumbnail/picture-2"]);
    await fireEvent.error(app.bubble().querySelector("img")!);
    await settled();
    expect(sources(app)[0]).toBe("thumbnail/picture-0");
  });
});

describe("a picture that went from here", () => {
  it.each(["remote", "downloading", "failed", "expired"] as const)("leaves its small picture, %s", async (state) => {
    const app = await received([attachment("picture", 0, { state, caption: "La serre" })]);
    const small = app.bubble().querySelector("img")!;
    expect([small.src, small.alt]).toEqual(["nous-media://localhost/thumbnail/picture-0", "La serre"]);
    expect(has("file-view")).toBe(false);
  });

  it("can be fetched again, and stands there as before", async () => {
    const app = await received([attachment("picture", 0, { state: "remote" })]);
    expect(get("file-download").textContent).toContain("Click to download");
    await app.user.click(get("file-download"));
    await settled();
    expect(get("album-tile").dataset["state"]).toBe("local");
    expect(get("file-view").querySelector("img")).not.toBeNull();
  });

  it("is shown as before where its small picture cannot be drawn", async () => {
    const app = await received([attachment("picture", 0, { state: "remote" })]);
    await fireEvent.error(app.bubble().querySelector("img")!);
    await settled();
    expect(app.bubble().querySelector("img")).toBeNull();
    expect(get("file-download").textContent).toContain("Click to download");
  });
});

describe("sounds", () => {
  it("are played by the program, from any place", async () => {
    const app = await received([attachment("audio")]);
    await app.user.click(get("audio-toggle"));
    await settled();
    const sound = { kind: "message", message: app.row.id, index: 0 };
    expect(argumentsOf(app, "voicePlay")[0]).toMatchObject({ sound, fromMs: 0, speedPercent: 100 });
    expect(get("audio-player").dataset["playing"]).toBe("true");
    get("sound-track").focus();
    await app.user.keyboard("{ArrowRight}");
    await settled();
    expect(argumentsOf(app, "voicePlayback")).toContainEqual({ kind: "seek", positionMs: 5_000 });
  });
});

describe("the list", () => {
  it("says what came last", async () => {
    const app = await openApp("main");
    const { id } = app.fake.rows[0]!;
    app.fake.receiveFiles(id, [attachment("picture")]);
    await settled();
    expect(document.body.textContent).toContain("Picture");
    app.fake.receiveFiles(id, [attachment("video")], "La mer");
    await settled();
    expect(document.body.textContent).toContain("Video: La mer");
  });
});

describe("the settings", () => {
  it("say whether anything is downloaded by itself, for all and for one conversation", async () => {
    const app = await openApp("main", { widthPx: 1_400 });
    app.model.navigation.showSettings("conversations");
    await settled();
    await app.user.click(document.querySelector<HTMLInputElement>("input[value=never]")!);
    await settled();
    expect(argumentsOf(app, "setSettings")).toContainEqual({ autoDownload: false });
    await app.model.openConversation(app.fake.rows[0]!.id);
    app.model.navigation.showsDetails = true;
    await settled();
    expect(get("details-panel").textContent).toContain("The settings say that nothing is downloaded by itself.");
    await app.user.click(get("details-downloads"));
    await settled();
    expect(argumentsOf(app, "trustDownloads")).toEqual([[app.fake.rows[0]!.id, true]]);
  });
});
