import { fireEvent } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";

import { Composer } from "../../state/composer.svelte";
import { all, get, openApp, settled, type Opened } from "../../testing/app";
import { hindrances } from "../../testing/hindrances";

type App = Opened & { id: string };

async function opened(language: "en" | "fr" = "en"): Promise<App> {
  const app = await openApp("voice", { language });
  const { id } = app.fake.rows[0]!;
  await app.model.openConversation(id);
  await settled();
  return { ...app, id };
}

function has(testid: string): boolean {
  return all(testid).length > 0;
}

function argumentsOf({ fake }: Opened, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

async function click({ user }: Opened, testid: string, within: ParentNode = document): Promise<void> {
  const element = within.querySelector(`[data-testid="${testid}"]`);
  if (element === null) throw new Error(`no ${testid} to click`);
  await user.click(element);
  await settled();
}

async function hear({ fake }: Opened, ms: number, level?: number): Promise<void> {
  fake.hear(ms, level);
  await settled();
}

async function speak({ fake }: Opened, ms: number): Promise<void> {
  fake.speak(ms);
  await settled();
}

afterEach(() => void vi.useRealTimers());

describe("a voice message by click", () => {
  it("is recorded, paused, heard and sent", async () => {
    const app = await opened();
    await click(app, "voice-record");
    expect(has("composer-input")).toBe(false);
    expect(document.activeElement).toBe(get("voice-pause"));
    await hear(app, 2_000, 80);
    expect(get("voice-time").textContent).toBe("0:02");
    expect(get("voice-level").getAttribute("aria-valuenow")).toBe("80");
    await click(app, "voice-pause");
    await hear(app, 5_000);
    expect(get("voice-time").textContent).toBe("0:02");
    expect(document.activeElement).toBe(get("voice-resume"));
    await click(app, "voice-resume");
    await hear(app, 1_000);
    await click(app, "voice-stop");
    expect(get("voice-time").textContent).toBe("0:03");
    await click(app, "voice-listen");
    expect(app.fake.voiceNow.playback).toMatchObject({ sound: { kind: "staged", file: "voice-1" }, state: "playing" });
    await click(app, "voice-send");
    expect(app.fake.voiceNow.playback).toBeNull();
    expect(argumentsOf(app, "sendMessage")[0]).toMatchObject({
      conversation: app.id,
      body: "",
      attachments: ["voice-1"],
    });
    const sent = app.fake.messages.get(app.id)!.at(-1)!;
    expect(sent).toMatchObject({ isOwn: true, attachments: [{ kind: "voice", durationMs: 3_000 }] });
    expect(all("voice-message").at(-1)!.closest<HTMLElement>("[data-message-id]")!.dataset["messageId"]).toBe(sent.id);
    expect(document.activeElement).toBe(get("composer-input"));
  });

  it("says how far it is while it goes out, and can be stopped", async () => {
    const app = await opened();
    await click(app, "voice-record");
    expect(argumentsOf(app, "voiceRecord")).toEqual([app.id]);
    await hear(app, 3_000);
    await click(app, "voice-send");
    const sent = app.fake.messages.get(app.id)!.at(-1)!;
    app.fake.setFile(sent.id, 0, { state: "uploading", doneBytes: 10 });
    await settled();
    const row = document.querySelector(`[data-message-id="${sent.id}"]`)!;
    expect(row.querySelector("[data-testid=voice-toggle]")).not.toBeNull();
    await click(app, "file-stop", row);
    expect(argumentsOf(app, "cancelTransfer")).toHaveLength(1);
  });

  it("answers what the composer answers", async () => {
    const app = await opened();
    const row = app.fake.messages.get(app.id)![0]!;
    app.model.acts.reply(row);
    await settled();
    await click(app, "voice-record");
    await hear(app, 1_500);
    await click(app, "voice-send");
    expect(argumentsOf(app, "sendMessage")[0]).toMatchObject({ quote: row.id, attachments: ["voice-1"] });
    expect(has("quote-bar")).toBe(false);
  });

  it("is begun by key, and kept by Escape", async () => {
    const app = await opened();
    get("voice-record").focus();
    await app.user.keyboard("{Enter}");
    await settled();
    await hear(app, 2_000);
    await app.user.keyboard("{Escape}");
    await settled();
    expect(argumentsOf(app, "voiceFinish")).toHaveLength(1);
    expect(document.activeElement).toBe(get("voice-listen"));
  });

  it("waits where it was spoken, and is heard nowhere else", async () => {
    const app = await opened();
    await click(app, "voice-record");
    await hear(app, 2_000);
    await app.model.openConversation(app.fake.rows[1]!.id);
    await settled();
    expect(has("voice-bar")).toBe(false);
    expect(app.fake.voiceNow.recording).toBeNull();
    await app.model.openConversation(app.id);
    await settled();
    expect(get("voice-time").textContent).toBe("0:02");
    await click(app, "voice-discard");
    expect(argumentsOf(app, "discardStagedFile")).toEqual([["voice-1", app.id]]);
    expect(has("voice-bar")).toBe(false);
  });

  it("stands in the draft, and is there after a restart", async () => {
    const app = await opened();
    await click(app, "voice-record");
    await hear(app, 2_000);
    await click(app, "voice-stop");
    expect(argumentsOf(app, "voiceFinish")).toEqual([app.id]);
    expect(app.fake.rows[0]!.stagedFiles).toBe(1);
    const composer = new Composer(app.fake, app.fake.rows[0]!);
    await settled();
    expect(composer.voice).toMatchObject({ file: "voice-1", lengthMs: 2_000 });
    expect(composer.staging.files).toEqual([]);
    expect(composer.isEmpty).toBe(true);
    // A late answer brings nothing back that went.
    const late = composer.staging.load();
    await Promise.all([late, composer.sendVoice(composer.voice!)]);
    expect(composer.voice).toBeNull();
    expect(app.fake.rows[0]!.stagedFiles).toBe(0);
  });

  it.each([
    ["en", "The recording is still here. The disk is full"],
    ["fr", "L’enregistrement est toujours là. Le disque est plein"],
  ] as const)("that cannot be kept is not lost, and that is said, %s", async (language, words) => {
    const app = await opened(language);
    await click(app, "voice-record");
    await hear(app, 2_000);
    app.fake.failing.set("voiceFinish", "diskFull");
    await click(app, "voice-stop");
    expect(get("voice-note").textContent).toContain(words);
    expect(has("voice-problem")).toBe(false);
    expect(has("voice-resume")).toBe(false);
    expect(get("voice-time").textContent).toBe("0:02");
    app.fake.failing.clear();
    await click(app, "voice-send");
    expect(argumentsOf(app, "sendMessage")[0]).toMatchObject({ attachments: ["voice-1"] });
    expect(has("voice-bar")).toBe(false);
  });

  it("is given up while it is recorded", async () => {
    const app = await opened();
    await click(app, "voice-record");
    await hear(app, 2_000);
    await click(app, "voice-discard");
    expect(argumentsOf(app, "voiceRecording")).toEqual(["discard"]);
    expect(document.activeElement).toBe(get("composer-input"));
  });

  it("comes back when it could not be written down", async () => {
    const app = await opened();
    app.fake.failing.set("sendMessage", "diskFull");
    await click(app, "voice-record");
    await hear(app, 2_000);
    await click(app, "voice-send");
    expect(get("voice-time").textContent).toBe("0:02");
    expect([...document.querySelectorAll("[role=alert]")].map((alert) => alert.textContent)).toContainEqual(
      expect.stringContaining("The recording is still here."),
    );
    app.fake.failing.clear();
    await click(app, "voice-send");
    expect(argumentsOf(app, "sendMessage")).toHaveLength(2);
    expect(has("voice-bar")).toBe(false);
  });

  it("says what it is to those who do not see it", async () => {
    const app = await opened();
    await click(app, "voice-record");
    await hear(app, 2_000);
    expect(app.model.announcer.texts).toContain("Recording");
    expect(await hindrances()).toEqual([]);
    await click(app, "voice-stop");
    expect(await hindrances(get("voice-bar"))).toEqual([]);
  });
});

describe("a voice message by holding", () => {
  /** Presses the microphone until it counts as held. */
  async function held(app: App): Promise<HTMLElement> {
    const button = get("voice-record");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await fireEvent.pointerDown(button, { button: 0, pointerId: 1, clientX: 300 });
    await vi.advanceTimersByTimeAsync(500);
    vi.useRealTimers();
    await settled();
    await hear(app, 2_000);
    return button;
  }

  it("is sent when the button is let go", async () => {
    const app = await opened();
    const button = await held(app);
    expect(get("voice-hint").textContent).toBe("Release to send, move aside to discard");
    await fireEvent.pointerUp(button, { pointerId: 1, clientX: 300 });
    await settled();
    expect(argumentsOf(app, "sendMessage")[0]).toMatchObject({ attachments: ["voice-1"] });
  });

  it("is given up when the pointer has moved away", async () => {
    const app = await opened();
    const button = await held(app);
    await fireEvent.pointerMove(button, { pointerId: 1, clientX: 100 });
    expect(get("voice-hint").textContent).toBe("Release to discard");
    await fireEvent.pointerUp(button, { pointerId: 1, clientX: 100 });
    await settled();
    expect(argumentsOf(app, "voiceRecording")).toEqual(["discard"]);
    expect(argumentsOf(app, "sendMessage")).toEqual([]);
  });

  it("goes on when the system takes the pointer away", async () => {
    const app = await opened();
    const button = await held(app);
    await fireEvent.pointerCancel(button, { pointerId: 1 });
    await settled();
    expect(argumentsOf(app, "voiceFinish")).toEqual([]);
    expect(has("voice-stop")).toBe(true);
  });
});

describe("what stands in the way of a voice message", () => {
  it.each([
    ["en", "No microphone was found. Connect one, then try again."],
    ["fr", "Aucun micro"],
  ] as const)("is said plainly without a microphone, %s", async (language, words) => {
    const app = await opened(language);
    app.fake.failing.set("voiceRecord", "noMicrophone");
    await click(app, "voice-record");
    expect(get("voice-problem").textContent).toContain(words);
    expect(get("voice-problem").getAttribute("role")).toBe("alert");
    expect(document.activeElement).toBe(get("composer-input"));
    await app.user.keyboard("a");
    await settled();
    expect(has("voice-problem")).toBe(false);
  });

  it("is a recording shorter than a second", async () => {
    const app = await opened();
    await click(app, "voice-record");
    await hear(app, 600);
    await click(app, "voice-stop");
    expect(get("voice-problem").textContent).toContain("at least a second");
    expect(has("voice-bar")).toBe(false);
  });

  it("is a microphone that is unplugged: what was heard before is kept", async () => {
    const app = await opened();
    await click(app, "voice-record");
    await hear(app, 3_000);
    app.fake.unplug();
    await settled();
    expect(get("voice-note").textContent).toContain("What was recorded before that is kept.");
    await click(app, "voice-stop");
    expect(get("voice-time").textContent).toBe("0:03");
  });

  it("is the end of five minutes", async () => {
    const app = await opened();
    await click(app, "voice-record");
    await hear(app, 280_000);
    expect(get("voice-time").textContent).toBe("4:40 of 5:00");
    await hear(app, 60_000);
    expect(get("voice-note").textContent).toContain("five minutes");
    expect(has("voice-pause")).toBe(false);
    expect(has("voice-resume")).toBe(false);
    await click(app, "voice-send");
    expect(argumentsOf(app, "sendMessage")).toHaveLength(1);
  });

  it("is somebody who has not accepted", async () => {
    const app = await openApp("voice");
    const stranger = app.fake.rows.find((row) => !row.hasApprovedMe)!;
    await app.model.openConversation(stranger.id);
    await settled();
    expect(get("voice-record").getAttribute("aria-disabled")).toBe("true");
    expect(get("voice-record").title).toContain("you can send text only");
    await click(app, "voice-record");
    expect(argumentsOf(app, "voiceRecord")).toEqual([]);
    expect([...document.querySelectorAll("[role=status]")].map((note) => note.textContent)).toContainEqual(
      expect.stringContaining("you can send text only"),
    );
  });
});

describe("a voice message that came", () => {
  const time = (row: HTMLElement): string => row.querySelector(".time")!.textContent;
  const track = (row: HTMLElement): HTMLElement => row.querySelector("[role=slider]")!;

  it.each([
    ["en", "Play the voice message", "Pause the voice message", "0:03 of 0:12"],
    ["fr", "Lire le message vocal", "Mettre le message vocal en pause", "0:03 sur 0:12"],
  ] as const)("is played and paused, and shows where it is, %s", async (language, play, pause, place) => {
    const app = await opened(language);
    const [first] = all("voice-message") as [HTMLElement];
    const toggle = first.querySelector("[data-testid=voice-toggle]")!;
    expect(toggle.getAttribute("aria-label")).toBe(play);
    expect(time(first)).toBe("0:12");
    await click(app, "voice-toggle", first);
    expect(toggle.getAttribute("aria-label")).toBe(pause);
    await speak(app, 3_000);
    expect(time(first)).toBe("0:03");
    expect(track(first).getAttribute("aria-valuetext")).toBe(place);
    expect(first.querySelector("svg[data-heard]")!.getAttribute("data-heard")).toBe("12");
    await click(app, "voice-toggle", first);
    expect(app.fake.voiceNow.playback?.state).toBe("paused");
    expect(await hindrances(get("timeline"))).toEqual([]);
  });

  it("goes to a place by key and by pointer", async () => {
    const app = await opened();
    const [first] = all("voice-message") as [HTMLElement];
    await click(app, "voice-toggle", first);
    track(first).focus();
    await app.user.keyboard("{ArrowRight}");
    await settled();
    expect(app.fake.voiceNow.playback?.positionMs).toBe(5_000);
    await app.user.keyboard("{Home}");
    await settled();
    expect(app.fake.voiceNow.playback?.positionMs).toBe(0);
    track(first).getBoundingClientRect = () => ({ left: 100, width: 200 }) as DOMRect;
    await fireEvent.pointerDown(track(first), { button: 0, pointerId: 1, clientX: 150 });
    await fireEvent.pointerMove(track(first), { pointerId: 1, clientX: 200 });
    expect(track(first).getAttribute("aria-valuenow")).toBe("6");
    await fireEvent.pointerUp(track(first), { pointerId: 1, clientX: 200 });
    await settled();
    expect(app.fake.voiceNow.playback?.positionMs).toBe(6_000);
  });

  it("begins where one clicks", async () => {
    const app = await opened();
    const second = all("voice-message")[1]!;
    track(second).focus();
    await app.user.keyboard("{PageUp}");
    await settled();
    expect(argumentsOf(app, "voicePlay")).toEqual([expect.objectContaining({ fromMs: 15_000, speedPercent: 100 })]);
  });

  it("plays faster, and so does the next one", async () => {
    const app = await opened();
    const [first, second] = all("voice-message") as [HTMLElement, HTMLElement];
    const speed = first.querySelector("[data-testid=voice-speed]")!;
    await click(app, "voice-toggle", first);
    await click(app, "voice-speed", first);
    expect(speed.textContent).toBe("1.5×");
    expect(argumentsOf(app, "voicePlayback")).toEqual([{ kind: "speed", percent: 150 }]);
    await click(app, "voice-speed", first);
    await click(app, "voice-toggle", second);
    expect(argumentsOf(app, "voicePlay")[1]).toMatchObject({ speedPercent: 200 });
    await click(app, "voice-speed", second);
    expect(app.model.voice.speed).toBe(100);
  });

  it("is followed by the next one that is here, and no further", async () => {
    const app = await opened();
    const [first, second] = all("voice-message") as [HTMLElement, HTMLElement];
    await click(app, "voice-toggle", first);
    await speak(app, 20_000);
    expect(second.dataset["state"]).toBe("playing");
    await speak(app, 60_000);
    // The third is on the server, the fourth is ours.
    expect(argumentsOf(app, "voicePlay")).toHaveLength(2);
    expect(app.fake.voiceNow.playback?.state).toBe("ended");
  });

  it("stays alone where the settings say so", async () => {
    const app = await opened();
    app.model.navigation.showSettings("conversations");
    await settled();
    await click(app, "play-next-voice");
    expect(app.fake.settings.playNextVoice).toBe(false);
    await app.model.openConversation(app.id);
    app.model.navigation.show("conversations");
    await settled();
    await click(app, "voice-toggle", all("voice-message")[0]);
    await speak(app, 20_000);
    expect(argumentsOf(app, "voicePlay")).toHaveLength(1);
  });

  it("is fetched in order to be heard", async () => {
    const app = await opened();
    await click(app, "voice-fetch");
    expect(argumentsOf(app, "downloadAttachment")).toHaveLength(1);
    await settled();
    expect(argumentsOf(app, "voicePlay")).toHaveLength(1);
    expect(has("voice-fetch")).toBe(false);
  });

  it("is silent once its message is deleted", async () => {
    const app = await opened();
    const spoken = app.fake.messages.get(app.id)!.find((row) => row.attachments[0]?.kind === "voice")!;
    await click(app, "voice-toggle", all("voice-message")[0]);
    await app.fake.deleteMessages([spoken.id]);
    await settled();
    expect(app.model.voice.playback).toBeNull();
    expect(all("voice-message")).toHaveLength(3);
  });

  it("says what keeps it from being heard", async () => {
    const app = await opened();
    app.fake.failing.set("voicePlay", "noSpeaker");
    await click(app, "voice-toggle", all("voice-message")[0]);
    expect(app.model.toasts.list[0]?.text).toContain("No loudspeaker");
  });

  it("plays on in another conversation, where it can be stopped, and leads back", async () => {
    const app = await opened();
    await click(app, "voice-toggle", all("voice-message")[0]);
    expect(has("playing-bar")).toBe(false);
    await app.model.openConversation(app.fake.rows[1]!.id);
    await settled();
    expect(get("playing-bar").getAttribute("aria-label")).toBe("Playing from Élodie");
    await click(app, "playing-toggle");
    expect(app.fake.voiceNow.playback?.state).toBe("paused");
    await click(app, "playing-show");
    expect(app.model.timeline?.conversation).toBe(app.id);
    expect(has("playing-bar")).toBe(false);
    await app.model.openConversation(app.fake.rows[1]!.id);
    await settled();
    await click(app, "playing-end");
    expect(app.fake.voiceNow.playback).toBeNull();
    expect(has("playing-bar")).toBe(false);
  });

  it("is told with its length", async () => {
    await opened();
    const [first] = all("voice-message") as [HTMLElement];
    expect(first.closest("[data-testid=message]")?.getAttribute("aria-label")).toContain("Voice message, 0:12");
  });
});
