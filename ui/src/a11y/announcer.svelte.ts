import type { ConversationId, MessageId, MessageRow } from "../ipc/backend";

/** Long enough for a screen reader to say it; after that nobody finds it on the page. */
export const SAID_MS = 10_000;

/** A message of which something is said. */
type About = { id: MessageId; conversation: ConversationId; kind: MessageRow["body"]["kind"] };

/** What a screen reader says without the focus moving: new messages, changes of state. */
export class Announcer {
  /** Two places take turns, so that the same words twice are said twice. */
  texts = $state<[string, string]>(["", ""]);
  /** The message that it is about, if it is about one. */
  about: About | null = null;
  #turn: 0 | 1 = 0;
  #end: ReturnType<typeof setTimeout> | undefined;

  say(text: string, row: Pick<MessageRow, "id" | "conversation" | "body"> | null = null): void {
    this.about = row === null ? null : { id: row.id, conversation: row.conversation, kind: row.body.kind };
    this.#turn = this.#turn === 0 ? 1 : 0;
    this.texts = this.#turn === 0 ? [text, ""] : ["", text];
    clearTimeout(this.#end);
    this.#end = setTimeout(() => this.clear(), SAID_MS);
  }

  /** Takes back what was said: texts and names stand nowhere but where they are shown. */
  clear(): void {
    clearTimeout(this.#end);
    this.about = null;
    this.texts = ["", ""];
  }
}
