import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { MessageRow } from "../../ipc/backend";
import type { FakeBackend } from "../../ipc/fake";
import { all, get, openApp, settled } from "../../testing/app";
import { hindrances } from "../../testing/hindrances";

function told(fake: FakeBackend, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

describe("what stands on the screen", () => {
  /** Each message is 100 px high; so many fit into the view, which is not at its end. */
  let shown = 3;

  beforeEach(() => {
    shown = 3;
    vi.spyOn(HTMLElement.prototype, "scrollHeight", "get").mockReturnValue(9_000);
    vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function (this: Element) {
      const at = all("message").indexOf(this as HTMLElement);
      const bottom = at < 0 ? shown * 100 : (at + 1) * 100;
      return { top: bottom - 100, bottom, left: 0, right: 1_000, width: 1_000, height: 100 } as DOMRect;
    });
  });
  afterEach(() => void vi.restoreAllMocks());

  async function opened(focused: boolean): Promise<{ fake: FakeBackend; rows: MessageRow[]; id: string }> {
    const { fake, model } = await openApp("main");
    const id = fake.rows.find((row) => row.unreadCount === 3)!.id;
    for (let more = 0; more < 3; more += 1) fake.receive(id, `one more ${more}`);
    await settled();
    await model.setFocus(focused);
    await model.openConversation(id);
    await settled();
    return { fake, rows: fake.messages.get(id)!, id };
  }

  it("is read, and nothing below it", async () => {
    const { fake, rows, id } = await opened(true);
    expect(told(fake, "markReadTo")).toContainEqual([id, rows[2]!.id]);
    expect(fake.rows.find((row) => row.id === id)?.unreadCount).toBe(3);
    shown = 5;
    get("timeline").dispatchEvent(new Event("scroll"));
    await settled();
    expect(told(fake, "markReadTo").at(-1)).toEqual([id, rows[4]!.id]);
    expect(rows.map((row) => row.isUnread)).toEqual([false, false, false, false, false, true]);
  });

  it("is unread while nobody looks at the window", async () => {
    const { fake, id } = await opened(false);
    expect(told(fake, "markReadTo")).toEqual([]);
    window.dispatchEvent(new Event("focus"));
    await settled();
    expect(told(fake, "markReadTo").length).toBeGreaterThan(0);
    expect(fake.rows.find((row) => row.id === id)?.unreadCount).toBe(3);
  });

  it("keeps its unread line where it was", async () => {
    await opened(true);
    const line = document.querySelector("[role=log] [role=separator]");
    expect(line?.getAttribute("aria-label")).toContain("6");
  });
});

describe("typing", () => {
  it("is told at the first key and when the field is empty again", async () => {
    const { fake, model, user } = await openApp("main");
    const id = fake.rows[0]!.id;
    await model.openConversation(id);
    await settled();
    await user.type(get("composer-input"), "Hello");
    expect(told(fake, "setTyping")).toEqual([[id, true]]);
    await user.clear(get("composer-input"));
    expect(told(fake, "setTyping")).toEqual([
      [id, true],
      [id, false],
    ]);
  });

  it("ends with the message, and when the conversation is left", async () => {
    const { fake, model, user } = await openApp("main");
    const [first, second] = [fake.rows[0]!.id, fake.rows[1]!.id];
    await model.openConversation(first);
    await settled();
    await user.type(get("composer-input"), "Hello{Enter}");
    await settled();
    expect(told(fake, "setTyping")).toEqual([[first, true]]);
    await user.type(get("composer-input"), "And");
    await model.openConversation(second);
    await settled();
    expect(told(fake, "setTyping").slice(1)).toEqual([
      [first, true],
      [first, false],
    ]);
  });

  it.each([
    ["en", "typing…", "is typing"],
    ["fr", "écrit…", "écrit"],
  ] as const)("of the other is shown in the list and below the messages, %s", async (language, inList, inLine) => {
    const { fake, model } = await openApp("main", { language });
    const id = fake.rows[0]!.id;
    await model.openConversation(id);
    fake.type(id, true);
    await settled();
    expect(all("list-typing").map((element) => element.textContent.trim())).toEqual([inList]);
    expect(get("typing-line").textContent).toContain(inLine);
    expect(await hindrances()).toEqual([]);
    fake.type(id, false);
    await settled();
    expect(all("list-typing")).toEqual([]);
    expect(get("typing-line").textContent.trim()).toBe("");
  });
});

describe("the privacy page", () => {
  it("turns receipts and typing on, each by itself", async () => {
    const { fake, model, user } = await openApp("main", { language: "fr" });
    model.navigation.showSettings("privacy");
    await settled();
    const receipts = get("read-receipts") as HTMLInputElement;
    expect([receipts.checked, (get("typing-indicators") as HTMLInputElement).checked]).toEqual([false, false]);
    expect(receipts.closest("label")?.textContent).toContain("Accusés de lecture");
    await user.click(receipts);
    await settled();
    expect(told(fake, "setSettings")).toEqual([{ readReceipts: true }]);
    expect([fake.settings.readReceipts, fake.settings.typingIndicators]).toEqual([true, false]);
    await user.click(get("community-requests"));
    await settled();
    expect(told(fake, "setSettings")).toEqual([{ readReceipts: true }, { communityRequests: true }]);
    expect(fake.settings.communityRequests).toBe(true);
  });
});
