import { fireEvent } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";

import { groupOf } from "../../ipc/fake/group-seed";
import { loadEmoji } from "../../lib/emoji/emoji";
import { all, get, openApp, settled, type Opened } from "../../testing/app";

type App = Opened & { id: string };

async function opened(language: "en" | "fr" = "en"): Promise<App> {
  await loadEmoji(language);
  const app = await openApp("main", { language });
  const { id } = app.fake.rows[0]!;
  await app.model.openConversation(id);
  await settled();
  return { ...app, id };
}

function field(): HTMLTextAreaElement {
  return get("composer-input") as HTMLTextAreaElement;
}

function has(testid: string): boolean {
  return all(testid).length > 0;
}

function argumentsOf({ fake }: Opened, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

async function type({ user }: Opened, text: string): Promise<void> {
  await user.type(field(), text);
  await settled();
}

describe("an emoji by its name", () => {
  it("is offered from two letters on, and taken by Enter instead of sending", async () => {
    const app = await opened();
    await type(app, "ok :t");
    expect(has("emoji-list")).toBe(false);
    await type(app, "humbs");
    const words = all("emoji-option").map((option) => option.textContent.trim());
    expect(words).toEqual(["👍 thumbs up", "👎 thumbs down"]);
    expect(field().getAttribute("aria-activedescendant")).toBe(all("emoji-option")[0]!.id);
    await app.user.keyboard("{ArrowDown}{ArrowUp}{Enter}");
    await settled();
    expect(field().value).toBe("ok 👍");
    expect(has("emoji-list")).toBe(false);
    expect(argumentsOf(app, "sendMessage")).toEqual([]);
    await app.user.keyboard("{Enter}");
    await settled();
    expect(argumentsOf(app, "sendMessage")[0]).toMatchObject({ body: "ok 👍" });
  });

  it("is taken by click, in the chosen colour of skin", async () => {
    const app = await opened();
    app.model.acts.tone = 3;
    await type(app, ":thumbs");
    await app.user.click(all("emoji-option")[1]!);
    await settled();
    expect(field().value).toBe("👎🏽");
    expect(document.activeElement).toBe(field());
  });

  it("is put in by the colon that closes its name, in the language of the window", async () => {
    const app = await opened("fr");
    await type(app, "oui :bisou:");
    expect(field().value).toBe("oui 😘");
    await type(app, " à 10:30: et :rien_de_tel:");
    expect(field().value).toBe("oui 😘 à 10:30: et :rien_de_tel:");
  });

  it("is left alone after Escape, and the text stays", async () => {
    const app = await opened();
    await type(app, ":thumbs");
    await app.user.keyboard("{Escape}");
    await settled();
    expect(has("emoji-list")).toBe(false);
    expect(field().value).toBe(":thumbs");
    await app.user.keyboard("{Enter}");
    await settled();
    expect(argumentsOf(app, "sendMessage")[0]).toMatchObject({ body: ":thumbs" });
  });
});

describe("undoing", () => {
  afterEach(() => void Reflect.deleteProperty(document, "execCommand"));

  /** An engine that writes as if somebody typed; what it was told. */
  function engine(): unknown[][] {
    const told: unknown[][] = [];
    const execCommand = (command: string, _: boolean, text: string): boolean => {
      const { selectionStart, selectionEnd } = field();
      told.push([command, text, selectionStart, selectionEnd]);
      field().setRangeText(text, selectionStart, selectionEnd, "end");
      void fireEvent.input(field());
      return true;
    };
    Object.defineProperty(document, "execCommand", { configurable: true, value: execCommand });
    return told;
  }

  it("is left to the engine: what is completed is written as if it were typed", async () => {
    const app = await opened();
    const told = engine();
    await type(app, "ok :thumbs");
    await app.user.keyboard("{Enter}");
    await settled();
    expect(told).toEqual([["insertText", "👍", 3, 10]]);
    expect(app.model.composer?.text).toBe("ok 👍");
  });

  it("of an emoji brings its name back, which stays", async () => {
    const app = await opened();
    const told = engine();
    await type(app, ":thumbs_up:");
    expect(told).toEqual([["insertText", "👍", 0, 11]]);
    field().value = ":thumbs_up:";
    await fireEvent.input(field(), { inputType: "historyUndo", data: null });
    await settled();
    expect(told).toHaveLength(1);
    expect(app.model.composer?.text).toBe(":thumbs_up:");
  });

  it("also works for people who were mentioned", async () => {
    const app = await openApp("groups");
    await app.model.openConversation(groupOf(1));
    await settled();
    const told = engine();
    await type(app, "@el");
    await app.user.keyboard("{Enter}");
    await settled();
    expect(told).toEqual([["insertText", "@Élodie ", 0, 3]]);
    expect(app.model.composer?.body).toMatch(/^@05[0-9a-f]{64} $/u);
  });
});

describe("an input method", () => {
  it("sends nothing and chooses nothing while it composes", async () => {
    const app = await opened();
    await type(app, ":thumbs");
    for (const key of [{ isComposing: true }, { keyCode: 229 }]) {
      await fireEvent.keyDown(field(), { key: "Enter", ...key });
      await settled();
    }
    expect(field().value).toBe(":thumbs");
    expect(argumentsOf(app, "sendMessage")).toEqual([]);
    expect(has("emoji-list")).toBe(true);
  });
});

describe("a text that is too long", () => {
  it.each([
    ["en", "50 characters too many: a message has at most 2,000."],
    ["fr", "50 caractères de trop : un message en compte au plus 2 000."],
  ] as const)("says so beside the field, and Enter says it aloud and sends nothing, %s", async (language, words) => {
    const app = await opened(language);
    const plain = (text: string | null): string => (text ?? "").replace(/\s/gu, " ");
    await fireEvent.input(field(), { target: { value: "y".repeat(2_000) } });
    await settled();
    expect(has("composer-too-long")).toBe(false);
    await fireEvent.input(field(), { target: { value: "y".repeat(2_050) } });
    await settled();
    expect(plain(get("composer-too-long").textContent)).toBe(words);
    expect(field().getAttribute("aria-describedby")).toBe(get("composer-too-long").id);
    expect(plain(get("composer-send").title)).toBe(words);
    await fireEvent.keyDown(field(), { key: "Enter" });
    await settled();
    expect(plain(app.model.announcer.texts.join(""))).toBe(words);
    expect(argumentsOf(app, "sendMessage")).toEqual([]);
  });
});

describe("spelling", () => {
  it("is checked as the settings say", async () => {
    const app = await opened();
    expect(field().getAttribute("spellcheck")).toBe("true");
    await app.model.settings.change({ spellCheck: false });
    await settled();
    expect(field().getAttribute("spellcheck")).toBe("false");
  });
});

describe("a draft", () => {
  afterEach(() => void vi.useRealTimers());

  it("keeps what it answers, for the next start too", async () => {
    const app = await opened();
    const row = app.fake.messages.get(app.id)![0]!;
    app.model.acts.reply(row);
    await settled();
    await app.model.openConversation(app.fake.rows[1]!.id);
    await settled();
    expect(argumentsOf(app, "setDraft")).toEqual([{ conversation: app.id, text: "", quote: row.id }]);
    expect(app.fake.rows[0]!.draftQuote).toBe(row.id);

    const later = await openApp("main");
    const [first] = later.fake.rows;
    Object.assign(first!, { draft: "peut-être", draftQuote: later.fake.messages.get(first!.id)![0]!.id });
    later.fake.emit({ kind: "resync" });
    await settled();
    await later.model.openConversation(first!.id);
    await settled();
    expect(later.model.composer?.text).toBe("peut-être");
    expect(later.model.composer?.quote?.preview).toContain("Bonjour");
    expect(argumentsOf(later, "setDraft")).toEqual([]);
  });

  it("is kept soon after what it answers was chosen, without a key", async () => {
    const app = await opened();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const row = app.fake.messages.get(app.id)![1]!;
    app.model.acts.reply(row);
    await vi.advanceTimersByTimeAsync(500);
    expect(argumentsOf(app, "setDraft")).toEqual([{ conversation: app.id, text: "", quote: row.id }]);
  });

  it("answers nothing that was deleted meanwhile", async () => {
    const app = await opened();
    const row = app.fake.messages.get(app.id)![0]!;
    app.model.acts.reply(row);
    await settled();
    expect(has("quote-bar")).toBe(true);
    await app.fake.deleteMessages([row.id]);
    await settled();
    expect(has("quote-bar")).toBe(false);
    await app.model.composer?.saveDraft();
    expect(app.fake.rows[0]!.draftQuote).toBeNull();
  });
});
