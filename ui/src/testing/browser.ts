/** The account in memory in a plain browser: `?fake=SCENARIO&theme=…&lang=…&open=…&text=…`. */

import type { Backend, Language, MessageRow, Theme } from "../ipc/backend";
import { FakeBackend } from "../ipc/fake";
import { KEPT_GROUPS } from "../ipc/fake/groups";
import { SCENARIOS } from "../ipc/fake/scenario";
import type { AppModel } from "../state/model.svelte";
import type { SettingsSection } from "../state/navigation.svelte";
import { showPictures } from "./pictures";

const query = new URLSearchParams(location.search);

export function browserBackend(): Backend {
  const scenario = SCENARIOS.find((name) => name === query.get("fake")) ?? "main";
  const fake = new FakeBackend(scenario, Number(query.get("pace") ?? 700));
  fake.settings.theme = (query.get("theme") ?? "system") as Theme;
  fake.settings.language = (query.get("lang") ?? "system") as Language;
  fake.settings.textSizePercent = Number(query.get("text") ?? 100);
  if (query.has("groups")) fake.groups = KEPT_GROUPS;
  if (query.has("restoring")) fake.account.isRestoring = true;
  Object.assign(window, { fake });
  showPictures();
  return fake;
}

/** What is done with files: `open=lightbox`, `gallery`, `trust`, `program`, `staged`. */
async function openFiles(model: AppModel, open: string | null): Promise<void> {
  const conversation = model.conversations.current;
  const rows = model.timeline?.rows ?? [];
  const album = rows.find((row) => row.attachments.length > 1);
  const program = rows.find((row) => row.attachments[0]?.isProgram === true);
  const [picture] = album?.attachments ?? [];
  const [tool] = program?.attachments ?? [];
  if (open === "lightbox" && album !== undefined && picture !== undefined) model.files.view(album, picture);
  if (open === "gallery" && conversation !== null) model.files.openGallery(conversation);
  if (open === "trust" && conversation !== null) model.navigation.open({ kind: "trustDownloads", row: conversation });
  if (open === "program" && program !== undefined && tool !== undefined)
    model.navigation.open({ kind: "program", wish: "download", row: program, file: tool });
  if (open !== "staged") return;
  const files = ["jardin.jpg", "serre.jpg"].map((name) => new File(["x"], name, { type: "image/jpeg" }));
  await model.composer?.staging.add([...files, new File(["x"], "photo.heic", { type: "image/heic" })]);
}

/** What is done with a message. */
function openOnMessage(model: AppModel, said: MessageRow, open: string | null): void {
  const conversation = model.conversations.current;
  if (open === "forward") model.navigation.open({ kind: "forward", messages: [said] });
  if (open === "delete-message") model.navigation.open({ kind: "deleteMessages", messages: [said], conversation });
  if (query.has("selecting")) model.timeline?.selection.begin(said);
  if (query.has("reply")) model.acts.reply(said);
}

/** Brings the window where a picture wants it. */
export async function openAsAsked(model: AppModel): Promise<void> {
  Object.assign(window, { model });
  const open = query.get("open");
  const first = model.conversations.rows.find((row) => row.kind === "person" && !row.isPinned);
  if (query.has("conversation") && first !== undefined) await model.openConversation(first.id, open === null);
  await openFiles(model, open);
  if (open === "settings" || open === "network") model.navigation.show(open);
  if (open === "new") model.navigation.open({ kind: "newMessage" });
  if (open === "profile" || open === "shortcuts" || open === "privacy") model.navigation.open({ kind: open });
  if (open === "person" && first !== undefined) model.navigation.open({ kind: "person", row: first });
  if (open === "link") model.navigation.open({ kind: "link", url: "https://example.org/jardin/plan-2026" });
  const message = model.timeline?.rows.find((row) => row.state === "failed");
  if (open === "info" && message !== undefined) model.navigation.open({ kind: "messageInfo", message });
  const said = model.timeline?.rows.find((row) => row.state === "read");
  if (said !== undefined) openOnMessage(model, said, open);
  if (open === "timer" && first !== undefined) model.navigation.open({ kind: "timer", row: first });
  if (open === "date" && first !== undefined) model.navigation.open({ kind: "jumpToDate", row: first });
  const section = query.get("section");
  if (section !== null) model.navigation.showSettings(section as SettingsSection);
  if (query.has("groups")) model.groups.isOpen = true;
  if (open === "group") model.navigation.showGroup(KEPT_GROUPS[0]?.id ?? "");
  const group = model.conversations.rows.find((row) => row.kind === "group" && row.group?.isAdmin === true);
  if (query.has("in-group") && group !== undefined) await model.openConversation(group.id, open === null);
  if (open === "manage" && group !== undefined) model.navigation.open({ kind: "group", row: group });
  if (open === "add-members" && group !== undefined)
    model.navigation.open({ kind: "groupAsk", ask: { kind: "add" }, row: group, isFromGroup: true });
  if (open === "new-group") model.newGroup();
  if (open === "leave" || open === "delete")
    model.navigation.open({ kind: "leave", mode: open === "leave" ? "logOut" : "delete" });
  if (open === "forgotten") model.navigation.open({ kind: "forgotten" });
  const step = query.get("step");
  if (step === "create" || step === "restore" || step === "protect" || step === "name") model.onboarding.go(step);
}
