import { render } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";

import App from "../App.svelte";
import { FakeBackend } from "../ipc/fake";
import { AppModel } from "../state/model.svelte";
import { all, get, openApp, settled } from "../testing/app";
import { hindrances } from "../testing/hindrances";

/** What no backend sends: drawing it throws. */
const NO_TEXT = undefined as unknown as string;

function menuLines(): (string | undefined)[] {
  return [...document.querySelectorAll("[role=menuitem]")].map((item) => item.querySelector("span")?.textContent);
}

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => undefined));

describe("a message", () => {
  it.each([2 ** 63, -(2 ** 63), 2 ** 64])("of the absurd time %d is shown", async (sentAt) => {
    const { fake, model } = await openApp("main");
    const id = fake.rows[0]!.id;
    Object.assign(fake.messages.get(id)!.at(-2)!, { sentAt, readAt: sentAt, nextAttemptAt: sentAt });
    Object.assign(fake.messages.get(id)!.at(0)!, { sentAt });
    Object.assign(fake.rows[0]!, { lastActivityAt: sentAt });
    fake.emit({ kind: "resync" });
    await model.openConversation(id);
    await settled();
    expect(all("message").length).toBe(fake.messages.get(id)!.length);
    expect(document.querySelector("[data-broken]")).toBeNull();
    expect(all("conversation-row").length).toBe(fake.rows.length);
  });

  it.each([
    ["en", "This message cannot be shown", "Delete on this device"],
    ["fr", "Ce message ne peut pas être affiché", "Supprimer sur cet appareil"],
  ] as const)(
    "that cannot be drawn is one line among the others, and can be deleted, %s",
    async (language, line, action) => {
      const { fake, model, user } = await openApp("main", { language });
      const id = fake.rows[0]!.id;
      const bad = fake.messages.get(id)![3]!;
      bad.body = { kind: "text", text: NO_TEXT, truncated: false };
      await model.openConversation(id);
      await settled();
      expect(all("message").length).toBeGreaterThan(4);
      const row = document.querySelector<HTMLElement>("[data-broken]")!;
      expect(row.textContent.trim()).toBe(line);
      expect(await hindrances()).toEqual([]);
      await user.pointer({ target: row, keys: "[MouseRight]" });
      await settled();
      expect(menuLines()).toEqual([action]);
      await user.keyboard("{Escape}");
      await settled();
      row.focus();
      await user.keyboard("{Delete}");
      await settled();
      await user.click(get("confirm"));
      await settled();
      expect(fake.calls).toContainEqual({ name: "deleteMessages", argument: [bad.id] });
      expect(document.querySelector("[data-broken]")).toBeNull();
    },
  );
});

describe("a conversation", () => {
  it("that cannot be drawn is one line among the others, and can be deleted", async () => {
    const { fake, user } = await openApp("main");
    fake.rows[1]!.lastMessage = { ...fake.rows[1]!.lastMessage!, preview: NO_TEXT };
    fake.emit({ kind: "resync" });
    await settled();
    const rows = all("conversation-row");
    expect(rows.length).toBe(fake.rows.length);
    const broken = rows.find((row) => row.textContent.trim() === "This conversation cannot be shown")!;
    expect(await hindrances()).toEqual([]);
    broken.focus();
    await user.keyboard("{Shift>}{F10}{/Shift}");
    await settled();
    expect(menuLines()).toEqual(["Delete conversation"]);
  });
});

describe("the window", () => {
  it.each([
    ["en", /^An unexpected problem/u, "Try again"],
    ["fr", /^Un problème inattendu/u, "Réessayer"],
  ] as const)("that cannot be drawn says so and can be loaded again, %s", async (language, sentence, action) => {
    const fake = new FakeBackend("main");
    fake.settings.language = language;
    const model = new AppModel(fake);
    await model.start();
    const onreload = vi.fn();
    render(App, { model, onreload });
    await settled();
    fake.connectivity.paths = undefined as never;
    model.navigation.show("network");
    await settled();
    expect(document.querySelector("[role=alert]")?.textContent).toMatch(sentence);
    const button = get("unexpected").querySelector("button")!;
    expect(button.textContent.trim()).toBe(action);
    expect(await hindrances()).toEqual([]);
    button.click();
    expect(onreload).toHaveBeenCalledOnce();
  });
});
