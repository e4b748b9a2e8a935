import { fireEvent } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { all, dropOn, get, openApp, settled } from "../../testing/app";
import { argumentsOf, choose, has, opened, photo, plan } from "../../testing/files";

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

  it("of different kinds go as several messages, the text with the first", async () => {
    const app = await opened();
    await choose(app, [plan(), photo("a.jpg"), photo("b.jpg")]);
    await app.user.type(get("composer-input"), "Le jardin{Enter}");
    await settled();
    expect(argumentsOf(app, "sendMessage")).toMatchObject([
      { body: "Le jardin", attachments: ["chosen-1", "chosen-2", "chosen-3"] },
    ]);
    expect(has("staged-files")).toBe(false);
    expect((get("composer-input") as HTMLTextAreaElement).value).toBe("");
    await settled();
    const [first, second] = all("message").slice(-2);
    expect(first!.textContent).toContain("plan.pdf");
    expect(first!.textContent).toContain("Le jardin");
    expect(second!.querySelectorAll("[data-testid=album-tile]")).toHaveLength(2);
    expect(second!.textContent).not.toContain("Le jardin");
  });

  it.each([
    ["en", "At most 32 files go at once."],
    ["fr", "Au plus 32 fichiers partent à la fois."],
  ] as const)("that are too many do not go, and that is said, %s", async (language, words) => {
    const app = await openApp("main", { language });
    const { id } = app.fake.rows[0]!;
    for (let at = 0; at < 33; at += 1)
      await app.fake.stageFile({ conversation: id, name: "plan.pdf", asItIs: false }, plan());
    await app.model.openConversation(id);
    await settled();
    expect(get("staged-too-many").textContent).toContain(words);
    await app.user.type(get("composer-input"), "x{Enter}");
    await settled();
    expect(argumentsOf(app, "sendMessage")).toEqual([]);
    await app.user.click(all("staged-remove")[0]!);
    await settled();
    expect(has("staged-too-many")).toBe(false);
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

  it("that were chosen to go as files do so after a restart, too, and that is said", async () => {
    const app = await openApp("main");
    const { id } = app.fake.rows[0]!;
    await app.fake.stageFile({ conversation: id, name: "a.jpg", asItIs: true }, photo("a.jpg"));
    await app.fake.stageFile({ conversation: id, name: "b.jpg", asItIs: false }, photo("b.jpg"));
    await app.model.openConversation(id);
    await settled();
    expect(all("staged-is-whole").map((sign) => sign.textContent)).toEqual(["As a file"]);
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
