import { render } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { ReactionRow } from "../../ipc/backend";
import { all, get } from "../../testing/app";
import ReactionChips from "./ReactionChips.svelte";

function given(count: number, own: number): ReactionRow[] {
  return Array.from({ length: count }, (_, at) => ({
    emoji: String.fromCodePoint(0x1f600 + at),
    count: 1,
    isOwn: at === own,
    people: [],
  }));
}

describe("the reactions below a message", () => {
  it.each([12, 40])("are at most twelve, with the own one, and lead to all others: %i", (count) => {
    const onwho = vi.fn();
    const own = count - 1;
    const reactions = given(count, own);
    render(ReactionChips, { id: "x", reactions, mayReact: true, tabindex: 0, onreact: vi.fn(), onwho });
    const shown = all("reaction").map((chip) => chip.dataset["emoji"]);
    expect(shown).toHaveLength(12);
    expect(shown).toContain(reactions[own]!.emoji);
    if (count === 12) return expect(all("reactions-more")).toEqual([]);
    get("reactions-more").click();
    expect(onwho).toHaveBeenCalledOnce();
    expect(get("reactions-more").textContent).toContain("+28");
  });
});
