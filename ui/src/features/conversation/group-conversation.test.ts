import { describe, expect, it } from "vitest";

import { groupOf } from "../../ipc/fake/group-seed";
import { accountOf, NOW, OWN } from "../../ipc/fake/seed";
import { all, get, openApp, settled, type Opened } from "../../testing/app";

const GARDEN = groupOf(1);

async function inGroup(number = 1, options: Parameters<typeof openApp>[1] = {}): Promise<Opened> {
  const app = await openApp("groups", options);
  await app.model.openConversation(groupOf(number));
  await settled();
  return app;
}

function has(testid: string): boolean {
  return all(testid).length > 0;
}

function events(): string[] {
  return all("message-event").map((row) => row.textContent.trim());
}

function messageWith(text: string): HTMLElement {
  return all("message").find((row) => row.textContent.includes(text))!;
}

function row(number: number): HTMLElement {
  return all("conversation-row").find((it) => it.dataset["conversationId"] === groupOf(number))!;
}

async function menuOf(app: Opened, message: HTMLElement): Promise<string[]> {
  message.focus();
  await app.user.keyboard("{Enter}");
  await settled();
  return [...document.querySelectorAll("[role=menuitem]")].map(
    (item) => item.firstElementChild?.nextElementSibling?.textContent ?? "",
  );
}

describe("groups in the list", () => {
  it("say who wrote, that they are groups, and how often we are mentioned", async () => {
    const app = await openApp("groups");
    expect(row(1).textContent).toContain("Moi, si personne d’autre…");
    expect(row(1).querySelector("[aria-label=Group]")).not.toBeNull();
    expect(row(1).querySelector("[data-testid=list-mention]")?.getAttribute("aria-label")).toBe(
      "1 unread message mentions you",
    );
    await app.user.type(get("filter-input"), "atelier");
    await settled();
    expect(row(2).textContent).toContain("Élodie: On se voit au printemps.");
  });

  it("say that we were removed, or that they are no more", async () => {
    const app = await openApp("groups");
    expect(row(3).textContent).toContain("You were removed");
    expect(row(4).textContent).toContain("It no longer exists");
    await app.user.type(get("filter-input"), "anciens");
    await settled();
    expect(row(5).textContent).toContain("Its keys are missing here");
  });

  it("show own messages after “You”, events in words, mentions by name", async () => {
    const app = await openApp("groups", { language: "fr" });
    app.fake.say(groupOf(2), { text: `Merci @${accountOf(1)}` });
    await settled();
    expect(row(2).textContent).toContain("Vous\u00a0: Merci @Élodie");
    app.fake.happen(groupOf(2), { kind: "named", name: "Vélos" }, accountOf(1));
    await settled();
    expect(row(2).textContent).toContain("Élodie a nommé le groupe «\u00a0Vélos\u00a0»");
  });

  it("have a menu of their own", async () => {
    const app = await openApp("groups");
    row(1).focus();
    await app.user.keyboard("{Shift>}{F10}{/Shift}");
    await settled();
    const labels = [...document.querySelectorAll("[role=menuitem]")].map((item) => item.textContent.trim());
    for (const label of ["Manage group", "Add members", "Notifications", "Clear messages", "Leave group"])
      expect(labels).toContain(label);
    for (const label of ["Nickname", "Block", "Delete contact", "Delete conversation"])
      expect(labels).not.toContain(label);
  });
});

describe("the conversation of a group", () => {
  it("names authors once for a run, and opens them", async () => {
    const app = await inGroup();
    expect(get("conversation-banner").textContent).toContain("5 members");
    const authors = all("message-author").map((author) => author.textContent.trim());
    expect(authors.filter((name) => name === "Élodie")).toHaveLength(1);
    expect(authors).toContain("Paul");
    await app.user.click(all("message-author").find((author) => author.textContent.includes("Paul"))!);
    await settled();
    expect(get("details-name").textContent).toBe("Paul");
    await app.user.click(get("details-open"));
    await settled();
    expect(get("conversation-banner").textContent).toContain("Paul");
  });

  it("folds alike events, and unfolds them by key", async () => {
    const app = await inGroup();
    const fold = get("message-fold");
    expect(fold.textContent).toContain("3 people were added");
    expect(fold.querySelectorAll("li")).toHaveLength(0);
    fold.focus();
    await app.user.keyboard("{Enter}");
    await settled();
    const lines = [...get("message-fold").querySelectorAll("li")].map((line) => line.textContent.trim());
    expect(lines).toEqual(["You added Élodie", "You added Paul", "You added Anne"]);
    await app.user.click(get("message-fold").querySelector("button")!);
    await settled();
    expect(get("message-fold").querySelectorAll("li")).toHaveLength(0);
  });

  it("tells events in words", async () => {
    await inGroup();
    expect(events()).toContain("You created the group");
    expect(events()).toContain("You made Élodie an admin");
    expect(events()).toContain("Élodie set messages to disappear 7 days after sending");
  });

  it("shows mentions by name, and ours in another way", async () => {
    await inGroup();
    const mention = get("mention");
    expect(mention.textContent).toBe("@You");
    expect(mention.classList.contains("us")).toBe(true);
    expect(messageWith("graines").getAttribute("aria-label")).toContain("@You qui apporte les graines");
    expect(document.body.textContent).not.toContain(OWN);
  });

  it("leads to the unread message that mentions us", async () => {
    const app = await openApp("groups");
    app.model.hasFocus = false;
    await app.model.openConversation(GARDEN, false);
    await settled();
    const button = get("jump-to-mention");
    expect(button.getAttribute("aria-label")).toBe("Jump to the message that mentions you");
    await app.user.click(button);
    await settled();
    expect(document.activeElement).toBe(messageWith("graines"));
    app.model.hasFocus = true;
    await app.fake.markRead(GARDEN);
    await settled();
    expect(has("jump-to-mention")).toBe(false);
  });

  it("never says who read, and never who types", async () => {
    const app = await inGroup();
    const own = app.fake.messages.get(GARDEN)!.find((line) => line.isOwn && line.body.kind === "text")!;
    app.fake.setState(own.id, "read");
    app.fake.type(GARDEN, true);
    await settled();
    expect(document.querySelector("[data-icon=read]")).toBeNull();
    expect(has("typing-line")).toBe(false);
    await app.user.type(get("composer-input"), "Bonjour");
    await settled();
    expect(app.fake.calls.some((call) => call.name === "setTyping")).toBe(false);
  });

  it("deletes own messages for everyone after a question, and as admin anybody's", async () => {
    const app = await inGroup();
    expect(await menuOf(app, messageWith("voici le groupe"))).toContain("Delete");
    await app.user.keyboard("{Escape}");
    await settled();
    expect(await menuOf(app, messageWith("Je note samedi"))).toContain("Delete");
    await app.user.click([...document.querySelectorAll("[role=menuitem]")].at(-1)!);
    await settled();
    await app.user.click(document.querySelector("[role=alertdialog] input[value=everyone]")!);
    await settled();
    expect(document.querySelector("[role=alertdialog]")?.textContent).toContain("What Élodie wrote");
    await app.user.click(get("confirm"));
    await settled();
    expect(app.fake.calls.some((call) => call.name === "deleteForEveryone")).toBe(true);
    expect(document.body.textContent).toContain("This message was deleted");
  });

  it("lets no member delete what others wrote", async () => {
    const app = await inGroup(2);
    expect(await menuOf(app, messageWith("printemps"))).toContain("Delete on this device");
  });

  it("says above itself that the group is silent, and what is done about it", async () => {
    const app = await inGroup(2);
    expect(get("group-care").textContent).toContain("not been updated for 12 days");
    await app.user.click(get("group-care-reconnect"));
    await settled();
    expect(app.fake.calls).toContainEqual({ name: "reconnectGroup", argument: groupOf(2) });
    expect(get("group-care").textContent).toContain("Other nodes are being asked for them");
    expect(document.activeElement).toBe(get("group-care"));
    expect(has("composer-input")).toBe(true);
    app.fake.arrange(groupOf(2), { trouble: null, silentDays: 0 });
    await settled();
    expect(has("group-care")).toBe(false);
  });

  const CARE = [
    ["silent", "has not been updated for 12 days", "Reconnect"],
    ["askingNodes", "Other nodes are being asked", undefined],
    ["askingAdmins", "admins’ apps were asked", undefined],
    ["needsInvitation", "Only a new invitation helps", "Ask for a new invitation"],
  ] as const;

  it.each(CARE)("has one sentence and at most one button for it: %s", async (trouble, sentence, button) => {
    const app = await inGroup(2);
    const look = (): string[] =>
      [...document.querySelectorAll("[data-testid=group-care] button, [data-testid=group-bar] button")].map((it) =>
        it.textContent.trim(),
      );
    for (const standing of ["joined", "expired"] as const) {
      app.fake.arrange(groupOf(2), { trouble, standing });
      await settled();
      expect(get("group-care").querySelector("[role=status]")?.textContent).toContain(sentence);
      expect(look()).toEqual(button === undefined ? [] : [button]);
      expect(has("composer-input")).toBe(standing === "joined");
      expect(document.body.textContent).not.toContain("forgotten");
    }
  });

  it("asks for a new invitation where nothing else helps, and says that it did", async () => {
    const app = await inGroup(5);
    await app.user.click(get("group-care-ask"));
    await settled();
    expect(app.fake.calls).toContainEqual({ name: "askForInvitation", argument: groupOf(5) });
    expect(get("group-care").textContent).toContain("admins’ apps were asked");
    expect(has("group-care-ask")).toBe(false);
  });

  it("cannot be written to while its keys are missing", async () => {
    await inGroup(5);
    expect(has("composer-input")).toBe(false);
    expect(get("group-bar").textContent).toContain("while the keys of this group are missing");
    expect(get("group-bar").querySelector("button")).toBeNull();
  });

  it.each([
    [3, "You were removed from this group"],
    [4, "This group was deleted for everybody"],
  ] as const)("is only read where it is over: %s", async (number, sentence) => {
    const app = await inGroup(number);
    app.fake.arrange(groupOf(number), { trouble: "needsInvitation", silentDays: 12 });
    await settled();
    expect(has("composer-input") || has("group-care")).toBe(false);
    expect(get("group-bar").textContent).toContain(sentence);
    await app.user.click(get("group-delete"));
    await settled();
    await app.user.click(get("confirm"));
    await settled();
    expect(app.fake.calls).toContainEqual({ name: "deleteConversation", argument: groupOf(number) });
    expect(row(number)).toBeUndefined();
  });
});

describe("mentions while writing", () => {
  function field(): HTMLTextAreaElement {
    return get("composer-input") as HTMLTextAreaElement;
  }

  function offered(): string[] {
    return all("mention-option").map((option) => option.textContent.trim());
  }

  it("are completed by keys, shown by name and sent by ID", async () => {
    const app = await inGroup();
    await app.user.type(field(), "Bonjour @");
    expect(offered()).toContain("Élodie");
    expect(offered()).not.toContain("Morgane");
    await app.user.keyboard("el");
    expect(offered()).toEqual(["Élodie"]);
    expect(field().getAttribute("aria-activedescendant")).toBe(all("mention-option")[0]!.id);
    await app.user.keyboard("{Enter}");
    await settled();
    expect(field().value).toBe("Bonjour @Élodie ");
    expect(app.fake.calls.some((call) => call.name === "sendMessage")).toBe(false);
    await app.user.keyboard("et @pa{Tab}merci{Enter}");
    await settled();
    const sent = app.fake.calls.find((call) => call.name === "sendMessage")?.argument;
    expect(sent).toMatchObject({ body: `Bonjour @${accountOf(1)} et @${accountOf(3)} merci` });
    expect(messageWith("merci").textContent).toContain("Bonjour @Élodie et @Paul merci");
  });

  it("are chosen by arrows and by click, and the list closes by Escape", async () => {
    const app = await inGroup();
    await app.user.type(field(), "@");
    expect(all("mention-option")[0]!.getAttribute("aria-selected")).toBe("true");
    await app.user.keyboard("{ArrowDown}");
    expect(all("mention-option")[1]!.getAttribute("aria-selected")).toBe("true");
    await app.user.keyboard("{ArrowUp}{ArrowUp}");
    expect(all("mention-option").at(-1)!.getAttribute("aria-selected")).toBe("true");
    await app.user.keyboard("{Escape}");
    expect(has("mention-list")).toBe(false);
    expect(document.activeElement).toBe(field());
    await app.user.clear(field());
    await app.user.type(field(), "@");
    await app.user.click(all("mention-option").find((option) => option.textContent.includes("Paul"))!);
    await settled();
    expect(field().value).toBe("@Paul ");
  });

  it("are kept in a draft by ID, and have their name again", async () => {
    const app = await inGroup();
    await app.user.type(field(), "@pau{Enter}");
    await settled();
    await app.model.openConversation(groupOf(2));
    await settled();
    expect(app.fake.rows.find((it) => it.id === GARDEN)?.draft).toBe(`@${accountOf(3)} `);
    const other = await openApp("groups");
    other.fake.rows.find((it) => it.id === GARDEN)!.draft = `@${accountOf(3)} viens`;
    other.fake.emit({ kind: "resync" });
    await settled();
    await other.model.openConversation(GARDEN);
    await settled();
    expect(other.model.composer?.text).toBe("@Paul viens");
    expect(other.model.composer?.body).toBe(`@${accountOf(3)} viens`);
  });

  it("are offered to nobody outside of groups", async () => {
    const app = await openApp("groups");
    await app.model.openConversation(accountOf(1));
    await settled();
    await app.user.type(field(), "@");
    expect(has("mention-list")).toBe(false);
  });
});

describe("an invitation into a group", () => {
  async function invited(language: "en" | "fr" = "en"): Promise<Opened> {
    const app = await openApp("groups", { language });
    await app.user.click(get("requests-row"));
    await settled();
    return app;
  }

  it("stands among the requests by the group's name and who invites", async () => {
    await invited();
    const words = get("request-row").textContent;
    expect(words).toContain("Potager");
    expect(words).toContain("invites you");
  });

  it("is accepted, and the group can be written to", async () => {
    const app = await invited();
    await app.user.click(get("request-row"));
    await settled();
    expect(get("request-panel").textContent).toContain("Group “Potager”");
    expect(has("composer-input")).toBe(false);
    await app.user.click(get("request-accept"));
    await settled();
    expect(has("request-panel")).toBe(false);
    expect(has("composer-input")).toBe(true);
    expect(document.body.textContent).toContain("You joined the group");
  });

  it("is deleted after a question", async () => {
    const app = await invited();
    await app.user.click(get("request-row"));
    await settled();
    await app.user.click(get("request-decline"));
    await settled();
    expect(document.querySelector("[role=alertdialog]")?.textContent).toContain("Delete this invitation?");
    await app.user.click(get("confirm"));
    await settled();
    expect(app.fake.calls).toContainEqual({ name: "declineRequest", argument: groupOf(7) });
    expect(has("request-row")).toBe(false);
  });

  it("blocks who invites, and says so", async () => {
    const app = await invited("fr");
    await app.user.click(get("request-row"));
    await settled();
    await app.user.click(get("request-block"));
    await settled();
    expect(document.querySelector("[role=alertdialog]")?.textContent).toContain("qui vous invite");
    await app.user.click(get("confirm"));
    await settled();
    expect(app.fake.calls).toContainEqual({ name: "blockRequest", argument: groupOf(7) });
  });
});

describe("groups elsewhere", () => {
  it("stand on the page of the network", async () => {
    const app = await openApp("groups");
    app.model.navigation.show("network");
    await settled();
    const words = all("group-sync-row").map((it) => it.textContent.replace(/\s+/gu, " "));
    expect(words[1]).toContain("Atelier vélo");
    expect(words[1]).toContain("3 more days");
    expect(words[1]).toContain("Changes wait to be stored");
    app.fake.sync = [];
    app.fake.emit({ kind: "groupsChanged" });
    await settled();
    expect(has("group-sync")).toBe(false);
  });

  it.each([
    ["en", "Leaving: the others do not know yet"],
    ["fr", "Départ en cours\u00a0: les autres ne le savent pas encore"],
  ] as const)("say there that they are being left, and nothing else, %s", async (language, sentence) => {
    const app = await openApp("groups", { language });
    app.fake.connect({ state: "offline" });
    await app.fake.leaveGroup({ conversation: groupOf(2), forEverybody: false });
    app.model.navigation.show("network");
    await settled();
    const left = all("group-sync-row").find((it) => it.dataset["conversationId"] === groupOf(2))!;
    expect([...left.children].map((it) => it.textContent.trim())).toEqual(["Atelier vélo", sentence]);
    const other = all("group-sync-row").find((it) => it.dataset["conversationId"] === GARDEN)!;
    expect(other.textContent).not.toContain(sentence);
    expect(other.querySelector("dl")).not.toBeNull();
  });

  it("have sentences that the program writes in our name, in the language of the window", async () => {
    const app = await openApp("groups");
    const told = (): unknown[] =>
      app.fake.calls.filter((call) => call.name === "setGroupWords").map((call) => call.argument);
    const english = {
      pleaseAdd: "Please add {person} to this group.",
      letMeIn: "I cannot read the group “{group}” any more. Please let me in again.",
    };
    expect(told()).toEqual([english]);
    await app.model.settings.change({ enterSends: false });
    app.fake.emit({ kind: "accountChanged" });
    await settled();
    expect(told()).toHaveLength(1);
    await app.model.settings.change({ language: "fr" });
    await settled();
    expect(told().slice(1)).toEqual([
      {
        pleaseAdd: "Merci d’ajouter {person} à ce groupe.",
        letMeIn: "Je ne peux plus lire le groupe «\u00a0{group}\u00a0». Merci de m’y redonner accès.",
      },
    ]);
    app.fake.account.protection = "password";
    app.fake.password = "secret1";
    await app.fake.lock();
    await settled();
    await app.model.unlock("secret1");
    await settled();
    expect(told()).toHaveLength(3);
  });

  it("are told no sentence before there is an open account", async () => {
    const app = await openApp("locked");
    const told = (): number => app.fake.calls.filter((call) => call.name === "setGroupWords").length;
    expect(told()).toBe(0);
    await app.model.unlock("secret1");
    await settled();
    expect(told()).toBe(1);
  });

  it("have a setting for names of people who are no contacts", async () => {
    const app = await openApp("groups");
    app.model.navigation.showSettings("privacy");
    await settled();
    await app.user.click(get("member-names"));
    await settled();
    expect(app.fake.calls).toContainEqual({ name: "setSettings", argument: { memberNames: true } });
  });

  it("are open by a key as by their banner", async () => {
    const app = await inGroup();
    await app.user.keyboard("{Control>}.{/Control}");
    await settled();
    expect(has("group-members")).toBe(true);
    expect(app.fake.now()).toBe(NOW);
  });
});
