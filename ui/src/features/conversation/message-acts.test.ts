import { describe, expect, it } from "vitest";

import type { MessageRow } from "../../ipc/backend";
import { AppError, apiError } from "../../ipc/errors";
import { attachment } from "../../ipc/fake/files-seed";
import { message, NOW } from "../../ipc/fake/seed";
import { loadEmoji } from "../../lib/emoji/emoji";
import { all, get, openApp, settled, type Opened } from "../../testing/app";

type App = Opened & { rows: () => MessageRow[] };

async function opened(options: Parameters<typeof openApp>[1] = {}, arrange?: (app: App) => void): Promise<App> {
  const app = await openApp("acts", options);
  const id = app.fake.rows[0]!.id;
  const whole = { ...app, rows: () => app.fake.messages.get(id)! };
  arrange?.(whole);
  await app.model.openConversation(id, false);
  await settled();
  return whole;
}

function has(testid: string): boolean {
  return all(testid).length > 0;
}

function rowWith(text: string): HTMLElement {
  return all("message").find((row) => row.querySelector(".text")?.textContent.includes(text))!;
}

function argumentsOf({ fake }: Opened, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

async function menuOf(app: Opened, row: HTMLElement): Promise<string[]> {
  row.focus();
  await app.user.keyboard("{Enter}");
  await settled();
  return [...document.querySelectorAll("[role=menuitem]")].map((item) => item.querySelector("span")?.textContent ?? "");
}

async function choose(app: Opened, label: string): Promise<void> {
  const items = [...document.querySelectorAll<HTMLElement>("[role=menuitem]")];
  await app.user.click(items.find((item) => item.querySelector("span")?.textContent === label)!);
  await settled();
}

describe("an answer", () => {
  it("is begun by the bar that appears under the pointer, and shows what it answers", async () => {
    const app = await opened();
    const original = rowWith("On se retrouve demain");
    expect(has("hover-bar")).toBe(false);
    await app.user.hover(original);
    await settled();
    await app.user.click(get("hover-reply"));
    await settled();
    expect(get("quote-bar").textContent).toContain("Élodie");
    expect(get("quote-bar").textContent).toContain("On se retrouve demain");
    expect(document.activeElement).toBe(get("composer-input"));
    await app.user.keyboard("Entendu{Enter}");
    await settled();
    expect(argumentsOf(app, "sendMessage")[0]).toMatchObject({ body: "Entendu", quote: original.dataset["messageId"] });
    expect(has("quote-bar")).toBe(false);
    expect(rowWith("Entendu").querySelector("[data-testid=message-quote]")?.textContent).toContain("On se retrouve");
  });

  it("is begun by key, and given up by Escape without losing the text", async () => {
    const app = await opened();
    rowWith("On se retrouve demain").focus();
    await app.user.keyboard("{Control>}{Shift>}r{/Shift}{/Control}");
    await settled();
    expect(has("quote-bar")).toBe(true);
    await app.user.type(get("composer-input"), "peut-être");
    await app.user.keyboard("{Escape}");
    await settled();
    expect(has("quote-bar")).toBe(false);
    expect((get("composer-input") as HTMLTextAreaElement).value).toBe("peut-être");
  });

  it("keeps what it answers when it could not be written down", async () => {
    const app = await opened();
    app.fake.failing.set("sendMessage", "diskFull");
    app.model.acts.reply(app.rows()[0]!);
    await settled();
    await app.user.type(get("composer-input"), "x{Enter}");
    await settled();
    expect(has("quote-bar")).toBe(true);
  });

  it("leads to the original", async () => {
    const app = await opened();
    const answer = rowWith("À demain, au marché");
    await app.user.click(answer.querySelector("[data-testid=message-quote]")!);
    await settled();
    expect(document.activeElement).toBe(rowWith("envoyé le plan"));
    expect(document.activeElement!.classList.contains("found")).toBe(true);
  });

  it("leads to an original that is many pages away", async () => {
    const app = await openApp("big");
    const { id } = app.fake.rows[0]!;
    const answer = message("answer", id, { text: "tout au début", at: NOW });
    answer.quote = { ...app.fake.quoteOf("L500")!, preview: "far" };
    app.fake.messages.set(id, [answer]);
    await app.model.openConversation(id, false);
    await settled();
    await app.user.click(get("message-quote"));
    await settled();
    expect(argumentsOf(app, "listMessages")).toContainEqual(
      expect.objectContaining({ anchor: { at: "around", message: "L500" } }),
    );
    expect((document.activeElement as HTMLElement).dataset["messageId"]).toBe("L500");
    expect(has("jump-to-bottom")).toBe(true);
  });

  it.each([
    ["en", "The original message was deleted"],
    ["fr", "Le message d’origine a été supprimé"],
  ] as const)("says when the original is gone, and leads nowhere then, %s", async (language, words) => {
    await opened({ language });
    const quote = rowWith("envoyé le plan").querySelector("[data-testid=message-quote]")!;
    expect(quote.textContent).toContain(words);
    expect(quote.tagName).toBe("DIV");
  });

  it("is offered for nothing that the other does not have", async () => {
    const app = await opened();
    const failed = all("message").find((row) => row.dataset["state"] === "failed")!;
    expect(await menuOf(app, failed)).not.toContain("Reply");
    await app.user.keyboard("{Escape}");
    await settled();
    expect(await menuOf(app, rowWith("On se retrouve demain"))).toEqual([
      "Reply",
      "React",
      "Copy text",
      "Copy account ID of the author",
      "Forward",
      "Select",
      "Message info",
      "Block",
      "Delete on this device",
    ]);
  });
});

describe("what an answer shows", () => {
  it.each([
    ["en", "picture", "Picture"],
    ["en", "voice", "Voice message"],
    ["fr", "file", "Fichier"],
  ] as const)("of a file without words is what it is, %s, %s", async (language, kind, words) => {
    const app = await opened({ language }, ({ rows }) =>
      Object.assign(rows()[0]!, {
        body: { kind: "text", text: "", truncated: false },
        attachments: [attachment(kind)],
      }),
    );
    app.model.acts.reply(app.rows()[0]!);
    await settled();
    expect(get("quote-bar").textContent).toContain(words);
    await app.user.type(get("composer-input"), "Voilà{Enter}");
    await settled();
    const block = rowWith("Voilà").querySelector("[data-testid=message-quote]")!;
    expect(block.textContent).toContain(words);
    const picture = block.querySelector("img");
    expect(picture?.getAttribute("src") ?? null).toBe(
      kind === "picture" ? "nous-media://localhost/thumbnail/picture-0" : null,
    );
  });

  it("of a picture is gone with it", async () => {
    const app = await opened({}, ({ rows, fake }) => {
      rows()[0]!.attachments = [attachment("picture")];
      rows()[2]!.quote = { ...fake.quoteOf(rows()[0]!.id)!, message: null, isDeleted: true };
    });
    expect(all("quote-picture")).toEqual([]);
    app.model.acts.reply(app.rows()[0]!);
    await settled();
    expect(has("quote-picture")).toBe(true);
    await app.fake.deleteMessages([app.rows()[0]!.id]);
    await settled();
    expect([has("quote-bar"), has("quote-picture")]).toEqual([false, false]);
  });
});

describe("the time of a message within a run", () => {
  it("stands beside it for the pointer and the focus, with its date", async () => {
    await opened();
    const [first, last] = [rowWith("Bonjour"), rowWith("envoyé le plan")];
    const time = first.querySelector<HTMLElement>("[data-testid=message-time]")!;
    expect(time.textContent).toMatch(/\d/u);
    expect(time.title).toContain(String(new Date(NOW).getFullYear()));
    expect(last.querySelector("[data-testid=message-time]")).toBeNull();
    expect(last.querySelector("time")?.title).toContain(String(new Date(NOW).getFullYear()));
  });
});

describe("a long text", () => {
  it("is copied whole, alone and among others", async () => {
    const app = await opened({}, ({ rows }) => {
      rows()[0]!.body = { kind: "text", text: "Le début", truncated: true };
    });
    const [{ id }] = app.rows() as [MessageRow, ...MessageRow[]];
    const info = app.fake.getMessageInfo.bind(app.fake);
    app.fake.getMessageInfo = async (asked) => {
      const fullText = asked === id ? "Le début et la fin" : "";
      return { ...(await info(asked)), fullText };
    };
    rowWith("Le début").focus();
    await app.user.keyboard("{Control>}c{/Control}");
    await settled();
    app.model.timeline!.selection.begin(app.rows()[0]!);
    app.model.timeline!.selection.toggle(app.rows()[3]!);
    await settled();
    await app.user.click(get("select-copy"));
    await settled();
    expect(argumentsOf(app, "copyText")).toEqual([
      "Le début et la fin",
      "Le début et la fin\nParfait. Tu peux inviter Anne, elle est dans tes contacts.",
    ]);
  });

  it("is not copied in part when the rest cannot be had", async () => {
    const app = await opened({}, ({ rows }) => {
      rows()[0]!.body = { kind: "text", text: "Le début", truncated: true };
    });
    app.fake.getMessageInfo = () => Promise.reject(new AppError(apiError("messageNotFound")));
    rowWith("Le début").focus();
    await app.user.keyboard("{Control>}c{/Control}");
    await settled();
    expect(argumentsOf(app, "copyText")).toEqual([]);
    expect(app.model.toasts.list[0]?.text).toBe("This message is no longer there.");
  });
});

describe("reactions", () => {
  const chips = (): HTMLElement[] => [...rowWith("À demain, au marché").querySelectorAll<HTMLElement>("li button")];

  it("say who reacted, and toggle the own one", async () => {
    const app = await opened();
    const id = rowWith("À demain, au marché").dataset["messageId"];
    expect(chips().map((chip) => chip.getAttribute("aria-label"))).toEqual([
      "👍 from Élodie and you",
      "🥰 from Élodie",
    ]);
    expect(chips().map((chip) => chip.getAttribute("aria-pressed"))).toEqual(["true", "false"]);
    await app.user.click(chips()[0]!);
    await settled();
    await app.user.click(chips()[1]!);
    await settled();
    expect(argumentsOf(app, "react")).toEqual([
      [id, "👍", true],
      [id, "🥰", false],
    ]);
    expect(chips().map((chip) => chip.getAttribute("aria-label"))).toEqual([
      "👍 from Élodie",
      "🥰 from Élodie and you",
    ]);
  });

  it("are given by key from the six recent ones, and the focus comes back", async () => {
    const app = await opened();
    const row = rowWith("On se retrouve demain");
    row.focus();
    await app.user.keyboard("{Control>}{Shift>}e{/Shift}{/Control}");
    await settled();
    expect(all("quick-reaction").map((button) => button.textContent)).toEqual(app.fake.recent);
    expect(document.activeElement).toBe(all("quick-reaction")[0]);
    await app.user.keyboard("{ArrowRight}{Enter}");
    await settled();
    expect(argumentsOf(app, "react")).toEqual([[row.dataset["messageId"], "🥰", false]]);
    expect(has("quick-reaction")).toBe(false);
    expect(document.activeElement).toBe(row);
  });

  it("are found by name among all emoji, in a colour of skin", async () => {
    const app = await opened();
    await loadEmoji("en");
    await app.user.hover(rowWith("On se retrouve demain"));
    await settled();
    await app.user.click(get("hover-react"));
    await settled();
    await app.user.click(get("reaction-more"));
    await settled();
    await app.user.click(all("emoji-tone")[3]!);
    await app.user.type(get("emoji-search"), "thumbs up");
    await settled();
    expect(all("emoji-choice")).toHaveLength(1);
    await app.user.keyboard("{Enter}");
    await settled();
    expect(argumentsOf(app, "react")).toEqual([[expect.any(String), "👍🏽", false]]);
    expect(app.model.acts.tone).toBe(3);
  });

  it("say when they are too many within a minute", async () => {
    const app = await opened();
    app.fake.failing.set("react", "tooManyReactions");
    await app.user.click(chips()[1]!);
    await settled();
    expect(app.model.toasts.list[0]?.text).toContain("too many reactions");
  });

  it("list everybody by the right button", async () => {
    const app = await opened();
    await app.user.pointer({ target: chips()[0]!, keys: "[MouseRight]" });
    await settled();
    expect(document.querySelector("[role=menu]")).toBeNull();
    expect(document.querySelector("[role=dialog]")?.textContent).toContain("Élodie");
    expect(document.querySelector("[role=dialog]")?.textContent).toContain("You");
  });

  it("are not offered to somebody who has not accepted", async () => {
    const app = await opened({}, ({ fake }) => Object.assign(fake.rows[0]!, { hasApprovedMe: false }));
    const labels = await menuOf(app, rowWith("On se retrouve demain"));
    expect(labels).toContain("Reply");
    expect(labels).not.toContain("React");
  });
});

describe("selecting", () => {
  async function selecting(): Promise<App> {
    const app = await opened();
    await menuOf(app, rowWith("On se retrouve demain"));
    await choose(app, "Select");
    return app;
  }

  const count = (): string => get("select-count").textContent;

  it("makes every message one thing to choose, by pointer and by key", async () => {
    const app = await selecting();
    const row = rowWith("On se retrouve demain");
    expect([row.getAttribute("role"), row.getAttribute("aria-checked")]).toEqual(["checkbox", "true"]);
    expect(has("composer-input")).toBe(false);
    expect(count()).toBe("1 message selected");
    await app.user.click(rowWith("Vers 10 h"));
    await settled();
    expect(count()).toBe("2 messages selected");
    rowWith("Vers 10 h").focus();
    await app.user.keyboard(" ");
    await settled();
    expect(count()).toBe("1 message selected");
    await app.user.keyboard("{Shift>}{ArrowDown}{/Shift}");
    await settled();
    expect(count()).toBe("3 messages selected");
    await app.user.keyboard("{Escape}");
    await settled();
    expect(has("select-bar")).toBe(false);
    expect(rowWith("Vers 10 h").getAttribute("role")).toBe("article");
  });

  it("takes everything by key, and lines about the conversation never", async () => {
    const app = await selecting();
    rowWith("Vers 10 h").focus();
    await app.user.keyboard("{Control>}a{/Control}");
    await settled();
    expect(count()).toBe(`${all("message").length} messages selected`);
    expect(get("message-event").getAttribute("role")).toBe("article");
  });

  it("deletes all of them after one question", async () => {
    const app = await selecting();
    await app.user.click(rowWith("Vers 10 h"));
    await settled();
    await app.user.click(get("select-delete"));
    await settled();
    expect(document.querySelector("[role=alertdialog] h2")?.textContent).toBe("Delete 2 messages?");
    await app.user.click(get("confirm"));
    await settled();
    expect((argumentsOf(app, "deleteMessages")[0] as string[]).length).toBe(2);
    expect(has("select-bar")).toBe(false);
    expect(rowWith("Vers 10 h")).toBeUndefined();
  });

  it("copies their texts in the order of the conversation", async () => {
    const app = await selecting();
    await app.user.click(rowWith("Parfait"));
    await settled();
    await app.user.click(get("select-copy"));
    await settled();
    expect(argumentsOf(app, "copyText")).toEqual([
      "Parfait. Tu peux inviter Anne, elle est dans tes contacts.\nOn se retrouve demain ?",
    ]);
  });
});

describe("a message that waits", () => {
  it("is taken back into the composer, before what stands there", async () => {
    const app = await opened();
    await app.user.type(get("composer-input"), "après");
    await menuOf(app, rowWith("J’apporte les graines"));
    await choose(app, "Edit before it goes");
    expect((get("composer-input") as HTMLTextAreaElement).value).toBe("J’apporte les graines de tomates\naprès");
    expect(rowWith("J’apporte les graines")).toBeUndefined();
    expect(document.activeElement).toBe(get("composer-input"));
  });

  it("comes back with what it answers and its files", async () => {
    const app = await opened({}, ({ fake, rows }) => {
      const waiting = rows().find((row) => row.state === "queued")!;
      waiting.quote = fake.quoteOf(rows()[0]!.id);
      waiting.attachments = [attachment("picture", 0, { state: "queued" })];
    });
    await menuOf(app, rowWith("J’apporte les graines"));
    await choose(app, "Edit before it goes");
    expect((get("composer-input") as HTMLTextAreaElement).value).toBe("J’apporte les graines de tomates");
    expect(get("quote-bar").textContent).toContain("Bonjour");
    expect(all("staged-file")).toHaveLength(1);
  });

  it("is not offered to be changed once something of it may have left, but to be deleted", async () => {
    const app = await opened({}, ({ rows }) => {
      for (const row of rows()) if (row.state === "queued" || row.state === "failed") row.mayHaveLeft = true;
    });
    const waiting = await menuOf(app, rowWith("J’apporte les graines"));
    expect(waiting).not.toContain("Edit before it goes");
    expect(waiting).toContain("Delete on this device");
    await app.user.keyboard("{Escape}");
    await settled();
    const failed = await menuOf(app, rowWith("Et le plan du jardin"));
    expect(failed).not.toContain("Edit and send again");
    expect(failed).toContain("Try again");
  });
});

describe("a message that failed", () => {
  const failed = (): HTMLElement => all("message").find((row) => row.dataset["state"] === "failed")!;

  it("is taken back to be changed, and its text is kept before anything else happens", async () => {
    const app = await opened();
    await app.user.type(get("composer-input"), "après");
    await menuOf(app, failed());
    await choose(app, "Edit and send again");
    expect((get("composer-input") as HTMLTextAreaElement).value).toBe("Et le plan du jardin\naprès");
    const calls = app.fake.calls.map((call) => call.name);
    expect(calls.indexOf("setDraft")).toBeLessThan(calls.indexOf("takeBackQueued"));
    expect(app.fake.rows[0]!.draft).toBe("Et le plan du jardin\naprès");
    expect(rowWith("Et le plan du jardin")).toBeUndefined();
  });

  it("says so when it may have left", async () => {
    const app = await opened();
    app.fake.failing.set("takeBackQueued", "notDeletable");
    await menuOf(app, failed());
    await choose(app, "Edit and send again");
    expect(app.model.toasts.list[0]?.text).toContain("may have left already");
    expect((get("composer-input") as HTMLTextAreaElement).value).toBe("");
  });
});

describe("the author", () => {
  it("can be blocked from the menu, after a question", async () => {
    const app = await opened();
    await menuOf(app, rowWith("On se retrouve demain"));
    await choose(app, "Block");
    expect(document.querySelector("[role=alertdialog] h2")?.textContent).toBe("Block Élodie?");
    expect(argumentsOf(app, "setBlocked")).toEqual([]);
    await app.user.click(get("confirm"));
    await settled();
    expect(argumentsOf(app, "setBlocked")).toEqual([{ id: app.fake.rows[0]!.id, blocked: true }]);
    expect(await menuOf(app, rowWith("On se retrouve demain"))).not.toContain("Block");
  });

  it("in a group is asked about by name", async () => {
    const app = await openApp("groups");
    const id = app.fake.rows.find((row) => row.kind === "group" && row.group?.standing === "joined")!.id;
    await app.model.openConversation(id, false);
    await settled();
    const author = app.fake.rows.find((row) => row.name === "Élodie" && row.kind === "person")!;
    const said = app.fake.say(id, { text: "Bonsoir", by: author.accountId });
    await settled();
    await app.model.acts.askToBlock(said);
    await settled();
    expect(document.querySelector("[role=alertdialog] h2")?.textContent).toBe("Block Élodie?");
  });

  it("can be copied as an account ID", async () => {
    const app = await opened();
    await menuOf(app, rowWith("On se retrouve demain"));
    await choose(app, "Copy account ID of the author");
    expect(argumentsOf(app, "copyText")).toEqual([app.fake.rows[0]!.accountId]);
  });
});

describe("what disappears", () => {
  it("shows how much of its time is left, in words and as a ring", async () => {
    const endsAt = Date.now() + 3 * 3_600_000 - 1_000;
    await opened({}, ({ rows }) => {
      rows()[1]!.disappears = { kind: "afterSend", seconds: 43_200, endsAt };
      rows()[0]!.disappears = { kind: "afterRead", seconds: 3_600, endsAt: null };
    });
    const [waiting, running] = all("message-timer");
    expect(waiting!.getAttribute("aria-label")).toBe("1 hour after reading");
    expect(waiting!.querySelector("svg")?.dataset["steps"]).toBe("12");
    expect(running!.getAttribute("aria-label")).toBe("Disappears in 3 hours");
    expect(running!.querySelector("svg")?.dataset["steps"]).toBe("3");
  });

  it("is said in the banner, and set from there", async () => {
    const app = await opened();
    expect(get("conversation-timer").getAttribute("aria-label")).toBe("Disappearing messages: 1 day after sending");
    await app.user.click(get("conversation-timer"));
    await settled();
    expect(document.querySelector("[role=dialog] h2")?.textContent).toBe("Disappearing messages");
  });

  it("can follow what the other has set", async () => {
    const app = await opened();
    const line = all("message-event").at(-1)!;
    expect(line.textContent).toContain("Élodie set their messages to disappear 12 hours after they are read");
    await app.user.click(get("timer-follow"));
    await settled();
    expect(argumentsOf(app, "followTimer")).toEqual([line.dataset["messageId"]]);
    expect(has("timer-follow")).toBe(false);
    expect(all("message-event").at(-1)!.textContent).toContain("You set your messages to disappear 12 hours");
  });

  it("leaves a line where it was deleted for everybody, and one where a file was saved", async () => {
    await opened({ language: "fr" });
    expect(document.body.textContent).toContain("Ce message a été supprimé");
    expect(document.body.textContent).toContain("Élodie a enregistré un fichier que vous avez envoyé");
  });
});

describe("the emoji of the composer", () => {
  it("come by key, and stand where the caret was", async () => {
    const app = await opened();
    await loadEmoji("en");
    const field = get("composer-input") as HTMLTextAreaElement;
    await app.user.type(field, "ab");
    field.setSelectionRange(1, 1);
    await app.user.keyboard("{Control>}e{/Control}");
    await settled();
    expect(document.activeElement).toBe(get("emoji-search"));
    await app.user.type(get("emoji-search"), "tomato{Enter}");
    await settled();
    expect(field.value).toBe("a🍅b");
    expect(document.activeElement).toBe(field);
    expect(has("emoji-picker")).toBe(false);
  });
});
