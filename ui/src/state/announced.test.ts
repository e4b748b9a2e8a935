import { describe, expect, it } from "vitest";

import type { MessageRow } from "../ipc/backend";
import { openApp, settled, type Opened } from "../testing/app";

type App = Opened & { id: string; row: MessageRow; said: () => string; changed: () => Promise<void> };

/** A message came, and was said. */
async function told(): Promise<App> {
  const app = await openApp("main");
  const { id } = app.fake.rows[0]!;
  await app.model.openConversation(id, false);
  await settled();
  const row = app.fake.receive(id, "Et du pain");
  await settled();
  const said = (): string => app.model.announcer.texts.join("");
  expect(said()).toContain("Et du pain");
  const changed = async (): Promise<void> => {
    app.fake.emit({ kind: "messagesChanged", conversation: id, ids: { of: "some", ids: [row.id] } });
    await settled();
  };
  return { ...app, id, row, said, changed };
}

describe("what was said of a message", () => {
  it("is on the page no longer than the message, which was deleted", async () => {
    const { fake, row, said } = await told();
    await fake.deleteMessages([row.id]);
    await settled();
    expect(said()).toBe("");
  });

  it("is taken back where who wrote it deleted it for everyone", async () => {
    const { row, said, changed } = await told();
    Object.assign(row, { body: { kind: "deletedForAll" } });
    await changed();
    expect(said()).toBe("");
  });

  it("is taken back where it disappeared, also after a gap in the news", async () => {
    const { fake, id, said } = await told();
    fake.messages.set(id, []);
    fake.emit({ kind: "resync" });
    await settled();
    expect(said()).toBe("");
  });

  it("is taken back where all messages of the conversation were deleted, and it is not open", async () => {
    const { fake, model, id, said } = await told();
    await model.closeConversation();
    expect(said()).toContain("Et du pain");
    await fake.clearMessages(id);
    await settled();
    expect(said()).toBe("");
  });

  it("stays while the message does", async () => {
    const { said, changed } = await told();
    await changed();
    expect(said()).toContain("Et du pain");
  });
});
