import type { AppEvent, Backend, EventBatch } from "./backend";

type Listener = (event: AppEvent) => void | Promise<void>;

/**
 * Hands the program's events to whoever listens, and acknowledges a batch once all of it was
 * applied. A gap in the numbers means that something was missed: everybody asks again.
 */
export class EventStream {
  readonly #backend: Backend;
  readonly #listeners = new Set<Listener>();
  #last: number | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Listens until the answered function is called. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    await this.#backend.subscribe((batch) => void this.#apply(batch));
  }

  async #apply(batch: EventBatch): Promise<void> {
    const gap = this.#last !== null && batch.seq !== this.#last + 1;
    this.#last = batch.seq;
    const events: AppEvent[] = gap ? [...missed(batch.events), { kind: "resync" }] : batch.events;
    const work: Promise<void>[] = [];
    for (const event of events) {
      for (const listener of this.#listeners) work.push(applied(listener, event));
    }
    await Promise.all(work);
    await this.#backend.ackEvents(batch.seq).catch(() => undefined);
  }
}

/** What asking again does not bring back. */
function missed(events: AppEvent[]): AppEvent[] {
  return events.filter((event) => event.kind === "jobProgress" || event.kind === "navigate");
}

/** One listener's failure must not keep the batch from being acknowledged. */
async function applied(listener: Listener, event: AppEvent): Promise<void> {
  try {
    await listener(event);
  } catch (thrown) {
    console.warn("event not applied:", event.kind, thrown instanceof Error ? thrown.name : "");
  }
}
