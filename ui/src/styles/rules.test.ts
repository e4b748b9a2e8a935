import { describe, expect, it } from "vitest";

import audioPlayer from "../components/AudioPlayer.svelte?raw";
import dialog from "../components/Dialog.svelte?raw";
import emojiPicker from "../components/EmojiPicker.svelte?raw";
import toastList from "../components/ToastList.svelte?raw";
import notificationsDialog from "../features/contacts/NotificationsDialog.svelte?raw";
import attachments from "../features/conversation/Attachments.svelte?raw";
import findBar from "../features/conversation/FindBar.svelte?raw";
import requestPanel from "../features/conversation/RequestPanel.svelte?raw";
import soundFile from "../features/conversation/SoundFile.svelte?raw";
import transferButton from "../features/conversation/TransferButton.svelte?raw";
import phraseField from "../features/onboarding/PhraseField.svelte?raw";
import settingsPage from "../features/settings/SettingsPage.svelte?raw";
import { EMOJI_GROUPS } from "../lib/emoji/emoji";
import base from "./base.css?raw";

/** What a style sheet says for one selector. */
function rule(source: string, selector: string): string {
  const start = source.indexOf(`${selector} {`);
  return start < 0 ? "" : source.slice(start, source.indexOf("}", start));
}

describe("styles", () => {
  it("move nothing where less motion is wanted", () => {
    const reduced = base.slice(base.indexOf("@media (prefers-reduced-motion: reduce)"));
    for (const property of ["animation: none", "transition: none", "scroll-behavior: auto"])
      expect(reduced).toContain(`${property} !important`);
  });

  it("draw no side borders round the narrow list of settings", () => {
    expect(rule(settingsPage, ".settings.narrow nav")).toContain("border-width: 0");
  });

  it("underline an unknown word in a way that WebKitGTK paints, too", () => {
    expect(rule(phraseField, ".unknown")).toContain("box-shadow: inset 0 -2px var(--danger)");
    expect(phraseField).not.toMatch(/text-decoration: \w+ /u);
  });

  it("keep a request's panel low in a narrow window, and its names to two lines", () => {
    expect(rule(requestPanel, "  .narrow")).toContain("max-height: 40%");
    expect(rule(requestPanel, "  .clamped")).toContain("max-height: 2lh");
  });

  it("keep the × of a dialog in sight beside a long name", () => {
    expect(rule(dialog, "  h2")).toContain("overflow-wrap: anywhere");
    expect(rule(dialog, "  .close")).toContain("flex: none");
  });

  it("put the button for a time of silence below a field that a date would not fit in", () => {
    expect(rule(notificationsDialog, "  .until")).toContain("flex-wrap: wrap");
    expect(rule(notificationsDialog, "  .until > :global(.field)")).toContain("flex: 1 1 14rem");
  });

  it("keep albums, files and sounds in their bubble, and a sound's button beside it", () => {
    expect(rule(attachments, "  .files")).toContain("flex-direction: column");
    expect(rule(audioPlayer, "  .player")).toContain("min-width: 0");
    expect(rule(soundFile, "  .sound")).not.toContain("flex-wrap");
  });

  it("break no word about a file in a tile", () => {
    expect(rule(transferButton, "  .tile,\n  .smallTile")).toContain("flex-direction: column");
    expect(rule(transferButton, "  .smallTile .words")).toContain("white-space: nowrap");
  });

  it("have the groups of emoji in one row, which gives way before what stands around it in a low window", () => {
    expect(rule(emojiPicker, "  .tabs")).toContain(`repeat(${EMOJI_GROUPS.length}, minmax(0, 1fr))`);
    expect(rule(emojiPicker, "  .tabs button")).toContain("min-width: 0");
    expect(rule(emojiPicker, "  .grid")).toContain("min-height: 6rem");
  });

  it("keep the buttons of the search in a conversation together, beside its field in a narrow window", () => {
    expect(rule(findBar, "  input")).toContain("flex: 1 1 4rem");
    expect(rule(findBar, "  .acts")).toContain("flex: none");
    expect(rule(findBar, "  .sentence")).toContain("flex-basis: 100%");
  });

  it("put toasts where nothing needed next stands: below the list, or below a narrow header", () => {
    const wide = rule(toastList, "  .toasts");
    for (const part of ["left: 4.25rem", "bottom: var(--s-2)", "width: 14rem", "pointer-events: none"])
      expect(wide).toContain(part);
    const narrow = rule(toastList, "  .narrow");
    for (const part of ["top: 4.25rem", "bottom: auto"]) expect(narrow).toContain(part);
  });

  it.each([
    ...Object.entries(
      import.meta.glob<string>("../features/**/*.svelte", { query: "?raw", import: "default", eager: true }),
    ),
  ])("let nothing scroll behind a dialog: %s", (path, source) => {
    // Dialogs themselves scroll, and the rail has no scroll bar.
    if (/\/dialogs\/|Dialog\.svelte$|Rail/u.test(path)) return;
    expect(source).not.toMatch(/overflow(-[xy])?: (auto|scroll)/u);
  });
});
