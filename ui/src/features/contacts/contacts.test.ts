import { describe, expect, it } from "vitest";

import { OWN } from "../../ipc/fake/seed";
import { mediumId } from "../../lib/text";
import { all, get, openApp, settled, type Opened } from "../../testing/app";
import { lettered } from "./letters";

async function menuOf(app: Opened, at: number): Promise<string[]> {
  const row = all("conversation-row")[at]!;
  row.focus();
  await app.user.keyboard("{Shift>}{F10}{/Shift}");
  await settled();
  return items().map((item) => item.textContent.trim());
}

function items(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[role=menuitem]")];
}

async function choose(app: Opened, label: string): Promise<void> {
  const item = items().find((candidate) => candidate.textContent.trim() === label);
  if (item === undefined) throw new Error(`no ${label} in the menu`);
  await app.user.click(item);
  await settled();
}

function rowOf(id: string): HTMLElement {
  return all("conversation-row").find((row) => row.dataset["conversationId"] === id)!;
}

function sign(id: string, label: string): Element | null {
  return rowOf(id).querySelector(`[aria-label="${label}"]`);
}

describe("the menu of a row", () => {
  it("offers all that can be done with a person, and another set for Note to Self", async () => {
    const app = await openApp("main");
    const labels = await menuOf(app, 1);
    for (const label of [
      "Pin",
      "Mute for 1 hour",
      "Mute for 8 hours",
      "Mute until I turn it on",
      "Notifications",
      "Details",
      "Nickname",
      "Block",
      "Clear messages",
      "Delete conversation",
      "Delete contact",
    ])
      expect(labels).toContain(label);
    await app.user.keyboard("{Escape}");
    await settled();
    const at = all("conversation-row").findIndex((row) => row.dataset["conversationId"] === OWN);
    const note = await menuOf(app, at);
    expect(note).toContain("Hide from the list");
    for (const label of ["Block", "Nickname", "Delete contact", "Notifications"]) expect(note).not.toContain(label);
  });

  it("mutes for an hour, shows it, and turns notifications on again", async () => {
    const app = await openApp("main");
    const id = all("conversation-row")[1]!.dataset["conversationId"]!;
    await menuOf(app, 1);
    await choose(app, "Mute for 1 hour");
    expect(sign(id, "Muted")).not.toBeNull();
    expect(app.fake.calls).toContainEqual({
      name: "setMute",
      argument: { conversation: id, mute: { kind: "seconds", seconds: 3_600 } },
    });
    await menuOf(app, 1);
    await choose(app, "Turn notifications on");
    expect(sign(id, "Muted")).toBeNull();
  });

  it("marks as unread and as read", async () => {
    const app = await openApp("main");
    const at = all("conversation-row").findIndex((row) => !row.querySelector(".badge"));
    const id = all("conversation-row")[at]!.dataset["conversationId"]!;
    await menuOf(app, at);
    await choose(app, "Mark as unread");
    expect(sign(id, "Marked as unread")).not.toBeNull();
    await menuOf(app, at);
    await choose(app, "Mark as read");
    expect(sign(id, "Marked as unread")).toBeNull();
  });
});

describe("what is decided about a person", () => {
  it("blocks after a question, stands where the text field was, and unblocks", async () => {
    const app = await openApp("main");
    const id = all("conversation-row")[1]!.dataset["conversationId"]!;
    await app.model.openConversation(id);
    await settled();
    await menuOf(app, 1);
    await choose(app, "Block");
    expect(app.fake.rows.find((row) => row.id === id)?.isBlocked).toBe(false);
    expect(document.querySelector("[role=alertdialog]")?.textContent).toContain("is not told");
    await app.user.click(get("confirm"));
    await settled();
    expect(document.querySelector("[data-testid=composer-input]")).toBeNull();
    expect(sign(id, "Blocked")).not.toBeNull();
    await app.user.click(get("unblock"));
    await settled();
    expect(document.activeElement).toBe(get("composer-input"));
  });

  it("gives a nickname and takes it back", async () => {
    const app = await openApp("main");
    const id = all("conversation-row")[1]!.dataset["conversationId"]!;
    const before = rowOf(id).dataset["name"];
    await menuOf(app, 1);
    await choose(app, "Nickname");
    await app.user.clear(get("nickname-input"));
    await app.user.type(get("nickname-input"), "Voisine{Enter}");
    await settled();
    expect(rowOf(id).dataset["name"]).toBe("Voisine");
    await menuOf(app, 1);
    await choose(app, "Nickname");
    expect(document.querySelector("[role=dialog]")?.textContent).toContain(`They call themselves ${before}`);
    await app.user.click(get("nickname-remove"));
    await settled();
    expect(rowOf(id).dataset["name"]).toBe(before);
  });

  it("refuses a nickname that is too long, and says so", async () => {
    const app = await openApp("main");
    await menuOf(app, 1);
    await choose(app, "Nickname");
    await app.user.click(get("nickname-input"));
    await app.user.paste("é".repeat(51));
    expect((get("nickname-save") as HTMLButtonElement).disabled).toBe(true);
    await app.user.keyboard("{Enter}");
    expect(app.fake.calls.some((call) => call.name === "setNickname")).toBe(false);
  });

  it("sets what disturbs at once, and a time of its own", async () => {
    const app = await openApp("main");
    const id = all("conversation-row")[1]!.dataset["conversationId"]!;
    await menuOf(app, 1);
    await choose(app, "Notifications");
    await app.user.click(document.querySelector("[role=dialog] input[value=none]")!);
    await settled();
    expect(app.fake.rows.find((row) => row.id === id)?.notify).toBe("none");
    await app.user.type(get("mute-until"), "05/04/2099, 10:30 AM{Enter}");
    await settled();
    expect(app.fake.rows.find((row) => row.id === id)?.mute).toEqual({
      kind: "until",
      at: new Date("2099-05-04T10:30").getTime(),
    });
    expect(document.querySelector("[role=dialog] [role=status]")?.textContent).toContain("10:30");
  });

  it("understands and shows a time in the language of the app, and says what it does not take", async () => {
    const app = await openApp("main", { language: "fr" });
    const id = all("conversation-row")[1]!.dataset["conversationId"]!;
    await menuOf(app, 1);
    await choose(app, "Notifications");
    const dialog = (): string => document.querySelector("[role=dialog]")?.textContent ?? "";
    const field = get("mute-until");
    expect(dialog()).toMatch(/par exemple \d\d\/\d\d\/\d{4} 09:00/u);
    await app.user.type(field, "demain{Enter}");
    await settled();
    expect(dialog()).toContain("Ce n’est pas un jour et une heure.");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    await app.user.clear(field);
    await app.user.type(field, "31/12/2001 9h{Enter}");
    await settled();
    expect(dialog()).toContain("Ce moment est passé.");
    expect(app.fake.calls.some((call) => call.name === "setMute")).toBe(false);
    await app.user.clear(field);
    await app.user.type(field, "04/05/2099 10h30{Enter}");
    await settled();
    const at = new Date("2099-05-04T10:30").getTime();
    expect(app.fake.rows.find((row) => row.id === id)?.mute).toEqual({ kind: "until", at });
    expect(dialog()).not.toContain("Ce moment");
  });

  it("mutes for a week", async () => {
    const app = await openApp("main");
    await menuOf(app, 1);
    await choose(app, "Notifications");
    const week = [...document.querySelectorAll("[role=dialog] button")].find((one) =>
      one.textContent.includes("1 week"),
    );
    await app.user.click(week!);
    expect(app.fake.calls).toContainEqual({
      name: "setMute",
      argument: expect.objectContaining({ mute: { kind: "seconds", seconds: 604_800 } }) as unknown,
    });
  });

  it("clears messages and deletes a contact only after a question", async () => {
    const app = await openApp("main");
    const id = all("conversation-row")[1]!.dataset["conversationId"]!;
    await app.model.openConversation(id);
    await menuOf(app, 1);
    await choose(app, "Clear messages");
    expect(document.querySelector("[role=alertdialog]")?.textContent).toContain("all your devices");
    await app.user.click(get("confirm"));
    await settled();
    expect(rowOf(id)).toBeTruthy();
    expect(app.model.timeline?.rows).toEqual([]);
    const at = all("conversation-row").indexOf(rowOf(id));
    await menuOf(app, at);
    await choose(app, "Delete contact");
    await app.user.click(get("confirm"));
    await settled();
    expect(rowOf(id)).toBeUndefined();
    expect(app.model.navigation.conversation).toBeNull();
  });
});

describe("details", () => {
  it("stand beside the conversation where there is room, open by a click or a key, close with Esc", async () => {
    const app = await openApp("main", { widthPx: 1_400 });
    await app.model.openConversation(app.fake.rows[0]!.id);
    await settled();
    await app.user.click(get("conversation-banner"));
    await settled();
    expect(get("details-panel").tagName).toBe("ASIDE");
    expect(document.activeElement).toBe(get("details-panel"));
    expect(get("composer-input").closest(".hidden")).toBeNull();
    expect(get("details-account-id").dataset["value"]).toBe(app.fake.rows[0]!.accountId);
    await app.user.keyboard("{Escape}");
    await settled();
    expect(document.querySelector("[data-testid=details-panel]")).toBeNull();
    expect(document.activeElement).toBe(get("composer-input"));
    await app.user.keyboard("{Control>}.{/Control}");
    await settled();
    expect(get("details-panel")).toBeTruthy();
  });

  it("take the place of the conversation where there is none", async () => {
    const app = await openApp("main", { widthPx: 360 });
    await app.model.openConversation(app.fake.rows[0]!.id);
    await settled();
    await app.user.click(get("conversation-banner"));
    await settled();
    expect(get("details-panel").tagName).toBe("MAIN");
    expect(get("composer-input").closest(".hidden")).not.toBeNull();
    await app.user.click(get("details-close"));
    await settled();
    expect(get("composer-input").closest(".hidden")).toBeNull();
  });

  it("show groups in common only where there are any", async () => {
    const app = await openApp("main", { widthPx: 1_400 });
    const id = app.fake.rows[0]!.id;
    await app.model.openConversation(id);
    app.model.navigation.showsDetails = true;
    await settled();
    expect(get("details-panel").textContent).not.toContain("Groups in common");
    app.model.navigation.showsDetails = false;
    app.fake.commonGroups.set(id, ["Jardin partagé"]);
    await settled();
    app.model.navigation.showsDetails = true;
    await settled();
    expect(get("details-panel").textContent).toContain("Jardin partagé");
  });

  it("hide Note to Self and show it again", async () => {
    const app = await openApp("main", { widthPx: 1_400 });
    await app.user.keyboard("{Control>}{Shift>}N{/Shift}{/Control}");
    await settled();
    expect(app.model.navigation.conversation).toBe(OWN);
    app.model.navigation.showsDetails = true;
    await settled();
    await app.user.click(get("details-hide"));
    await settled();
    expect(rowOf(OWN)).toBeUndefined();
    expect(get("details-hide").textContent).toContain("Show in the list");
    await app.user.click(get("details-hide"));
    await settled();
    expect(rowOf(OWN)).toBeTruthy();
  });

  it("unfold the QR code only when it is wanted", async () => {
    const app = await openApp("main");
    await app.model.openConversation(app.fake.rows[0]!.id);
    app.model.navigation.showsDetails = true;
    await settled();
    const code = (): Element | null => get("details-panel").querySelector("svg[role=img]");
    expect(code()).toBeNull();
    expect(get("qr-unfold").getAttribute("aria-expanded")).toBe("false");
    await app.user.click(get("qr-unfold"));
    expect(code()?.getAttribute("aria-label")).toContain("QR code of the account ID of");
    expect(get("qr-unfold").getAttribute("aria-expanded")).toBe("true");
    await app.user.click(get("qr-unfold"));
    expect(code()).toBeNull();
  });
});

describe("the + menu", () => {
  it("lists contacts by name, finds them without accents, and opens one by keyboard", async () => {
    const app = await openApp("main");
    await app.user.keyboard("{Control>}n{/Control}");
    await settled();
    const names = all("contact-row").map((row) => row.querySelector(".name")?.textContent);
    expect(names).toEqual([...names].sort((a, b) => a!.localeCompare(b!, "en")));
    expect(names).toContain("Élodie");
    expect(names).not.toContain("Note to Self");
    await app.user.type(get("contacts-filter"), "elo");
    await settled();
    expect(all("contact-row")).toHaveLength(1);
    await app.user.keyboard("{ArrowDown}{Enter}");
    await settled();
    expect(app.model.navigation.conversation).toBe(app.fake.rows.find((row) => row.name === "Élodie")?.id);
    expect(document.activeElement).toBe(get("composer-input"));
  });

  it("opens Note to Self", async () => {
    const app = await openApp("main");
    await app.user.click(get("new-button"));
    await settled();
    await app.user.click(get("add-note-to-self"));
    await settled();
    expect(app.model.navigation.conversation).toBe(OWN);
  });

  it("says why nobody stands there yet", async () => {
    const app = await openApp("empty");
    app.model.navigation.open({ kind: "add" });
    await settled();
    expect(get("contacts-empty").textContent).toContain("No contact yet");
  });

  it("names the letters once and tells namesakes apart", () => {
    const row = (accountId: string, name: string | null): Parameters<typeof lettered>[0][number] => ({
      accountId,
      name,
      nickname: null,
      directoryName: null,
      picture: null,
      isApproved: true,
      didApproveMe: true,
      isBlocked: false,
      priority: 0,
    });
    const rows = lettered([row("1", "4x4"), row("2", "Élodie"), row("3", "Emma"), row("4", "Emma"), row("5", null)]);
    expect(rows.map((item) => item.letter)).toEqual(["#", "E", null, null, "—"]);
    expect(rows.map((item) => item.hasNamesake)).toEqual([false, false, true, true, false]);
  });
});

describe("blocked contacts", () => {
  it("are listed in the settings and unblocked there", async () => {
    const app = await openApp("main");
    app.fake.rows[0]!.isBlocked = true;
    app.model.navigation.showSettings("privacy");
    await settled();
    expect(all("blocked-row")).toHaveLength(1);
    await app.user.click(get("blocked-row").querySelector("button")!);
    await settled();
    expect(get("blocked-empty")).toBeTruthy();
    expect(app.fake.rows[0]!.isBlocked).toBe(false);
  });

  it("show the ID of somebody without a name once", async () => {
    const app = await openApp("main");
    const stranger = app.fake.rows.find((row) => row.kind === "person" && row.name === null)!;
    stranger.isBlocked = true;
    app.model.navigation.showSettings("privacy");
    await settled();
    const words = get("blocked-row").querySelector(".words")!;
    expect(words.textContent.trim()).toBe(mediumId(stranger.accountId));
    expect(get("blocked-row").querySelector("button")?.getAttribute("aria-label")).toContain("05");
  });

  it("say what went wrong, and ask again", async () => {
    const app = await openApp("main");
    app.fake.failing.set("listContacts", "diskFull");
    app.model.navigation.showSettings("privacy");
    await settled();
    expect(document.querySelector("section [role=alert]")).not.toBeNull();
    app.fake.failing.clear();
    await app.user.click([...document.querySelectorAll("section button")].at(-1)!);
    await settled();
    expect(get("blocked-empty")).toBeTruthy();
  });
});
