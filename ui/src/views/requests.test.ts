import { describe, expect, it, vi } from "vitest";

import type { MessageState } from "../ipc/backend";
import { all, get, openApp, settled, type Opened } from "../testing/app";

function text(): string {
  return document.body.textContent;
}

function has(testid: string): boolean {
  return all(testid).length > 0;
}

async function inRequests(widthPx = 1_200, language: "en" | "fr" = "en"): Promise<Opened> {
  const app = await openApp("requests", { widthPx, language });
  await app.user.click(get("requests-row"));
  await settled();
  return app;
}

/** Opens the first request: “Iris Valmont”. */
async function inside(): Promise<Opened> {
  const app = await inRequests();
  await app.user.click(all("request-row")[0]!);
  await settled();
  return app;
}

describe("message requests", () => {
  it("have a row with their number above the list, which they are not in", async () => {
    await openApp("requests");
    expect(get("requests-row").textContent).toContain("Message requests (3)");
    expect(text()).not.toContain("Is there still a place");
  });

  it("have no row where there are none", async () => {
    await openApp("main");
    expect(has("requests-row")).toBe(false);
  });

  it("stand in a list with text and ID, without the name", async () => {
    await inRequests();
    expect(all("request-row").length).toBe(3);
    expect(text()).toContain("Is there still a place in the garden group?");
    expect(text()).not.toContain("Iris Valmont");
  });

  it("show the name inside only, with the whole ID and what accepting does", async () => {
    const { fake } = await inside();
    const row = fake.rows.find((candidate) => candidate.isRequest)!;
    expect(get("request-name").textContent).toContain("“Iris Valmont”");
    expect(get("request-account-id").dataset["value"]).toBe(row.accountId);
    expect(get("request-panel").textContent).toContain("Nothing is sent before you accept");
    expect(get("conversation-banner").textContent).not.toContain("Iris Valmont");
  });

  it("leave the room to their text in a narrow window: ID and explanation unfold", async () => {
    const { user } = await inRequests(360);
    await user.click(all("request-row")[0]!);
    await settled();
    const more = get("request-more") as HTMLDetailsElement;
    expect(more.open).toBe(false);
    expect(more.contains(get("request-account-id"))).toBe(true);
    expect(more.textContent).toContain("Nothing is sent before you accept");
    expect(more.contains(get("request-name"))).toBe(false);
    expect(more.contains(get("request-accept"))).toBe(false);
    await user.click(more.querySelector("summary")!);
    expect(more.open).toBe(true);
  });

  it("fold nothing where there is room", async () => {
    await inside();
    expect(has("request-more")).toBe(false);
  });

  it("say where no name was given", async () => {
    const { user } = await inRequests();
    await user.click(all("request-row")[2]!);
    await settled();
    expect(get("request-name").textContent).toContain("Gives no name");
  });

  it("claim nothing about a name that is still asked for", async () => {
    const { user, fake } = await inRequests();
    const asked = vi.spyOn(fake, "getRequest").mockReturnValue(new Promise(() => undefined));
    await user.click(all("request-row")[0]!);
    await settled();
    expect(asked).toHaveBeenCalled();
    expect(get("request-name-loading").textContent).toBe("Loading");
    expect(get("request-panel").textContent).not.toContain("Gives no name");
  });

  it("say why a name cannot be read, and ask again", async () => {
    const { user, fake } = await inRequests();
    fake.failing.set("getRequest", "unexpected");
    await user.click(all("request-row")[0]!);
    await settled();
    const panel = get("request-panel");
    expect(panel.querySelector("[role=alert]")?.textContent).toContain("could not be read");
    expect(panel.textContent).not.toContain("Gives no name");
    fake.failing.clear();
    await user.click(get("request-name-retry"));
    await settled();
    expect(get("request-name").textContent).toContain("“Iris Valmont”");
    expect(panel.querySelector("[role=alert]")).toBeNull();
  });

  it("show nobody the name of the request that was open before", async () => {
    const { user, fake } = await inRequests();
    await user.click(all("request-row")[0]!);
    await settled();
    expect(get("request-panel").textContent).toContain("Iris Valmont");
    vi.spyOn(fake, "getRequest").mockReturnValue(new Promise(() => undefined));
    await user.click(all("request-row")[2]!);
    await settled();
    expect(get("request-panel").textContent).not.toContain("Iris Valmont");
  });

  it("become a conversation when they are accepted", async () => {
    const { user, fake } = await inside();
    await user.click(get("request-accept"));
    await settled();
    expect(fake.calls.some(({ name }) => name === "acceptRequest")).toBe(true);
    expect(has("request-panel")).toBe(false);
    expect(get("message-event").textContent).toContain("You accepted the request");
    expect(get("conversation-banner").textContent).toContain("Iris Valmont");
    expect(get("requests-row").textContent).toContain("(2)");
  });

  it("are accepted by an answer", async () => {
    const { user } = await inside();
    expect(text()).toContain("If you answer, you accept the request.");
    await user.type(get("composer-input"), "Yes{Enter}");
    await settled();
    expect(has("request-panel")).toBe(false);
    expect(get("message-event").textContent).toContain("You accepted the request");
  });

  it("are deleted after a question only", async () => {
    const { user, fake } = await inside();
    await user.click(get("request-decline"));
    expect(fake.calls.some(({ name }) => name === "declineRequest")).toBe(false);
    await user.click(get("confirm"));
    await settled();
    expect(all("request-row").length).toBe(2);
    expect(has("request-panel")).toBe(false);
  });

  it("are blocked after a question only", async () => {
    const { user, fake } = await inside();
    await user.click(get("request-block"));
    await user.click(get("confirm"));
    await settled();
    expect(fake.calls.some(({ name }) => name === "blockRequest")).toBe(true);
    expect(all("request-row").length).toBe(2);
  });

  it("are all deleted after a question, and the list says that it is empty", async () => {
    const { user } = await inRequests();
    await user.click(get("requests-clear"));
    await user.click(get("confirm"));
    await settled();
    expect(has("request-row")).toBe(false);
    expect(text()).toContain("No message requests");
    await user.click(get("requests-back"));
    await settled();
    expect(has("requests-row")).toBe(false);
    expect(has("conversation-row")).toBe(true);
  });

  it("are one tab stop with arrows inside, and Esc leads back", async () => {
    const { user } = await inRequests();
    const rows = all("request-row");
    expect(rows.map((row) => row.tabIndex)).toEqual([0, -1, -1]);
    rows[0]!.focus();
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(rows[1]);
    await user.keyboard("{End}");
    expect(document.activeElement).toBe(rows[2]);
    await user.keyboard("{Escape}");
    await settled();
    expect(has("request-row")).toBe(false);
  });

  it("are said to a screen reader when one comes, without what it says", async () => {
    const { fake } = await openApp("main");
    const row = await fake.openConversation(`05${"ab".repeat(32)}`);
    fake.receive(row.id, "Let me in");
    await settled();
    const said = [...document.querySelectorAll("[aria-live=polite]")].map((region) => region.textContent).join("");
    expect(said).toBe("You have a new message request");
    expect(get("requests-row").textContent).toContain("(1)");
  });

  it("are there in French", async () => {
    await inRequests(360, "fr");
    expect(text()).toContain("Demandes de message");
    expect(text()).toContain("Tout effacer");
  });

  it("that cannot be read are said, and can be asked for again", async () => {
    const { fake, model, user } = await inRequests();
    fake.failing.set("listRequests", "timedOut");
    await model.requests.refresh();
    await settled();
    expect(document.querySelector("[role=alert]")?.textContent).toContain("The network did not answer in time");
    fake.failing.clear();
    await user.click(document.querySelector<HTMLElement>("[role=alert] ~ button")!);
    await settled();
    expect(all("request-row").length).toBe(3);
  });
});

describe("an own request", () => {
  it("waits in words until it is accepted; then a line says so and the name replaces the ID", async () => {
    const { fake, model } = await openApp("main");
    const row = fake.rows.find((candidate) => candidate.kind === "person" && !candidate.hasApprovedMe)!;
    await model.openConversation(row.id);
    await settled();
    expect(get("request-waiting").textContent).toContain("Your request is waiting.");
    expect(get("request-waiting").textContent).toContain("text only");
    fake.acceptedBy(row.id, "Noé Lasserre");
    await settled();
    expect(has("request-waiting")).toBe(false);
    expect(get("message-event").textContent).toContain("accepted your request");
    expect(get("conversation-banner").textContent).toContain("Noé Lasserre");
  });

  it.each<[MessageState, boolean]>([
    ["sent", true],
    ["notSynced", true],
    ["queued", false],
    ["sending", false],
    ["failed", false],
  ])("stands in the list in place of its text once it has left: %s", async (state, isSaid) => {
    const { fake } = await openApp("main");
    const row = fake.rows.find((candidate) => candidate.kind === "person" && !candidate.hasApprovedMe)!;
    row.lastMessage = { ...row.lastMessage!, isOwn: true, state };
    fake.emit({ kind: "resync" });
    await settled();
    const shown = all("conversation-row").find((one) => one.dataset["conversationId"] === row.id)!;
    expect(shown.textContent.includes("Your request is waiting")).toBe(isSaid);
    expect(shown.querySelector(`[data-icon=${state}]`)).not.toBeNull();
    fake.acceptedBy(row.id, "Noé Lasserre");
    await settled();
    expect(text()).not.toContain("Your request is waiting");
  });
});
