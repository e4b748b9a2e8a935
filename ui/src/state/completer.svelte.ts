import { locale } from "../i18n/i18n.svelte";
import { closedName, emojiQuery, namedEmoji } from "../lib/emoji/complete";
import { findEmoji, loadEmoji, withTone, type Emoji, type Tone } from "../lib/emoji/emoji";
import { fitsQuery, mentionQuery } from "../lib/mentions";
import type { Composer, Mentionable } from "./composer.svelte";

/** Lines of a list. */
const MOST_PEOPLE = 50;
const MOST_EMOJI = 8;

type Query = { kind: "people" | "emoji"; start: number; text: string };
/** A piece of the text, and what stands in its place. */
export type Replacement = { start: number; end: number; text: string };

/** What is offered while somebody types `@name` or `:smile:`. */
export class Completer {
  /** The line that is meant. */
  active = $state(0);
  #query = $state.raw<Query | null>(null);
  /** The sign whose list was closed. */
  #dismissed = $state<number | null>(null);
  #all = $state.raw<readonly Emoji[]>([]);
  readonly #shown = $derived(this.#query?.start === this.#dismissed ? null : this.#query);
  readonly people: readonly Mentionable[] = $derived.by(() => {
    const query = this.#shown;
    if (query?.kind !== "people") return [];
    const fits = ({ label, accountId }: Mentionable): boolean => fitsQuery(label, accountId, query.text);
    return this.#composer.mentionables.filter(fits).slice(0, MOST_PEOPLE);
  });
  readonly emoji: readonly Emoji[] = $derived(
    this.#shown?.kind === "emoji" ? findEmoji(this.#all, this.#shown.text, MOST_EMOJI) : [],
  );
  readonly count = $derived(this.people.length + this.emoji.length);

  readonly #composer: Composer;
  /** The colour of skin that was chosen last. */
  readonly #tone: () => Tone;

  constructor(composer: Composer, tone: () => Tone) {
    this.#composer = composer;
    this.#tone = tone;
  }

  /** Looks at what stands before the caret; `null` while something is marked. */
  look(before: string | null): void {
    const found = before === null ? null : this.#find(before);
    if (found?.start !== this.#query?.start || found?.text !== this.#query?.text) this.active = 0;
    if (found?.start !== this.#dismissed) this.#dismissed = null;
    this.#query = found;
    if (found?.kind === "emoji") void this.#load();
  }

  #find(before: string): Query | null {
    const person = this.#composer.mentionables.length > 0 ? mentionQuery(before) : null;
    if (person !== null) return { kind: "people", ...person };
    const emoji = emojiQuery(before);
    return emoji === null ? null : { kind: "emoji", ...emoji };
  }

  async #load(): Promise<void> {
    const wanted = locale();
    const all = await loadEmoji(wanted).catch(() => []);
    if (wanted === locale()) this.#all = all;
  }

  /** What takes the place of a name between two colons that was just closed. */
  closed(before: string): Replacement | null {
    const name = closedName(before);
    const emoji = name === null ? null : namedEmoji(this.#all, name.text);
    if (name === null || emoji === null) return null;
    return { start: name.start, end: before.length, text: withTone(emoji, this.#tone()) };
  }

  /** What takes the place of what was typed up to the caret, if this one is chosen. */
  chosen(emoji: Emoji, caret: number): Replacement | null {
    const query = this.#query;
    if (query === null) return null;
    this.#query = null;
    return { start: query.start, end: caret, text: withTone(emoji, this.#tone()) };
  }

  /** Where the `@` of somebody who is chosen stands. */
  startOfMention(): number | null {
    const query = this.#query;
    this.#query = null;
    return query?.start ?? null;
  }

  /** The next line, or the one before. */
  step(by: 1 | -1): void {
    this.active = (this.active + by + this.count) % this.count;
  }

  /** Closes the list of what is typed now. */
  dismiss(): void {
    this.#dismissed = this.#query?.start ?? null;
  }

  /** Nobody types here any more. */
  leave(): void {
    this.#query = null;
  }
}
