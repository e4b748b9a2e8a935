import { describe, expect, it } from "vitest";

import { groupOf } from "../ipc/fake/group-seed";
import { GroupDraft } from "../state/group-draft.svelte";
import type { GroupQuestion } from "../state/navigation.svelte";
import { inFrenchAndDark, look, openApp, settled, type Opened } from "../testing/app";
import { hinderingWords, hindrances } from "../testing/hindrances";

type Screen = { name: string; widthPx?: number; arrange?: (app: Opened) => void | Promise<void> };

const open =
  (number: number) =>
  ({ model }: Opened) =>
    model.openConversation(groupOf(number), false);

function rowOf({ fake }: Opened, number: number) {
  return fake.rows.find((row) => row.id === groupOf(number))!;
}

const manage =
  (number: number) =>
  async (app: Opened): Promise<void> => {
    await open(number)(app);
    app.model.navigation.open({ kind: "group", row: rowOf(app, number) });
  };

const ask =
  (make: (app: Opened) => GroupQuestion, number = 1) =>
  async (app: Opened): Promise<void> => {
    await open(number)(app);
    app.model.navigation.open({ kind: "groupAsk", ask: make(app), row: rowOf(app, number), isFromGroup: true });
  };

const member = ({ fake }: Opened) => fake.groupDetails.get(groupOf(1))!.members[2]!;

const SCREENS: Screen[] = [
  { name: "list" },
  { name: "list, narrow", widthPx: 360 },
  { name: "group", arrange: open(1) },
  { name: "group, narrow", widthPx: 360, arrange: open(1) },
  {
    name: "members to mention",
    arrange: async (app) => {
      await open(1)(app);
      await settled();
      const field = document.querySelector<HTMLTextAreaElement>("[data-testid=composer-input]")!;
      await app.user.type(field, "@");
      expect(document.querySelectorAll("[role=listbox] [data-testid=mention-option]").length).toBeGreaterThan(1);
    },
  },
  {
    name: "unfolded events",
    arrange: async (app) => {
      await open(1)(app);
      await settled();
      await app.user.click(document.querySelector("[data-testid=message-fold] button")!);
    },
  },
  { name: "silent group", arrange: open(2) },
  { name: "removed", arrange: open(3) },
  { name: "destroyed", arrange: open(4) },
  { name: "expired", arrange: open(5) },
  {
    name: "without keys, admins asked",
    arrange: async (app) => {
      await open(5)(app);
      app.fake.arrange(groupOf(5), { trouble: "askingAdmins" });
    },
  },
  { name: "invitation", arrange: open(7) },
  { name: "invitation, narrow", widthPx: 360, arrange: open(7) },
  { name: "requests", arrange: ({ model }) => model.navigation.showRequests(true) },
  { name: "window of an admin", arrange: manage(1) },
  { name: "window of an admin, narrow", widthPx: 360, arrange: manage(1) },
  { name: "window of a member", arrange: manage(2) },
  { name: "window of a group without keys", arrange: manage(5) },
  ...(["add", "edit", "picture", "removePicture", "notifications", "timer", "leave", "destroy"] as const).map(
    (kind) => ({
      name: `question: ${kind}`,
      arrange: ask(() => ({ kind })),
    }),
  ),
  { name: "question: add, not allowed", arrange: ask(() => ({ kind: "add" }), 6) },
  { name: "question: promote", arrange: ask((app) => ({ kind: "promote", member: member(app) })) },
  { name: "question: remove", arrange: ask((app) => ({ kind: "remove", member: member(app) })) },
  ...(["repair", "addAgain"] as const).map((kind) => ({
    name: `question: ${kind}`,
    arrange: ask((app) => ({ kind, member: member(app) })),
  })),
  { name: "new group", arrange: ({ model }) => model.newGroup() },
  { name: "new group, narrow", widthPx: 360, arrange: ({ model }) => model.newGroup() },
  {
    name: "picture of a new group",
    arrange: ({ model, fake }) => model.navigation.open({ kind: "newGroupPicture", draft: new GroupDraft(fake, "05") }),
  },
  { name: "network", arrange: ({ model }) => model.navigation.show("network") },
  {
    name: "network, a group is being left",
    arrange: async ({ model, fake }) => {
      fake.connect({ state: "offline" });
      await fake.leaveGroup({ conversation: groupOf(2), forEverybody: false });
      model.navigation.show("network");
    },
  },
];

describe.each(SCREENS)("groups: $name", ({ widthPx, arrange }) => {
  it("has nothing that hinders, in both themes and languages", async () => {
    const app = await openApp("groups", widthPx === undefined ? {} : { widthPx });
    await arrange?.(app);
    await settled();
    expect(look()).toEqual(["light", "en"]);
    expect(await hindrances()).toEqual([]);
    await inFrenchAndDark(app);
    expect(look()).toEqual(["dark", "fr"]);
    expect(await hinderingWords()).toEqual([]);
  });
});
