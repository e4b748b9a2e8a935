import { describe, expect, it } from "vitest";

import { OWN } from "../../ipc/fake/seed";
import { get, openApp, settled, type Opened } from "../../testing/app";

async function invite(): Promise<Opened> {
  const app = await openApp("main");
  app.model.navigation.open({ kind: "add" });
  await settled();
  await app.user.click(get("add-invite"));
  await settled();
  return app;
}

describe("inviting a friend", () => {
  it("shows the own ID with its QR code and a text that holds it", async () => {
    await invite();
    expect(get("invite-id").dataset["value"]).toBe(OWN);
    expect(document.querySelector("[role=dialog] [role=img]")?.getAttribute("aria-label")).toContain("QR code");
    expect(get("invite-text").textContent).toContain(OWN);
  });

  it("is offered with the first steps, too", async () => {
    const { user } = await openApp("empty");
    await user.click(get("first-invite"));
    await settled();
    expect(get("invite-id").dataset["value"]).toBe(OWN);
  });

  it("copies the text, and saves the QR code as a picture", async () => {
    const { fake, user } = await invite();
    await user.click(get("invite-copy"));
    await settled();
    expect(fake.calls.find((call) => call.name === "copyText")?.argument).toBe(get("invite-text").textContent);
    await user.click(get("invite-save"));
    await settled();
    expect(document.querySelector("[role=dialog]")?.textContent).toContain("Account ID.png");
  });
});
