import { describe, expect, it, vi } from "vitest";

import baseStyles from "../styles/base.css?raw";
import { apiError, AppError } from "../ipc/errors";
import { accountOf, OWN, PHRASE } from "../ipc/fake/seed";
import { all, get, openApp, settled, type Opened } from "../testing/app";

function field(testid: string): HTMLTextAreaElement {
  return get(testid) as HTMLTextAreaElement;
}

function byName(role: string, name: string | RegExp): HTMLElement {
  const found = [
    ...document.querySelectorAll<HTMLElement>(`[role=${role}], ${role === "menuitem" ? "none" : role}`),
  ].find((element) => {
    const text = (element.getAttribute("aria-label") ?? element.textContent).trim();
    return typeof name === "string" ? text === name : name.test(text);
  });
  if (found === undefined) throw new Error(`no ${role} called ${String(name)}`);
  return found;
}

async function conversationOpen(scenario: "main" | "big" = "main"): Promise<Opened> {
  const app = await openApp(scenario);
  await app.model.openConversation(app.fake.rows[0]!.id);
  await settled();
  return app;
}

describe("first start", () => {
  it("creates an account, can skip protection, and ends in the main window", async () => {
    const { user, fake } = await openApp("new");
    await user.click(get("welcome-create"));
    await user.type(get("name-input"), "Morgane");
    await user.click(get("create-submit"));
    await settled();
    await user.click(get("protect-skip"));
    await settled();
    expect(fake.account).toMatchObject({ displayName: "Morgane", protectionAsked: true });
    expect(get("own-account-id").textContent).toBe(OWN);
  });

  it("names an empty and a too long name, and makes no account of them", async () => {
    const { user, fake } = await openApp("new");
    await user.click(get("welcome-create"));
    await user.click(get("create-submit"));
    expect(byName("alert", /enter a name/u)).toBeTruthy();
    await user.click(get("name-input"));
    await user.paste("é".repeat(51));
    expect(byName("alert", /too long/u)).toBeTruthy();
    await user.click(get("create-submit"));
    await settled();
    expect(fake.calls.some((call) => call.name === "createAccount")).toBe(false);
    expect(document.body.textContent).toContain("102 of 100");
  });

  it("asks before it discards an account just made", async () => {
    const { user, fake } = await openApp("new");
    await user.click(get("welcome-create"));
    await user.type(get("name-input"), "Morgane");
    await user.click(get("create-submit"));
    await settled();
    await user.click(byName("button", "Back"));
    expect(byName("alertdialog", /Discard this account/u)).toBeTruthy();
    expect(fake.stage.kind).toBe("ready");
    await user.click(get("confirm"));
    await settled();
    expect(fake.stage.kind).toBe("noAccount");
    expect(get("welcome-create")).toBeTruthy();
  });

  it("underlines an unknown word, offers words for it and takes one", async () => {
    const { user } = await openApp("new");
    await user.click(get("welcome-restore"));
    await user.click(get("phrase-input"));
    await user.paste(PHRASE.replace("nurse", "nurze"));
    await settled();
    expect(document.querySelector(".unknown")?.textContent).toBe("nurze");
    await user.click(byName("button", "nurse"));
    await settled();
    expect(field("phrase-input").value).toBe(PHRASE);
    expect(document.body.textContent).toContain("The phrase is right.");
  });

  it.each([
    [PHRASE.split(" ").slice(0, 5).join(" "), /missing/u],
    [`${PHRASE} oven`, /too many/u],
    [PHRASE.replace(/hemlock$/u, "oven"), /do not belong together/u],
    [PHRASE.replace("nurse", "nurze"), /Word 3, “nurze”/u],
  ])("names what is wrong with a phrase: %s", async (phrase, sentence) => {
    const { user, fake } = await openApp("new");
    await user.click(get("welcome-restore"));
    await user.click(get("phrase-input"));
    await user.paste(phrase);
    await user.click(get("restore-submit"));
    await settled();
    expect(byName("alert", sentence)).toBeTruthy();
    expect(fake.stage.kind).toBe("noAccount");
  });

  it("restores, asks for the name, and goes on", async () => {
    const { user } = await openApp("new");
    await user.click(get("welcome-restore"));
    await user.click(get("phrase-input"));
    await user.paste(PHRASE.toUpperCase().replaceAll(" ", "\n"));
    await settled();
    await user.click(get("restore-submit"));
    await settled();
    await user.type(get("name-input"), "Morgane");
    await user.click(get("create-submit"));
    await settled();
    await user.click(get("protect-skip"));
    await settled();
    expect(get("new-button")).toBeTruthy();
  });

  it("changes the language at once", async () => {
    const { user } = await openApp("new");
    await user.selectOptions(document.querySelector("select")!, "fr");
    await settled();
    expect(document.documentElement.lang).toBe("fr");
    expect(get("welcome-create").textContent).toContain("Créer un compte");
  });
});

describe("a locked profile", () => {
  it("says that a password is wrong, and opens with the right one", async () => {
    const { user } = await openApp("locked");
    expect(document.querySelector("[data-testid=conversation-row]")).toBeNull();
    await user.type(get("unlock-password"), "nope66");
    await user.click(get("unlock-submit"));
    await settled();
    expect(byName("alert", /not the password/u)).toBeTruthy();
    expect(document.activeElement).toBe(get("unlock-password"));
    await user.keyboard("secret1{Enter}");
    await settled();
    expect(all("conversation-row").length).toBeGreaterThan(0);
  });

  it("tries nothing before the time after too many tries is over, and then says so no more", async () => {
    const { fake, user } = await openApp("locked");
    const tooMany = new AppError({ ...apiError("tooManyTries"), retryAfterMs: 1_000 });
    const unlock = vi.spyOn(fake, "unlock").mockRejectedValueOnce(tooMany);
    await user.type(get("unlock-password"), "nope66{Enter}");
    await settled();
    expect(byName("alert", /Try again in 1 sec/u)).toBeTruthy();
    await user.keyboard("secret1{Enter}");
    expect(unlock).toHaveBeenCalledTimes(1);
    expect((get("unlock-submit") as HTMLButtonElement).disabled).toBe(true);
    await vi.waitFor(() => expect(document.querySelector("[role=alert]")).toBeNull(), 5_000);
    await user.keyboard("{Enter}");
    await settled();
    expect(all("conversation-row").length).toBeGreaterThan(0);
  });
});

describe("a damaged profile", () => {
  it("offers the last good state and touches nothing before", async () => {
    const { user, fake } = await openApp("damaged");
    expect(fake.calls.some((call) => call.name === "restoreBackup")).toBe(false);
    await user.click(get("restore-backup"));
    await settled();
    expect(get("new-button")).toBeTruthy();
  });
});

describe("new message", () => {
  it("recognises an ID with line breaks and words around it, and opens the conversation ready to write", async () => {
    const { user, fake, model } = await openApp("main");
    await user.click(get("new-button"));
    await settled();
    await user.click(get("add-new-message"));
    const id = accountOf(500);
    await user.click(get("address-input"));
    await user.paste(`My ID: ${id.slice(0, 20).toUpperCase()}\n ${id.slice(20, 50)}\n${id.slice(50)}`);
    await settled();
    expect(get("recognised").textContent).toContain("One account ID recognised");
    await user.click(get("address-next"));
    await settled();
    expect(model.navigation.conversation).toBe(id);
    expect(document.activeElement).toBe(get("composer-input"));
    expect(all("conversation-row").some((row) => row.dataset["conversationId"] === id)).toBe(false);
    await user.keyboard("Bonjour{Enter}");
    await settled();
    expect(fake.rows.find((row) => row.id === id)?.isListed).toBe(true);
    expect(all("conversation-row").some((row) => row.dataset["conversationId"] === id)).toBe(true);
  });

  it.each([
    ["hello you there", /not an account ID/u],
    [`03${"a".repeat(64)}`, /group/u],
    [`15${"a".repeat(64)}`, /community/u],
    [`05${"a".repeat(60)}`, /62 characters instead of 66/u],
  ])("names what is wrong with %s", async (text, sentence) => {
    const { user } = await openApp("main");
    await user.click(get("new-button"));
    await settled();
    await user.click(get("add-new-message"));
    await user.click(get("address-input"));
    await user.paste(text);
    await user.click(get("address-next"));
    await settled();
    expect(byName("alert", sentence)).toBeTruthy();
    expect(document.querySelector("[role=dialog]")).not.toBeNull();
  });

  it("offers several IDs as a list and opens the chosen one", async () => {
    const { user, model } = await openApp("main");
    await user.click(get("new-button"));
    await settled();
    await user.click(get("add-new-message"));
    await user.click(get("address-input"));
    await user.paste(`${accountOf(500)} and ${accountOf(501)}`);
    await settled();
    await user.click(document.querySelectorAll("[role=dialog] input[type=radio]")[1]!);
    await user.click(get("address-next"));
    await settled();
    expect(model.navigation.conversation).toBe(accountOf(501));
  });

  it("looks a name up, and says when nobody has it or the network is away", async () => {
    const { user, fake, model } = await openApp("main");
    await user.click(get("new-button"));
    await settled();
    await user.click(get("add-new-message"));
    await user.type(get("address-input"), "nobody");
    await user.click(get("address-next"));
    await settled();
    expect(byName("alert", /Nobody has registered/u)).toBeTruthy();
    fake.connectivity.state = "offline";
    await user.clear(get("address-input"));
    await user.type(get("address-input"), "elodie");
    await user.click(get("address-next"));
    await settled();
    expect(byName("alert", /No connection/u)).toBeTruthy();
    expect(get("address-next").textContent).toContain("Try again");
    fake.connectivity.state = "connected";
    await user.click(get("address-next"));
    await settled();
    expect(model.navigation.conversation).toBe(accountOf(1));
  });

  it("says that one's own ID opens Note to Self", async () => {
    const { user, model } = await openApp("main");
    await user.click(get("new-button"));
    await settled();
    await user.click(get("add-new-message"));
    await user.click(get("address-input"));
    await user.paste(OWN);
    await settled();
    expect(document.body.textContent).toContain("opens your Note to Self");
    await user.click(get("address-next"));
    await settled();
    expect(model.conversations.current?.kind).toBe("noteToSelf");
  });
});

describe("messages", () => {
  it("show every state as icon and in words", async () => {
    await conversationOpen();
    const words: Record<string, string | null> = Object.fromEntries(
      all("message")
        .filter((row) => row.dataset["own"] === "true")
        .map((row): [string, string | null] => [row.dataset["state"] ?? "", row.getAttribute("aria-label")]),
    );
    expect(words["queued"]).toMatch(/Waiting to send/u);
    expect(words["sending"]).toMatch(/Sending$/u);
    expect(words["sent"]).toMatch(/Sent$/u);
    expect(words["notSynced"]).toMatch(/not yet on your other devices/u);
    expect(words["read"]).toMatch(/Read at/u);
    expect(words["failed"]).toMatch(/Not sent: refused by the network/u);
    for (const state of ["queued", "sending", "sent", "notSynced", "read", "failed"]) {
      const row = all("message").find((message) => message.dataset["state"] === state)!;
      expect(row.querySelector(`[data-icon=${state}]`)).not.toBeNull();
    }
  });

  it("draw the read state as two overlapping filled circles, each with a tick", async () => {
    await conversationOpen();
    const icon = document.querySelector("[data-testid=message] [data-icon=read]")!;
    const circles = [...icon.querySelectorAll("circle.full")].map((circle) => Number(circle.getAttribute("cx")));
    const radius = Number(icon.querySelector("circle.full")?.getAttribute("r"));
    expect(circles).toHaveLength(2);
    expect(circles[1]! - circles[0]!).toBeLessThan(2 * radius);
    expect(icon.querySelectorAll("path.cut")).toHaveLength(2);
  });

  it("go from queued to sent while one looks, and the field is empty at once", async () => {
    const { user, fake } = await conversationOpen();
    fake.delivers = false;
    await user.click(get("composer-input"));
    await user.keyboard("Salut{Enter}");
    expect(field("composer-input").value).toBe("");
    await settled();
    const last = (): HTMLElement => all("message").at(-1)!;
    expect(last().dataset["state"]).toBe("queued");
    for (const state of ["sending", "sent", "read"] as const) {
      fake.setState(last().dataset["messageId"]!, state);
      await settled();
      expect(last().dataset["state"]).toBe(state);
    }
  });

  it("are tried again by the button, once", async () => {
    const { user, fake } = await conversationOpen();
    const failed = all("message").find((row) => row.dataset["state"] === "failed")!;
    await user.click(failed.querySelector("[data-testid=message-retry]")!);
    await settled();
    expect(fake.calls.filter((call) => call.name === "retryMessage")).toEqual([
      { name: "retryMessage", argument: failed.dataset["messageId"] },
    ]);
    expect(failed.dataset["state"]).toBe("sent");
  });

  it("have a menu by right click with Try again for a failed one only", async () => {
    const { user, fake } = await conversationOpen();
    const failed = all("message").find((row) => row.dataset["state"] === "failed")!;
    await user.pointer({ target: failed, keys: "[MouseRight]" });
    await settled();
    const items = [...document.querySelectorAll("[role=menuitem]")].map(
      (item) => item.querySelector("span")?.textContent,
    );
    expect(items).toEqual([
      "Try again",
      "Edit and send again",
      "Copy text",
      "Forward",
      "Select",
      "Message info",
      "Delete on this device",
    ]);
    await user.click(byName("menuitem", /^Try again/u));
    await settled();
    expect(fake.calls.some((call) => call.name === "retryMessage")).toBe(true);
    const sent = all("message").find((row) => row.dataset["state"] === "read")!;
    await user.pointer({ target: sent, keys: "[MouseRight]" });
    await settled();
    expect(
      [...document.querySelectorAll("[role=menuitem]")].some((item) => item.textContent.includes("Try again")),
    ).toBe(false);
  });

  it("have the same menu by key, and give the focus back", async () => {
    const { user } = await conversationOpen();
    const failed = all("message").find((row) => row.dataset["state"] === "failed")!;
    failed.focus();
    await user.keyboard("{Enter}");
    await settled();
    expect(document.querySelectorAll("[role=menuitem]").length).toBe(7);
    await user.keyboard("{Escape}");
    await settled();
    expect(document.querySelector("[role=menu]")).toBeNull();
    expect(document.activeElement).toBe(failed);
  });

  it("are deleted after a question only", async () => {
    const { user, fake } = await conversationOpen();
    const first = all("message").at(-1)!;
    const id = first.dataset["messageId"];
    first.focus();
    await user.keyboard("{Delete}");
    await settled();
    expect(fake.calls.some((call) => call.name === "deleteMessages")).toBe(false);
    await user.click(get("confirm"));
    await settled();
    expect(all("message").some((row) => row.dataset["messageId"] === id)).toBe(false);
  });

  it("open a link in no other way than after showing its address", async () => {
    const { user, fake, model } = await conversationOpen();
    await model.openConversation(fake.rows[1]!.id);
    fake.receive(fake.rows[1]!.id, "see https://example.org/a?b=1.");
    await settled();
    await user.click(document.querySelector("[data-testid=message] a")!);
    await settled();
    expect(get("link-address").textContent).toBe("https://example.org/a?b=1");
    expect(fake.calls.some((call) => call.name === "openUrl")).toBe(false);
    await user.click(get("link-open"));
    await settled();
    expect(fake.calls).toContainEqual({ name: "openUrl", argument: "https://example.org/a?b=1" });
  });

  it("show markup as text", async () => {
    const { fake, model } = await conversationOpen();
    await model.openConversation(fake.rows[1]!.id);
    fake.receive(fake.rows[1]!.id, "<img src=x onerror=alert(1)> **bold**");
    await settled();
    expect(all("message").at(-1)?.querySelector("img")).toBeNull();
    expect(all("message").at(-1)?.textContent).toContain("<img src=x onerror=alert(1)> **bold**");
  });

  it("are said to a screen reader when they arrive", async () => {
    const { fake } = await conversationOpen();
    fake.receive(fake.rows[0]!.id, "Et du pain");
    await settled();
    const said = [...document.querySelectorAll("[aria-live=polite]")].map((region) => region.textContent).join("");
    expect(said).toBe("New message from Élodie: Et du pain");
  });
});

describe("composer", () => {
  it("breaks the line with Shift+Enter, and with Enter where the setting says so", async () => {
    const { user, model, fake } = await conversationOpen();
    await user.click(get("composer-input"));
    await user.keyboard("a{Shift>}{Enter}{/Shift}b");
    expect(field("composer-input").value).toBe("a\nb");
    await model.settings.change({ enterSends: false });
    await user.keyboard("{Enter}c");
    expect(field("composer-input").value).toBe("a\nb\nc");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await settled();
    expect(fake.calls.filter((call) => call.name === "sendMessage")).toHaveLength(1);
  });

  it("sends nothing with the key that ends a composition", async () => {
    const { fake, user } = await conversationOpen();
    await user.type(get("composer-input"), "にほん");
    const composing = new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true });
    get("composer-input").dispatchEvent(composing);
    const webkit = new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true });
    get("composer-input").dispatchEvent(webkit);
    await settled();
    expect(fake.calls.some((call) => call.name === "sendMessage")).toBe(false);
  });

  it("counts from 1,800 on and does not send more than 2,000", async () => {
    const { user, model, fake } = await conversationOpen();
    model.composer?.type("a".repeat(1_799));
    await settled();
    expect(document.querySelector(".count")).toBeNull();
    model.composer?.type("a".repeat(1_801));
    await settled();
    expect(document.querySelector(".count")?.getAttribute("aria-label")).toBe("199 characters left");
    model.composer?.type("a".repeat(2_001));
    await settled();
    expect(document.querySelector(".count")?.getAttribute("aria-label")).toBe("1 character too many");
    get("composer-input").focus();
    await user.keyboard("{Enter}");
    await settled();
    expect(fake.calls.some((call) => call.name === "sendMessage")).toBe(false);
  });
});

describe("the note about a request", () => {
  it.each([
    [false, false, true],
    [false, true, false],
    [true, false, false],
  ])("accepted %s, by the other %s: %s", async (isApproved, hasApprovedMe, isShown) => {
    const { fake, model } = await openApp("main");
    Object.assign(fake.rows[0]!, { isApproved, hasApprovedMe });
    fake.emit({ kind: "resync" });
    await settled();
    await model.openConversation(fake.rows[0]!.id);
    await settled();
    expect(document.body.textContent.includes("The first message is a request")).toBe(isShown);
  });
});

describe("list", () => {
  it("is one tab stop with arrows inside", async () => {
    const { user, model } = await openApp("main");
    const rows = all("conversation-row");
    expect(rows.filter((row) => row.tabIndex === 0)).toHaveLength(1);
    rows[0]!.focus();
    await user.keyboard("{ArrowDown}");
    await settled();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await settled();
    expect(document.activeElement).toBe(all("conversation-row")[1]);
    await user.keyboard("{Enter}");
    await settled();
    expect(model.navigation.conversation).toBe(all("conversation-row")[1]?.dataset["conversationId"]);
    expect(all("conversation-row")[1]?.getAttribute("aria-selected")).toBe("true");
  });

  it("names its rows with everything they show", async () => {
    await openApp("main");
    const text = all("conversation-row").map((row) => row.textContent);
    expect(text.some((row) => row.includes("Draft: D’accord pour samedi"))).toBe(true);
    expect(text.some((row) => row.includes("Not sent"))).toBe(true);
    expect(document.querySelector("[role=option] [aria-label='3 unread messages']")).not.toBeNull();
    expect(document.querySelector("[role=option] [aria-label=Pinned]")).not.toBeNull();
  });

  it.each([
    ["en", "Not sent: refused by the network"],
    ["fr", "Non envoyé\u00a0: refusé par le réseau"],
  ] as const)("says why the last message was not sent, %s", async (language, words) => {
    const { fake } = await openApp("main", { language });
    const row = (): string => all("conversation-row").find((it) => it.dataset["name"] === "Paul")?.textContent ?? "";
    expect(row()).toContain(words);
    const failed = fake.messages.get(fake.rows[4]!.id)!.at(-1)!;
    fake.setState(failed.id, "failed", "tooLarge");
    await settled();
    expect(row()).toMatch(language === "en" ? /Not sent: too long/u : /Non envoyé\u00a0: trop long/u);
    fake.setState(failed.id, "sent");
    await settled();
    expect(row()).toContain("Et le plan du jardin");
  });

  it("filters, says when nothing is found, and comes back", async () => {
    const { user } = await openApp("main");
    await user.type(get("filter-input"), "Paul");
    await settled();
    expect(all("conversation-row")).toHaveLength(1);
    await user.type(get("filter-input"), "zz");
    await settled();
    expect(document.body.textContent).toContain("Nothing found for “Paulzz”.");
    await user.keyboard("{Escape}");
    await settled();
    expect(all("conversation-row").length).toBeGreaterThan(3);
  });

  it("mounts a part of five hundred rows only", async () => {
    await openApp("big");
    const count = all("conversation-row").length;
    expect(count).toBeGreaterThan(3);
    expect(count).toBeLessThan(60);
  });
});

describe("copying", () => {
  it("hands an ID to the program's clipboard, and the phrase as a secret", async () => {
    const { user, fake, model } = await openApp("main");
    model.navigation.open({ kind: "profile" });
    await settled();
    await user.click(get("copy-account-id"));
    await settled();
    expect(get("copy-account-id").textContent).toContain("Copied");
    expect(fake.calls).toContainEqual({ name: "copyText", argument: OWN });
    model.navigation.showSettings("phrase");
    await settled();
    await user.click(get("show-phrase"));
    await settled();
    await user.click(byName("button", "Copy the words"));
    await settled();
    expect(fake.calls).toContainEqual({ name: "copySecret", argument: PHRASE });
    expect(fake.calls).not.toContainEqual({ name: "copyText", argument: PHRASE });
  });
});

describe("rail", () => {
  it("says in words what the dots mean", async () => {
    const { fake } = await openApp("main");
    expect(get("path-dot").getAttribute("aria-label")).toBe("Path: connected. 2 messages were not sent");
    fake.connect({ state: "offline", failed: 0 });
    await settled();
    expect(get("path-dot").getAttribute("aria-label")).toBe("Path: offline");
    expect(get("path-dot").dataset["state"]).toBe("offline");
  });

  it("has the gear last", async () => {
    await openApp("main");
    expect([...document.querySelectorAll("nav button")].at(-1)).toBe(get("settings-button"));
  });

  it("switches the theme", async () => {
    const { user, fake } = await openApp("main");
    await user.click(get("theme-toggle"));
    await settled();
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    expect(fake.settings.theme).toBe("dark");
  });
});

describe("path page", () => {
  it("lists what failed and tries all of it again", async () => {
    const { user, fake } = await openApp("main");
    await user.click(get("path-dot"));
    await settled();
    expect(get("failed-list").querySelectorAll("li")).toHaveLength(2);
    await user.click(get("retry-all"));
    await settled();
    expect(fake.connectivity.failed).toBe(0);
    expect(document.body.textContent).toContain("2 messages are tried again.");
  });

  it("shows the way, the queue, and sends now", async () => {
    const { user, fake } = await openApp("main");
    await user.click(get("path-dot"));
    await settled();
    expect(document.querySelector(".path")?.textContent).toContain("95.216.33.113");
    expect(get("queue").querySelectorAll("li").length).toBeGreaterThan(0);
    await user.click(get("send-now"));
    await user.click(get("new-path"));
    await settled();
    expect(fake.calls.map((call) => call.name)).toEqual(expect.arrayContaining(["sendNow", "rotatePaths"]));
  });

  it.each([
    [400, "en", "Right"],
    [-999, "fr", "À l’heure"],
    [2_400, "en", "Right, within 2.4 sec"],
    [90_000, "fr", "En avance de 1,5\u00a0min"],
  ] as const)("says how the clock stands: %d ms, %s", async (clockDeviationMs, language, words) => {
    const { fake, model } = await openApp("main", { language });
    fake.connectivity.clockDeviationMs = clockDeviationMs;
    model.navigation.show("network");
    await settled();
    expect(document.querySelector("dl dd")?.textContent).toBe(words);
  });

  it("tests the connection", async () => {
    const { user } = await openApp("main");
    await user.click(get("path-dot"));
    await user.click(get("test-connection"));
    await settled();
    expect(document.body.textContent).toContain("Connected: there and back in 0.4 sec.");
  });
});

describe("locking", () => {
  it("by key leaves nothing of the account in the window, and the draft is kept", async () => {
    const { user, fake, model } = await openApp("main");
    fake.password = "secret1";
    fake.account = { ...fake.account, protection: "password" };
    model.session.account = fake.account;
    await user.click(document.querySelector<HTMLElement>("[data-testid=conversation-row]")!);
    await settled();
    await user.type(get("composer-input"), "half a thought");
    await user.keyboard("{Control>}l{/Control}");
    await settled();
    expect(get("unlock-password")).toBeTruthy();
    expect(document.querySelector("[data-testid=message], [data-testid=conversation-row]")).toBeNull();
    expect(model.timeline ?? model.composer).toBeNull();
    expect(fake.rows.some((row) => row.draft === "half a thought")).toBe(true);
  });

  it("without a password says where one is set, and stays open", async () => {
    const { user, fake } = await openApp("main");
    await user.keyboard("{Control>}l{/Control}");
    await settled();
    expect(fake.calls.some((call) => call.name === "lock")).toBe(false);
    expect(byName("status", /No password is set/u)).toBeTruthy();
  });
});

describe("settings", () => {
  it("show the phrase behind the password only, and drop it when the page is left", async () => {
    const { user, fake, model } = await openApp("main");
    fake.password = "secret1";
    model.session.account = { ...model.session.account!, protection: "password" };
    model.navigation.showSettings("phrase");
    await settled();
    const password = document.querySelector<HTMLInputElement>("main input")!;
    await user.type(password, "wrong1");
    await user.click(get("show-phrase"));
    await settled();
    expect(document.querySelector("[data-testid=phrase-words]")).toBeNull();
    await user.clear(password);
    await user.type(password, "secret1");
    await user.click(get("show-phrase"));
    await settled();
    expect(get("phrase-words").querySelectorAll("li")).toHaveLength(13);
    model.navigation.showSettings("help");
    await settled();
    model.navigation.showSettings("phrase");
    await settled();
    expect(document.body.textContent).not.toContain("palace");
  });

  it("set, change and remove the password", async () => {
    const { user, fake, model } = await openApp("main");
    model.navigation.showSettings("password");
    await settled();
    await user.type(get("password-input"), "secret1");
    await user.type(get("password-repeat"), "secret2");
    await user.click(byName("button", "Set password"));
    expect(byName("alert", /not the same/u)).toBeTruthy();
    await user.clear(get("password-repeat"));
    await user.type(get("password-repeat"), "secret1");
    await user.click(byName("button", "Set password"));
    await settled();
    expect(fake.password).toBe("secret1");
    await user.type(document.querySelector<HTMLInputElement>("main input")!, "secret1");
    await user.click(byName("button", "Remove password"));
    await settled();
    expect(fake.password).toBeNull();
  });

  it("grow the whole window with the text", async () => {
    const { user, model } = await openApp("main");
    await user.keyboard("{Control>}={/Control}");
    await settled();
    expect(document.documentElement.style.fontSize).toBe("110%");
    for (let step = 0; step < 8; step += 1) await model.settings.stepTextSize(1);
    expect(model.settings.value.textSizePercent).toBe(200);
    await user.keyboard("{Control>}0{/Control}");
    await settled();
    expect(document.documentElement.style.fontSize).toBe("100%");
  });
});

describe("keys", () => {
  it.each([
    ["{Control>}n{/Control}", "New conversation"],
    ["{Control>}{Shift>}m{/Shift}{/Control}", "New message"],
    ["{Control>}/{/Control}", "Keyboard shortcuts"],
  ])("%s opens %s", async (keys, title) => {
    const { user } = await openApp("main");
    await user.keyboard(keys);
    await settled();
    expect(document.querySelector("[role=dialog] h2")?.textContent).toBe(title);
    await user.keyboard("{Escape}");
    await settled();
    expect(document.querySelector("[role=dialog]")).toBeNull();
  });

  it("walk through the conversations", async () => {
    const { user, model } = await openApp("main");
    const ids = model.conversations.rows.map((row) => row.id);
    await user.keyboard("{Control>}2{/Control}");
    await settled();
    expect(model.navigation.conversation).toBe(ids[1]);
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    await settled();
    expect(model.navigation.conversation).toBe(ids[2]);
    await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
    await settled();
    expect(model.navigation.conversation).toBe(ids[1]);
    await user.keyboard("{Alt>}{Shift>}{ArrowDown}{/Shift}{/Alt}");
    await settled();
    expect(model.conversations.current?.id).toBe(ids[0]);
    await user.keyboard("{Control>}w{/Control}");
    await settled();
    expect(model.navigation.conversation).toBeNull();
  });

  it("open search, settings and Note to Self, and Esc leads back to the text field", async () => {
    const { user, model } = await conversationOpen();
    await user.keyboard("{Control>}f{/Control}");
    await settled();
    expect(document.activeElement).toBe(get("filter-input"));
    await user.keyboard("{Control>},{/Control}");
    expect(model.navigation.page).toBe("settings");
    await settled();
    await user.keyboard("{Escape}");
    await settled();
    expect(model.navigation.page).toBe("conversations");
    await user.keyboard("{Escape}");
    await settled();
    expect(document.activeElement).toBe(get("composer-input"));
    await user.keyboard("{Control>}{Shift>}n{/Shift}{/Control}");
    await settled();
    expect(model.conversations.current?.kind).toBe("noteToSelf");
  });
});

describe("dialogs", () => {
  it("hide the scroll bars behind them, and only while they are open", async () => {
    const { user, model } = await openApp("main");
    const root = document.documentElement;
    expect(root.dataset["dialog"]).toBeUndefined();
    await user.click(get("new-button"));
    await settled();
    await user.click(get("add-new-message"));
    await settled();
    expect(root.dataset["dialog"]).toBe("open");
    model.navigation.open({ kind: "shortcuts" });
    await settled();
    expect(root.dataset["dialog"]).toBe("open");
    await user.keyboard("{Escape}");
    await settled();
    expect(root.dataset["dialog"]).toBeUndefined();
    expect(baseStyles).toMatch(/:root\[data-dialog\] #app \{\s*--scroll: hidden/u);
  });
});

describe("narrow", () => {
  it("shows list or conversation, with a way back", async () => {
    const { user } = await openApp("main", { widthPx: 360 });
    await user.click(all("conversation-row")[1]!);
    await settled();
    expect(all("conversation-row")).toHaveLength(0);
    expect(document.querySelector("nav")).toBeNull();
    await user.click(get("back"));
    await settled();
    expect(all("conversation-row").length).toBeGreaterThan(3);
    expect(document.querySelector("[data-testid=composer-input]")).toBeNull();
  });
});

describe("what goes wrong", () => {
  it.each([
    [1_200, false],
    [360, true],
  ])("is said below the header only where there is one column: %d px", async (widthPx, isNarrow) => {
    const { model } = await openApp("main", { widthPx });
    model.toasts.show("x");
    await settled();
    const toasts = document.querySelector("[role=status].toasts")!;
    expect(toasts.textContent).toContain("x");
    expect(toasts.classList.contains("narrow")).toBe(isNarrow);
  });

  it("is said in a toast that goes by itself", async () => {
    const { user, fake, model } = await openApp("main");
    fake.failing.set("openConversation", "diskReadOnly");
    await user.keyboard("{Control>}{Shift>}n{/Shift}{/Control}");
    await settled();
    expect(model.toasts.list.map((toast) => toast.text)).toEqual([
      expect.stringContaining("cannot be written") as unknown,
    ]);
    vi.useFakeTimers();
    model.toasts.show("x");
    vi.advanceTimersByTime(5_000);
    expect(model.toasts.list.some((toast) => toast.text === "x")).toBe(false);
    vi.useRealTimers();
  });
});
