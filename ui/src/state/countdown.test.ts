import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Countdown, RING_STEPS, stepsLeft } from "./countdown.svelte";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

describe("how much of a time is left", () => {
  it.each([
    [12 * HOUR, 12],
    [12 * HOUR - 1, 12],
    [11 * HOUR, 11],
    [1, 1],
    [0, 0],
    [-HOUR, 0],
    [40 * HOUR, 12],
  ])("%d ms of twelve hours are %d steps", (left, steps) => {
    expect(stepsLeft({ endsAt: NOW + left, totalMs: 12 * HOUR }, NOW)).toBe(steps);
  });

  it("is nothing where the time is none", () => {
    expect(stepsLeft({ endsAt: NOW + 1, totalMs: 0 }, NOW)).toBe(0);
  });
});

describe("the rings that are shown", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.setSystemTime(NOW);
  });
  afterEach(() => void vi.useRealTimers());

  it("wake the window once for the next that changes, and never without one", () => {
    const countdown = new Countdown();
    expect(vi.getTimerCount()).toBe(0);
    const slow = { endsAt: NOW + 12 * HOUR, totalMs: 12 * HOUR };
    const fast = { endsAt: NOW + 60_000, totalMs: 60_000 };
    const endSlow = countdown.watch(slow);
    const endFast = countdown.watch(fast);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(4_990);
    expect(stepsLeft(fast, countdown.now)).toBe(RING_STEPS);
    vi.advanceTimersByTime(20);
    expect(stepsLeft(fast, countdown.now)).toBe(RING_STEPS - 1);
    expect(vi.getTimerCount()).toBe(1);
    endFast();
    vi.advanceTimersByTime(50 * 60_000);
    expect(stepsLeft(slow, countdown.now)).toBe(RING_STEPS);
    vi.advanceTimersByTime(11 * 60_000);
    expect(stepsLeft(slow, countdown.now)).toBe(RING_STEPS - 1);
    endSlow();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stop once their time is over", () => {
    const countdown = new Countdown();
    const ring = { endsAt: NOW + 12_000, totalMs: 12_000 };
    countdown.watch(ring);
    vi.advanceTimersByTime(13_000);
    expect(stepsLeft(ring, countdown.now)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("follow the time of the network where our clock is ahead", () => {
    const countdown = new Countdown(() => HOUR);
    const ring = { endsAt: NOW, totalMs: 2 * HOUR };
    countdown.watch(ring);
    expect(stepsLeft(ring, countdown.now)).toBe(RING_STEPS / 2);
  });
});
