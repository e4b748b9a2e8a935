import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { AppEvent, EventBatch, SendMessageRequest } from "../ipc/backend";
import { EventStream } from "../ipc/events";
import { FakeBackend } from "../ipc/fake";
import { accountOf, OWN, PHRASE } from "../ipc/fake/seed";
import { settled } from "../testing/app";
import { Composer, LIMIT } from "./composer.svelte";
import { Conversations } from "./conversations.svelte";
import { AppModel } from "./model.svelte";
import { MOST_ROWS, Timeline, type TimelineNews } from "./timeline.svelte";

function called(fake: FakeBackend, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

function written(conversation: string, body: string): SendMessageRequest {
  return { conversation, body, clientToken: body, quote: null, attachments: [], preview: null };
}

describe("events", () => {
  async function stream(): Promise<{ seen: AppEvent[]; send: (batch: EventBatch) => void; acked: number[] }> {
    const fake = new FakeBackend("empty");
    const seen: AppEvent[] = [];
    const acked: number[] = [];
    let send: (batch: EventBatch) => void = () => undefined;
    fake.subscribe = async (onBatch) => {
      send = onBatch;
    };
    fake.ackEvents = async (...args: unknown[]) => void acked.push(args[0] as number);
    const events = new EventStream(fake);
    events.on((event) => void seen.push(event));
    await events.start();
    return { seen, send: (batch) => send(batch), acked };
  }

  it("are acknowledged once applied", async () => {
    const { send, acked } = await stream();
    send({ seq: 1, events: [{ kind: "settingsChanged" }] });
    await settled();
    expect(acked).toEqual([1]);
  });

  it("become a resync after a gap", async () => {
    const { seen, send } = await stream();
    send({ seq: 1, events: [{ kind: "settingsChanged" }] });
    send({ seq: 3, events: [{ kind: "accountChanged" }] });
    await settled();
    expect(seen.map((event) => event.kind)).toEqual(["settingsChanged", "resync"]);
  });

  it("keep where to go and how a job stands across a gap", async () => {
    const { seen, send } = await stream();
    send({ seq: 1, events: [] });
    send({ seq: 4, events: [{ kind: "navigate", conversation: "x" }, { kind: "accountChanged" }] });
    await settled();
    expect(seen.map((event) => event.kind)).toEqual(["navigate", "resync"]);
  });

  it("are acknowledged although a listener fails", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const fake = new FakeBackend("empty");
    const ack = vi.spyOn(fake, "ackEvents");
    const events = new EventStream(fake);
    events.on(() => Promise.reject(new Error("no")));
    await events.start();
    fake.emit({ kind: "accountChanged" });
    await settled();
    expect(ack).toHaveBeenCalledWith(1);
  });
});

describe("timeline", () => {
  async function long(): Promise<{ fake: FakeBackend; timeline: Timeline; id: string }> {
    const fake = new FakeBackend("big");
    const id = fake.rows[0]!.id;
    const timeline = new Timeline(fake, id);
    await timeline.open(0);
    return { fake, timeline, id };
  }

  it("never keeps more than its most rows while paging back, and pages forward to the end again", async () => {
    const { timeline } = await long();
    for (let page = 0; page < 12; page += 1) {
      await timeline.loadOlder();
      expect(timeline.rows.length).toBeLessThanOrEqual(MOST_ROWS);
    }
    expect(timeline.hasNewer).toBe(true);
    while (timeline.hasNewer) {
      await timeline.loadNewer();
      expect(timeline.rows.length).toBeLessThanOrEqual(MOST_ROWS);
    }
    expect(timeline.rows.at(-1)?.id).toBe("L99999");
    const numbers = timeline.rows.map((row) => Number(row.id.slice(1)));
    expect(numbers).toEqual(numbers.map((_, at) => numbers[0]! + at));
  });

  it("opens around the first unread message", async () => {
    const fake = new FakeBackend("empty");
    const id = accountOf(3);
    await fake.openConversation(id);
    const first = fake.receive(id, "0");
    for (let n = 1; n < 120; n += 1) fake.receive(id, String(n));
    const timeline = new Timeline(fake, id);
    await timeline.open(120);
    expect(timeline.firstUnread).toBe(first.id);
    expect(timeline.rows.some((row) => row.id === first.id)).toBe(true);
    expect(timeline.unreadCount).toBe(120);
  });

  it("takes new messages at the end, counts them when the view is elsewhere, and says them", async () => {
    const fake = new FakeBackend("main");
    const id = fake.rows[0]!.id;
    const news: TimelineNews[] = [];
    const timeline = new Timeline(fake, id, (item) => news.push(item));
    await timeline.open(0);
    timeline.isAtBottom = false;
    const row = fake.receive(id, "Et du pain");
    await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [row.id] } });
    expect(timeline.rows.at(-1)?.id).toBe(row.id);
    expect(timeline.newBelow).toBe(1);
    expect(news).toEqual([{ kind: "received", row: expect.objectContaining({ id: row.id }) as unknown }]);
    // A line about the conversation is nothing to read.
    const line = Object.assign(fake.receive(id, ""), { body: { kind: "mediaSaved" }, isUnread: false });
    await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [line.id] } });
    expect(timeline.rows.at(-1)?.id).toBe(line.id);
    expect(timeline.newBelow).toBe(1);
  });

  it("does not jump to the end for a message while older ones are shown", async () => {
    const { fake, timeline, id } = await long();
    for (let page = 0; page < 8; page += 1) await timeline.loadOlder();
    const last = timeline.rows.at(-1)?.id;
    const row = fake.receive(id, "unten");
    await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [row.id] } });
    expect(timeline.rows.at(-1)?.id).toBe(last);
    expect(timeline.newBelow).toBe(1);
    await timeline.toLatest();
    expect(timeline.rows.at(-1)?.id).toBe(row.id);
    expect(timeline.newBelow).toBe(0);
  });

  it("shows a new state of an own message, and says it", async () => {
    const fake = new FakeBackend("main");
    const id = fake.rows[0]!.id;
    const news: TimelineNews[] = [];
    const timeline = new Timeline(fake, id, (item) => news.push(item));
    await timeline.open(0);
    const queued = timeline.rows.find((row) => row.state === "queued")!;
    fake.setState(queued.id, "sent");
    await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [queued.id] } });
    expect(timeline.rows.find((row) => row.id === queued.id)?.state).toBe("sent");
    expect(news.map((item) => item.kind)).toEqual(["state"]);
  });

  it("puts an own message at the end without asking for the page again", async () => {
    const fake = new FakeBackend("main");
    const id = fake.rows[0]!.id;
    const timeline = new Timeline(fake, id);
    await timeline.open(0);
    const before = called(fake, "listMessages").length;
    const row = (await fake.sendMessage(written(id, "at once")))[0]!;
    await timeline.add(row);
    expect(timeline.rows.at(-1)?.id).toBe(row.id);
    expect(called(fake, "listMessages").length).toBe(before);
    await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [row.id] } });
    expect(timeline.rows.filter((shown) => shown.id === row.id)).toHaveLength(1);
  });

  it("asks where an own message stands that is older than the last one", async () => {
    const fake = new FakeBackend("main");
    const id = fake.rows[0]!.id;
    const timeline = new Timeline(fake, id);
    await timeline.open(0);
    const row = (await fake.sendMessage(written(id, "the clock went back")))[0]!;
    const before = called(fake, "listMessages").length;
    await timeline.add({ ...row, sentAt: 5 });
    expect(called(fake, "listMessages").length).toBe(before + 1);
  });

  it("forgets rows that are gone", async () => {
    const fake = new FakeBackend("main");
    const id = fake.rows[0]!.id;
    const timeline = new Timeline(fake, id);
    await timeline.open(0);
    const gone = timeline.rows[2]!.id;
    await fake.deleteMessages([gone]);
    await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [gone] } });
    expect(timeline.rows.some((row) => row.id === gone)).toBe(false);
  });

  it("stays short when hundreds of messages arrive at the end", async () => {
    const fake = new FakeBackend("empty");
    const id = accountOf(3);
    await fake.openConversation(id);
    fake.receive(id, "first");
    const timeline = new Timeline(fake, id);
    await timeline.open(0);
    for (let n = 0; n < 400; n += 1) {
      const row = fake.receive(id, String(n));
      await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [row.id] } });
    }
    expect(timeline.rows.length).toBeLessThanOrEqual(MOST_ROWS);
    expect(timeline.rows.at(-1)?.body).toMatchObject({ text: "399" });
    const before = timeline.rows[0]!.id;
    await timeline.loadOlder();
    expect(Number(timeline.rows.find((row) => row.id === before)?.id)).toBe(Number(before));
    expect(new Set(timeline.rows.map((row) => row.id)).size).toBe(timeline.rows.length);
  });

  /** A reader in the middle of a conversation of so many messages. */
  async function reading(
    count: number,
  ): Promise<{ fake: FakeBackend; timeline: Timeline; id: string; texts: () => string[] }> {
    const fake = new FakeBackend("empty");
    const id = accountOf(3);
    await fake.openConversation(id);
    for (let n = 0; n < count; n += 1) fake.receive(id, String(n));
    const timeline = new Timeline(fake, id);
    await timeline.open(0);
    timeline.isAtBottom = false;
    const texts = (): string[] => timeline.rows.map((row) => (row.body.kind === "text" ? row.body.text : ""));
    return { fake, timeline, id, texts };
  }

  it("keeps the reader's place when sixty messages arrive at once, and leads to them", async () => {
    const { fake, timeline, id, texts } = await reading(40);
    const before = timeline.rows.map((row) => row.id);
    const ids = Array.from({ length: 60 }, (_, n) => fake.receive(id, String(40 + n)).id);
    await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids } });
    expect(timeline.rows.slice(0, 40).map((row) => row.id)).toEqual(before);
    expect(timeline.hasNewer).toBe(true);
    expect(timeline.newBelow).toBe(60);
    const row = fake.receive(id, "100");
    await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [row.id] } });
    expect(timeline.newBelow).toBe(61);
    while (timeline.hasNewer) await timeline.loadNewer();
    expect(texts()).toEqual(Array.from({ length: 101 }, (_, n) => String(n)));
  });

  it("keeps the reader's place when more arrive than are named", async () => {
    const { fake, timeline, id, texts } = await reading(40);
    for (let n = 40; n < 240; n += 1) fake.receive(id, String(n));
    await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "all" } });
    expect(texts()[0]).toBe("0");
    expect(timeline.hasNewer).toBe(true);
    expect(timeline.newBelow).toBeGreaterThan(0);
    await timeline.toLatest();
    expect(texts().at(-1)).toBe("239");
  });

  it.each([40, 400])("keeps the reader's place when 160 messages arrive one by one after %d", async (count) => {
    const { fake, timeline, id, texts } = await reading(count);
    for (let page = 0; page < 6 && timeline.hasOlder; page += 1) await timeline.loadOlder();
    while (timeline.hasNewer) await timeline.loadNewer();
    const seen = timeline.rows[0]!.id;
    for (let n = count; n < count + 160; n += 1) {
      const row = fake.receive(id, String(n));
      await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [row.id] } });
      expect(timeline.rows.length).toBeLessThanOrEqual(MOST_ROWS);
    }
    expect(timeline.rows[0]!.id).toBe(seen);
    expect(timeline.newBelow).toBe(160);
    for (let page = 0; page < 10; page += 1) {
      await timeline.loadNewer();
      expect(timeline.rows.length).toBeLessThanOrEqual(MOST_ROWS);
    }
    const numbers = texts().map(Number);
    expect(numbers).toEqual(numbers.map((_, at) => numbers[0]! + at));
    expect(numbers.at(-1)).toBe(count + 159);
  });

  it("takes a message that was written long before the newest page without losing the place", async () => {
    const { fake, timeline, id } = await reading(60);
    const before = timeline.rows.map((row) => row.id);
    const late = fake.receive(id, "late");
    const rows = fake.messages.get(id)!;
    rows.splice(11, 0, rows.pop()!);
    await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [late.id] } });
    expect(timeline.rows.map((row) => row.id)).toEqual(expect.arrayContaining(before));
  });

  it("says that it could not be read", async () => {
    const fake = new FakeBackend("main");
    fake.failing.set("listMessages", "profileDamaged");
    const timeline = new Timeline(fake, fake.rows[0]!.id);
    await timeline.open(0);
    expect(timeline.status).toBe("error");
    expect(timeline.error?.code).toBe("profileDamaged");
  });
});

describe("composer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("saves the draft after a pause, once", async () => {
    const fake = new FakeBackend("main");
    const composer = new Composer(fake, fake.rows[0]!);
    composer.type("a");
    composer.type("ab");
    await vi.advanceTimersByTimeAsync(500);
    expect(called(fake, "setDraft")).toEqual([{ conversation: fake.rows[0]!.id, text: "ab", quote: null }]);
  });

  it("clears the field before the program answers, and the draft with it", async () => {
    const fake = new FakeBackend("main");
    const composer = new Composer(fake, fake.rows[0]!);
    composer.type("Bonjour");
    await composer.saveDraft();
    const sending = composer.send();
    expect(composer.text).toBe("");
    await sending;
    expect(fake.rows[0]!.draft).toBe("");
    expect(called(fake, "sendMessage")).toHaveLength(1);
  });

  it("gives the text back when the program refuses", async () => {
    const fake = new FakeBackend("main");
    fake.failing.set("sendMessage", "diskFull");
    const composer = new Composer(fake, fake.rows[0]!);
    composer.type("Bonjour");
    expect(await composer.send()).toBeNull();
    expect(composer.text).toBe("Bonjour");
    expect(composer.error?.code).toBe("diskFull");
  });

  it("keeps the refused text before what was typed meanwhile", async () => {
    const fake = new FakeBackend("main");
    fake.failing.set("sendMessage", "diskFull");
    const composer = new Composer(fake, fake.rows[0]!);
    composer.type("Bonjour");
    const sending = composer.send();
    composer.type("Encore");
    expect(await sending).toBeNull();
    expect(composer.text).toBe("Bonjour\nEncore");
    expect(fake.rows[0]!.draft).toBe("Bonjour\nEncore");
  });

  it("answers what the draft of an earlier run answers, though a message comes back that answers nothing", async () => {
    const fake = new FakeBackend("main");
    const row = fake.rows[0]!;
    const answered = fake.messages.get(row.id)![0]!.id;
    const composer = new Composer(fake, { ...row, draftQuote: answered });
    composer.restore("Encore", null);
    await composer.saveDraft();
    expect(called(fake, "setDraft")).toEqual([{ conversation: row.id, text: "Encore", quote: answered }]);
  });

  it("counts code points and sends nothing above the limit", async () => {
    const fake = new FakeBackend("main");
    const composer = new Composer(fake, fake.rows[0]!);
    composer.type("🍅".repeat(LIMIT));
    expect(composer.canSend).toBe(true);
    expect(composer.left).toBe(0);
    composer.type("🍅".repeat(LIMIT + 1));
    expect(composer.canSend).toBe(false);
    expect(await composer.send()).toBeNull();
  });

  it("sends no empty text", () => {
    const fake = new FakeBackend("main");
    const composer = new Composer(fake, fake.rows[0]!);
    composer.type(" \n ");
    expect(composer.canSend).toBe(false);
  });

  it("gives every message its own token", async () => {
    const fake = new FakeBackend("main");
    const composer = new Composer(fake, fake.rows[0]!);
    for (const text of ["a", "a"]) {
      composer.type(text);
      await composer.send();
    }
    const tokens = called(fake, "sendMessage").map((argument) => (argument as { clientToken: string }).clientToken);
    expect(new Set(tokens).size).toBe(2);
  });
});

describe("conversations", () => {
  it("load page by page to the end of five hundred", async () => {
    const fake = new FakeBackend("big");
    const list = new Conversations(fake);
    await list.refresh();
    expect(list.rows).toHaveLength(100);
    for (let page = 0; page < 6; page += 1) await list.loadMore();
    expect(list.rows).toHaveLength(500);
    expect(new Set(list.rows.map((row) => row.id)).size).toBe(500);
  });

  it("rise with a new message, but not while the pointer moves over them", async () => {
    const fake = new FakeBackend("main");
    const list = new Conversations(fake);
    await list.refresh();
    const last = list.rows.at(-1)!.id;
    list.hold(true);
    fake.receive(last, "neu");
    fake.rows.find((row) => row.id === last)!.lastActivityAt += 86_400_000;
    await list.apply({ kind: "conversationsChanged", ids: { of: "some", ids: [last] } });
    expect(list.rows.at(-1)?.id).toBe(last);
    expect(list.rows.at(-1)?.unreadCount).toBe(1);
    list.hold(false);
    expect(list.rows[1]?.id).toBe(last);
  });

  it("stand by their pin, then by activity, then as the program orders equal ones", async () => {
    const fake = new FakeBackend("main");
    const list = new Conversations(fake);
    await list.refresh();
    const [one, two, three, four] = list.rows.map((row) => row.id).sort();
    const place = (id: string | undefined, pinRank: number) =>
      Object.assign(
        fake.rows.find((row) => row.id === id)!,
        { isPinned: true, pinRank, lastActivityAt: 5 },
      );
    place(one, 2);
    place(two, 3);
    place(three, 7);
    place(four, 3);
    const ids = [one!, two!, three!, four!];
    await list.apply({ kind: "conversationsChanged", ids: { of: "some", ids } });
    expect(list.rows.slice(0, 4).map((row) => row.id)).toEqual([three, four, two, one]);
  });

  it("stay out of the list before their first message", async () => {
    const fake = new FakeBackend("main");
    const list = new Conversations(fake);
    await list.refresh();
    const count = list.rows.length;
    const row = await list.open(accountOf(77));
    expect(list.rows).toHaveLength(count);
    await fake.sendMessage(written(row.id, "x"));
    await list.apply({ kind: "conversationsChanged", ids: { of: "some", ids: [row.id] } });
    expect(list.rows.some((known) => known.id === row.id)).toBe(true);
    expect(list.current?.isListed).toBe(true);
  });

  it("find the next unread one, round the end", async () => {
    const fake = new FakeBackend("main");
    const list = new Conversations(fake);
    await list.refresh();
    await list.select(list.rows.at(-1)!.id);
    expect(list.nextUnread()?.unreadCount).toBeGreaterThan(0);
  });

  it("show the answer to the last question when answers overtake each other", async () => {
    const fake = new FakeBackend("main");
    const answers: (() => void)[] = [];
    const plain = fake.listConversations.bind(fake);
    fake.listConversations = async (request) => {
      await new Promise<void>((resolve) => answers.push(resolve));
      return plain(request);
    };
    const list = new Conversations(fake);
    const first = list.setFilter("Paul");
    const second = list.setFilter("Lucien");
    answers[1]!();
    await second;
    answers[0]!();
    await first;
    expect(list.rows.map((row) => row.name)).toEqual(["Lucien"]);
  });
});

describe("the window's state", () => {
  it("keeps the draft of a conversation that is left", async () => {
    const fake = new FakeBackend("main");
    const model = new AppModel(fake);
    await model.start();
    const [a, b] = fake.rows;
    await model.openConversation(a!.id);
    model.composer?.type("pas fini");
    await model.openConversation(b!.id);
    expect(a!.draft).toBe("pas fini");
    await model.openConversation(a!.id);
    expect(model.composer?.text).toBe("pas fini");
  });

  it("shows the newest draft of a conversation although the list knows an older one", async () => {
    const fake = new FakeBackend("main");
    const model = new AppModel(fake);
    await model.start();
    const [a, b] = fake.rows;
    // The list hears of nothing.
    vi.spyOn(model.conversations, "apply").mockResolvedValue();
    await model.openConversation(a!.id);
    model.composer?.type("un");
    await model.openConversation(b!.id);
    await model.openConversation(a!.id);
    expect(model.composer?.text).toBe("un");
    model.composer?.type(`${model.composer.text} deux`);
    await model.openConversation(b!.id);
    expect(a!.draft).toBe("un deux");
  });

  it("keeps a draft that the program could not take", async () => {
    const fake = new FakeBackend("main");
    const model = new AppModel(fake);
    await model.start();
    const [a, b] = fake.rows;
    fake.failing.set("setDraft", "diskFull");
    await model.openConversation(a!.id);
    model.composer?.type("pas fini");
    await model.openConversation(b!.id);
    fake.failing.clear();
    await model.openConversation(a!.id);
    expect(model.composer?.text).toBe("pas fini");
    await model.openConversation(b!.id);
    expect(a!.draft).toBe("pas fini");
  });

  it("keeps no draft of a conversation that was deleted", async () => {
    const fake = new FakeBackend("main");
    const model = new AppModel(fake);
    await model.start();
    const a = { ...fake.rows[0]! };
    await model.openConversation(a.id);
    model.composer?.type("pas fini");
    await model.deleteConversation(a);
    await model.openAccount(a.accountId);
    expect(model.composer?.text).toBe("");
  });

  it("shows nothing of the account once it is locked", async () => {
    const fake = new FakeBackend("main");
    const model = new AppModel(fake);
    await model.start();
    await model.openConversation(fake.rows[0]!.id);
    fake.stage = { kind: "locked" };
    fake.emit({ kind: "accountChanged" });
    await settled();
    expect(model.session.screen).toBe("locked");
    expect(model.timeline).toBeNull();
    expect(model.conversations.rows).toEqual([]);
  });

  it("counts nothing as read in a window without focus", async () => {
    const fake = new FakeBackend("main");
    const model = new AppModel(fake);
    await model.start();
    await model.setFocus(false);
    await model.openConversation(fake.rows[0]!.id);
    const last = model.timeline?.rows.at(-1);
    if (last === undefined) throw new Error("no message");
    await model.readTo(last);
    expect(called(fake, "markReadTo")).toEqual([]);
    await model.setFocus(true);
    await model.readTo(last);
    await model.readTo(last);
    expect(called(fake, "markReadTo")).toHaveLength(1);
  });

  it("opens what a notification names", async () => {
    const fake = new FakeBackend("main");
    const model = new AppModel(fake);
    await model.start();
    fake.emit({ kind: "navigate", conversation: fake.rows[2]!.id });
    await settled();
    expect(model.navigation.conversation).toBe(fake.rows[2]!.id);
  });
});

describe("restoring", () => {
  it("asks for a name when the network knows none, then for protection", async () => {
    const fake = new FakeBackend("new");
    const model = new AppModel(fake);
    await model.start();
    await model.onboarding.restore(PHRASE);
    await settled();
    expect(model.onboarding.step).toBe("name");
    await model.onboarding.setName("Morgane");
    expect(model.onboarding.step).toBe("protect");
    await model.onboarding.protect(null);
    expect(model.session.screen).toBe("main");
    expect(model.session.account?.accountId).toBe(OWN);
  });

  it("takes progress that overtakes the answer naming the job", async () => {
    const fake = new FakeBackend("new");
    const model = new AppModel(fake);
    await model.start();
    fake.startRestore = async () => {
      fake.stage = { kind: "ready" };
      fake.account = { ...fake.account, displayName: "Morgane", protectionAsked: false };
      const state = { kind: "done", needsName: false, continues: false } as const;
      fake.emit({ kind: "jobProgress", job: "j", done: 3, total: 3, state });
      await settled();
      return "j";
    };
    await model.onboarding.restore(PHRASE);
    expect(model.onboarding.step).toBe("protect");
  });

  it("may go on after fifteen seconds, and says that it continues", async () => {
    vi.useFakeTimers();
    const fake = new FakeBackend("new");
    const model = new AppModel(fake);
    await model.start();
    fake.startRestore = async () => "j";
    await model.onboarding.restore(PHRASE);
    expect(model.onboarding.mayGoOn).toBe(false);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(model.onboarding.mayGoOn).toBe(true);
    fake.stage = { kind: "ready" };
    fake.account = { ...fake.account, displayName: "", protectionAsked: false };
    await model.onboarding.goOn();
    expect(model.onboarding.continues).toBe(true);
    expect(model.onboarding.step).toBe("name");
    vi.useRealTimers();
  });
});
