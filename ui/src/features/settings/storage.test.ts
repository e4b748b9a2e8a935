import { beforeEach, describe, expect, it } from "vitest";

import { all, get, openApp, settled, type Opened } from "../../testing/app";
import { hindrances } from "../../testing/hindrances";

async function opened(language: "en" | "fr" = "en"): Promise<Opened & { id: string }> {
  const app = await openApp("files", { language });
  app.model.navigation.showSettings("data");
  await settled();
  return { ...app, id: app.fake.rows[0]!.id };
}

function argumentsOf({ fake }: Opened, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

/** The parts and what they take up. */
function parts(): [string, string][] {
  return [...get("storage-parts").querySelectorAll("dt")].map((part) => [
    part.textContent,
    part.nextElementSibling?.textContent ?? "",
  ]);
}

/** A choice of the dialog: of the ages, or of the sizes. */
function choice(which: "age" | "size", value: string): HTMLElement {
  const asked = document.querySelectorAll("[role=alertdialog] fieldset")[which === "age" ? 0 : 1]!;
  return asked.querySelector<HTMLElement>(`input[value="${value}"]`)!;
}

function rowOf(id: string): HTMLElement {
  return all("storage-conversation").find((row) => row.dataset["conversationId"] === id)!;
}

function clearOf(id: string): HTMLElement {
  return rowOf(id).querySelector<HTMLElement>("[data-testid=storage-clear]")!;
}

/** The conversations without files, those with the most messages first. */
function others(app: Opened & { id: string }): [id: string, rows: readonly unknown[]][] {
  const held = [...app.fake.messages].filter(([id, rows]) => id !== app.id && rows.length > 0);
  return held.sort(([, a], [, b]) => b.length - a.length);
}

async function click(app: Opened, element: HTMLElement): Promise<void> {
  await app.user.click(element);
  await settled();
}

describe("space on this device", () => {
  let app: Opened & { id: string };
  beforeEach(async () => void (app = await opened()));

  it("is told by what takes it up, and by conversation", async () => {
    expect(parts()).toContainEqual(["Pictures", "7.4 MB"]);
    expect(parts()).toContainEqual(["Messages and contacts", "37.3 MB"]);
    expect(parts()).toContainEqual(["2 backups", "75 MB"]);
    // What takes up nothing is not told of.
    expect(parts().map(([name]) => name)).not.toContain("Voice messages");
    expect(get("storage-total").textContent).toBe("136.2 MB in all");
    expect(rowOf(app.id).textContent).toContain("10 files, 12.3 MB");
    expect(all("storage-conversation").map((row) => row.dataset["conversationId"])).toEqual([
      app.id,
      ...others(app).map(([id]) => id),
    ]);
    const [id, rows] = others(app)[0]!;
    expect(rowOf(id).textContent).toContain(`${rows.length} messages`);
    expect(rowOf(id).textContent).not.toContain("file");
    expect(await hindrances()).toEqual([]);
  });

  it("is freed of files after it was said how many go", async () => {
    await click(app, get("storage-delete"));
    const dialog = document.querySelector("[role=alertdialog]")!;
    expect(dialog.textContent).toContain("the messages stay");
    expect(document.activeElement?.textContent.trim()).toBe("Cancel");
    // One is still on its way out.
    expect(get("delete-files-count").textContent).toBe("9 files, 11.1 MB");
    expect(await hindrances(dialog)).toEqual([]);
    await click(app, choice("size", "1000000"));
    expect(get("delete-files-confirm").textContent.trim()).toBe("Delete 9 files");
    await click(app, get("delete-files-confirm"));
    expect(argumentsOf(app, "deleteFiles")).toEqual([
      { conversation: null, olderThan: null, largerThanBytes: 1_000_000 },
    ]);
    expect(app.model.toasts.list[0]?.text).toBe("9 files deleted, 11.1 MB");
    expect(document.querySelector("[role=alertdialog]")).toBeNull();
    expect(rowOf(app.id).textContent).toContain("1 file, 1.2 MB");
  });

  it("keeps everything where no file is old or large enough", async () => {
    await click(app, get("storage-delete"));
    for (const [which, value] of [
      ["age", "30"],
      ["size", "5000000"],
    ] as const) {
      await click(app, choice(which, value));
      expect(get("delete-files-count").textContent).toBe("No file is like that.");
      expect((get("delete-files-confirm") as HTMLButtonElement).disabled).toBe(true);
      await click(app, choice(which, "0"));
    }
    const [, older, , larger] = argumentsOf(app, "countFiles");
    expect(older).toEqual({ conversation: null, olderThan: expect.any(Number) as number, largerThanBytes: null });
    expect(larger).toEqual({ conversation: null, olderThan: null, largerThanBytes: 5_000_000 });
    await app.user.keyboard("{Escape}");
    await settled();
    expect(argumentsOf(app, "deleteFiles")).toEqual([]);
  });

  it("is freed in one conversation only", async () => {
    await click(app, rowOf(app.id).querySelector("button")!);
    await click(app, get("delete-files-confirm"));
    expect(argumentsOf(app, "deleteFiles")).toEqual([{ conversation: app.id, olderThan: null, largerThanBytes: null }]);
  });

  it("stays as it is where deleting fails, and the dialog with it", async () => {
    app.fake.failing.set("deleteFiles", "diskReadOnly");
    await click(app, get("storage-delete"));
    await click(app, get("delete-files-confirm"));
    expect(app.model.toasts.list[0]?.tone).toBe("danger");
    expect(get("delete-files-count").textContent).toBe("9 files, 11.1 MB");
  });
});

describe("old messages of a conversation", () => {
  const DAY_MS = 86_400_000;
  let app: Opened & { id: string };
  beforeEach(async () => {
    app = await opened();
    const rows = app.fake.messages.get(app.id)!;
    // The first is a year and a day old, the second two weeks, and it waits to be sent.
    Object.assign(rows[0]!, { sentAt: app.fake.now() - 366 * DAY_MS });
    Object.assign(rows[1]!, { sentAt: app.fake.now() - 14 * DAY_MS, state: "queued" });
    Object.assign(rows[2]!, { sentAt: app.fake.now() - 14 * DAY_MS, state: null });
    await click(app, clearOf(app.id));
  });

  function requestsOf(name: string): number[] {
    return argumentsOf(app, name).map((argument) => {
      const { conversation, olderThan } = argument as { conversation: string; olderThan: number };
      expect(conversation).toBe(app.id);
      return Math.round((app.model.now - olderThan) / DAY_MS);
    });
  }

  it("go by their age after it was said how many, and what waits stays", async () => {
    const dialog = document.querySelector("[role=alertdialog]")!;
    expect(dialog.textContent).toContain("from this device only");
    expect(document.activeElement?.textContent.trim()).toBe("Cancel");
    expect(get("clear-old-count").textContent).toBe("1 message");
    expect(await hindrances(dialog)).toEqual([]);
    const before = app.fake.messages.get(app.id)!;
    const [first, waits, third] = before.map((row) => row.id);
    await click(app, choice("age", "7"));
    expect(get("clear-old-confirm").textContent.trim()).toBe("Clear 2 messages");
    expect(argumentsOf(app, "clearOldMessages")).toEqual([]);
    await click(app, get("clear-old-confirm"));
    expect(requestsOf("countOldMessages")).toEqual([365, 7]);
    expect(requestsOf("clearOldMessages")).toEqual([7]);
    const left = app.fake.messages.get(app.id)!.map((row) => row.id);
    expect(left).toContain(waits);
    expect(left).not.toContain(first);
    expect(left).not.toContain(third);
    expect(app.model.toasts.list[0]?.text).toBe("2 messages cleared");
    expect(document.querySelector("[role=alertdialog]")).toBeNull();
    expect(rowOf(app.id).textContent).toContain(`${before.length - 2} messages`);
  });

  it("stay where none is as old, and where clearing fails", async () => {
    app.fake.failing.set("clearOldMessages", "diskReadOnly");
    await click(app, get("clear-old-confirm"));
    expect(app.model.toasts.list[0]?.tone).toBe("danger");
    expect(get("clear-old-count").textContent).toBe("1 message");
    await app.user.keyboard("{Escape}");
    await settled();
    const [id] = others(app)[0]!;
    await click(app, clearOf(id));
    expect(get("clear-old-count").textContent).toBe("No message is that old.");
    expect((get("clear-old-confirm") as HTMLButtonElement).disabled).toBe(true);
  });
});

describe("where it cannot be told", () => {
  it("it is said, and asked again", async () => {
    const app = await openApp("files");
    app.fake.failing.set("storageUsage", "diskReadOnly");
    app.model.navigation.showSettings("data");
    await settled();
    expect(document.querySelector("[role=alert]")).not.toBeNull();
    app.fake.failing.clear();
    const again = [...document.querySelectorAll("button")].find((button) => button.textContent.trim() === "Try again")!;
    await click(app, again);
    expect(all("storage-total")).toHaveLength(1);
  });

  it("French says it too", async () => {
    await opened("fr");
    expect(parts().map(([name]) => name)).toContain("Images des personnes et des groupes");
    expect(get("storage-conversation").textContent).toContain("10 fichiers");
    expect(get("storage-clear").textContent.trim()).toBe("Effacer des messages…");
  });
});
