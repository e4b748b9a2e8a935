import { describe, expect, it } from "vitest";

import type { AttachmentRow, MessageRow } from "../../ipc/backend";
import { apiError } from "../../ipc/errors";
import { NOW, OWN } from "../../ipc/fake/seed";
import { groupOf } from "../../ipc/fake/group-seed";
import { all, get, openApp, settled, type Opened } from "../../testing/app";

function argumentsOf({ fake }: Opened, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

function radio(value: string): HTMLInputElement {
  return document.querySelector<HTMLInputElement>(`[role$=dialog] input[value="${value}"]`)!;
}

function labels(): string[] {
  return [...document.querySelectorAll("[role$=dialog] fieldset label")].map((label) => label.textContent.trim());
}

async function withConversation(id?: string): Promise<Opened & { rows: MessageRow[] }> {
  const app = await openApp("main");
  const where = id ?? app.fake.rows[0]!.id;
  await app.model.openConversation(where, false);
  await settled();
  return { ...app, rows: app.fake.messages.get(where)! };
}

const FILE: AttachmentRow = {
  index: 0,
  name: "plan.pdf",
  sizeBytes: 1_234_567,
  contentType: "application/pdf",
  kind: "file",
  width: null,
  height: null,
  durationMs: null,
  waveform: [],
  state: "local",
  doneBytes: 0,
  error: null,
  thumbnail: null,
  isAnimated: false,
  caption: null,
  isProgram: false,
};

describe("deleting", () => {
  async function ask(app: Opened, message: MessageRow): Promise<void> {
    const conversation = app.model.conversations.current;
    app.model.navigation.open({ kind: "deleteMessages", messages: [message], conversation });
    await settled();
  }

  it("for everyone is chosen first, and leaves a line", async () => {
    const app = await withConversation();
    const own = app.rows.find((row) => row.state === "read")!;
    await ask(app, own);
    expect(labels()).toEqual(["Delete on this device", "Delete for everyone"]);
    expect(get("confirm").textContent.trim()).toBe("Delete on this device");
    await app.user.click(radio("everyone"));
    await settled();
    expect(get("confirm").textContent.trim()).toBe("Delete for everyone");
    await app.user.click(get("confirm"));
    await settled();
    expect(argumentsOf(app, "deleteForEveryone")).toEqual([[own.id]]);
    expect(document.querySelector(`[data-message-id="${own.id}"]`)?.textContent).toContain("This message was deleted");
  });

  it("says why nothing was deleted", async () => {
    const app = await withConversation();
    app.fake.failing.set("deleteForEveryone", "offline");
    const own = app.rows.find((row) => row.state === "read")!;
    await ask(app, own);
    await app.user.click(radio("everyone"));
    await app.user.click(get("confirm"));
    await settled();
    expect(app.model.toasts.list[0]?.text).toContain("No connection");
    expect(own.body.kind).toBe("text");
  });

  it("of a note can be on all devices", async () => {
    const app = await withConversation(OWN);
    await ask(app, app.rows[0]!);
    expect(labels()).toEqual(["Delete on this device", "Delete on all my devices"]);
    await app.user.click(radio("allDevices"));
    await settled();
    await app.user.click(get("confirm"));
    await settled();
    expect(argumentsOf(app, "deleteOnAllDevices")).toHaveLength(1);
    expect(all("message")).toHaveLength(0);
  });

  it("asks nothing where there is one way only", async () => {
    const app = await withConversation();
    await ask(
      app,
      app.rows.find((row) => !row.isOwn)!,
    );
    expect(labels()).toEqual([]);
  });
});

describe("forwarding", () => {
  it("goes to several conversations that are searched for, and says how many", async () => {
    const app = await withConversation();
    app.model.navigation.open({ kind: "forward", messages: [app.rows[0]!] });
    await settled();
    expect(get("forward-what").textContent).toContain("Bonjour");
    await app.user.type(get("forward-search"), "Paul");
    await settled();
    expect(all("forward-choice")).toHaveLength(1);
    await app.user.click(all("forward-choice")[0]!);
    await app.user.clear(get("forward-search"));
    await app.user.type(get("forward-search"), "Anne");
    await settled();
    await app.user.click(all("forward-choice")[0]!);
    await settled();
    expect(get("forward-submit").textContent.trim()).toBe("Forward to 2 conversations");
    await app.user.click(get("forward-submit"));
    await settled();
    const [ids, to] = argumentsOf(app, "forwardMessages")[0] as [string[], string[]];
    expect(ids).toEqual([app.rows[0]!.id]);
    expect(to).toHaveLength(2);
    expect(document.querySelector("[role=dialog]")).toBeNull();
    expect(app.model.toasts.list[0]?.text).toBe("Forwarded to 2 conversations.");
  });

  it("names who did not get it and why, and keeps them chosen", async () => {
    const app = await withConversation();
    app.rows[0]!.attachments = [FILE];
    const [notYet, paul] = [app.fake.rows.find((row) => !row.hasApprovedMe)!, app.fake.rows[4]!];
    app.model.navigation.open({ kind: "forward", messages: [app.rows[0]!] });
    await settled();
    for (const { id } of [notYet, paul])
      await app.user.click(all("forward-choice").find((box) => box.dataset["conversationId"] === id)!);
    await app.user.click(get("forward-submit"));
    await settled();
    expect(get("forward-refused").textContent).toContain("has not accepted your request yet");
    expect(get("forward-refused").querySelectorAll("li")).toHaveLength(1);
    const chosen = all("forward-choice").filter((box) => (box as HTMLInputElement).checked);
    expect(chosen.map((box) => box.dataset["conversationId"])).toEqual([notYet.id]);
    expect(app.model.toasts.list[0]?.text).toBe("Forwarded to 1 conversation.");
  });

  it("says what went before something went wrong, and tries the rest under the same token", async () => {
    const app = await withConversation();
    const tokens: string[] = [];
    app.fake.forwardMessages = async (_ids, to, token) => {
      tokens.push(token);
      return { sent: 0, refused: [{ conversation: to[0]!, sent: 1, error: apiError("diskFull") }] };
    };
    app.model.navigation.open({ kind: "forward", messages: app.rows.slice(0, 2) });
    await settled();
    await app.user.click(all("forward-choice")[0]!);
    for (let turn = 0; turn < 2; turn += 1) {
      await app.user.click(get("forward-submit"));
      await settled();
      expect(get("forward-refused").textContent).toContain("Only 1 message was forwarded to");
    }
    expect([tokens.length, new Set(tokens).size]).toEqual([2, 1]);
  });

  it("goes once, however often it is asked", async () => {
    const app = await withConversation();
    const [{ id }] = app.rows as [MessageRow];
    const to = app.fake.rows[4]!.id;
    const before = app.fake.messages.get(to)!.length;
    for (let turn = 0; turn < 2; turn += 1) await app.fake.forwardMessages([id], [to], "one");
    expect(app.fake.messages.get(to)!.length).toBe(before + 1);
  });

  it("offers nothing that cannot be written to", async () => {
    const app = await openApp("groups");
    app.fake.rows[4]!.isBlocked = true;
    await app.model.openConversation(app.fake.rows[0]!.id, false);
    app.model.navigation.open({ kind: "forward", messages: app.fake.messages.get(app.fake.rows[0]!.id)!.slice(0, 1) });
    await settled();
    const offered = all("forward-choice").map((box) => box.dataset["conversationId"]);
    expect(offered).toContain(groupOf(1));
    for (const id of [groupOf(3), groupOf(4), groupOf(5), app.fake.rows[4]!.id]) expect(offered).not.toContain(id);
  });
});

describe("how long messages stay", () => {
  it("is chosen by what begins the time, then by the time", async () => {
    const app = await withConversation();
    const row = app.fake.rows[0]!;
    app.model.navigation.open({ kind: "timer", row });
    await settled();
    expect(labels()).toEqual(["Off", "After reading", "After sending"]);
    expect((get("timer-save") as HTMLButtonElement).disabled).toBe(true);
    await app.user.click(radio("afterRead"));
    await settled();
    expect(labels().slice(3)).toEqual(["5 minutes", "1 hour", "12 hours", "1 day", "7 days", "14 days"]);
    expect(radio("43200").checked).toBe(true);
    await app.user.click(radio("300"));
    await settled();
    await app.user.click(get("timer-save"));
    await settled();
    expect(argumentsOf(app, "setTimer")).toEqual([[row.id, { kind: "afterRead", seconds: 300 }]]);
    expect(get("conversation-timer").getAttribute("aria-label")).toContain("5 minutes after reading");
    expect(all("message-event").at(-1)!.textContent).toContain("You set your messages to disappear 5 minutes");
  });

  it("begins by sending in Note to Self", async () => {
    const app = await withConversation(OWN);
    app.model.navigation.open({ kind: "timer", row: app.model.conversations.current! });
    await settled();
    expect(labels()).toEqual(["Off", "After sending"]);
  });

  it("of another app stands among the times", async () => {
    const app = await withConversation();
    const row = app.fake.rows[0]!;
    row.timer = { kind: "afterSend", seconds: 30 };
    app.fake.emit({ kind: "resync" });
    await settled();
    app.model.navigation.open({ kind: "timer", row });
    await settled();
    expect(labels().slice(3)).toEqual(["30 seconds", "12 hours", "1 day", "7 days", "14 days"]);
  });
});

describe("jumping to a date", () => {
  it("says what is no day, then goes to what was first said on it", async () => {
    const app = await withConversation();
    app.model.navigation.open({ kind: "jumpToDate", row: app.fake.rows[0]! });
    await settled();
    await app.user.type(get("jump-date"), "someday{Enter}");
    await settled();
    expect(document.querySelector("[role=alert]")?.textContent).toContain("This is not a day");
    const today = new Date(NOW);
    await app.user.clear(get("jump-date"));
    const typed = `${today.getFullYear()}-${today.getMonth() + 1}-${today.getDate()}`;
    await app.user.type(get("jump-date"), `${typed}{Enter}`);
    await settled();
    expect(document.querySelector("[role=dialog]")).toBeNull();
    const at = new Date(today.getFullYear(), today.getMonth(), today.getDate()).getTime();
    expect(argumentsOf(app, "messageAtDate")).toEqual([[app.fake.rows[0]!.id, at]]);
    const first = app.rows.find((row) => row.sentAt >= at)!;
    expect((document.activeElement as HTMLElement).dataset["messageId"]).toBe(first.id);
  });

  it("says when nothing was written then", async () => {
    const app = await withConversation();
    app.model.navigation.open({ kind: "jumpToDate", row: app.fake.rows[0]! });
    await settled();
    await app.user.type(get("jump-date"), "2999-1-1{Enter}");
    await settled();
    expect(document.querySelector("[role=alert]")?.textContent).toContain("Nothing was written");
  });
});

describe("message info", () => {
  const author = `05${"ab".repeat(32)}`;

  async function facts(change: Partial<MessageRow>): Promise<Record<string, string>> {
    const app = await withConversation();
    const message = Object.assign(
      app.rows.find((row) => !row.isOwn)!,
      change,
    );
    app.model.navigation.open({ kind: "messageInfo", message });
    await settled();
    const terms = [...document.querySelectorAll("[role=dialog] dt")];
    return Object.fromEntries(terms.map((term) => [term.textContent, term.nextElementSibling!.textContent]));
  }

  it("says from whom it is, by name and by ID", async () => {
    const { From, "Account ID": id } = await facts({});
    expect(From).toBe("Élodie");
    expect(id).toMatch(/^05[0-9a-f]{64}$/u);
  });

  it("names whoever wrote in a group", async () => {
    expect(await facts({ author, authorName: "Paul" })).toMatchObject({ From: "Paul", "Account ID": author });
  });

  it("says the ID once where no name is known", async () => {
    const { From, "Account ID": id } = await facts({ author, authorName: null });
    expect([From, id]).toEqual([author, undefined]);
  });

  it("says when it disappears, and what its files are", async () => {
    const app = await withConversation();
    const [message] = app.rows;
    message!.attachments = [FILE];
    message!.disappears = { kind: "afterRead", seconds: 43_200, endsAt: null };
    app.model.navigation.open({ kind: "messageInfo", message: message! });
    await settled();
    const text = document.querySelector("[role=dialog]")!.textContent;
    for (const part of ["12 hours after reading", "plan.pdf", "application/pdf", "1.2 MB"])
      expect(text).toContain(part);
  });
});

describe("everything", () => {
  it("is marked as read by one button, which is gone then", async () => {
    const app = await openApp("main");
    await app.user.click(get("mark-all-read"));
    await settled();
    expect(argumentsOf(app, "markAllRead")).toHaveLength(1);
    expect(all("mark-all-read")).toHaveLength(0);
  });

  it("that concerns a whole conversation is in its menu", async () => {
    const app = await withConversation();
    await app.user.click(get("conversation-menu"));
    await settled();
    const items = [...document.querySelectorAll("[role=menuitem]")].map((item) => item.textContent.trim());
    expect(items).toEqual([
      "Jump to a date",
      "Media, files and links",
      "Select messages",
      "Export this conversation",
      "Disappearing messages",
      "Clear messages",
    ]);
  });
});
