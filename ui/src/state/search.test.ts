import { describe, expect, it } from "vitest";

import { FakeBackend } from "../ipc/fake";
import { accountOf, NOW, OWN } from "../ipc/fake/seed";
import { Find } from "./find.svelte";
import { Search } from "./search.svelte";
import { Timeline } from "./timeline.svelte";

const DAY = 86_400_000;

function textsOf(search: Search): string[] {
  return search.rows.map((row) => (row.message.body.kind === "text" ? row.message.body.text : ""));
}

describe("the search of the list", () => {
  it("finds messages by the beginnings of words, the newest first", async () => {
    const search = new Search(new FakeBackend("main"));
    await search.setText("grain");
    expect(textsOf(search)).toEqual(["J’apporte les graines de tomates", "Qui apporte les graines ?"]);
    expect(search.conversations.size).toBe(2);
    await search.setText("MARCHE demain");
    expect(textsOf(search)).toEqual(["À demain, au marché"]);
  });

  it("asks for no message before there are two letters", async () => {
    const fake = new FakeBackend("main");
    const search = new Search(fake);
    await search.setText("g");
    expect(search.status).toBe("idle");
    expect(fake.calls.some((call) => call.name === "searchMessages")).toBe(false);
    expect(search.isOn).toBe(true);
  });

  it("narrows by what is chosen, and by what is typed", async () => {
    const fake = new FakeBackend("main");
    const search = new Search(fake);
    await search.toggle("link");
    expect(textsOf(search)).toEqual(["Je t’ai aussi envoyé le plan : https://example.org/jardin/plan-2026"]);
    await search.toggle("link");
    await search.setText("has:link plan");
    expect(search.words).toBe("plan");
    expect(search.has("link")).toBe(true);
    expect(textsOf(search)).toHaveLength(1);
    await search.setText("graines");
    await search.narrow({ author: { accountId: OWN, name: null, isSelf: true } });
    expect(textsOf(search)).toEqual(["J’apporte les graines de tomates"]);
    await search.narrow({ author: null, conversation: fake.rows[1]! });
    expect(textsOf(search)).toEqual(["Qui apporte les graines ?"]);
    await search.widen();
    expect(textsOf(search)).toHaveLength(2);
    expect(search.isNarrowed).toBe(false);
  });

  it("takes whole days", async () => {
    const fake = new FakeBackend("main");
    const search = new Search(fake);
    await search.setText("plan");
    const all = textsOf(search).length;
    await search.narrow({ period: "today" });
    expect(textsOf(search).length).toBeLessThan(all);
    await search.narrow({ period: "days", firstDay: NOW - 2 * DAY, lastDay: NOW });
    expect(textsOf(search)).toHaveLength(all);
    const asked = fake.calls.findLast((call) => call.name === "searchMessages")?.argument as { before: number };
    expect(new Date(asked.before).getHours()).toBe(0);
    expect(asked.before).toBeGreaterThan(NOW);
  });

  it("shows the answer to the last question, and nothing that was deleted", async () => {
    const fake = new FakeBackend("main");
    const answers: (() => void)[] = [];
    const plain = fake.searchMessages.bind(fake);
    fake.searchMessages = async (request) => {
      await new Promise<void>((resolve) => answers.push(resolve));
      return plain(request);
    };
    const search = new Search(fake);
    const [first, second] = [search.setText("graines"), search.setText("marché")];
    answers[1]!();
    await second;
    answers[0]!();
    await first;
    expect(textsOf(search)).toEqual(["À demain, au marché"]);
    const [row] = search.rows;
    await fake.deleteMessages([row!.message.id]);
    const conversation = row!.message.conversation;
    await search.apply({ kind: "messagesChanged", conversation, ids: { of: "all" } });
    expect(search.rows).toEqual([]);
  });

  it("looks at everything that is shown, however much that is", async () => {
    const fake = new FakeBackend("big");
    const search = new Search(fake);
    await search.setText("train");
    for (let page = 0; page < 3; page += 1) await search.loadMore();
    expect(search.rows).toHaveLength(200);
    const asked: number[] = [];
    fake.getMessages = async (ids) => {
      asked.push(ids.length);
      return [];
    };
    const { conversation } = search.rows[0]!.message;
    await search.apply({ kind: "messagesChanged", conversation, ids: { of: "all" } });
    expect(search.rows).toEqual([]);
    expect(asked).toEqual([100, 100]);
  });

  it("finds contacts without a conversation in the list", async () => {
    const fake = new FakeBackend("main");
    fake.rows.find((row) => row.name === "Lucien")!.isListed = false;
    const search = new Search(fake);
    await search.setText("luc");
    expect(search.contacts.map((contact) => contact.name)).toEqual(["Lucien"]);
  });

  it("says what went wrong, and forgets all", async () => {
    const fake = new FakeBackend("main");
    fake.failing.set("searchMessages", "unexpected");
    const search = new Search(fake);
    await search.setText("graines");
    expect([search.status, search.error?.code]).toEqual(["error", "unexpected"]);
    search.forget();
    expect([search.status, search.isOn, search.error]).toEqual(["idle", false, null]);
  });
});

describe("the search within a conversation", () => {
  it("goes from hit to hit through pages, and counts", async () => {
    const fake = new FakeBackend("big");
    const shown: string[] = [];
    const find = new Find(fake, accountOf(1), async (message) => void shown.push(message));
    await find.setText("train");
    expect(find.at).toBe(0);
    expect(find.total).toBeGreaterThan(100);
    for (let step = 0; step < 60; step += 1) await find.older();
    expect(find.at).toBe(60);
    expect(find.ids.length).toBe(100);
    await find.newer();
    expect(shown.at(-1)).toBe(find.ids[59]);
    expect(new Set(shown).size).toBe(61);
    find.close();
    expect([find.isOpen, find.ids.length, find.total]).toEqual([false, 0, null]);
  });

  it("forgets a hit that is gone, counts without it, and moves the view nowhere", async () => {
    const fake = new FakeBackend("main");
    const { id } = fake.rows[0]!;
    const shown: string[] = [];
    const find = new Find(fake, id, async (message) => void shown.push(message));
    await find.setText("plan");
    expect([find.ids.length, find.total]).toEqual([2, 2]);
    await find.older();
    const [newest, oldest] = find.ids as [string, string];
    await fake.deleteMessages([newest]);
    await find.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [newest] } });
    expect([find.ids, find.at, find.total, find.hasNewer]).toEqual([[oldest], 0, 1, false]);
    await fake.deleteMessages([oldest]);
    await find.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [oldest] } });
    expect([find.ids, find.at, find.total]).toEqual([[], -1, 0]);
    expect(shown).toEqual([newest, oldest]);
  });

  it("searches again after a gap in the news, and stays at its hit", async () => {
    const fake = new FakeBackend("main");
    const { id } = fake.rows[0]!;
    const find = new Find(fake, id, async () => undefined);
    await find.setText("plan");
    await find.older();
    const at = find.ids[find.at];
    const received = fake.receive(id, "Un autre plan");
    await find.apply({ kind: "resync" });
    expect([find.ids[0], find.ids[find.at], find.at, find.total]).toEqual([received.id, at, 2, 3]);
  });

  it("follows what changes in its timeline", async () => {
    const fake = new FakeBackend("main");
    const { id } = fake.rows[0]!;
    const timeline = new Timeline(fake, id);
    await timeline.open(0);
    await timeline.find.setText("plan");
    const [newest] = timeline.find.ids as [string];
    await fake.deleteMessages([newest]);
    await timeline.apply({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [newest] } });
    expect(timeline.find.total).toBe(1);
  });

  it("says when nothing is found", async () => {
    const find = new Find(new FakeBackend("main"), accountOf(1), async () => undefined);
    await find.setText("nirgends");
    expect([find.status, find.at, find.total, find.hasOlder]).toEqual(["ready", -1, 0, false]);
    await find.older();
    expect(find.at).toBe(-1);
  });
});
