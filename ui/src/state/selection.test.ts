import { describe, expect, it } from "vitest";

import type { MessageRow } from "../ipc/backend";
import { accountOf, message, NOW } from "../ipc/fake/seed";
import { Selection } from "./selection.svelte";

const rows: MessageRow[] = ["a", "b", "c", "d"].map((id, at) => message(id, accountOf(1), { text: id, at: NOW + at }));
const [a, b, c, d] = rows as [MessageRow, MessageRow, MessageRow, MessageRow];

function chosen(selection: Selection): string[] {
  return [...selection.rows.keys()];
}

describe("choosing messages", () => {
  it("begins with one, takes and gives back", () => {
    const selection = new Selection();
    selection.begin(b);
    expect([selection.isOn, chosen(selection)]).toEqual([true, ["b"]]);
    selection.toggle(d);
    selection.toggle(b);
    expect(chosen(selection)).toEqual(["d"]);
    selection.end();
    expect([selection.isOn, selection.count]).toEqual([false, 0]);
  });

  it("takes everything between two, in both directions", () => {
    const selection = new Selection();
    selection.begin(c);
    selection.extend(a, rows);
    expect(chosen(selection).sort()).toEqual(["a", "b", "c"]);
    selection.extend(d, rows);
    expect(selection.count).toBe(4);
  });

  it("keeps what is scrolled away, and lets go what is gone", () => {
    const selection = new Selection();
    selection.begin(a);
    selection.toggle(b);
    selection.refresh(["b", "c"], new Map([["c", c]]));
    expect(chosen(selection)).toEqual(["a"]);
    const changed = { ...a, isUnread: true };
    selection.refresh(["a"], new Map([["a", changed]]));
    expect(selection.rows.get("a")).toBe(changed);
  });
});
