import { fireEvent } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { AttachmentRow, MessageRow } from "../../ipc/backend";
import { apiError } from "../../ipc/errors";
import { attachment, remote } from "../../ipc/fake/files-seed";
import { all, dropOn, get, openApp, settled, type Opened } from "../../testing/app";

type App = Opened & { id: string };

async function opened(options: Parameters<typeof openApp>[1] = {}, arrange?: (app: App) => void): Promise<App> {
  const app = await openApp("main", options);
  const whole = { ...app, id: app.fake.rows[0]!.id };
  arrange?.(whole);
  await app.model.openConversation(whole.id);
  await settled();
  return whole;
}

/** A conversation in which somebody sent files. */
async function received(
  files: AttachmentRow[],
  text = "",
  options: Parameters<typeof openApp>[1] = {},
): Promise<App & { row: MessageRow; bubble: () => HTMLElement }> {
  let row: MessageRow | undefined;
  const app = await opened(options, ({ fake, id }) => (row = fake.receiveFiles(id, files, text)));
  const bubble = (): HTMLElement => document.querySelector<HTMLElement>(`[data-message-id="${row!.id}"]`)!;
  return { ...app, row: row!, bubble };
}

function has(testid: string): boolean {
  return all(testid).length > 0;
}

function argumentsOf({ fake }: Opened, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

const photo = (name = "photo.jpg", type = "image/jpeg"): File => new File([new Uint8Array(3)], name, { type });
const plan = (): File => new File(["x"], "plan.pdf", { type: "application/pdf" });

async function choose({ user }: Opened, files: File[]): Promise<void> {
  await user.upload(get("composer-files"), files);
  await settled();
}

describe("files to send", () => {
  it("are seen before, and go as an album with the text below", async () => {
    const app = await opened();
    await choose(app, [photo("a.jpg"), photo("b.jpg")]);
    expect(all("staged-file").map((file) => file.querySelector(".name")?.textContent)).toEqual(["a.jpg", "b.jpg"]);
    expect(get("staged-file").querySelector("img")?.src).toBe("nous-media://localhost/thumbnail/thumbnail-chosen-1");
    expect(get("composer-input").getAttribute("placeholder")).toBe("Add a caption");
    await app.user.type(get("composer-input"), "Le jardin{Enter}");
    await settled();
    expect(argumentsOf(app, "sendMessage")[0]).toMatchObject({
      body: "Le jardin",
      attachments: ["chosen-1", "chosen-2"],
    });
    expect(has("staged-files")).toBe(false);
    await settled();
    const sent = all("message").at(-1)!;
    expect(sent.querySelectorAll("[data-testid=album-tile]")).toHaveLength(2);
    expect(sent.textContent).toContain("Le jardin");
    expect(sent.dataset["state"]).toBe("sent");
  });

  it("need no text, and one is given up by its cross", async () => {
    const app = await opened();
    await choose(app, [photo("a.jpg"), photo("b.jpg")]);
    await app.user.click(all("staged-remove")[0]!);
    await settled();
    expect(argumentsOf(app, "discardStagedFile")).toEqual([["chosen-1", app.id]]);
    expect(document.activeElement).toBe(get("composer-input"));
    await app.user.keyboard("{Enter}");
    await settled();
    expect(argumentsOf(app, "sendMessage")[0]).toMatchObject({ body: "", attachments: ["chosen-2"] });
  });

  it.each([
    ["en", "Pictures and videos go together"],
    ["fr", "Les images et les vidéos vont ensemble"],
  ] as const)("of different kinds do not go together, and that is said, %s", async (language, words) => {
    const app = await opened({ language });
    await choose(app, [photo(), plan()]);
    expect(get("staged-misfit").textContent).toContain(words);
    await app.user.type(get("composer-input"), "x{Enter}");
    await settled();
    expect(argumentsOf(app, "sendMessage")).toEqual([]);
    await app.user.click(all("staged-remove")[1]!);
    await settled();
    expect(has("staged-misfit")).toBe(false);
    await app.user.click(get("composer-send"));
    await settled();
    expect(argumentsOf(app, "sendMessage")).toHaveLength(1);
  });

  it("that are too large, or cannot be read, are named with the reason", async () => {
    const app = await opened();
    const huge = plan();
    Object.defineProperty(huge, "size", { value: 10_000_001 });
    await choose(app, [huge]);
    expect(get("staged-refused").textContent).toContain("plan.pdf was not added. This file is too large.");
    expect(get("staged-refused").textContent).toContain("10 MB");
    expect(argumentsOf(app, "stageFile")).toEqual([]);
    await app.user.click(get("staged-forget"));
    await settled();
    expect(has("staged-refused")).toBe(false);
    app.fake.failing.set("stageFile", "fileUnreadable");
    await choose(app, [photo()]);
    expect(get("staged-refused").textContent).toContain("This file cannot be read");
  });

  it("go as files where that is wished, and it is said that the metadata stays", async () => {
    const app = await opened();
    await choose(app, [photo()]);
    expect(has("staged-whole-note")).toBe(false);
    await app.user.click(get("staged-whole"));
    await settled();
    expect(get("staged-whole-note").textContent).toContain("where and with what the picture was taken stays in it");
    expect(get("staged-whole").getAttribute("aria-pressed")).toBe("true");
    expect(argumentsOf(app, "stageFile")).toMatchObject([{ asItIs: false }, { asItIs: true }]);
    await app.user.click(get("composer-send"));
    await settled();
    expect(argumentsOf(app, "sendMessage")[0]).toMatchObject({ attachments: ["chosen-2"] });
  });

  it("that are pictures of a kind that cannot be made ready are offered as files", async () => {
    const app = await opened();
    await choose(app, [photo("raw.heic", "image/heic")]);
    expect(has("staged-file")).toBe(false);
    await app.user.click(get("refused-whole"));
    await settled();
    expect(argumentsOf(app, "stageFile").at(-1)).toMatchObject({ name: "raw.heic", asItIs: true });
    expect(all("staged-file")).toHaveLength(1);
    expect(has("staged-refused")).toBe(false);
    expect(has("staged-whole-note")).toBe(true);
  });

  it("are pasted anywhere in the conversation; a text stays a text", async () => {
    const app = await opened();
    const text = { files: [photo()], types: ["text/html", "text/plain"], getData: () => "1\t2" };
    await fireEvent.paste(window, { clipboardData: text });
    await settled();
    expect(has("staged-file")).toBe(false);
    await fireEvent.paste(window, { clipboardData: { files: [photo()], types: ["Files"], getData: () => "" } });
    await settled();
    expect(all("staged-file")).toHaveLength(1);
    expect(argumentsOf(app, "stageFile")).toHaveLength(1);
  });

  it("are asked of the program where a paste brings a picture that the engine keeps from the page", async () => {
    const app = await opened();
    const nothing = { files: [], types: [], getData: () => "" };
    await fireEvent.paste(window, { clipboardData: nothing });
    await settled();
    expect(has("staged-file")).toBe(false);
    expect(has("staged-refused")).toBe(false);
    app.fake.copied = photo();
    await fireEvent.paste(window, { clipboardData: { ...nothing, types: ["text/plain"], getData: () => "words" } });
    await settled();
    expect(has("staged-file")).toBe(false);
    await fireEvent.paste(window, { clipboardData: nothing });
    await settled();
    expect(argumentsOf(app, "stageFile")).toMatchObject([{ name: "image.png", asItIs: false }]);
    expect(all("staged-file")).toHaveLength(1);
  });

  it("are dropped anywhere on the conversation, or where they keep their metadata", async () => {
    const app = await opened();
    await dropOn(app, "timeline", [photo()]);
    expect(argumentsOf(app, "stageDroppedFiles").at(-1)).toEqual([1, app.id, false]);
    await fireEvent.dragEnter(get("conversation-pane"), { dataTransfer: { types: ["Files"], dropEffect: "" } });
    await settled();
    expect(get("drop-zones").textContent).toContain("Pictures keep where and with what they were taken.");
    await dropOn(app, "drop-whole", [photo()]);
    expect(argumentsOf(app, "stageDroppedFiles")).toHaveLength(2);
    expect(argumentsOf(app, "stageDroppedFiles").at(-1)).toEqual([2, app.id, true]);
    expect(has("drop-zones")).toBe(false);
    expect(all("staged-file")).toHaveLength(2);
    expect(has("staged-whole-note")).toBe(true);
  });

  it("that were dropped can go the other way, too, and those that only go as files are offered so", async () => {
    const app = await opened();
    await dropOn(app, "timeline", [photo("raw.heic", "image/heic"), photo("b.jpg")]);
    expect(all("staged-file")).toHaveLength(1);
    expect(get("staged-refused").textContent).toContain("raw.heic");
    expect(has("staged-whole-note")).toBe(false);
    await app.user.click(get("staged-whole"));
    await settled();
    expect(argumentsOf(app, "stageDroppedFile")).toEqual([[1, 1, app.id, true]]);
    expect(get("staged-whole").getAttribute("aria-pressed")).toBe("true");
    expect(has("staged-whole-note")).toBe(true);
    await app.user.click(get("staged-whole"));
    await settled();
    expect(argumentsOf(app, "stageDroppedFile").at(-1)).toEqual([1, 1, app.id, false]);
    expect(has("staged-whole-note")).toBe(false);
    await dropOn(app, "timeline", [plan(), photo("raw.heic", "image/heic")]);
    await app.user.click(get("refused-whole"));
    await settled();
    expect(argumentsOf(app, "stageDroppedFile").at(-1)).toEqual([2, 1, app.id, true]);
    expect(has("staged-refused")).toBe(false);
  });

  it("say that their metadata stays after a restart, too, where it always does", async () => {
    const app = await openApp("main");
    const { id } = app.fake.rows[0]!;
    const raw = photo("raw.heic", "image/heic");
    await app.fake.stageFile({ conversation: id, name: "raw.heic", asItIs: true }, raw);
    await app.model.openConversation(id);
    await settled();
    expect(has("staged-whole-note")).toBe(true);
    expect(has("staged-whole")).toBe(false);
  });

  it("do not go to somebody who has not accepted, and that is said", async () => {
    const app = await opened({}, ({ fake }) => {
      fake.rows[0]!.hasApprovedMe = false;
      fake.emit({ kind: "resync" });
    });
    expect(has("composer-attach")).toBe(false);
    await dropOn(app, "conversation-pane", [photo()]);
    expect(app.model.toasts.list[0]?.text).toContain("has not accepted your request yet");
    expect(argumentsOf(app, "stageDroppedFiles")).toEqual([]);
  });

  it("stand in the draft, which the list tells of", async () => {
    const app = await openApp("main");
    const { id } = app.fake.rows[0]!;
    await app.fake.stageFile({ conversation: id, name: "plan.pdf", asItIs: false }, plan());
    await settled();
    expect(document.body.textContent).toContain("Draft: 1 file");
    await app.model.openConversation(id);
    await settled();
    expect(get("staged-file").textContent).toContain("plan.pdf");
  });

  it("come back into the draft with a message that is taken back", async () => {
    const app = await opened({}, ({ fake }) => (fake.transfers = false));
    await choose(app, [photo()]);
    await app.user.type(get("composer-input"), "Le jardin{Enter}");
    await settled();
    const row = app.model.timeline!.rows.at(-1)!;
    await app.model.acts.takeBack(row);
    await settled();
    expect(all("staged-file")).toHaveLength(1);
    expect((get("composer-input") as HTMLTextAreaElement).value).toBe("Le jardin");
  });
});

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
    expect(get("file-progress").textContent).toBe("Downloading: 50 %");
    expect(get("file-progress").getAttribute("aria-valuenow")).toBe("50");
    await app.user.click(get("file-stop"));
    await settled();
    expect(argumentsOf(app, "cancelTransfer")).toEqual([[app.row.id, 0]]);
    expect(get("album-tile").dataset["state"]).toBe("remote");
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
