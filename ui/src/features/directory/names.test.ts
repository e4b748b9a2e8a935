import { describe, expect, it } from "vitest";

import type { ConversationRow } from "../../ipc/backend";
import { all, get, openApp, settled, type Opened } from "../../testing/app";

const MARK = "Name from your directory";

/** The app with one conversation whose name is that of the directory. */
async function named(change: Partial<ConversationRow> = {}): Promise<{ app: Opened; row: ConversationRow }> {
  const app = await openApp("main");
  const row = app.fake.rows.find((candidate) => candidate.kind === "person" && candidate.isListed);
  if (row === undefined) throw new Error("no conversation");
  Object.assign(row, { name: "Armelle", isDirectoryName: true, hasApprovedMe: false, ...change });
  app.fake.directory = [{ accountId: row.accountId, name: "Armelle", note: "", picture: null }];
  app.fake.emit({ kind: "resync" });
  await settled();
  return { app, row };
}

function marksIn(place: Element | null | undefined): (string | null)[] {
  const marks = place?.querySelectorAll("[data-testid=directory-mark]") ?? [];
  return [...marks].map((mark) => mark.getAttribute("aria-label"));
}

describe("a name that the directory gives", () => {
  it("is marked in the list, above the conversation and in the details", async () => {
    const { app, row } = await named();
    const item = document.querySelector(`[data-conversation-id="${row.id}"]`);
    expect(marksIn(item)).toEqual([MARK]);
    expect(document.querySelectorAll("[data-testid=directory-mark]")).toHaveLength(1);
    await app.model.openAccount(row.accountId);
    await settled();
    expect(get("conversation-banner").textContent).toContain(MARK);
    await app.user.click(get("conversation-banner"));
    await settled();
    expect(get("details-name").textContent).toBe("Armelle");
    expect(get("details-directory").textContent).toBe(MARK);
  });

  it("is marked where somebody asks, beside the name that they give", async () => {
    const { app, row } = await named({ isRequest: true, isApproved: false });
    await app.user.click(get("requests-row"));
    await settled();
    const request = all("request-row").find((one) => one.dataset["conversationId"] === row.id);
    expect(request?.textContent).toContain("Armelle");
    expect(marksIn(request)).toEqual([MARK]);
    await app.user.click(request!);
    await settled();
    expect(get("request-directory-name").textContent).toContain("In your directory: Armelle");
  });

  it("makes nobody a contact in New message", async () => {
    const { app, row } = await named({ isListed: false });
    app.model.navigation.open({ kind: "newMessage" });
    await settled();
    await app.user.click(get("address-input"));
    await app.user.paste(row.accountId);
    await settled();
    expect(get("recognised").textContent).toMatch(/Armelle\s*Name from your directory/u);
    expect(document.querySelector("[role=dialog]")?.textContent).toContain("Your first message is a request");
  });

  it("is marked among those who are blocked", async () => {
    const { app } = await named({ isBlocked: true, name: null });
    app.model.navigation.show("settings");
    await settled();
    await app.user.click(get("settings-privacy"));
    await settled();
    const blocked = all("blocked-row").find((one) => one.textContent.includes("Armelle"));
    expect(marksIn(blocked)).toEqual([MARK]);
  });
});
