import { describe, expect, it } from "vitest";

import { KEPT_GROUPS } from "../ipc/fake/groups";
import type { FakeBackend } from "../ipc/fake";
import { all, get, openApp, settled } from "../testing/app";

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
      "Jardin partagé Group",
      "garden Community",
      "Without a name Group of the old kind",
    ]);
    await user.click(all("kept-group")[0]!);
    await settled();
    expect(document.body.textContent).toContain("cannot open groups and communities yet");
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
