import { fireEvent } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { all, dropOn, get, openApp, settled, type Opened } from "../../testing/app";

const photo = (type = "image/jpeg"): File => new File([new Uint8Array([1, 2, 3])], "photo", { type });

async function dialogOpen(): Promise<Opened> {
  const app = await openApp("main");
  await app.user.click(get("own-avatar"));
  await app.user.click(get("change-picture"));
  await settled();
  return app;
}

async function chosen(type?: string): Promise<Opened> {
  const app = await dialogOpen();
  await app.user.upload(get("picture-file"), photo(type));
  await settled();
  return app;
}

describe("the own picture", () => {
  it("is cut as moved, zoomed and turned by keys, and shown where the letters were", async () => {
    const { fake, user } = await chosen();
    const area = get("picture-crop");
    area.focus();
    await user.keyboard("{ArrowLeft}r");
    await user.click(get("picture-save"));
    await settled();
    const request = fake.calls.find((call) => call.name === "setPicture")?.argument;
    expect(request).toMatchObject({ crop: { quarterTurns: 1, xPx: 0, yPx: 70, sidePx: 600 } });
    expect(get("own-avatar").querySelector("[data-picture]")).not.toBeNull();
    expect(all("change-picture")).toHaveLength(1);
  });

  it("can be dropped and pasted", async () => {
    const app = await dialogOpen();
    await dropOn(app, "picture-drop", [photo()]);
    expect(get("picture-crop")).toBeTruthy();
    await app.user.click(get("picture-save"));
    await settled();
    await app.user.click(get("change-picture"));
    await settled();
    await fireEvent.paste(window, { clipboardData: { files: [photo()] } });
    await settled();
    expect(get("picture-crop")).toBeTruthy();
    await app.user.click(get("picture-save"));
    await settled();
    await app.user.click(get("change-picture"));
    await settled();
    // The engine keeps it from the page.
    app.fake.copied = photo();
    await fireEvent.paste(window, { clipboardData: { files: [], getData: () => "" } });
    await settled();
    expect(get("picture-crop")).toBeTruthy();
  });

  it("says what is wrong with a file, and keeps what there was", async () => {
    const app = await dialogOpen();
    await dropOn(app, "picture-drop", [photo("text/plain")]);
    expect(document.querySelector("[role=alert]")?.textContent).toContain("not a picture");
    app.fake.failing.set("stageDroppedPicture", "fileIsFolder");
    await dropOn(app, "picture-drop", [photo()]);
    expect(document.querySelector("[role=alert]")?.textContent).toContain("This is a folder.");
    expect(app.fake.account.picture).toBeNull();
    expect(get("picture-choose")).toBeTruthy();
  });

  it("is refused by its size before it is read", async () => {
    const { fake, user } = await dialogOpen();
    const huge = photo();
    Object.defineProperty(huge, "size", { value: 50_000_001 });
    await user.upload(get("picture-file"), huge);
    await settled();
    expect(document.querySelector("[role=alert]")?.textContent).toContain("too large");
    expect(fake.calls.some((call) => call.name === "stagePicture")).toBe(false);
  });

  it("is sent whole if it moves", async () => {
    const { fake, user } = await chosen("image/gif");
    expect(get("picture-animated")).toBeTruthy();
    await user.click(get("picture-save"));
    await settled();
    expect(fake.calls.find((call) => call.name === "setPicture")?.argument).toMatchObject({ crop: null });
  });

  it("says that it waits while there is no connection", async () => {
    const app = await openApp("main");
    app.fake.connect({ state: "offline" });
    await settled();
    await app.user.click(get("own-avatar"));
    await app.user.click(get("change-picture"));
    await settled();
    await app.user.upload(get("picture-file"), photo());
    await settled();
    await app.user.click(get("picture-save"));
    await settled();
    expect(get("picture-waiting").textContent).toContain("Waiting to upload");
  });

  it("leads back to the settings if it was changed there", async () => {
    const app = await openApp("main");
    app.model.navigation.showSettings("profile");
    await settled();
    await app.user.click(get("settings-picture"));
    await settled();
    await app.user.upload(get("picture-file"), photo());
    await settled();
    await app.user.click(get("picture-save"));
    await settled();
    expect(document.querySelector("[role=dialog]")).toBeNull();
    expect(document.querySelector("main [data-picture]")).not.toBeNull();
    expect(document.activeElement).toBe(get("settings-picture"));
  });

  it("is removed after a question", async () => {
    const app = await openApp("main");
    app.fake.account.picture = "picture-0";
    app.fake.emit({ kind: "accountChanged" });
    await settled();
    await app.user.click(get("own-avatar"));
    await app.user.click(get("change-picture"));
    await settled();
    await app.user.click(get("picture-remove"));
    await settled();
    expect(app.fake.account.picture).toBe("picture-0");
    await app.user.click(get("confirm"));
    await settled();
    expect(app.fake.account.picture).toBeNull();
    expect(get("own-avatar").querySelector("[data-picture]")).toBeNull();
  });
});

describe("the pictures of people", () => {
  it("stand in the list and the banner; one that cannot be drawn leaves the letters", async () => {
    const app = await openApp("main");
    app.fake.rows[0]!.picture = "a-picture";
    app.fake.emit({ kind: "resync" });
    await settled();
    const drawn = document.querySelector<HTMLImageElement>("[data-picture=a-picture] img");
    expect(drawn?.src).toBe("nous-media://localhost/picture/a-picture/small");
    await fireEvent.error(drawn!);
    await settled();
    expect(document.querySelector("[data-picture=a-picture]")).toBeNull();
    await app.model.openConversation(app.fake.rows[0]!.id);
    await settled();
    expect(document.querySelector("header [data-picture=a-picture]")).not.toBeNull();
  });

  it("stand in the lists of contacts and of those who are blocked, in a recognised address and the directory", async () => {
    const app = await openApp("main");
    const row = app.fake.rows.find((one) => one.kind === "person" && one.isApproved && one.hasApprovedMe)!;
    row.picture = "a-picture";
    app.fake.directory = [{ accountId: row.accountId, name: "A", note: "", picture: "a-picture" }];
    app.fake.emit({ kind: "resync" });
    await settled();
    const shown = (inside: string): Element | null => document.querySelector(`${inside} [data-picture=a-picture]`);
    app.model.navigation.open({ kind: "add" });
    await settled();
    expect(shown("[data-testid=contact-row]")).not.toBeNull();
    app.model.navigation.open({ kind: "newMessage" });
    await settled();
    await app.user.type(get("address-input"), row.accountId);
    await settled();
    expect(shown("[data-testid=recognised]")).not.toBeNull();
    const other = `05${"ef".repeat(32)}`;
    await app.user.type(get("address-input"), ` ${other}`);
    await settled();
    expect(shown("fieldset")).not.toBeNull();
    app.model.navigation.show("directory");
    await settled();
    expect(shown("[data-testid=directory-row]")).not.toBeNull();
    row.isBlocked = true;
    app.model.navigation.showSettings("privacy");
    await settled();
    expect(shown("[data-testid=blocked-row]")).not.toBeNull();
  });
});

describe("a picture in the details", () => {
  async function details(widthPx: number): Promise<Opened> {
    const app = await openApp("main", { widthPx });
    app.fake.rows[0]!.picture = "a-picture";
    app.fake.emit({ kind: "resync" });
    await app.model.openConversation(app.fake.rows[0]!.id);
    app.model.navigation.showsDetails = true;
    await settled();
    return app;
  }

  it("is shown large by a click or a key, closed by Escape, and the focus comes back", async () => {
    const app = await details(1_400);
    await app.user.click(get("details-portrait"));
    await settled();
    const portrait = get("portrait").closest("[role=dialog]")!.querySelector("img")!;
    expect(portrait.getAttribute("alt")).toContain(app.fake.rows[0]!.name);
    await app.user.keyboard("{Escape}");
    await settled();
    expect(all("portrait")).toHaveLength(0);
    expect(document.activeElement).toBe(get("details-portrait"));
    await app.user.keyboard("{Enter}");
    await settled();
    expect(all("portrait")).toHaveLength(1);
  });

  it("closes when it is removed, and nothing can be enlarged then", async () => {
    const app = await details(1_400);
    await app.user.click(get("details-portrait"));
    await settled();
    app.fake.rows[0]!.picture = null;
    app.fake.emit({ kind: "resync" });
    await settled();
    expect(all("portrait")).toHaveLength(0);
    expect(all("details-portrait")).toHaveLength(0);
  });

  it("gives the place back to the dialog about the person", async () => {
    const app = await openApp("main");
    app.fake.rows[0]!.picture = "a-picture";
    app.fake.emit({ kind: "resync" });
    await settled();
    app.model.navigation.open({ kind: "person", row: app.fake.rows[0]! });
    await settled();
    await app.user.click(get("details-portrait"));
    await settled();
    expect(document.querySelectorAll("[role=dialog]")).toHaveLength(1);
    await app.user.keyboard("{Escape}");
    await settled();
    expect(get("details-name")).toBeTruthy();
    expect(document.activeElement).toBe(get("details-portrait"));
  });
});
