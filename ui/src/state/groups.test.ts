import { describe, expect, it } from "vitest";

import { FakeBackend } from "../ipc/fake";
import { groupOf } from "../ipc/fake/group-seed";
import { accountOf, conversation, NOW, MINUTE, OWN } from "../ipc/fake/seed";
import { Composer } from "./composer.svelte";
import { Conversations } from "./conversations.svelte";
import { GroupDraft } from "./group-draft.svelte";
import { GroupModel } from "./group.svelte";
import { People } from "./people.svelte";
import { Timeline } from "./timeline.svelte";

const GARDEN = groupOf(1);

function peopled(contacts: number, entries: number): FakeBackend {
  const fake = new FakeBackend("empty");
  fake.rows = Array.from({ length: contacts }, (_, at) => conversation(at + 1, { name: `Contact ${at}` }));
  fake.directory = Array.from({ length: entries }, (_, at) => ({
    accountId: accountOf(5_000 + at),
    name: `Entry ${at}`,
    note: "",
    picture: null,
  }));
  return fake;
}

describe("people to choose from", () => {
  it("are contacts and, after them, the directory; nobody stands twice, and we never", async () => {
    const fake = peopled(3, 2);
    fake.directory.push({ accountId: accountOf(1), name: "Other", note: "", picture: null });
    fake.directory.push({ accountId: OWN, name: "Me", note: "", picture: null });
    const people = new People(fake, OWN, 99);
    await people.refresh();
    expect(people.rows.map((row) => row.accountId)).toHaveLength(5);
    expect(people.rows.find((row) => row.accountId === accountOf(1))).toMatchObject({
      name: "Contact 0",
      isDirectoryName: false,
    });
    expect(people.rows.at(-1)).toMatchObject({ isDirectoryName: true });
  });

  it("come in pages, and are searched", async () => {
    const people = new People(peopled(150, 120), OWN, 99);
    await people.refresh();
    expect(people.rows).toHaveLength(200);
    expect(people.hasMore).toBe(true);
    await people.loadMore();
    expect(people.rows).toHaveLength(270);
    expect(people.hasMore).toBe(false);
    await people.setFilter("entry 7");
    expect(people.rows.every((row) => row.name?.startsWith("Entry 7") === true)).toBe(true);
  });

  it("are never more than there is room for", async () => {
    const people = new People(peopled(120, 0), OWN, 99);
    await people.refresh();
    await people.loadMore();
    people.chooseAll(true);
    expect(people.chosen.size).toBe(99);
    expect(people.isFull).toBe(true);
    const [, , , , , , , , last] = people.rows.slice(-9);
    people.choose(last!, true);
    expect(people.chosen.size).toBe(99);
    people.chooseAll(false);
    expect(people.chosen.size).toBe(0);
  });

  it("are also those of a pasted text, and stay chosen under another search", async () => {
    const people = new People(peopled(2, 0), OWN, 99);
    await people.setFilter(` my ID: ${accountOf(77).toUpperCase()} and ${OWN}`);
    expect(people.rows.map((row) => row.accountId)).toEqual([accountOf(77)]);
    people.choose(people.rows[0]!, true);
    await people.setFilter("");
    expect([...people.chosen.keys()]).toEqual([accountOf(77)]);
  });

  it("say what goes wrong", async () => {
    const fake = peopled(2, 0);
    fake.failing.set("listContacts", "locked");
    const people = new People(fake, OWN, 99);
    await people.refresh();
    expect(people.status).toBe("error");
    expect(people.error?.code).toBe("locked");
  });
});

describe("a group that is being made", () => {
  it("gives its picture back when nothing comes of it", async () => {
    const fake = new FakeBackend("groups");
    const draft = new GroupDraft(fake, OWN);
    await draft.giveUp();
    expect(fake.calls.some((call) => call.name === "discardStagedPicture")).toBe(false);
    draft.picture = { staged: "staged-1", crop: null };
    await draft.giveUp();
    expect(fake.calls.some((call) => call.name === "discardStagedPicture")).toBe(true);
  });
});

describe("the details of a group", () => {
  it("are asked for again when groups change, or a member does, and not with every message", async () => {
    const fake = new FakeBackend("groups");
    const group = new GroupModel(fake, GARDEN);
    await group.refresh();
    const asked = (): number => fake.calls.filter((call) => call.name === "getGroup").length;
    await group.apply({ kind: "conversationsChanged", ids: { of: "some", ids: [GARDEN] } });
    expect(asked()).toBe(1);
    await group.apply({ kind: "conversationsChanged", ids: { of: "some", ids: [accountOf(3)] } });
    await group.apply({ kind: "groupsChanged" });
    await group.apply({ kind: "settingsChanged" });
    await group.apply({ kind: "resync" });
    expect(asked()).toBe(5);
  });

  it("stay as they were when the program refuses a change", async () => {
    const fake = new FakeBackend("groups");
    const group = new GroupModel(fake, GARDEN);
    await group.refresh();
    await expect(group.change({ name: " " })).rejects.toMatchObject({ error: { code: "nameEmpty" } });
    expect(group.details?.name).toBe("Solaris Orbey");
  });
});

describe("mentions in a text", () => {
  async function composer(): Promise<{ fake: FakeBackend; made: Composer }> {
    const fake = new FakeBackend("groups");
    const made = new Composer(
      fake,
      fake.rows.find((row) => row.id === GARDEN)!,
    );
    made.knowMembers([
      { accountId: accountOf(1), name: "Paul", picture: null, isSelf: false, state: "joined" },
      { accountId: accountOf(2), name: "Paul", picture: null, isSelf: false, state: "joined" },
      { accountId: accountOf(3), name: "Paula (x)", picture: null, isSelf: false, state: "admin" },
      { accountId: accountOf(4), name: null, picture: null, isSelf: false, state: "removing" },
      { accountId: OWN, name: "Morgane", picture: null, isSelf: true, state: "admin" },
    ]);
    return { fake, made };
  }

  it("tell two people of one name apart, and leave out who cannot be meant", async () => {
    const { made } = await composer();
    const labels = made.mentionables.map((one) => one.label);
    expect(labels).toHaveLength(3);
    expect(new Set(labels).size).toBe(3);
    expect(labels[0]).toMatch(/^Paul \(05/u);
  });

  it("are those that were chosen, and no longer name that begins alike", async () => {
    const { made } = await composer();
    made.type("@P");
    made.mention(made.mentionables[2]!, 0, 2);
    expect(made.text).toBe("@Paula (x) ");
    made.type(`${made.text}and @Paula (x)y`);
    expect(made.body).toBe(`@${accountOf(3)} and @Paula (x)y`);
    expect(made.length).toBe(made.body.length);
  });

  it("stand in the text again when the program refuses", async () => {
    const { fake, made } = await composer();
    made.mention(made.mentionables[2]!, 0, 0);
    fake.failing.set("sendMessage", "groupWithoutKey");
    expect(await made.send()).toBeNull();
    expect(made.text).toBe("@Paula (x) ");
    expect(made.error?.code).toBe("groupWithoutKey");
  });
});

describe("an unread message that mentions us", () => {
  it("is looked for in the pages that are not shown yet", async () => {
    const fake = new FakeBackend("groups");
    for (let at = 0; at < 230; at += 1)
      fake.say(GARDEN, { text: `${at}`, by: accountOf(1), at: NOW + at * MINUTE, unread: true });
    fake.say(GARDEN, { text: `@${OWN} here`, by: accountOf(1), at: NOW + 300 * MINUTE, unread: true });
    for (let at = 0; at < 90; at += 1)
      fake.say(GARDEN, { text: `after ${at}`, by: accountOf(1), at: NOW + (400 + at) * MINUTE, unread: true });
    fake.messages.get(GARDEN)!.find((line) => line.mentionsUs)!.isUnread = false;
    const timeline = new Timeline(fake, GARDEN);
    await timeline.open(322, fake.messages.get(GARDEN)![0]!.id);
    expect(timeline.hasNewer).toBe(true);
    const found = await timeline.findMention();
    expect([timeline.hasOlder, timeline.hasNewer]).toEqual([true, true]);
    expect(timeline.rows.find((row) => row.id === found)?.body).toMatchObject({ text: `@${OWN} here` });
  });

  it("may be nowhere", async () => {
    const fake = new FakeBackend("groups");
    const timeline = new Timeline(fake, groupOf(2));
    await timeline.open(0);
    expect(await timeline.findMention()).toBeNull();
  });
});

describe("the list", () => {
  it("takes a group in once its invitation is accepted, and lets it go when it is left", async () => {
    const fake = new FakeBackend("groups");
    const list = new Conversations(fake);
    await list.refresh();
    const has = (): boolean => list.rows.some((row) => row.id === groupOf(7));
    expect(has()).toBe(false);
    await fake.acceptRequest(groupOf(7));
    await list.apply({ kind: "conversationsChanged", ids: { of: "some", ids: [groupOf(7)] } });
    expect(has()).toBe(true);
    await fake.leaveGroup({ conversation: groupOf(7), forEverybody: false });
    await list.apply({ kind: "conversationsChanged", ids: { of: "some", ids: [groupOf(7)] } });
    expect(has()).toBe(false);
  });
});
