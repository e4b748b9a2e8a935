import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { all, get, openApp, settled, type Opened } from "../../testing/app";
import { hindrances } from "../../testing/hindrances";

describe("a failed message", () => {
  const WORDS = {
    en: ["Not sent: the clock of this computer is wrong by 2 hr", "Try again", "Delete on this device"],
    fr: [
      "Non envoyé\u00a0: l’horloge de cet ordinateur est fausse de 2\u202fh",
      "Réessayer",
      "Supprimer sur cet appareil",
    ],
  } as const;

  it.each(["en", "fr"] as const)("has its whole reason, Try again and Delete below it, %s", async (language) => {
    const { fake, model, user } = await openApp("main", { language, widthPx: 360 });
    const id = fake.rows[0]!.id;
    const failed = fake.messages.get(id)!.find((row) => row.state === "failed")!;
    failed.error = { code: "clockWrong", retryAfterMs: null, args: { deviationMs: "7200000" }, incident: null };
    await model.openConversation(id);
    await settled();
    const row = all("message").find((it) => it.dataset["state"] === "failed")!;
    const [reason, again, deletion] = WORDS[language];
    expect(row.querySelector(".why")?.textContent).toBe(reason);
    expect(row.querySelector(".why")?.getAttribute("title")).toBe(reason);
    expect(row.getAttribute("aria-label")).toContain(reason);
    const buttons = [...row.querySelectorAll("button")];
    expect(buttons.map((button) => button.getAttribute("aria-label") ?? button.textContent)).toEqual([again, deletion]);
    expect(await hindrances()).toEqual([]);
    await user.click(get("message-delete"));
    await settled();
    expect(fake.calls.some((call) => call.name === "deleteMessages")).toBe(false);
    await user.click(get("confirm"));
    await settled();
    expect(fake.calls).toContainEqual({ name: "deleteMessages", argument: [failed.id] });
  });
});

describe("a long text", () => {
  /** What the text of a message would need; every element here has 700 px. */
  let neededPx = 0;

  beforeEach(() => {
    vi.spyOn(HTMLElement.prototype, "scrollHeight", "get").mockImplementation(() => neededPx);
  });
  afterEach(() => void (neededPx = 0));

  async function received(text: string): Promise<Opened & { row: () => HTMLElement }> {
    const app = await openApp("main");
    const id = app.fake.rows[1]!.id;
    app.fake.receive(id, text);
    await app.model.openConversation(id);
    await settled();
    return { ...app, row: () => all("message").at(-1)! };
  }

  it("is folded by the lines that it has on the screen, and opens", async () => {
    neededPx = 1_400;
    const { user, row } = await received("mot ".repeat(325));
    expect(row().querySelector(".folded")).not.toBeNull();
    const button = get("message-more");
    expect(button.textContent.trim()).toBe("Read more");
    expect(button.getAttribute("aria-expanded")).toBe("false");
    await user.click(button);
    await settled();
    expect(row().querySelector(".folded")).toBeNull();
    expect(button.textContent.trim()).toBe("Show less");
    await user.click(button);
    await settled();
    expect(row().querySelector(".folded")).not.toBeNull();
  });

  it("of which the timeline has the beginning only is read to its end", async () => {
    neededPx = 1_400;
    const line = "mot ".repeat(24);
    const whole = `${`${line}\n`.repeat(1_250)}\n\nhttps://example.org/fin et la fin`;
    const app = await received(whole.slice(0, 4_000));
    const row = app.fake.messages.get(app.model.navigation.conversation!)!.at(-1)!;
    row.body = { kind: "text", text: whole.slice(0, 4_000), truncated: true };
    app.fake.emit({ kind: "resync" });
    const info = app.fake.getMessageInfo.bind(app.fake);
    app.fake.getMessageInfo = async (id) => ({ ...(await info(id)), fullText: whole });
    await settled();
    expect(all("message-whole")).toHaveLength(0);
    await app.user.click(get("message-more"));
    await settled();
    await app.user.click(get("message-whole"));
    await settled();
    const blocks = [...get("whole-text").children].map((block) => block.textContent);
    expect(blocks.join("\n")).toBe(whole);
    expect(blocks.length).toBeGreaterThan(40);
    await app.user.click(get("whole-text").querySelector("a")!);
    await settled();
    expect(get("link-address").textContent).toBe("https://example.org/fin");
  });

  it("that has room is not folded, however many letters it has", async () => {
    neededPx = 700;
    await received("mot ".repeat(450));
    expect(document.querySelector("[data-testid=message-more]")).toBeNull();
  });

  it("of few letters is never measured", async () => {
    neededPx = 1_400;
    const { row } = await received("court");
    expect(row().querySelector(".folded")).toBeNull();
    expect(document.querySelector("[data-testid=message-more]")).toBeNull();
  });
});

describe("files that somebody saved", () => {
  it.each([
    ["en", "Anne saved files that you sent (2 times)"],
    ["fr", "Anne a enregistré des fichiers que vous avez envoyés (2 fois)"],
  ] as const)("are one line, which opens, %s", async (language, words) => {
    const { fake, model, user } = await openApp("main", { language });
    const row = fake.rows.find((candidate) => candidate.name === "Anne")!;
    for (let time = 0; time < 2; time += 1)
      Object.assign(fake.receive(row.id, ""), { body: { kind: "mediaSaved" }, author: row.accountId });
    await model.openConversation(row.id);
    await settled();
    expect(
      get("message-fold")
        .getAttribute("aria-label")
        ?.replace(/[\u2068\u2069]/g, ""),
    ).toBe(words);
    expect(all("message-event")).toHaveLength(0);
    await user.click(get("message-fold").querySelector("button")!);
    await settled();
    expect(get("message-fold").querySelectorAll("li")).toHaveLength(2);
  });
});

describe("an event about somebody", () => {
  const WORDS = { en: "%s accepted your request", fr: "%s a accepté votre demande" } as const;

  it.each(["en", "fr"] as const)(
    "names them as the list does, whatever they are called later, %s",
    async (language) => {
      const { fake, model } = await openApp("main", { language });
      const row = fake.rows.find((candidate) => candidate.kind === "person" && candidate.name !== null)!;
      const event = fake.messages.get(row.id)!.find((candidate) => !candidate.isOwn)!;
      Object.assign(event, { body: { kind: "requestAccepted" }, author: row.accountId, authorName: "Name of then" });
      await model.openConversation(row.id);
      await settled();
      const says = (name: string): void => {
        const shown = get("message-event");
        const words = WORDS[language].replace("%s", name);
        expect(shown.textContent.trim().replace(/[\u2068\u2069]/g, "")).toBe(words);
        expect(shown.getAttribute("aria-label")?.replace(/[\u2068\u2069]/g, "")).toBe(words);
      };
      says(row.name!);
      await fake.setNickname({ conversation: row.id, nickname: "Bobby" });
      await settled();
      says("Bobby");
      await fake.setNickname({ conversation: row.id, nickname: "" });
      await settled();
      says(fake.rows.find((candidate) => candidate.id === row.id)!.name!);
    },
  );
});
