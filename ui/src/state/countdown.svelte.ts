/** What disappears shows how much of its time is left, in so many steps. */
export const RING_STEPS = 12;
/** The longest that a timer of the web engine waits. */
const LONGEST_MS = 2 ** 31 - 1;

/** `endsAt`: network time. */
export type Ring = { endsAt: number; totalMs: number };

/** How many steps are left of a time. */
export function stepsLeft({ endsAt, totalMs }: Ring, now: number): number {
  if (totalMs <= 0 || endsAt <= now) return 0;
  return Math.min(RING_STEPS, Math.ceil(((endsAt - now) * RING_STEPS) / totalMs));
}

/** When fewer are left; `null` if that never happens. */
function nextChange(ring: Ring, now: number): number | null {
  const steps = stepsLeft(ring, now);
  return steps === 0 ? null : ring.endsAt - ((steps - 1) / RING_STEPS) * ring.totalMs;
}

/** The present of all rings that are shown: one timer for the next of them that changes, and none without one. */
export class Countdown {
  /** Network time, as of the last change. */
  now = $state(0);

  readonly #deviation: () => number;
  readonly #rings = new Set<Ring>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `deviation`: what our clock is ahead of the network's, in ms. */
  constructor(deviation: () => number = () => 0) {
    this.#deviation = deviation;
    this.now = this.networkTime();
  }

  networkTime(): number {
    return Date.now() - this.#deviation();
  }

  /** Follows a ring until the answered function is called. */
  watch(ring: Ring): () => void {
    this.#rings.add(ring);
    this.#go();
    return () => {
      this.#rings.delete(ring);
      this.#plan(this.networkTime());
    };
  }

  #go(): void {
    const now = this.networkTime();
    this.now = now;
    this.#plan(now);
  }

  #plan(now: number): void {
    clearTimeout(this.#timer);
    let next = Infinity;
    for (const ring of this.#rings) next = Math.min(next, nextChange(ring, now) ?? Infinity);
    if (next === Infinity) return;
    // A moment later, so that it has changed by then.
    const wait = Math.min(Math.max(next - now, 0) + 5, LONGEST_MS);
    this.#timer = setTimeout(() => this.#go(), wait);
  }
}
