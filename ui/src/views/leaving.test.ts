import { describe, expect, it } from "vitest";

import { KEPT_GROUPS } from "../ipc/fake/groups";
import type { FakeBackend } from "../ipc/fake";
import { all, get, openApp, settled, type Opened } from "../testing/app";

async function withGroups(fake: FakeBackend): Promise<void> {
  fake.groups = KEPT_GROUPS;
  fake.emit({ kind: "groupsChanged" });
  await settled();
}

describe("groups and communities that cannot be opened yet", () => {
  it("stand folded below the conversations, and say that they are kept", async () => {
    const { fake, user } = await openApp();
    expect(all("kept-groups")).toEqual([]);
    await withGroups(fake);
    const toggle = get("kept-groups-toggle");
    expect(toggle.getAttribute("aria-expanded")).toBe("false");
    await user.click(toggle);
    expect(toggle.getAttribute("aria-expanded")).toBe("true");
    expect(all("kept-group").map((row) => row.textContent.replace(/\s+/gu, " ").trim())).toEqual([
      "Jardin partagé Group of the old kind",
      "garden Community",
      "Without a name Group of the old kind",
    ]);
    await user.click(all("kept-group")[0]!);
    await settled();
    expect(document.body.textContent).toContain("cannot open communities yet");
    expect(get("group-facts").textContent).toContain("Mentions only");
    await user.keyboard("{Escape}");
    await settled();
    expect(document.querySelector("[data-testid=group-facts]")).toBeNull();
  });

  it("are searched with the conversations, and go when another device leaves them", async () => {
    const { fake, user, model } = await openApp();
    await withGroups(fake);
    await user.click(get("kept-groups-toggle"));
    await user.type(get("filter-input"), "jard");
    await settled();
    expect(all("kept-group")).toHaveLength(1);
    await user.click(all("kept-group")[0]!);
    fake.groups = [];
    fake.emit({ kind: "groupsChanged" });
    await settled();
    expect(model.navigation.page).toBe("conversations");
    expect(all("kept-groups")).toEqual([]);
  });
});

describe("a restore that goes on in the background", () => {
  it("says so in the list until it is done", async () => {
    const { fake } = await openApp();
    expect(all("restoring-line")).toEqual([]);
    fake.account.isRestoring = true;
    fake.emit({ kind: "accountChanged" });
    await settled();
    expect(get("restoring-line").textContent).toContain("arrives by itself");
    fake.account.isRestoring = false;
    fake.emit({ kind: "accountChanged" });
    await settled();
    expect(all("restoring-line")).toEqual([]);
  });

  it("takes the name that arrives while one is asked for", async () => {
    const { fake } = await openApp("restored");
    fake.account.isRestoring = true;
    fake.emit({ kind: "accountChanged" });
    await settled();
    expect(document.body.textContent).toContain("has not answered yet");
    fake.account.displayName = "Morgane";
    fake.emit({ kind: "accountChanged" });
    await settled();
    expect(get("protect-skip")).toBeTruthy();
  });
});

describe("the lock", () => {
  it("leaves nothing of the account in the page or in the window's state", async () => {
    const { fake, model, user } = await openApp();
    fake.password = "secret1";
    fake.account.protection = "password";
    await withGroups(fake);
    fake.emit({ kind: "accountChanged" });
    await model.openConversation(fake.rows[0]!.id);
    await user.click(get("kept-groups-toggle"));
    model.announcer.say("New message from Élodie: À demain");
    model.toasts.show("Élodie");
    await settled();
    const known = ["À demain", "graines", "Jardin partagé", "Morgane", ...fake.rows.map((row) => row.name ?? row.id)];
    const before = document.documentElement.outerHTML;
    expect(known.filter((text) => before.includes(text)).length).toBeGreaterThan(5);

    await model.lock();
    await settled();
    const page = document.documentElement.outerHTML;
    expect(known.filter((text) => page.includes(text))).toEqual([]);
    const state = JSON.stringify([
      model.conversations.rows,
      model.conversations.current,
      model.groups.rows,
      model.timeline,
      model.composer,
      model.session.account,
      model.navigation.dialog,
      model.announcer.texts,
      model.toasts.list,
      model.network.failed,
      model.network.outbox,
    ]);
    expect(state).toBe('[[],null,[],null,null,null,null,["",""],[],[],[]]');
    expect(get("unlock-password")).toBeTruthy();
  });

  it("keeps the language and theme of the window", async () => {
    const { fake, model } = await openApp("main", { theme: "dark", language: "fr" });
    fake.account.protection = "password";
    fake.emit({ kind: "accountChanged" });
    await settled();
    const whole = fake.getBootState.bind(fake);
    fake.getBootState = async () => ({
      ...(await whole()),
      settings: { ...fake.settings, theme: "light", language: "en" },
    });
    await model.lock();
    await settled();
    expect([document.documentElement.lang, document.documentElement.dataset["theme"]]).toEqual(["fr", "dark"]);
  });

  it("tells the program that somebody uses the app, not with every move", async () => {
    const { fake, user } = await openApp();
    const told = (): number => fake.calls.filter((call) => call.name === "noteUse").length;
    const before = told();
    await user.click(get("filter-input"));
    await user.type(get("filter-input"), "several keys");
    expect(told() - before).toBeLessThanOrEqual(1);
    expect(told()).toBeGreaterThan(0);
  });

  it("is set to come by itself once there is a password, with its strength in words", async () => {
    const { fake, user, model } = await openApp();
    model.navigation.showSettings("password");
    await settled();
    expect(all("auto-lock")).toEqual([]);
    await user.type(get("password-input"), "password1");
    await settled();
    expect(get("strength").dataset["strength"]).toBe("weak");
    await user.clear(get("password-input"));
    await user.type(get("password-input"), "tomates graines");
    await settled();
    expect(get("strength").textContent).toContain("Strong");
    await user.type(get("password-repeat"), "tomates graines{Enter}");
    await settled();
    const five = [...get("auto-lock").querySelectorAll("label")].find((label) =>
      label.textContent.includes("5 minutes"),
    );
    await user.click(five!);
    await settled();
    expect(fake.settings.autoLockMinutes).toBe(5);
  });

  it("says what is lost before a forgotten password erases the device", async () => {
    const { fake, user } = await openApp("locked");
    await user.click(get("forgotten"));
    await settled();
    expect(document.body.textContent).toContain("gone for good");
    expect((get("confirm") as HTMLButtonElement).disabled).toBe(true);
    await user.click(get("forgotten-agree"));
    await user.click(get("confirm"));
    await settled();
    expect(fake.calls.some((call) => call.name === "eraseProfile")).toBe(true);
    expect(get("phrase-input")).toBeTruthy();
  });
});

describe("leaving", () => {
  async function leaving(kind: "log-out" | "delete-account", password?: string): Promise<Opened> {
    const app = await openApp();
    if (password !== undefined) {
      app.fake.password = password;
      app.fake.account.protection = "password";
      app.fake.emit({ kind: "accountChanged" });
    }
    app.model.navigation.showSettings("data");
    await settled();
    await app.user.click(get(kind));
    await settled();
    return app;
  }

  it("logs out of this device once it is said that the phrase is saved", async () => {
    const { fake, user } = await leaving("log-out");
    expect((get("confirm") as HTMLButtonElement).disabled).toBe(true);
    await user.click(get("leave-saved"));
    await user.click(get("confirm"));
    await settled();
    expect(fake.calls.find((call) => call.name === "deleteAccount")?.argument).toEqual({
      password: null,
      fromNetwork: false,
    });
    expect(get("deletion").textContent).toContain("gone from this device");
    expect(document.body.textContent).toContain("You are logged out");
    await user.click(get("deletion-close"));
    await settled();
    expect(get("welcome-create")).toBeTruthy();
  });

  it("deletes from the network, with the count of what nodes confirmed", async () => {
    const { user } = await leaving("delete-account");
    await user.click(document.querySelector("input[value=network]")!);
    await settled();
    expect(document.body.textContent).toContain("log out there first");
    await user.click(get("leave-saved"));
    await user.click(get("confirm"));
    await settled();
    expect(get("deletion").dataset["state"]).toBe("done");
    expect(get("deletion").textContent).toContain("All 5 nodes");
    expect(get("deletion").textContent).toContain("35 messages and settings");
  });

  it("says what it means when nodes are silent, asks again, or keeps the account", async () => {
    const { fake, user } = await leaving("delete-account");
    fake.silentNodes = 2;
    await user.click(document.querySelector("input[value=network]")!);
    await user.click(get("leave-saved"));
    await user.click(get("confirm"));
    await settled();
    expect(get("deletion").textContent).toContain("3 of 5 nodes");
    expect(get("deletion").textContent).toContain("within 14 days");
    await user.click(get("deletion-again"));
    await settled();
    expect(fake.calls.some((call) => call.name === "retryDeletion")).toBe(true);
    await user.click(get("deletion-keep"));
    await settled();
    expect(all("conversation-row").length).toBeGreaterThan(0);
  });

  it("asks for the password, and stays when it is wrong", async () => {
    const { fake, user } = await leaving("delete-account", "secret1");
    await user.click(get("leave-saved"));
    expect((get("confirm") as HTMLButtonElement).disabled).toBe(true);
    await user.type(get("leave-password"), "wrong one");
    await user.click(get("confirm"));
    await settled();
    expect(document.body.textContent).toContain("This is not the password");
    expect(fake.stage.kind).toBe("ready");
    await user.type(get("leave-password"), "secret1");
    await user.click(get("confirm"));
    await settled();
    expect(fake.stage.kind).toBe("noAccount");
  });
});
