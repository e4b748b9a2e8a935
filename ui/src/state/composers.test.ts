import { describe, expect, it } from "vitest";

import type { ConversationRow, MessageRow } from "../ipc/backend";
import { FakeBackend } from "../ipc/fake";
import { settled } from "../testing/app";
import type { Composer } from "./composer.svelte";
import { Composers } from "./composers";

type Place = {
  fake: FakeBackend;
  composers: Composers;
  composer: Composer;
  row: ConversationRow;
  /** Another conversation, which is the open one. */
  open: ConversationRow;
  answered: MessageRow;
};

/** Something is answered in a conversation that is not open. */
function place(): Place {
  const fake = new FakeBackend("main");
  const [row, open] = fake.rows as [ConversationRow, ConversationRow];
  const composers = new Composers(fake);
  const composer = composers.of(row);
  const [answered] = fake.messages.get(row.id)! as [MessageRow];
  composer.type("Oui");
  composer.answer(answered, "Élodie");
  return { fake, composers, composer, row, open, answered };
}

describe("what is being written in a conversation that is not open", () => {
  it("does not answer any more what was deleted, and keeps the text", async () => {
    const { fake, composers, composer, row, open, answered } = place();
    await fake.deleteMessages([answered.id]);
    await composers.apply(
      { kind: "messagesChanged", conversation: row.id, ids: { of: "some", ids: [answered.id] } },
      open,
    );
    expect([composer.quote, composer.text]).toEqual([null, "Oui"]);
  });

  it("looks again after a gap in the news", async () => {
    const { fake, composers, composer, open, answered } = place();
    await fake.deleteMessages([answered.id]);
    await composers.apply({ kind: "resync" }, open);
    expect(composer.quote).toBeNull();
  });

  it("looks again when its conversation is opened", async () => {
    const { fake, composers, composer, row, answered } = place();
    await fake.deleteMessages([answered.id]);
    expect(composers.of(row)).toBe(composer);
    await settled();
    expect(composer.quote).toBeNull();
  });

  it("keeps who is answered, and takes what they say now", async () => {
    const { composers, composer, row, open, answered } = place();
    answered.body = { kind: "text", text: "Autre chose", truncated: false };
    await composers.apply({ kind: "messagesChanged", conversation: row.id, ids: { of: "all" } }, open);
    expect(composer.quote).toMatchObject({ authorName: "Élodie", preview: "Autre chose" });
  });

  it("asks nothing when something else changes", async () => {
    const { fake, composers, row, open, answered } = place();
    let asked = 0;
    fake.getMessages = async () => {
      asked += 1;
      return [];
    };
    const other = fake.messages.get(row.id)![1]!.id;
    await composers.apply({ kind: "messagesChanged", conversation: row.id, ids: { of: "some", ids: [other] } }, open);
    await composers.apply(
      { kind: "messagesChanged", conversation: open.id, ids: { of: "some", ids: [answered.id] } },
      open,
    );
    expect(asked).toBe(0);
  });
});

describe("a text that answers what has gone", () => {
  it("comes back without the answer, and goes at the next try", async () => {
    const { fake, composer, answered } = place();
    await fake.deleteMessages([answered.id]);
    fake.failing.set("sendMessage", "messageNotFound");
    expect(await composer.send()).toBeNull();
    expect([composer.quote, composer.text, composer.error?.code]).toEqual([null, "Oui", "messageNotFound"]);
    fake.failing.clear();
    expect((await composer.send())?.map((row) => row.quote)).toEqual([null]);
  });
});

describe("a message that is taken back", () => {
  it("without words takes nothing of what is typed away", () => {
    const { composer } = place();
    composer.restore("", null);
    expect(composer.text).toBe("Oui");
    composer.restore("Non", null);
    expect(composer.text).toBe("Non\nOui");
  });
});
