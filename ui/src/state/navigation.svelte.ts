import type {
  AttachmentRow,
  ConversationId,
  ConversationRow,
  DirectoryRow,
  GroupMemberRow,
  MessageRow,
} from "../ipc/backend";
import type { Gallery } from "./gallery.svelte";
import type { GroupDraft } from "./group-draft.svelte";
import type { LeavingMode } from "./leaving.svelte";
import type { Lightbox } from "./lightbox.svelte";

/** What the window shows beside the rail. */
export type Page = "conversations" | "network" | "settings" | "group" | "directory";

/** What is asked about a person, or set for one. */
export type ContactQuestion = "nickname" | "notifications" | "block" | "clear" | "deleteContact";

/** What is asked about a group, or set for one. */
export type GroupQuestion =
  | { kind: "add" | "edit" | "picture" | "removePicture" | "notifications" | "timer" | "leave" | "destroy" }
  | { kind: "promote" | "remove" | "repair" | "addAgain"; member: GroupMemberRow };

/** What is to be done with a file, if the person is sure. */
export type ProgramWish = "download" | "retry" | "save" | "open";

/** The one dialog that may be open: never a dialog on a dialog. */
export type DialogState =
  | { kind: "add" }
  | { kind: "newMessage" }
  | { kind: "invite" }
  | { kind: "directoryEntry"; row: DirectoryRow }
  | { kind: "directoryAdd" }
  | { kind: "directoryDelete"; row: DirectoryRow }
  | { kind: "directoryImport" }
  | { kind: "directoryExport" }
  | { kind: "profile" }
  | { kind: "picture"; isFromProfile: boolean }
  | { kind: "removePicture"; isFromProfile: boolean }
  | { kind: "person"; row: ConversationRow; focus?: "portrait" }
  | { kind: "portrait"; row: ConversationRow; isFromPerson: boolean }
  | { kind: "contact"; ask: ContactQuestion; row: ConversationRow }
  | { kind: "group"; row: ConversationRow }
  /** `isFromGroup`: it stands in the place of the group's window, and gives it back. */
  | { kind: "groupAsk"; ask: GroupQuestion; row: ConversationRow; isFromGroup: boolean }
  | { kind: "newGroup"; draft: GroupDraft }
  | { kind: "newGroupPicture"; draft: GroupDraft }
  /** `conversation`: `null` where it is not at hand: then on this device only. */
  | { kind: "deleteMessages"; messages: readonly MessageRow[]; conversation: ConversationRow | null }
  | { kind: "forward"; messages: readonly MessageRow[] }
  | { kind: "messageInfo"; message: MessageRow }
  | { kind: "wholeText"; message: MessageRow }
  | { kind: "reactions"; message: MessageRow }
  | { kind: "timer"; row: ConversationRow }
  | { kind: "jumpToDate"; row: ConversationRow }
  | { kind: "exportConversation"; row: ConversationRow }
  | { kind: "shareContact"; row: ConversationRow }
  /** `conversation`: `null` for all of them. */
  | { kind: "deleteFiles"; conversation: ConversationRow | null }
  | { kind: "clearOld"; conversation: ConversationRow }
  /** Pictures looked at large; `gallery`: it comes back when they are closed. */
  | { kind: "lightbox"; box: Lightbox; gallery: Gallery | null }
  | { kind: "gallery"; gallery: Gallery }
  | { kind: "trustDownloads"; row: ConversationRow }
  /** What would run if it were opened is asked about before it comes, or is saved; any file before it is opened. */
  | {
      kind: "program";
      wish: ProgramWish;
      row: Pick<MessageRow, "id" | "conversation" | "isOwn">;
      file: AttachmentRow;
    }
  /** `of`: the message with which it goes. */
  | { kind: "link"; url: string; of?: Pick<MessageRow, "id" | "conversation"> }
  | { kind: "shortcuts" }
  | { kind: "privacy" }
  | { kind: "deleteConversation"; row: ConversationRow }
  | { kind: "discardAccount" }
  | { kind: "leave"; mode: LeavingMode }
  | { kind: "forgotten" }
  | { kind: "clearRequests" }
  | { kind: "declineRequest"; id: ConversationId }
  | { kind: "blockRequest"; id: ConversationId }
  | { kind: "declineInvitation"; id: ConversationId }
  | { kind: "blockInviter"; id: ConversationId; name: string };

/** Parts of the settings. */
export type SettingsSection =
  | "profile"
  | "privacy"
  | "appearance"
  | "language"
  | "conversations"
  | "password"
  | "phrase"
  | "data"
  | "network"
  | "help";

/** Below this width (at the usual text size) there is room for one column. */
const NARROW_PX = 720;
/** From this width on the details stand beside the conversation. */
const DETAILS_PX = 1_060;

export class Navigation {
  page = $state<Page>("conversations");
  conversation = $state<ConversationId | null>(null);
  /** The list shows the message requests. */
  isInRequests = $state(false);
  section = $state<SettingsSection | null>(null);
  /** The group whose page is shown. */
  group = $state<string | null>(null);
  dialog = $state<DialogState | null>(null);
  /** Asks the composer (or the list's filter) to take the focus; grows with every request. */
  composerFocus = $state(0);
  filterFocus = $state(0);
  /** Asks the composer to open the emoji. */
  emojiFocus = $state(0);
  widthPx = $state(1200);
  zoom = $state(1);
  readonly isNarrow = $derived(this.widthPx < NARROW_PX * this.zoom);
  /** The details of the open conversation are shown. */
  showsDetails = $state(false);
  readonly hasRoomForDetails = $derived(this.widthPx >= DETAILS_PX * this.zoom);

  showConversation(id: ConversationId, focus = true): void {
    this.page = "conversations";
    this.conversation = id;
    this.dialog = null;
    if (focus) this.composerFocus += 1;
  }

  /** Turns the list to the message requests, or back. */
  showRequests(isInRequests: boolean): void {
    this.page = "conversations";
    this.isInRequests = isInRequests;
  }

  closeConversation(): void {
    this.conversation = null;
    this.showsDetails = false;
  }

  show(page: Page): void {
    this.page = page;
    this.dialog = null;
    if (page === "settings") this.section = null;
  }

  showSettings(section: SettingsSection): void {
    this.page = "settings";
    this.section = section;
    this.dialog = null;
  }

  showGroup(id: string): void {
    this.page = "group";
    this.group = id;
    this.dialog = null;
  }

  open(dialog: DialogState): void {
    this.dialog = dialog;
  }

  closeDialog(): void {
    this.dialog = null;
  }

  /** Leaves what is asked about a group: back to the window from which it was opened. */
  leaveGroupQuestion(row: ConversationRow, isFromGroup: boolean): void {
    this.dialog = isFromGroup ? { kind: "group", row } : null;
  }

  /** Leaves what asks for the own picture: back to the dialog or the page from which it was opened. */
  leavePicture(isFromProfile: boolean): void {
    this.dialog = isFromProfile ? { kind: "profile" } : null;
  }
}
