import { fireEvent } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { MessageRow } from "../../ipc/backend";
import { conversation } from "../../ipc/fake/seed";
import { LINK_PAUSE_MS } from "../../state/link-preview.svelte";
import { all, get, openApp, settled, type Opened } from "../../testing/app";
import { hindrances } from "../../testing/hindrances";

const LINK = "https://graines.example/tomates";

type App = Opened & { id: string; rows: MessageRow[] };

async function opened(language: "en" | "fr" = "en", arrange?: (app: App) => void): Promise<App> {
  const app = await openApp("cards", { language });
  const { id } = app.fake.rows[0]!;
  const whole = { ...app, id, rows: app.fake.messages.get(id)! };
  arrange?.(whole);
  await app.model.openConversation(id);
  await settled();
  return whole;
}

function argumentsOf({ fake }: Opened, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

function has(testid: string): boolean {
  return all(testid).length > 0;
}

async function click(app: Opened, testid: string): Promise<void> {
  await app.user.click(get(testid));
  await settled();
}

/** Writes a text as if it were pasted, and waits until its link was looked at. */
async function write(text: string): Promise<void> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await fireEvent.input(get("composer-input"), { target: { value: text } });
  await vi.advanceTimersByTimeAsync(LINK_PAUSE_MS);
  await vi.advanceTimersByTimeAsync(1);
  vi.useRealTimers();
  await settled();
}

afterEach(() => void vi.useRealTimers());

describe("the preview of a link in a message", () => {
  it("says where it leads, and fetches its picture only when that is asked", async () => {
    const app = await opened();
    const card = get("link-preview");
    expect(card.getAttribute("aria-label")).toBe("Preview of graines.example");
    expect(card.textContent).toContain("Graines de tomates anciennes");
    expect(card.textContent).toContain("graines.example");
    expect([has("link-preview-picture"), argumentsOf(app, "downloadAttachment")]).toEqual([false, []]);
    await click(app, "link-preview-fetch");
    const id = app.rows.at(-2)!.id;
    expect(argumentsOf(app, "downloadAttachment")).toEqual([[id, 32]]);
    expect(get("link-preview-picture").getAttribute("src")).toBe(`nous-media://localhost/thumbnail/thumbnail-${id}`);
    expect(has("link-preview-fetch")).toBe(false);
  });

  it("is opened by the program, after a question", async () => {
    const app = await opened();
    await click(app, "link-preview-open");
    expect(get("link-address").textContent).toBe(LINK);
    expect(argumentsOf(app, "openUrl")).toEqual([]);
    await click(app, "link-open");
    expect(argumentsOf(app, "openUrl")).toEqual([LINK]);
  });

  it("is not shown of what leads to no site", async () => {
    await opened("en", ({ rows }) => (rows.at(-2)!.preview!.url = "javascript:alert(1)"));
    expect(has("link-preview")).toBe(false);
  });

  it("is not shown in a request", async () => {
    const app = await openApp("cards");
    const [friend] = app.fake.rows;
    const asking = conversation(31, { name: null, isApproved: false, isRequest: true });
    app.fake.rows.push(asking);
    app.fake.messages.set(asking.id, app.fake.messages.get(friend!.id)!);
    await app.model.openConversation(asking.id);
    await settled();
    expect([has("invitation"), has("link-preview")]).toEqual([true, false]);
  });
});

describe("an invitation to a community", () => {
  it.each([
    ["en", "Invitation to a community", "cannot be joined"],
    ["fr", "Invitation à une communauté", "rejoindre"],
  ] as const)("is a card with its name and its server, and joins nothing, %s", async (language, what, note) => {
    const app = await opened(language);
    const card = get("invitation");
    for (const words of [what, "Le jardin", "communaute.example", note]) expect(card.textContent).toContain(words);
    expect(card.textContent).not.toContain("public_key");
    expect(card.querySelector("button, a")).toBeNull();
    expect(await hindrances(card)).toEqual([]);
    const asked = app.fake.calls.filter(({ name }) => /preview|download|openUrl/iu.test(name));
    expect(asked).toEqual([]);
  });
});

describe("the preview of a link that is written", () => {
  it("is shown above the text while the setting is on, and goes with the message", async () => {
    const app = await opened("en", ({ fake, model }) => {
      fake.settings.linkPreviews = true;
      model.settings.take({ ...fake.settings });
    });
    await write(`Regarde ${LINK}`);
    const bar = get("composer-preview");
    expect(bar.textContent).toContain("Page of graines.example");
    expect(await hindrances()).toEqual([]);
    get("composer-input").focus();
    await app.user.keyboard("{Enter}");
    await settled();
    expect(argumentsOf(app, "sendMessage")[0]).toMatchObject({ body: `Regarde ${LINK}`, preview: "preview-1" });
    expect(has("composer-preview")).toBe(false);
    expect(all("link-preview")).toHaveLength(2);
  });

  it("can be removed, and the text goes without it", async () => {
    const app = await opened("fr", ({ fake, model }) => {
      fake.settings.linkPreviews = true;
      model.settings.take({ ...fake.settings });
    });
    await write(`Regarde ${LINK}`);
    expect(get("composer-preview-remove").getAttribute("aria-label")).toBe("Ne pas envoyer cet aperçu");
    await click(app, "composer-preview-remove");
    expect(has("composer-preview")).toBe(false);
    expect(document.activeElement).toBe(get("composer-input"));
    await app.user.keyboard("{Enter}");
    await settled();
    expect(argumentsOf(app, "sendMessage")[0]).toMatchObject({ preview: null });
  });

  it("is not asked for while the setting is off, as it is at first", async () => {
    const app = await opened();
    await write(`Regarde ${LINK}`);
    expect(argumentsOf(app, "previewLink")).toEqual([]);
    expect(has("composer-preview")).toBe(false);
  });

  it.each([
    ["en", "Link previews", "internet address"],
    ["fr", "Aperçus des liens", "adresse internet"],
  ] as const)("is a setting that says who sees the address, %s", async (language, label, words) => {
    const app = await openApp("main", { language });
    app.model.navigation.showSettings("privacy");
    await settled();
    const setting = get("link-previews") as HTMLInputElement;
    expect([setting.checked, setting.closest("label")?.textContent.trim()]).toEqual([false, label]);
    const hint = document.getElementById(setting.getAttribute("aria-describedby")!);
    expect(hint?.textContent).toContain(words);
    await app.user.click(setting);
    await settled();
    expect(argumentsOf(app, "setSettings")).toEqual([{ linkPreviews: true }]);
  });
});
