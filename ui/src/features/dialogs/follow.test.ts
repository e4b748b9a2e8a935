import { describe, expect, it } from "vitest";

import type { MessageRow } from "../../ipc/backend";
import { get, openApp, settled, type Opened } from "../../testing/app";

type App = Opened & { rows: MessageRow[]; id: string };

async function withConversation(): Promise<App> {
  const app = await openApp("main");
  const { id } = app.fake.rows[0]!;
  await app.model.openConversation(id, false);
  await settled();
  return { ...app, id, rows: [...app.fake.messages.get(id)!] };
}

function dialog(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[role=dialog], [role=alertdialog]");
}

async function gone({ fake }: Opened, ...rows: MessageRow[]): Promise<void> {
  await fake.deleteMessages(rows.map((row) => row.id));
  await settled();
}

const WORDS = "This message is no longer there.";

describe("a dialog about messages", () => {
  it.each(["messageInfo", "wholeText", "reactions"] as const)("goes with its message: %s", async (kind) => {
    const app = await withConversation();
    const [message] = app.rows as [MessageRow];
    app.fake.reactedBy(message.id, "👍", app.id);
    await settled();
    app.model.navigation.open({ kind, message: app.model.timeline!.rows[0]! });
    await settled();
    expect(dialog()?.textContent).toContain(kind === "reactions" ? "👍" : "Bonjour");
    await gone(app, message);
    expect(dialog()).toBeNull();
    expect(app.model.toasts.list[0]?.text).toBe(WORDS);
  });

  it("shows nothing of a text that was deleted for everyone meanwhile", async () => {
    const app = await withConversation();
    const own = app.rows.find((row) => row.state === "read")!;
    app.model.navigation.open({ kind: "messageInfo", message: own });
    await settled();
    expect(dialog()?.textContent).toContain("Je regarde la liste ce soir");
    await app.fake.deleteForEveryone([own.id]);
    await settled();
    expect(dialog()?.textContent).not.toContain("Je regarde la liste ce soir");
    expect(dialog()?.textContent).toContain("This message was deleted");
  });

  it("says the newest state of its message", async () => {
    const app = await withConversation();
    const queued = app.rows.find((row) => row.state === "queued")!;
    app.model.navigation.open({ kind: "messageInfo", message: { ...queued } });
    await settled();
    expect(dialog()?.textContent).toContain("Waiting to send");
    app.fake.setState(queued.id, "sent");
    await settled();
    expect(dialog()?.textContent).not.toContain("Waiting to send");
  });

  it("to send several on keeps those that are left, and goes with the last", async () => {
    const app = await withConversation();
    const [first, second] = app.rows as [MessageRow, MessageRow];
    app.model.navigation.open({ kind: "forward", messages: [first, second] });
    await settled();
    expect(dialog()?.querySelector("h2")?.textContent).toBe("Forward 2 messages");
    await gone(app, first);
    expect(dialog()?.querySelector("h2")?.textContent).toBe("Forward this message");
    expect(get("forward-what").textContent).toContain("envoyé le plan");
    await gone(app, second);
    expect(dialog()).toBeNull();
  });

  it("that asks whether to delete some asks about those that are left", async () => {
    const app = await withConversation();
    const [first, second] = app.rows as [MessageRow, MessageRow];
    const conversation = app.model.conversations.current;
    app.model.navigation.open({ kind: "deleteMessages", messages: [first, second], conversation });
    await settled();
    await gone(app, first);
    await app.user.click(get("confirm"));
    await settled();
    expect(app.fake.calls.filter((call) => call.name === "deleteMessages").at(-1)?.argument).toEqual([second.id]);
  });

  it("to open a link goes with the message of the link, and stays where that stays", async () => {
    const app = await withConversation();
    const linked = app.rows[1]!;
    await app.user.click(document.querySelector("[data-testid=message] a")!);
    await settled();
    expect(get("link-host").textContent).toBe("example.org");
    await gone(app, app.rows[0]!);
    expect(dialog()).not.toBeNull();
    await gone(app, linked);
    expect(dialog()).toBeNull();
  });

  it("of a conversation that is not open follows too, also after a gap in the news", async () => {
    const app = await withConversation();
    const elsewhere = app.fake.rows[1]!.id;
    const [message] = app.fake.messages.get(elsewhere)! as [MessageRow];
    app.model.navigation.open({ kind: "messageInfo", message: { ...message } });
    await settled();
    app.fake.messages.set(elsewhere, []);
    app.fake.emit({ kind: "resync" });
    await settled();
    expect(dialog()).toBeNull();
  });
});

describe("the question about a link", () => {
  it("shows the host on its own, whatever the rest of the address says", async () => {
    const app = await withConversation();
    const url = "https://bank.example.evil.example/login?to=https://bank.example";
    app.model.navigation.open({ kind: "link", url });
    await settled();
    expect(get("link-host").textContent).toBe("bank.example.evil.example");
    expect(get("link-address").textContent).toBe(url);
  });
});
