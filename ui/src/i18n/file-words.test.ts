import { describe, expect, it } from "vitest";

import { apiError } from "../ipc/errors";
import { movingText } from "./file-words";

describe("a file that is fetched", () => {
  const failed = { state: "downloading", error: apiError("timedOut") } as const;

  it("says why it waits after a try that failed", () => {
    for (const moved of [
      { isWaiting: true, percent: 0 },
      { isWaiting: false, percent: null },
    ])
      expect(movingText(failed, moved)).toMatch(/did not answer.*tried again/su);
  });

  it("says how far it is once it moves again", () => {
    expect(movingText(failed, { isWaiting: false, percent: 40 })).toMatch(/40.?%/u);
  });
});
