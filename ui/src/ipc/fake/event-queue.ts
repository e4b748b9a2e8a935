/** Events as the program sends them: one batch, then nothing until it is acknowledged. */

import type { AppEvent, EventBatch } from "../backend";

export class EventQueue {
  #deliver: ((batch: EventBatch) => void) | null = null;
  #seq = 0;
  #pending: AppEvent[] = [];
  #waitsForAck = false;

  subscribe(onBatch: (batch: EventBatch) => void): void {
    this.#deliver = onBatch;
    this.#flush();
  }

  acknowledge(): void {
    this.#waitsForAck = false;
    this.#flush();
  }

  emit(event: AppEvent): void {
    this.#pending.push(event);
    this.#flush();
  }

  #flush(): void {
    if (this.#deliver === null || this.#waitsForAck || this.#pending.length === 0) return;
    this.#waitsForAck = true;
    const batch = { seq: (this.#seq += 1), events: this.#pending };
    this.#pending = [];
    const deliver = this.#deliver;
    queueMicrotask(() => deliver(batch));
  }
}
