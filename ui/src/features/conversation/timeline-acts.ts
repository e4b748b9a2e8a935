import type { MessageRow } from "../../ipc/backend";
import type { TimelineItem } from "../../lib/grouping";

/** What the lines of a timeline ask of it. */
export type TimelineActs = {
  retry: (row: MessageRow) => void;
  /** Asks whether to delete it. */
  remove: (row: MessageRow) => void;
  reply: (row: MessageRow) => void;
  /** Offers emoji to react with. */
  offer: (event: MouseEvent | KeyboardEvent, row: MessageRow) => void;
  /** Reacts, or takes the own reaction back. */
  react: (row: MessageRow, emoji: string) => void;
  whoReacted: (row: MessageRow) => void;
  menu: (event: MouseEvent | KeyboardEvent, row: MessageRow) => void;
  /** Goes to the message that a row answers. */
  original: (row: MessageRow) => void;
  follow: (row: MessageRow) => void;
  /** Asks whether to open an address of a message. */
  link: (url: string, row: MessageRow) => void;
  /** Shows all of a long text. */
  whole: (row: MessageRow) => void;
  author: (accountId: string) => void;
  /** Shows folded events one by one, or not any more. */
  fold: (item: TimelineItem) => void;
  focus: (row: MessageRow) => void;
  key: (event: KeyboardEvent, row: MessageRow) => void;
};
