import { describe, expect, it } from "vitest";

import { groupOf } from "../../ipc/fake/group-seed";
import { accountOf } from "../../ipc/fake/seed";
import { all, get, openApp, settled, type Opened } from "../../testing/app";

const GARDEN = groupOf(1);

function button(name: string): HTMLElement {
  const found = [...document.querySelectorAll<HTMLElement>("button, [role=menuitem]")].find(
    (element) => (element.getAttribute("aria-label") ?? element.textContent).trim() === name,
  );
  if (found === undefined) throw new Error(`no button called ${name}`);
  return found;
}

function has(testid: string): boolean {
  return all(testid).length > 0;
}

function dialogTitle(): string {
  return document.querySelector("[role=dialog] h2, [role=alertdialog] h2")?.textContent ?? "";
}

function toasts(): string {
  return document.querySelector(".toasts")?.textContent ?? "";
}

function memberRow(number: number): HTMLElement {
  return all("group-member").find((row) => row.dataset["accountId"] === accountOf(number))!;
}

async function windowOf(number: number, language: "en" | "fr" = "en"): Promise<Opened> {
  const app = await openApp("groups", { language });
  await app.model.openConversation(groupOf(number));
  await settled();
  await app.user.click(get("conversation-banner"));
  await settled();
  return app;
}

async function menuOf(app: Opened, number: number): Promise<string[]> {
  await app.user.click(memberRow(number).querySelector<HTMLElement>("[data-testid=member-menu]")!);
  await settled();
  return [...document.querySelectorAll("[role=menuitem]")].map((item) => item.textContent.trim());
}

async function choose(app: Opened, name: string): Promise<void> {
  await app.user.click(button(name));
  await settled();
}

describe("the window of a group", () => {
  it("opens by the banner, with name, description, members and their states", async () => {
    await windowOf(1);
    expect(dialogTitle()).toBe("Group");
    expect(get("group-name").textContent).toBe("Solaris Orbey");
    expect(get("group-description").textContent).toContain("Entraide");
    expect(document.body.textContent).toContain("5 members");
    expect(memberRow(0).textContent).toContain("You");
    expect(memberRow(0).textContent).toContain("Admin");
    expect(memberRow(5).textContent).toContain("Invitation sent");
    expect(memberRow(61).textContent).toContain("Invitation not sent");
    expect(memberRow(62).textContent).toContain("Waiting for an admin");
  });

  it("shows nobody's state to who is no admin, but who leads and who waits", async () => {
    const app = await windowOf(2);
    app.fake.arrange(groupOf(2), {
      members: [
        app.fake.memberRow(accountOf(0), "joined"),
        app.fake.memberRow(accountOf(1), "admin"),
        app.fake.memberRow(accountOf(5), "invitationFailed"),
        app.fake.memberRow(accountOf(3), "proposed"),
      ],
    });
    await settled();
    expect(memberRow(1).textContent).toContain("Admin");
    expect(memberRow(5).textContent).not.toContain("Invitation");
    expect(memberRow(3).textContent).toContain("Waiting for an admin");
    expect(has("member-resend") || has("group-edit") || has("group-admin")).toBe(false);
    expect(await menuOf(app, 1)).toEqual(["Open conversation"]);
  });

  it("sends an invitation again, in its row", async () => {
    const app = await windowOf(1);
    await app.user.click(memberRow(61).querySelector<HTMLElement>("[data-testid=member-resend]")!);
    await settled();
    expect(app.fake.calls).toContainEqual({
      name: "actOnGroupMembers",
      argument: { conversation: GARDEN, members: [accountOf(61)], action: { kind: "resend" } },
    });
    expect(memberRow(61).textContent).toContain("Invitation sent");
  });

  it("repairs for somebody who does not see the group", async () => {
    const app = await windowOf(1);
    const labels = await menuOf(app, 3);
    expect(labels).toEqual([
      "Open conversation",
      "They don’t see the group",
      "Remove and add again",
      "Make admin",
      "Remove from the group",
    ]);
    await choose(app, "They don’t see the group");
    expect(dialogTitle()).toBe("Invite Paul again?");
    expect(document.activeElement).toBe(button("Cancel"));
    expect((get("share-history") as HTMLInputElement).checked).toBe(false);
    expect(document.body.textContent).toContain("Share recent messages (14 days)");
    expect(app.fake.calls.some((call) => call.name === "actOnGroupMembers")).toBe(false);
    await app.user.click(get("confirm"));
    await settled();
    expect(app.fake.calls).toContainEqual({
      name: "actOnGroupMembers",
      argument: { conversation: GARDEN, members: [accountOf(3)], action: { kind: "repair", withHistory: false } },
    });
    expect(toasts()).toContain("Paul gets a new invitation");
    expect(dialogTitle()).toBe("Group");
  });

  it.each([
    ["They don’t see the group", "repair", "gets a new invitation with fresh access"],
    ["Remove and add again", "addAgain", "is removed from the group, then added again"],
  ] as const)("lets somebody in again with recent messages if that is wished: %s", async (label, kind, sentence) => {
    const app = await windowOf(1);
    await menuOf(app, 3);
    await choose(app, label);
    expect(document.querySelector("[role=alertdialog]")?.textContent).toContain(`Paul ${sentence}`);
    await app.user.click(get("share-history"));
    await app.user.click(get("confirm"));
    await settled();
    expect(app.fake.calls).toContainEqual({
      name: "actOnGroupMembers",
      argument: { conversation: GARDEN, members: [accountOf(3)], action: { kind, withHistory: true } },
    });
  });

  it("lets nobody in again who was asked about and left by Escape", async () => {
    const app = await windowOf(1);
    await menuOf(app, 3);
    await choose(app, "Remove and add again");
    expect(dialogTitle()).toBe("Remove Paul and add again?");
    await app.user.keyboard("{Escape}");
    await settled();
    expect(dialogTitle()).toBe("Group");
    expect(app.fake.calls.some((call) => call.name === "actOnGroupMembers")).toBe(false);
  });

  it("offers neither removal nor promotion of an admin", async () => {
    const app = await windowOf(1);
    expect(await menuOf(app, 1)).toEqual(["Open conversation"]);
  });

  it("makes an admin after it said that this cannot be undone, and goes back", async () => {
    const app = await windowOf(1);
    await menuOf(app, 3);
    await choose(app, "Make admin");
    expect(dialogTitle()).toBe("Make Paul an admin?");
    expect(document.body.textContent).toContain("This cannot be undone");
    expect(app.fake.calls.some((call) => call.name === "actOnGroupMembers")).toBe(false);
    await app.user.click(get("confirm"));
    await settled();
    expect(dialogTitle()).toBe("Group");
    expect(memberRow(3).textContent).toContain("Promotion sent");
  });

  it("removes somebody, with their messages if that is wished", async () => {
    const app = await windowOf(1);
    await menuOf(app, 3);
    await choose(app, "Remove from the group");
    await app.user.click(get("remove-messages"));
    await app.user.click(get("confirm"));
    await settled();
    expect(app.fake.calls).toContainEqual({
      name: "actOnGroupMembers",
      argument: {
        conversation: GARDEN,
        members: [accountOf(3)],
        action: { kind: "remove", withMessages: true },
      },
    });
    expect(memberRow(3)).toBeUndefined();
  });

  it("changes name and description, and names a name that is too long", async () => {
    const app = await windowOf(1);
    await app.user.click(get("group-edit"));
    await settled();
    const field = get("group-name-input");
    await app.user.clear(field);
    expect(document.querySelector("[role=alert]")?.textContent).toContain("enter a name");
    await app.user.click(field);
    await app.user.paste("é".repeat(51));
    expect(document.querySelector("[role=alert]")?.textContent).toContain("too long");
    await app.user.clear(field);
    await app.user.type(field, "Le marché");
    await app.user.clear(get("group-description-input"));
    await app.user.click(get("group-save"));
    await settled();
    expect(dialogTitle()).toBe("Group");
    expect(get("group-name").textContent).toBe("Le marché");
    expect(has("group-description")).toBe(false);
  });

  it("takes a picture for the group, and gives its window back", async () => {
    const app = await windowOf(1);
    await app.user.click(get("group-edit"));
    await settled();
    await app.user.click(get("group-picture"));
    await settled();
    await app.user.upload(get("picture-file"), new File(["x"], "garden.png", { type: "image/png" }));
    await settled();
    await app.user.click(get("picture-save"));
    await settled();
    expect(dialogTitle()).toBe("Group");
    expect(app.fake.groupDetails.get(GARDEN)?.picture).not.toBeNull();
    expect(app.fake.account.picture).toBeNull();
  });

  it("sets a time for messages", async () => {
    const app = await windowOf(1);
    await app.user.click(get("group-timer"));
    await settled();
    const labels = [...document.querySelectorAll("fieldset label")].map((label) => label.textContent.trim());
    expect(labels).toEqual([
      "Off",
      "12 hours after sending",
      "1 day after sending",
      "7 days after sending",
      "14 days after sending",
    ]);
    await app.user.click(document.querySelectorAll<HTMLElement>("fieldset input")[3]!);
    expect(app.fake.calls.some((call) => call.name === "changeGroup")).toBe(false);
    await app.user.click(get("timer-save"));
    await settled();
    expect(app.fake.groupDetails.get(GARDEN)?.timerSeconds).toBe(604_800);
    expect(get("group-timer").textContent).toContain("7 days after sending");
  });

  it("notifies of mentions only, by the usual dialog", async () => {
    const app = await windowOf(1);
    await app.user.click(get("group-notifications"));
    await settled();
    await app.user.click(document.querySelector<HTMLElement>("input[value=mentions]")!);
    await settled();
    expect(app.fake.rows.find((row) => row.id === GARDEN)?.notify).toBe("mentions");
    await app.user.keyboard("{Escape}");
    await settled();
    expect(get("group-notifications").textContent).toContain("Mentions only");
  });

  it("sets its rules at once", async () => {
    const app = await windowOf(1);
    await app.user.click(get("group-may-add"));
    await settled();
    expect(app.fake.groupDetails.get(GARDEN)?.membersMayAdd).toBe(false);
    await app.user.click(get("group-all-admins"));
    await settled();
    expect(app.fake.groupDetails.get(GARDEN)?.allAreAdmins).toBe(true);
  });

  it("is left after a question, and the conversation goes", async () => {
    const app = await windowOf(2);
    await app.user.click(get("group-leave"));
    await settled();
    expect(dialogTitle()).toBe("Leave Atelier vélo?");
    await app.user.click(get("confirm"));
    await settled();
    expect(app.fake.calls).toContainEqual({
      name: "leaveGroup",
      argument: { conversation: groupOf(2), forEverybody: false },
    });
    expect(has("conversation-banner")).toBe(false);
  });

  it("stays open when it cannot be left, and says why", async () => {
    const app = await windowOf(2);
    app.fake.failing.set("leaveGroup", "offline");
    await app.user.click(get("group-leave"));
    await settled();
    await app.user.click(get("confirm"));
    await settled();
    expect(toasts()).toContain("No connection");
    expect(get("conversation-banner").textContent).toContain("Atelier vélo");
    expect(has("composer-input")).toBe(true);
  });

  it("is not left by its last admin: somebody else, or the end for everybody", async () => {
    const app = await windowOf(1);
    app.fake.arrange(GARDEN, { isLastAdmin: true });
    await settled();
    await app.user.click(get("group-leave"));
    await settled();
    expect(dialogTitle()).toBe("You are the last admin");
    await app.user.click(get("leave-choose-admin"));
    await settled();
    expect(dialogTitle()).toBe("Group");
    await app.user.click(get("group-leave"));
    await settled();
    await app.user.click(get("leave-destroy"));
    await settled();
    expect(app.fake.calls.some((call) => call.name === "leaveGroup")).toBe(false);
    await app.user.click(get("confirm"));
    await settled();
    expect(app.fake.calls).toContainEqual({
      name: "leaveGroup",
      argument: { conversation: GARDEN, forEverybody: true },
    });
  });

  it("says what is wrong with a group, with one button for each state of it", async () => {
    const app = await windowOf(2);
    const care = (): string => get("group-trouble").textContent.replace(/\s+/gu, " ");
    expect(care()).toContain("This group has not been updated for 12 days.");
    await app.user.click(get("group-reconnect"));
    await settled();
    expect(care()).toContain("Other nodes are being asked");
    await app.user.click(get("group-reconnect"));
    await settled();
    expect(care()).toContain("The admins’ apps were asked");
    await app.user.click(get("group-reconnect"));
    await settled();
    await app.user.click(get("group-ask-invitation"));
    await settled();
    expect(app.fake.calls).toContainEqual({ name: "askForInvitation", argument: groupOf(2) });
    expect(toasts()).toContain("asked for a new invitation");
  });

  it("speaks French", async () => {
    await windowOf(1, "fr");
    expect(dialogTitle()).toBe("Groupe");
    expect(document.body.textContent).toContain("5 membres");
    expect(memberRow(62).textContent).toContain("Attend un admin");
    expect(button("Ajouter des membres")).toBeTruthy();
  });

  it("says why it cannot be read, and tries again", async () => {
    const app = await openApp("groups");
    await app.model.openConversation(GARDEN);
    app.fake.failing.set("getGroup", "timedOut");
    const row = app.fake.rows.find((it) => it.id === groupOf(2))!;
    app.model.navigation.open({ kind: "group", row });
    await settled();
    expect(document.querySelector("[role=alert]")?.textContent).toContain("did not answer in time");
    app.fake.failing.clear();
    await choose(app, "Try again");
    expect(all("group-member").length).toBe(3);
  });
});

describe("adding members", () => {
  async function adding(number: number): Promise<Opened> {
    const app = await windowOf(number);
    await app.user.click(button("Add members"));
    await settled();
    return app;
  }

  function choice(number: number): HTMLInputElement {
    return all("person-choice").find((row) => row.dataset["accountId"] === accountOf(number)) as HTMLInputElement;
  }

  it("offers contacts and the directory, and not who is in already", async () => {
    const app = await openApp("groups");
    app.fake.directory = [{ accountId: accountOf(81), name: "Armelle", note: "", picture: null }];
    await app.model.openConversation(GARDEN);
    await settled();
    await app.user.click(get("conversation-banner"));
    await settled();
    await app.user.click(get("group-add"));
    await settled();
    expect(choice(1).disabled).toBe(true);
    expect(choice(1).closest("label")?.textContent).toContain("Already in the group");
    expect(choice(81).disabled).toBe(false);
    await app.user.click(choice(81));
    await app.user.click(choice(2));
    await app.user.click(get("share-history"));
    expect(get("add-submit").textContent).toContain("Add 2 people");
    await app.user.click(get("add-submit"));
    await settled();
    expect(app.fake.calls).toContainEqual({
      name: "addGroupMembers",
      argument: { conversation: GARDEN, members: [accountOf(81), accountOf(2)], withHistory: true },
    });
    expect(dialogTitle()).toBe("Group");
    expect(memberRow(2).textContent).toContain("Invitation sent");
    expect(toasts()).toContain("2 people are invited");
  });

  it("takes a pasted account ID, and searches by name", async () => {
    const app = await adding(1);
    await app.user.click(get("people-search"));
    await app.user.paste(accountOf(90));
    await settled();
    expect(all("person-choice").map((row) => row.dataset["accountId"])).toEqual([accountOf(90)]);
    await app.user.keyboard("{Enter}");
    await app.user.clear(get("people-search"));
    await app.user.type(get("people-search"), "camil");
    await settled();
    expect(get("people-count").textContent).toContain("1 of at most 95");
    expect(all("person-choice").length).toBe(0);
  });

  it("asks the admins where we are none, without sharing what was written", async () => {
    const app = await adding(2);
    expect(document.body.textContent).toContain("You are not an admin");
    expect(has("share-history")).toBe(false);
    await app.user.click(choice(2));
    await app.user.click(get("add-submit"));
    await settled();
    expect(app.fake.calls).toContainEqual({
      name: "addGroupMembers",
      argument: { conversation: groupOf(2), members: [accountOf(2)], withHistory: false },
    });
    expect(toasts()).toContain("Waiting for an admin");
    expect(memberRow(2).textContent).toContain("Waiting for an admin");
  });

  it.each([
    [1, "Invitation sent"],
    [2, "Waiting for an admin"],
  ] as const)("offers again who only waits for an admin, in group %s", async (number, after) => {
    const app = await windowOf(number);
    const members = app.fake.groupDetails.get(groupOf(number))!.members;
    app.fake.arrange(groupOf(number), { members: [...members, app.fake.memberRow(accountOf(2), "proposed")] });
    await app.user.click(button("Add members"));
    await settled();
    const words = choice(2).closest("label")?.textContent;
    expect(words).toContain("Waiting for an admin");
    expect(words).not.toContain("Already in the group");
    expect([choice(2).disabled, choice(2).checked]).toEqual([false, false]);
    await app.user.click(choice(2));
    await app.user.click(get("add-submit"));
    await settled();
    expect(app.fake.calls).toContainEqual({
      name: "addGroupMembers",
      argument: { conversation: groupOf(number), members: [accountOf(2)], withHistory: false },
    });
    expect(memberRow(2).textContent).toContain(after);
  });

  it("explains where members may not", async () => {
    const app = await adding(6);
    expect(document.body.textContent).toContain("Only admins may add members to this group.");
    expect(has("people-search") || has("add-submit")).toBe(false);
    await app.user.keyboard("{Escape}");
    await settled();
    expect(dialogTitle()).toBe("Group");
  });
});

describe("a new group", () => {
  async function beginning(): Promise<Opened> {
    const app = await openApp("groups");
    await app.user.click(get("new-button"));
    await settled();
    await app.user.click(get("add-new-group"));
    await settled();
    return app;
  }

  it("needs a name and a member, and opens at once", async () => {
    const app = await beginning();
    await app.user.click(get("group-create"));
    expect(document.querySelector("[role=alert]")?.textContent).toContain("enter a name");
    await app.user.type(get("group-name-input"), "Jardin partagé");
    await app.user.click(get("group-create"));
    expect(document.querySelector("[role=alert]")?.textContent).toContain("at least one other person");
    expect(app.fake.calls.some((call) => call.name === "createGroup")).toBe(false);
    await app.user.type(get("group-description-input"), "Samedi matin");
    await app.user.click(all("person-choice")[0]!);
    await app.user.click(get("group-all-admins"));
    await app.user.click(get("group-create"));
    await settled();
    expect(app.fake.calls).toContainEqual({
      name: "createGroup",
      argument: {
        name: "Jardin partagé",
        description: "Samedi matin",
        members: [expect.stringMatching(/^05/u)],
        allAreAdmins: true,
        picture: null,
      },
    });
    expect(get("conversation-banner").textContent).toContain("Jardin partagé");
    expect(document.activeElement).toBe(get("composer-input"));
    expect(document.body.textContent).toContain("You created the group");
  });

  it("chooses everybody at once, and nobody again", async () => {
    const app = await beginning();
    const count = all("person-choice").length;
    expect(count).toBeGreaterThan(2);
    await app.user.click(get("people-all"));
    expect(get("people-count").textContent).toBe(`${count} of at most 99 chosen`);
    await app.user.click(get("people-all"));
    expect(get("people-count").textContent).toBe("0 of at most 99 chosen");
  });

  it("keeps what was typed while its picture is chosen", async () => {
    const app = await beginning();
    await app.user.type(get("group-name-input"), "Jardin");
    await app.user.click(all("person-choice")[1]!);
    await app.user.click(get("group-picture"));
    await settled();
    await app.user.upload(get("picture-file"), new File(["x"], "garden.png", { type: "image/png" }));
    await settled();
    await app.user.click(get("picture-save"));
    await settled();
    expect((get("group-name-input") as HTMLInputElement).value).toBe("Jardin");
    expect(get("people-count").textContent).toContain("1 of");
    await app.user.click(get("group-create"));
    await settled();
    const made = app.fake.calls.find((call) => call.name === "createGroup")?.argument;
    expect(made).toMatchObject({ picture: { staged: "staged-1" } });
  });

  it("is begun by its key, and its people by arrows", async () => {
    const app = await openApp("groups");
    await app.user.keyboard("{Control>}{Shift>}g{/Shift}{/Control}");
    await settled();
    expect(dialogTitle()).toBe("New group");
    get("people-search").focus();
    await app.user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    expect(get("people-count").textContent).toContain("1 of");
  });
});
