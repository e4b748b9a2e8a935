/** What a screen reader says without the focus moving: new messages, changes of state. */
export class Announcer {
  /** Two places take turns, so that the same words twice are said twice. */
  texts = $state<[string, string]>(["", ""]);
  #turn: 0 | 1 = 0;

  say(text: string): void {
    this.#turn = this.#turn === 0 ? 1 : 0;
    this.texts = this.#turn === 0 ? [text, ""] : ["", text];
  }
}
