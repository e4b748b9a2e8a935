import { describe, expect, it, vi } from "vitest";

import type { DirectoryRow } from "../../ipc/backend";
import { OWN } from "../../ipc/fake/seed";
import { AppError, apiError } from "../../ipc/errors";
import { all, dropOn, get, openApp, settled, type Opened } from "../../testing/app";

const ID = (at: number): string => `05${at.toString(16).padStart(2, "0").repeat(32)}`;
const ROWS: DirectoryRow[] = [
  { accountId: ID(0xa1), name: "Armelle", note: "gardener", picture: null },
  { accountId: ID(0xb2), name: "Bastien", note: "", picture: null },
  { accountId: ID(0xc3), name: null, note: "", picture: null },
];

async function directory(rows: DirectoryRow[] = ROWS): Promise<Opened> {
  const app = await openApp("main");
  app.fake.directory = [...rows];
  app.model.navigation.open({ kind: "add" });
  await settled();
  await app.user.click(get("add-directory"));
  await settled();
  return app;
}

function text(): string {
  return document.querySelector("main")?.textContent ?? "";
}

function dialogText(): string | undefined {
  return document.querySelector("[role=dialog]")?.textContent;
}

async function click(app: Opened, testid: string): Promise<void> {
  await app.user.click(get(testid));
  await settled();
}

describe("the directory", () => {
  it("lists the entries, and finds one by its note", async () => {
    const { user } = await directory();
    expect(text()).toContain("3 entries");
    expect(document.activeElement).toBe(get("directory-search"));
    await user.type(get("directory-search"), "gard");
    await settled();
    expect(all("directory-entry").map((row) => row.dataset["accountId"])).toEqual([ID(0xa1)]);
    expect(text()).toContain("1 entry");
    await user.type(get("directory-search"), "zzz");
    await settled();
    expect(text()).toContain("gardzzz");
    expect(all("directory-entry")).toHaveLength(0);
  });

  it("asks for the next page when its end comes near", async () => {
    const many = Array.from({ length: 150 }, (_, at) => ({
      accountId: ID(at),
      name: `Name ${at}`,
      note: "",
      picture: null,
    }));
    const { model } = await directory(many);
    expect(model.directory.rows).toHaveLength(100);
    await Promise.all([model.directory.loadMore(), model.directory.loadMore()]);
    expect(model.directory.rows).toHaveLength(150);
  });

  it("goes through the entries by key", async () => {
    const { user } = await directory();
    const [first, second] = all("directory-entry");
    first!.focus();
    await user.keyboard("{ArrowDown}");
    await settled();
    expect(document.activeElement).toBe(second);
    expect(all("directory-entry").filter((row) => row.tabIndex === 0)).toEqual([second]);
    await user.keyboard("{Escape}");
    await settled();
    expect(document.querySelector("[data-testid=directory-search]")).toBeNull();
  });

  it("is empty at first, says what went wrong, and can be asked again", async () => {
    const { fake, model, user } = await directory([]);
    expect(text()).toContain("Your directory is empty");
    const spy = vi.spyOn(fake, "listDirectory").mockRejectedValueOnce(new AppError(apiError("unexpected")));
    await model.directory.refresh();
    await settled();
    expect(document.querySelector("main [role=alert]")).not.toBeNull();
    spy.mockRestore();
    fake.directory = [...ROWS];
    await user.click([...document.querySelectorAll<HTMLElement>("main button")].at(-1)!);
    await settled();
    expect(text()).toContain("3 entries");
  });

  it("leaves nothing behind in a locked window", async () => {
    const { fake, model } = await directory();
    fake.stage = { kind: "locked" };
    fake.emit({ kind: "accountChanged" });
    await settled();
    expect(model.directory.rows).toEqual([]);
    expect(model.directory.chosen.size).toBe(0);
  });
});

describe("an entry of the directory", () => {
  async function entry(at: number): Promise<Opened> {
    const app = await directory();
    await app.user.click(all("directory-entry")[at]!);
    await settled();
    return app;
  }

  it("changes its name and note", async () => {
    const app = await entry(0);
    await app.user.clear(get("entry-note"));
    await app.user.type(get("entry-note"), "florist");
    await click(app, "entry-save");
    expect(app.fake.directory).toContainEqual({ accountId: ID(0xa1), name: "Armelle", note: "florist", picture: null });
    expect(text()).toContain("florist");
  });

  it("gives its name as nickname, and begins a message", async () => {
    const app = await entry(0);
    await click(app, "entry-nickname");
    expect(app.fake.calls).toContainEqual({ name: "setDirectoryNickname", argument: ID(0xa1) });
    await click(app, "entry-write");
    expect(app.model.conversations.current?.accountId).toBe(ID(0xa1));
  });

  it("has no nickname to give without a name", async () => {
    await entry(2);
    expect(document.querySelector("[data-testid=entry-nickname]")).toBeNull();
  });

  it("is deleted once that was asked", async () => {
    const app = await entry(1);
    await click(app, "entry-delete");
    expect(app.fake.directory).toHaveLength(3);
    await click(app, "confirm");
    expect(app.fake.directory.map((row) => row.name)).toEqual(["Armelle", null]);
    expect(text()).not.toContain("Bastien");
  });
});

describe("adding an entry by hand", () => {
  async function adding(): Promise<Opened> {
    const app = await directory();
    await click(app, "directory-add");
    expect(document.activeElement).toBe(get("entry-id"));
    return app;
  }

  async function add(app: Opened, address: string): Promise<string> {
    await app.user.clear(get("entry-id"));
    await app.user.click(get("entry-id"));
    await app.user.paste(address);
    await click(app, "entry-add");
    return document.querySelector("[role=dialog] [role=alert]")?.textContent ?? "";
  }

  it("says what is wrong with the ID", async () => {
    const app = await adding();
    await click(app, "entry-add");
    expect(dialogText()).toContain("This is not an account ID");
    expect(await add(app, "hello there")).toContain("This is not an account ID");
    expect(await add(app, "armelle")).toContain("An entry needs an account ID");
    expect(await add(app, `03${"a".repeat(64)}`)).toContain("group");
    expect(await add(app, OWN)).toBe("This is your own account ID.");
    expect(await add(app, `${ID(1)} ${ID(2)}`)).toContain("several account IDs");
    expect(app.fake.directory).toHaveLength(3);
  });

  it("leads to the entry that is already there", async () => {
    const app = await adding();
    expect(await add(app, ID(0xa1))).toContain("already in the directory: Armelle");
    await click(app, "entry-open");
    expect((get("entry-name") as HTMLInputElement).value).toBe("Armelle");
  });

  it("keeps ID, name and note, however the ID was copied", async () => {
    const app = await adding();
    await app.user.click(get("entry-name"));
    await app.user.paste("x".repeat(101));
    await app.user.click(get("entry-note"));
    await app.user.paste("n".repeat(1001));
    await add(app, ` my ID: ${ID(1).toUpperCase()} `);
    expect([...document.querySelectorAll("[role=dialog] [role=alert]")].map((alert) => alert.textContent)).toEqual([
      "This name is too long: it may have 100 bytes.",
      "This note is too long: it may have 1,000 bytes.",
    ]);
    await app.user.clear(get("entry-name"));
    await app.user.type(get("entry-name"), "Dora");
    await app.user.clear(get("entry-note"));
    await click(app, "entry-add");
    expect(app.fake.directory).toContainEqual({ accountId: ID(1), name: "Dora", note: "", picture: null });
    expect(text()).toContain("4 entries");
  });
});

describe("importing a list", () => {
  const LIST = `Carole, ${ID(0xd4)}\nno account here\n${ID(0xd4)}\n${ID(0xa1)}`;

  async function importing(): Promise<Opened> {
    const app = await directory();
    await click(app, "directory-import");
    return app;
  }

  it("reports what was found and the bad lines before anything is stored", async () => {
    const app = await importing();
    await app.user.click(get("import-text"));
    await app.user.paste(LIST);
    await click(app, "import-read");
    expect(get("import-report").textContent).toMatch(/2 account IDs.*New: 1.*Already there: 1.*more than once: 1/su);
    expect(get("bad-lines").textContent).toMatch(/Line 2.*no account here/su);
    expect(app.fake.directory).toHaveLength(3);
    await click(app, "import-write");
    expect(get("import-result").textContent).toContain("New: 1");
    expect(app.fake.directory).toHaveLength(4);
    await click(app, "import-close");
    expect(text()).toContain("4 entries");
  });

  it("reads a chosen file and a dropped one", async () => {
    const app = await importing();
    await app.user.upload(get("import-file"), new File([LIST], "list.csv", { type: "text/csv" }));
    await settled();
    expect(get("import-report")).toBeTruthy();
    await click(app, "import-other");
    await dropOn(app, "import-text", [new File([LIST], "list.txt")]);
    expect(get("import-report")).toBeTruthy();
  });

  it("says what is wrong with what was dropped", async () => {
    const app = await importing();
    const list = new File([LIST], "list.txt");
    await dropOn(app, "import-text", [list, list]);
    expect(dialogText()).toContain("several files");
    app.fake.failing.set("startDroppedImport", "fileIsFolder");
    await dropOn(app, "import-text", [list]);
    expect(dialogText()).toContain("This is a folder.");
  });

  it("shows how far a long list is, and stops", async () => {
    const app = await importing();
    app.fake.holdsImports = true;
    await app.user.click(get("import-text"));
    await app.user.paste(LIST);
    await click(app, "import-read");
    const job = "job-1";
    app.fake.moveImport(job, { done: 40_000, total: 100_000 });
    await settled();
    expect(document.querySelector<HTMLProgressElement>("progress")?.value).toBe(40_000);
    await click(app, "import-stop");
    expect(app.fake.calls).toContainEqual({ name: "cancelJob", argument: job });
    app.fake.moveImport(job, { stage: { kind: "stopped" } });
    await settled();
    expect(get("import-result").textContent).toContain("Stopped");
  });

  it("says why a list cannot be read, and forgets one that is given up", async () => {
    const app = await importing();
    vi.spyOn(app.fake, "startDirectoryImport").mockRejectedValueOnce(new AppError(apiError("fileTooLarge")));
    await app.user.type(get("import-text"), "x");
    await click(app, "import-read");
    expect(dialogText()).toContain("This file is too large.");
    await click(app, "import-read");
    await app.user.keyboard("{Escape}");
    await settled();
    expect(app.fake.calls.some((call) => call.name === "discardDirectoryImport")).toBe(true);
    expect(app.model.directory.import).toBeNull();
  });
});

describe("exporting the directory", () => {
  it("warns, and saves the chosen entries or all", async () => {
    const app = await directory();
    await click(app, "directory-export");
    expect(dialogText()).toContain("same care as a phone number");
    await click(app, "export-csv");
    expect(get("export-result").textContent).toContain("Directory.csv");
    await app.user.keyboard("{Escape}");
    await settled();
    await app.user.click(document.querySelector("main [type=checkbox]")!);
    expect(text()).toContain("1 entry chosen");
    await click(app, "directory-export");
    await click(app, "export-page");
    const asked = app.fake.calls.filter((call) => call.name === "saveDirectoryExport").map((call) => call.argument);
    expect(asked).toMatchObject([
      { accounts: null, format: "csv", language: expect.stringMatching(/^en/u) as string },
      { accounts: [ID(0xa1)], format: "page" },
    ]);
  });

  it("says why it could not", async () => {
    const app = await directory();
    vi.spyOn(app.fake, "saveDirectoryExport").mockRejectedValue(new AppError(apiError("tooManyToPrint")));
    await click(app, "directory-export");
    await click(app, "export-page");
    expect(document.querySelector("[role=dialog] [role=alert]:not(:empty)")?.textContent).toContain("at most 1,000");
  });
});
