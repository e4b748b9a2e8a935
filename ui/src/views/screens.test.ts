import { describe, expect, it } from "vitest";

import type { DirectoryRow } from "../ipc/backend";
import { KEPT_GROUPS } from "../ipc/fake/groups";
import type { Scenario } from "../ipc/fake/scenario";
import type { DialogState } from "../state/navigation.svelte";
import { inFrenchAndDark, look, openApp, settled, type Opened } from "../testing/app";
import { hinderingWords, hindrances } from "../testing/hindrances";

const DIRECTORY: DirectoryRow[] = [
  { accountId: `05${"ab".repeat(32)}`, name: "Armelle", note: "gardener", picture: null },
  { accountId: `05${"cd".repeat(32)}`, name: null, note: "", picture: null },
];

type Screen = { name: string; scenario: Scenario; widthPx?: number; arrange?: (app: Opened) => void | Promise<void> };

function dialog(make: (app: Opened) => DialogState): (app: Opened) => Promise<void> {
  return async (app) => {
    await app.model.openConversation(app.fake.rows[0]!.id, false);
    app.model.navigation.open(make(app));
  };
}

async function details({ model, fake }: Opened): Promise<void> {
  fake.commonGroups.set(fake.rows[0]!.id, ["Jardin partagé"]);
  await model.openConversation(fake.rows[0]!.id);
  model.navigation.showsDetails = true;
}

const SCREENS: Screen[] = [
  { name: "welcome", scenario: "new" },
  { name: "create", scenario: "new", arrange: ({ model }) => model.onboarding.go("create") },
  { name: "restore", scenario: "new", arrange: ({ model }) => model.onboarding.go("restore") },
  { name: "restoring", scenario: "new", arrange: ({ model }) => model.onboarding.go("restoring") },
  { name: "name", scenario: "restored" },
  { name: "protect", scenario: "restored", arrange: ({ model }) => model.onboarding.go("protect") },
  { name: "locked", scenario: "locked" },
  {
    name: "forgotten password",
    scenario: "locked",
    arrange: ({ model }) => model.navigation.open({ kind: "forgotten" }),
  },
  { name: "log out", scenario: "main", arrange: dialog(() => ({ kind: "leave", mode: "logOut" })) },
  { name: "delete account", scenario: "main", arrange: dialog(() => ({ kind: "leave", mode: "delete" })) },
  ...(["running", "partly", "done"] as const).map((state) => ({
    name: `deletion: ${state}`,
    scenario: "new" as const,
    arrange: ({ fake, model }: Opened) => {
      if (state !== "done") fake.stage = { kind: "deleting" };
      model.leaving.deletion = { state, nodes: 5, confirmed: 3, deleted: 21, error: null };
      fake.deletion = model.leaving.deletion;
      fake.emit({ kind: "accountChanged" });
    },
  })),
  { name: "damaged", scenario: "damaged" },
  { name: "broken", scenario: "broken" },
  { name: "first run", scenario: "demo" },
  { name: "first run, narrow", scenario: "demo", widthPx: 360 },
  { name: "list", scenario: "main" },
  { name: "requests", scenario: "requests", arrange: ({ model }) => model.navigation.showRequests(true) },
  {
    name: "requests, narrow",
    scenario: "requests",
    widthPx: 360,
    arrange: ({ model }) => model.navigation.showRequests(true),
  },
  { name: "no requests", scenario: "main", arrange: ({ model }) => model.navigation.showRequests(true) },
  {
    name: "request",
    scenario: "requests",
    arrange: ({ model, fake }) => model.openConversation(fake.rows.find((row) => row.isRequest)!.id),
  },
  { name: "clear requests", scenario: "requests", arrange: dialog(() => ({ kind: "clearRequests" })) },
  { name: "connecting", scenario: "connecting" },
  { name: "offline", scenario: "offline" },
  { name: "conversation", scenario: "main", arrange: ({ model, fake }) => model.openConversation(fake.rows[0]!.id) },
  {
    name: "conversation, narrow",
    scenario: "main",
    widthPx: 360,
    arrange: ({ model, fake }) => model.openConversation(fake.rows[0]!.id),
  },
  {
    name: "search",
    scenario: "main",
    arrange: async ({ model }) => {
      await Promise.all([model.conversations.setFilter("pl"), model.search.setText("pl")]);
      await model.search.narrow({ period: "days" });
    },
  },
  {
    name: "search, narrow",
    scenario: "main",
    widthPx: 360,
    arrange: async ({ model }) => {
      await Promise.all([model.conversations.setFilter("el"), model.search.setText("el")]);
    },
  },
  {
    name: "search in a conversation",
    scenario: "main",
    arrange: async ({ model, fake }) => {
      await model.openConversation(fake.rows[0]!.id);
      model.find();
      await model.timeline?.find.setText("plan");
    },
  },
  {
    name: "kept groups",
    scenario: "main",
    arrange: ({ model, fake }) => {
      fake.groups = KEPT_GROUPS;
      fake.account.isRestoring = true;
      model.groups.isOpen = true;
      model.navigation.showGroup(KEPT_GROUPS[0]!.id);
      fake.emit({ kind: "groupsChanged" });
      fake.emit({ kind: "accountChanged" });
    },
  },
  { name: "path", scenario: "main", arrange: ({ model }) => model.navigation.show("network") },
  { name: "settings", scenario: "main", arrange: ({ model }) => model.navigation.show("settings") },
  ...(["privacy", "appearance", "language", "conversations", "password", "phrase", "data", "help"] as const).map(
    (section) => ({
      name: `settings: ${section}`,
      scenario: "main" as const,
      arrange: ({ model }: Opened) => model.navigation.showSettings(section),
    }),
  ),
  { name: "add", scenario: "main", arrange: dialog(() => ({ kind: "add" })) },
  { name: "add, nobody", scenario: "empty", arrange: ({ model }) => model.navigation.open({ kind: "add" }) },
  { name: "details", scenario: "main", widthPx: 1_400, arrange: details },
  { name: "details, narrow", scenario: "main", widthPx: 360, arrange: details },
  {
    name: "a blocked conversation",
    scenario: "main",
    arrange: async ({ model, fake }) => {
      fake.rows[0]!.isBlocked = true;
      await model.openConversation(fake.rows[0]!.id);
    },
  },
  ...(["nickname", "notifications", "block", "clear", "deleteContact"] as const).map((ask) => ({
    name: `contact: ${ask}`,
    scenario: "main" as const,
    arrange: dialog(({ fake }) => ({ kind: "contact", ask, row: fake.rows[0]! })),
  })),
  { name: "new message", scenario: "main", arrange: dialog(() => ({ kind: "newMessage" })) },
  ...(
    [
      ["directory", 1_200],
      ["directory, narrow", 360],
    ] as const
  ).map(([name, widthPx]) => ({
    name,
    widthPx,
    scenario: "main" as const,
    arrange: ({ fake, model }: Opened) => {
      fake.directory = DIRECTORY;
      model.navigation.show("directory");
    },
  })),
  { name: "directory, empty", scenario: "main", arrange: ({ model }) => model.navigation.show("directory") },
  {
    name: "directory entry",
    scenario: "main",
    arrange: dialog(() => ({ kind: "directoryEntry", row: DIRECTORY[0]! })),
  },
  { name: "directory import", scenario: "main", arrange: dialog(() => ({ kind: "directoryImport" })) },
  {
    name: "directory import, read",
    scenario: "main",
    arrange: async (app) => {
      await dialog(() => ({ kind: "directoryImport" }))(app);
      await settled();
      await app.model.directory.read(new TextEncoder().encode(`Armelle,05${"ab".repeat(32)}\nnobody\n`));
    },
  },
  { name: "directory export", scenario: "main", arrange: dialog(() => ({ kind: "directoryExport" })) },
  { name: "invite a friend", scenario: "main", arrange: dialog(() => ({ kind: "invite" })) },
  { name: "profile", scenario: "main", arrange: dialog(() => ({ kind: "profile" })) },
  { name: "person", scenario: "main", arrange: dialog(({ fake }) => ({ kind: "person", row: fake.rows[0]! })) },
  {
    name: "portrait",
    scenario: "main",
    arrange: async (app) => {
      app.fake.rows[0]!.picture = "a-picture";
      app.fake.emit({ kind: "resync" });
      await settled();
      app.model.navigation.open({ kind: "portrait", row: app.fake.rows[0]!, isFromPerson: false });
    },
  },
  {
    name: "message info",
    scenario: "main",
    arrange: dialog(({ model }) => ({ kind: "messageInfo", message: model.timeline!.rows[0]! })),
  },
  {
    name: "a whole text",
    scenario: "main",
    arrange: dialog(({ model }) => ({ kind: "wholeText", message: model.timeline!.rows[0]! })),
  },
  { name: "link", scenario: "main", arrange: dialog(() => ({ kind: "link", url: "https://example.org/" })) },
  { name: "shortcuts", scenario: "main", arrange: dialog(() => ({ kind: "shortcuts" })) },
  { name: "privacy", scenario: "main", arrange: dialog(() => ({ kind: "privacy" })) },
  {
    name: "delete message",
    scenario: "main",
    arrange: dialog(({ model }) => ({
      kind: "deleteMessages",
      messages: model.timeline!.rows.filter((row) => row.state === "read").slice(0, 1),
      conversation: model.conversations.current,
    })),
  },
  {
    name: "answers, reactions, what disappears",
    scenario: "acts",
    arrange: async ({ model, fake }) => {
      await model.openConversation(fake.rows[0]!.id, false);
      model.acts.reply(model.timeline!.rows[0]!);
    },
  },
  {
    name: "selecting",
    scenario: "acts",
    widthPx: 360,
    arrange: async ({ model, fake }) => {
      await model.openConversation(fake.rows[0]!.id, false);
      model.timeline!.selection.begin(model.timeline!.rows[0]!);
    },
  },
  {
    name: "files of every kind",
    scenario: "files",
    arrange: async ({ model, fake }) => {
      await model.openConversation(fake.rows[0]!.id, false);
      await settled();
      const picture = new File(["x"], "photo.jpg", { type: "image/jpeg" });
      await model.composer!.staging.add([picture, new File(["x"], "plan.pdf", { type: "application/pdf" })]);
      await model.composer!.staging.add([new File(["x"], "raw.heic", { type: "image/heic" })]);
    },
  },
  {
    name: "files, narrow",
    scenario: "files",
    widthPx: 360,
    arrange: ({ model, fake }) => model.openConversation(fake.rows[0]!.id, false),
  },
  {
    name: "a picture, large",
    scenario: "files",
    arrange: async ({ model, fake }) => {
      await model.openConversation(fake.rows[0]!.id, false);
      const row = model.timeline!.rows.find((one) => one.attachments.length > 1)!;
      model.files.view(row, row.attachments[0]!);
    },
  },
  ...(["media", "files", "links"] as const).map((kind) => ({
    name: `gallery: ${kind}`,
    scenario: "files" as const,
    arrange: async ({ model, fake }: Opened) => {
      await model.openConversation(fake.rows[0]!.id, false);
      model.files.openGallery(fake.rows[0]!);
      const { dialog } = model.navigation;
      if (dialog?.kind === "gallery") await dialog.gallery.show(kind);
    },
  })),
  {
    name: "downloads by themselves",
    scenario: "files",
    arrange: dialog(({ fake }) => ({ kind: "trustDownloads", row: fake.rows[0]! })),
  },
  {
    name: "a program",
    scenario: "files",
    arrange: dialog(({ model }) => {
      const row = model.timeline!.rows.find((one) => one.attachments[0]?.isProgram === true)!;
      return { kind: "program", wish: "download", row, file: row.attachments[0]! };
    }),
  },
  {
    name: "forward",
    scenario: "main",
    arrange: dialog(({ model }) => ({ kind: "forward", messages: model.timeline!.rows.slice(0, 1) })),
  },
  {
    name: "reactions",
    scenario: "acts",
    arrange: dialog(({ model }) => ({
      kind: "reactions",
      message: model.timeline!.rows.find((row) => row.reactions.length > 0)!,
    })),
  },
  { name: "timer", scenario: "acts", arrange: dialog(({ fake }) => ({ kind: "timer", row: fake.rows[0]! })) },
  {
    name: "jump to a date",
    scenario: "main",
    arrange: dialog(({ fake }) => ({ kind: "jumpToDate", row: fake.rows[0]! })),
  },
  {
    name: "emoji",
    scenario: "main",
    arrange: async ({ model, fake }) => {
      await model.openConversation(fake.rows[0]!.id, false);
      await settled();
      model.navigation.emojiFocus += 1;
    },
  },
  {
    name: "delete conversation",
    scenario: "main",
    arrange: dialog(({ fake }) => ({ kind: "deleteConversation", row: fake.rows[0]! })),
  },
];

describe.each(SCREENS)("$name", ({ scenario, widthPx, arrange }) => {
  it("has nothing that hinders, in both themes and languages", async () => {
    const app = await openApp(scenario, widthPx === undefined ? {} : { widthPx });
    await arrange?.(app);
    await settled();
    expect(look()).toEqual(["light", "en"]);
    expect(await hindrances()).toEqual([]);
    await inFrenchAndDark(app);
    expect(look()).toEqual(["dark", "fr"]);
    expect(await hinderingWords()).toEqual([]);
  });
});
