import { describe, expect, it } from "vitest";

import type { MessageRow } from "../../ipc/backend";
import { get, openApp, settled, type Opened } from "../../testing/app";

const LINK = "https://communaute.example/jardin?public_key=00";

async function opened(language: "en" | "fr"): Promise<Opened & { row: MessageRow }> {
  const app = await openApp("cards", { language });
  const { id } = app.fake.rows[0]!;
  await app.model.openConversation(id, false);
  await settled();
  return { ...app, row: app.fake.messages.get(id)!.at(-1)! };
}

function copied({ fake }: Opened): unknown[] {
  return fake.calls.filter((call) => call.name === "copyText").map((call) => call.argument);
}

describe("the link of an invitation to a community", () => {
  it.each([
    ["en", "Copy the link of the invitation"],
    ["fr", "Copier le lien de l’invitation"],
  ] as const)("is seen and can be copied below the card, %s", async (language, words) => {
    const app = await opened(language);
    expect(get("invitation-link").textContent).toBe(LINK);
    expect(get("invitation-copy").getAttribute("aria-label")).toBe(words);
    await app.user.click(get("invitation-copy"));
    await settled();
    expect(copied(app)).toEqual([LINK]);
  });

  it("is copied from the menu, and stands in what is known of the message", async () => {
    const app = await opened("en");
    document.querySelector<HTMLElement>(`[data-message-id="${app.row.id}"]`)!.focus();
    await app.user.keyboard("{Enter}");
    await settled();
    const items = [...document.querySelectorAll<HTMLElement>("[role=menuitem]")];
    await app.user.click(items.find((item) => item.textContent.includes("Copy the link"))!);
    await settled();
    expect(copied(app)).toEqual([LINK]);
    app.model.navigation.open({ kind: "messageInfo", message: app.row });
    await settled();
    expect(document.querySelector("[role=dialog]")?.textContent).toContain(LINK);
  });
});
