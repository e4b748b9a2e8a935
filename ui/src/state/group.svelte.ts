import type {
  AddedMembers,
  ApiError,
  AppEvent,
  Backend,
  ChangeGroupRequest,
  ConversationId,
  GroupDetails,
  GroupMemberAction,
  SetPictureRequest,
} from "../ipc/backend";
import { asApiError } from "../ipc/errors";

type Change = Partial<Omit<ChangeGroupRequest, "conversation">>;

/** Everything about one group, kept true by events, and what is done with it. */
export class GroupModel {
  readonly conversation: ConversationId;
  details = $state.raw<GroupDetails | null>(null);
  error = $state<ApiError | null>(null);

  readonly #backend: Backend;
  #asked = 0;

  constructor(backend: Backend, conversation: ConversationId) {
    this.#backend = backend;
    this.conversation = conversation;
  }

  async refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    try {
      const details = await this.#backend.getGroup(this.conversation);
      if (asked !== this.#asked) return;
      this.details = details;
      this.error = null;
    } catch (thrown) {
      if (asked === this.#asked) this.error = asApiError(thrown);
    }
  }

  async apply(event: AppEvent): Promise<void> {
    const concerns =
      event.kind === "groupsChanged" ||
      event.kind === "resync" ||
      event.kind === "settingsChanged" ||
      isAbout(event, this);
    if (concerns) await this.refresh();
  }

  async change(change: Change): Promise<void> {
    const none = { name: null, description: null, timerSeconds: null, membersMayAdd: null, allAreAdmins: null };
    this.#take(await this.#backend.changeGroup({ conversation: this.conversation, ...none, ...change }));
  }

  async setPicture(picture: SetPictureRequest | null): Promise<void> {
    this.#take(await this.#backend.setGroupPicture({ conversation: this.conversation, picture }));
  }

  add(members: string[], withHistory: boolean): Promise<AddedMembers> {
    return this.#backend.addGroupMembers({ conversation: this.conversation, members, withHistory });
  }

  act(member: string, action: GroupMemberAction): Promise<void> {
    return this.#backend.actOnGroupMembers({ conversation: this.conversation, members: [member], action });
  }

  reconnect(): Promise<void> {
    return this.#backend.reconnectGroup(this.conversation);
  }

  askForInvitation(): Promise<void> {
    return this.#backend.askForInvitation(this.conversation);
  }

  /** What was answered is newer than what is still on its way. */
  #take(details: GroupDetails): void {
    this.#asked += 1;
    this.details = details;
  }
}

/** Names of members change with their conversations; what changes the group itself is said by its own event. */
function isAbout(event: AppEvent, group: GroupModel): boolean {
  if (event.kind !== "conversationsChanged") return false;
  const { ids } = event;
  if (ids.of === "all") return true;
  const members = new Set(group.details?.members.map((member) => member.accountId));
  return ids.ids.some((id) => members.has(id));
}
