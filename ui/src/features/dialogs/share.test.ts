import { describe, expect, it } from "vitest";

import { OWN } from "../../ipc/fake/seed";
import type { ConversationRow } from "../../ipc/backend";
import { all, get, openApp, settled, type Opened } from "../../testing/app";
import { hindrances } from "../../testing/hindrances";

function person(app: Opened, name: string): ConversationRow {
  return app.fake.rows.find((row) => row.name === name)!;
}

async function share(app: Opened, row: ConversationRow): Promise<void> {
  app.model.navigation.open({ kind: "person", row });
  await settled();
  await app.user.click(get("details-share"));
  await settled();
}

function box(id: string): HTMLElement {
  return all("forward-choice").find((choice) => choice.dataset["conversationId"] === id)!;
}

describe("sharing a contact", () => {
  it("sends their name and account ID to whoever is chosen, and no nickname", async () => {
    const app = await openApp("main");
    const paul = person(app, "Paul");
    const anne = person(app, "Anne");
    await app.fake.setNickname({ conversation: paul.id, nickname: "Voisin" });
    await settled();
    await share(app, app.model.conversations.latest(paul));
    expect(get("share-text").textContent).toBe(`Paul\n${paul.accountId}`);
    expect((get("share-submit") as HTMLButtonElement).disabled).toBe(true);
    expect(await hindrances(document.querySelector("[role=dialog]")!)).toEqual([]);
    await app.user.click(box(anne.id));
    expect(get("share-submit").textContent.trim()).toBe("Share with 1 conversation");
    await app.user.click(get("share-submit"));
    await settled();
    expect(app.fake.calls.filter((call) => call.name === "shareText").map((call) => call.argument)).toEqual([
      [`Paul\n${paul.accountId}`, [anne.id]],
    ]);
    expect(app.model.toasts.list[0]?.text).toBe("Shared with 1 conversation.");
    expect(document.querySelector("[role=dialog]")).toBeNull();
  });

  it("says who did not get it, and leaves them chosen", async () => {
    const app = await openApp("main");
    const paul = person(app, "Paul");
    const [anne, lucien] = [person(app, "Anne"), person(app, "Lucien")];
    await share(app, paul);
    for (const { id } of [anne, lucien]) await app.user.click(box(id));
    // Blocked on another device meanwhile.
    app.fake.rows.find((row) => row.id === lucien.id)!.isBlocked = true;
    await app.user.click(get("share-submit"));
    await settled();
    expect(document.querySelector("[role=dialog] [role=alert]")).not.toBeNull();
    const chosen = all("forward-choice").filter((choice) => (choice as HTMLInputElement).checked);
    expect(chosen.map((choice) => choice.dataset["conversationId"])).toEqual([lucien.id]);
  });
});

describe("those a contact is shared with", () => {
  it("are everybody but the contact", async () => {
    const app = await openApp("main");
    const [paul, anne] = [person(app, "Paul"), person(app, "Anne")];
    await share(app, paul);
    const offered = all("forward-choice").map((choice) => choice.dataset["conversationId"]);
    expect(offered).toContain(anne.id);
    expect(offered).not.toContain(paul.id);
  });
});

describe("a contact in a message", () => {
  it("is a card that leads to the conversation with them", async () => {
    const app = await openApp("main");
    const paul = person(app, "Paul");
    const anne = person(app, "Anne");
    const own = app.fake.receive(anne.id, `Paul\n${paul.accountId}`);
    await app.model.openConversation(anne.id);
    await settled();
    const message = document.querySelector<HTMLElement>(`[data-message-id="${own.id}"]`)!;
    expect(message.querySelector("[data-testid=contact-card]")?.getAttribute("aria-label")).toBe("Contact: Paul");
    expect(await hindrances(message)).toEqual([]);
    await app.user.click(get("card-write"));
    await settled();
    expect(app.model.conversations.current?.id).toBe(paul.id);
  });

  it("is never written to where it is oneself, and text with more than it stays a text", async () => {
    const app = await openApp("main");
    const anne = person(app, "Anne");
    app.fake.receive(anne.id, `Morgane\n${OWN}`);
    app.fake.receive(anne.id, `Ask ${OWN}`);
    await app.model.openConversation(anne.id);
    await settled();
    expect(all("contact-card")).toHaveLength(1);
    expect(get("contact-card").textContent).toContain("This is you");
    expect(all("card-write")).toHaveLength(0);
  });
});
