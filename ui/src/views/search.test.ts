import { describe, expect, it } from "vitest";

import { all, get, openApp, settled, type Opened } from "../testing/app";

async function searching(text: string, scenario: "main" | "groups" = "main"): Promise<Opened> {
  const app = await openApp(scenario);
  await app.user.keyboard("{Control>}f{/Control}");
  await settled();
  await app.user.type(get("filter-input"), text);
  await settled();
  return app;
}

function marks(testid: string): string[] {
  return all(testid).flatMap((element) => [...element.querySelectorAll("mark")].map((mark) => mark.textContent));
}

describe("the search of the list", () => {
  it("shows conversations, contacts and messages together, with what was typed marked", async () => {
    const app = await openApp("main");
    app.fake.rows.find((row) => row.name === "Lucien")!.isListed = false;
    await app.user.type(get("filter-input"), "lu");
    await settled();
    expect(marks("search-contact")).toEqual(["Lu"]);
    await app.user.clear(get("filter-input"));
    await app.user.type(get("filter-input"), "paul");
    await settled();
    expect(marks("conversation-row")).toEqual(["Paul"]);
    expect(marks("search-message")).toEqual(["Paul"]);
  });

  it("opens a message in place, by keys alone", async () => {
    const { user, model } = await searching("marche");
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(all("search-message")[0]);
    await user.keyboard("{ArrowUp}");
    await settled();
    expect(document.activeElement).toBe(get("filter-input"));
    await user.keyboard("{ArrowDown}{Enter}");
    await settled();
    const id = all("search-message")[0]!.dataset["message"];
    expect(model.navigation.conversation).toBe(model.search.rows[0]!.message.conversation);
    expect(all("message").some((row) => row.dataset["messageId"] === id)).toBe(true);
  });

  it("narrows by keys and pointer, and searches everything again", async () => {
    const { user, model } = await searching("plan");
    const before = all("search-message").length;
    expect(before).toBeGreaterThan(1);
    await user.click(get("search-has-link"));
    await settled();
    expect(get("search-has-link").getAttribute("aria-pressed")).toBe("true");
    expect(all("search-message")).toHaveLength(1);
    expect(all("conversation-row")).toEqual([]);
    await user.click(get("search-widen"));
    await settled();
    expect(all("search-message")).toHaveLength(before);
    await user.click(get("search-from"));
    await settled();
    const items = [...document.querySelectorAll<HTMLElement>("[role=menuitem]")];
    await user.click(items.find((item) => item.textContent.includes("You"))!);
    await settled();
    expect(model.search.narrowing.author?.isSelf).toBe(true);
    expect(get("search-from").textContent).toContain("You");
  });

  it("offers every conversation and every person there is", async () => {
    const { user, fake } = await searching("plan");
    const { rows } = await fake.listConversations({ cursor: null, limit: 100, filter: "" });
    expect(rows.length).toBeGreaterThan(5);
    await user.click(get("search-in"));
    await settled();
    expect(document.querySelectorAll("[role=menuitem]").length).toBeGreaterThanOrEqual(rows.length);
    await user.keyboard("{Escape}");
    await settled();
    await user.click(get("search-from"));
    await settled();
    const offered = [...document.querySelectorAll("[role=menuitem]")].map((item) => item.textContent.trim());
    for (const row of rows) if (row.kind === "person" && row.name !== null) expect(offered).toContain(row.name);
  });

  it("says when nothing is found, when two letters are missing, and what went wrong", async () => {
    const app = await searching("zzzz");
    expect(document.body.textContent).toContain("Nothing found for “zzzz”.");
    app.fake.failing.set("searchMessages", "unexpected");
    await app.user.clear(get("filter-input"));
    await app.user.type(get("filter-input"), "élo");
    await settled();
    expect(get("search-results").querySelector("[role=alert]")).not.toBeNull();
    app.fake.failing.clear();
    await app.user.clear(get("filter-input"));
    await app.user.type(get("filter-input"), "é");
    await settled();
    expect(get("search-results").textContent).toContain("Type at least two letters");
    await app.user.keyboard("{Escape}");
    await settled();
    expect(all("search-results")).toEqual([]);
    expect(all("conversation-row").length).toBeGreaterThan(3);
  });

  it("names who said it in a group", async () => {
    await searching("graines", "groups");
    const said = all("search-message").map((row) => row.textContent);
    expect(said.length).toBeGreaterThan(0);
    expect(said.every((text) => text.includes("graines"))).toBe(true);
  });
});

describe("the search within a conversation", () => {
  async function inConversation(): Promise<Opened> {
    const app = await openApp("main");
    await app.model.openConversation(app.fake.rows[0]!.id);
    await settled();
    await app.user.keyboard("{Control>}{Shift>}f{/Shift}{/Control}");
    await settled();
    return app;
  }

  it("counts, goes on and back, marks, and gives the focus back", async () => {
    const { user, model } = await inConversation();
    expect(document.activeElement).toBe(get("find-input"));
    await user.keyboard("plan");
    await settled();
    expect(get("find-count").textContent).toBe("1 of 2");
    expect(document.activeElement).toBe(get("find-input"));
    expect(marks("message")).toEqual(["plan", "plan", "plan"]);
    await user.keyboard("{Enter}");
    await settled();
    expect(get("find-count").textContent).toBe("2 of 2");
    expect(get("find-older").hasAttribute("disabled")).toBe(true);
    await user.keyboard("{Shift>}{Enter}{/Shift}");
    await settled();
    expect(get("find-count").textContent).toBe("1 of 2");
    await user.keyboard("{Escape}");
    await settled();
    expect(all("find-bar")).toEqual([]);
    expect(marks("message")).toEqual([]);
    expect(document.activeElement).toBe(get("composer-input"));
    expect(model.timeline?.find.text).toBe("");
  });

  it("says when nothing is found, and ends with the conversation", async () => {
    const { user, model, fake } = await inConversation();
    await user.keyboard("zzzz");
    await settled();
    expect(get("find-count").textContent).toBe("Nothing found");
    await model.openConversation(fake.rows[1]!.id);
    await settled();
    expect(all("find-bar")).toEqual([]);
    await user.click(get("find-open"));
    await settled();
    expect(document.activeElement).toBe(get("find-input"));
  });
});
