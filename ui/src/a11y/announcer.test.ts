import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Announcer, SAID_MS } from "./announcer.svelte";

describe("what a screen reader is told", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is said twice if it happens twice, and is gone from the page after a while", () => {
    const announcer = new Announcer();
    announcer.say("New message from Bob: hello");
    announcer.say("New message from Bob: hello");
    expect(announcer.texts.filter((text) => text !== "")).toHaveLength(1);
    vi.advanceTimersByTime(SAID_MS - 1);
    expect(announcer.texts).toContain("New message from Bob: hello");
    announcer.say("Sent");
    vi.advanceTimersByTime(SAID_MS - 1);
    expect(announcer.texts).toContain("Sent");
    vi.advanceTimersByTime(1);
    expect(announcer.texts).toEqual(["", ""]);
  });

  it("is about the message that was said last, or about none", () => {
    const announcer = new Announcer();
    const body = { kind: "text", text: "hello", truncated: false } as const;
    announcer.say("New message from Bob: hello", { id: "m", conversation: "c", body });
    expect(announcer.about).toEqual({ id: "m", conversation: "c", kind: "text" });
    announcer.say("Recording");
    expect(announcer.about).toBeNull();
  });

  it("is taken back at once when the app locks", () => {
    const announcer = new Announcer();
    announcer.say("New message from Bob: hello");
    announcer.clear();
    expect(announcer.texts).toEqual(["", ""]);
    vi.advanceTimersByTime(SAID_MS);
    expect(announcer.texts).toEqual(["", ""]);
  });
});
