import { describe, expect, it } from "vitest";

import { attachment, remote } from "../../ipc/fake/files-seed";
import type { ConversationRow } from "../../ipc/backend";
import { all, get, openApp, settled, type Opened } from "../../testing/app";
import { hindrances } from "../../testing/hindrances";

type App = Opened & { row: ConversationRow; messages: number };

async function opened(language: "en" | "fr" = "en", holds = true): Promise<App> {
  const app = await openApp("main", { language });
  const row = app.fake.rows[0]!;
  app.fake.receiveFiles(row.id, [attachment("file"), remote("file", 1)]);
  app.fake.holdsExports = holds;
  await app.model.openConversation(row.id);
  await settled();
  const asked = { ...app, row, messages: app.fake.messages.get(row.id)!.length };
  await ask(asked);
  return asked;
}

async function ask(app: App): Promise<void> {
  app.model.navigation.open({ kind: "exportConversation", row: app.row });
  await settled();
}

async function click(app: Opened, testid: string): Promise<void> {
  await app.user.click(get(testid));
  await settled();
}

function argumentsOf({ fake }: Opened, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

function has(testid: string): boolean {
  return all(testid).length > 0;
}

function dialog(): HTMLElement {
  return document.querySelector<HTMLElement>("[role=dialog]")!;
}

describe("exporting a conversation", () => {
  it("is begun from its menu, and warns that anybody can read it", async () => {
    const app = await opened();
    await app.user.keyboard("{Escape}");
    await settled();
    await click(app, "conversation-menu");
    const items = [...document.querySelectorAll<HTMLElement>("[role=menuitem]")];
    await app.user.click(items.find((item) => item.textContent.includes("Export this conversation"))!);
    await settled();
    expect(dialog().textContent).toContain("not encrypted");
    expect(await hindrances(dialog())).toEqual([]);
  });

  it("writes pages in the person's language", async () => {
    const app = await opened("fr", false);
    await click(app, "export-start");
    expect(argumentsOf(app, "startExport")).toEqual([
      {
        conversation: app.row.id,
        format: "html",
        words: expect.objectContaining({
          language: "fr",
          title: app.row.name,
          you: "Vous",
          lead: "Exporté le {date}",
          leftOut: "Messages éphémères laissés de côté\u00a0: {count}",
          fileMissing: expect.stringContaining("{name}") as string,
        }) as object,
      },
    ]);
    expect(get("export-saved").textContent).toContain("/home/morgane/Downloads");
    expect(get("export-saved").textContent).toContain(`Messages\u00a0: ${app.messages}`);
    expect(get("export-saved").textContent).toContain("1 fichier n’est pas sur cet appareil");
    await click(app, "export-close");
    await ask(app);
    expect(has("export-start")).toBe(true);
  });

  it("writes data where that is chosen, says how far it is, and stops", async () => {
    const app = await opened();
    await app.user.click(dialog().querySelector("input[value=json]")!);
    await click(app, "export-start");
    expect(argumentsOf(app, "startExport")[0]).toMatchObject({ format: "json" });
    app.fake.progressExport(0.5);
    await settled();
    const half = Math.round(app.messages / 2);
    expect(get("export-progress").textContent.trim()).toBe(`${half} of ${app.messages} messages`);
    expect(dialog().querySelector("progress")!.value).toBe(half);
    expect(await hindrances(dialog())).toEqual([]);
    await click(app, "export-stop");
    expect(argumentsOf(app, "cancelJob")).toHaveLength(1);
    expect(get("export-stopped").textContent).toContain("Nothing of it was kept");
    expect(has("export-start")).toBe(true);
  });

  it("goes on when it is closed, is found again, and tells when it is done", async () => {
    const app = await opened();
    await click(app, "export-start");
    await app.user.keyboard("{Escape}");
    await settled();
    await ask(app);
    expect(has("export-progress")).toBe(true);
    app.model.navigation.open({ kind: "exportConversation", row: app.fake.rows[1]! });
    await settled();
    expect(dialog().textContent).toContain("Another conversation is being exported");
    expect((get("export-start") as HTMLButtonElement).disabled).toBe(true);
    await app.user.keyboard("{Escape}");
    await settled();
    app.fake.finishExport();
    await settled();
    expect(app.model.toasts.list.map((toast) => toast.text)).toEqual([
      `Saved as “${app.row.name} 2026-11-21” in /home/morgane/Downloads`,
    ]);
    await ask(app);
    expect(has("export-start")).toBe(true);
  });

  it("says why it could not begin, and why it ended", async () => {
    const app = await opened();
    app.fake.failing.set("startExport", "diskFull");
    await click(app, "export-start");
    expect(dialog().querySelector("[role=alert]")?.textContent).toContain("The disk is full");
    app.fake.failing.clear();
    await click(app, "export-start");
    expect(dialog().querySelector("[role=alert]")).toBeNull();
    app.fake.failExport();
    await settled();
    expect(dialog().querySelector("[role=alert]")?.textContent).toContain("The disk is full");
    await click(app, "export-start");
    await app.user.keyboard("{Escape}");
    await settled();
    app.fake.failExport();
    await settled();
    expect(app.model.toasts.list[0]).toMatchObject({ tone: "danger" });
  });
});
